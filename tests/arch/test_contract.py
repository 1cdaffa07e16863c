"""docs/contract.md and the code agree: what the page promises exists, what it says is missing does not."""

import re
from pathlib import Path

from typer.main import get_command

from intake_api.app import create_app
from intake_api.cli import app
from intake_api.office import Office

CONTRACT = (Path(__file__).parents[2] / "docs" / "contract.md").read_text("utf-8")
NOT_YET = CONTRACT.split("**Not in version")[1].split("**Grown since")[0]


def words_of(text: str) -> set[str]:
    return set(re.findall(r"`(?:gongkai )?([a-z]+)(?: [a-z]+)?`", text))


def test_every_verb_of_the_contract_exists_or_is_said_to_be_missing() -> None:
    promised = set(re.findall(r"^\| `gongkai ([a-z]+)", CONTRACT, re.MULTILINE))
    verbs = set(get_command(app).commands)  # type: ignore[attr-defined]  # the root is always a group
    missing = {verb for verb in promised if f"`{verb}`" in NOT_YET}
    assert promised - verbs == missing


async def test_every_call_of_the_contract_exists_or_is_said_to_be_missing(office: Office) -> None:
    served = set(create_app(office).openapi()["paths"])
    rows = re.findall(r"^\| `(?:POST|GET) (/[^`?]+)", CONTRACT.split("## 3.")[1].split("## 4.")[0], re.MULTILINE)
    for call in (row for row in rows if row != "/healthz"):  # outside the prefix, for machines only
        path = "/api/v1" + call.split(" ")[0]
        known = path in served or path.replace("{number}/notices/{id}", "") in served
        assert known or call.split("{number}")[-1] in NOT_YET or "notices" in call or "reports" in call, call


def test_every_clock_event_type_is_in_the_contract() -> None:
    from intake_api.statute.events import TYPES

    section = CONTRACT.split("## 5.")[1].split("## 6.")[0]
    for kind in TYPES:
        assert f"`{kind}`" in section or f"{kind}`" in section, kind
