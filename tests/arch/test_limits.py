"""A limit stands once: what a form lets in is what the interface takes; what the law bounds, the statute bounds."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot import texts as bot_texts
from intake_api.cases import schemas
from intake_api.form import fields as form
from intake_api.form.application import Submission
from intake_api.kit.errors import Failure
from intake_api.kit.middleware import BODY_LIMIT
from intake_api.kit.payload import Payload
from intake_api.ledger.columns import COLUMNS
from intake_api.notices.schemas import NoticeChange
from intake_api.people import passwords
from intake_api.statute.calendar import Calendar
from intake_api.statute.deadlines import EXTENSION_DAYS, due
from intake_api.statute.errors import StatuteError
from intake_api.statute.events import parse_events
from intake_api.statute.notices import NOTICES
from intake_api.terms.failures import CATALOGUE
from intake_api.terms.limits import LONGEST, SHORTEST_PASSWORD
from intake_api.web.templating import HERE
from tests.fakes.form import FORM
from tests.samples import APPLICATION

TEMPLATES = sorted((HERE / "templates").rglob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.stem)
def test_no_template_has_a_limit_of_its_own(template: Path) -> None:
    text = template.read_text("utf-8")
    assert re.findall(r'maxlength="(?!\{\{ (?:item\.|field\.)?longest)[^"]*"', text) == []
    assert re.findall(r"\bmax=\d{2,}", text) == [], "a limit that a macro is given"
    assert re.findall(r"(?:至少|不少于|最多|不超过) ?\d+ ?个?字", text) == [], "a limit in words"


def fields(model: type[Payload], path: str = "") -> dict[str, Any]:
    """The strings of a payload by their path, with the length that the interface gives them."""
    schema = model.model_json_schema()

    def walk(properties: dict[str, Any], prefix: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, given in properties.items():
            for one in given.get("anyOf", [given]):
                if "$ref" in one and "properties" in (part := schema["$defs"][one["$ref"].rpartition("/")[2]]):
                    found |= walk(part["properties"], f"{prefix}{name}.")
                elif one.get("type") == "string" and not {"enum", "format", "const"} & one.keys():
                    found[f"{prefix}{name}"] = one.get("maxLength")
        return found

    return walk(schema["properties"], path)


@pytest.mark.parametrize(
    "model",
    [
        Submission,
        schemas.Confirmation,
        schemas.EventIn,
        schemas.ChildIn,
        schemas.Supplement,
        schemas.Withdrawal,
        schemas.Rating,
    ],
)
def test_every_text_that_the_interface_takes_has_the_length_of_its_form(model: type[Payload]) -> None:
    codes = {"type": 40, "outcome": 10}  # codes, which no form lets anybody type
    asked = {name: item.longest for name, item in form.fields().items()} if model is Submission else {}
    known = {**LONGEST, **asked, **codes}
    assert fields(model) == {name: known.get(name) for name in fields(model)}
    assert None not in fields(model).values()


@pytest.mark.parametrize("name", ["description", "applicant.name", "applicant.agent.authorisation"])
def test_what_is_one_character_longer_is_refused(name: str) -> None:
    payload = APPLICATION | {"applicant": APPLICATION["applicant"] | {"agent": AGENT}}
    longest = form.fields()[name].longest
    assert longest
    for length, taken in ((longest, True), (longest + 1, False)):
        assert accepts(Submission, put(payload, name.split("."), "字" * length)) is taken


AGENT = {"name": "李四", "id_type": "other", "id_number": "A1", "phone": "13800000001", "authorisation": "受托"}


def put(payload: dict[str, Any], path: list[str], value: str) -> dict[str, Any]:
    first, *rest = path
    return payload | {first: put(payload[first], rest, value) if rest else value}


def accepts(model: type[Payload], payload: dict[str, Any]) -> bool:
    try:
        model.model_validate(payload)
    except ValidationError:
        return False
    return True


def test_a_postal_number_with_its_blanks_fits_and_a_long_element_is_refused_as_on_the_page() -> None:
    assert accepts(schemas.EventIn, {"type": "delivered", "tracking": "E" * LONGEST["tracking"]})
    assert not accepts(schemas.EventIn, {"type": "delivered", "tracking": "E" * (LONGEST["tracking"] + 1)})
    for length, taken in ((LONGEST["element"], True), (LONGEST["element"] + 1, False)):
        assert accepts(NoticeChange, {"elements": {"facts": "字" * length}}) is taken
        assert accepts(NoticeChange, {"paragraphs": {"1": "字" * length}}) is taken


@pytest.mark.parametrize("days", [-1, 0, EXTENSION_DAYS + 1, 400, 401, 10**30])
def test_the_days_of_an_extension_are_bounded_by_the_statute_alone(days: int) -> None:
    assert accepts(schemas.EventIn, {"type": "extended", "days": days}), "the shape is that of a number"
    events = [{"type": "received", "on": "2026-11-20", "basis": "counter"}]
    events += [{"type": "extended", "on": "2026-11-23", "days": days}]
    with pytest.raises(StatuteError, match="extension_days") as refused:
        due(parse_events(events), Calendar.shipped(), parse_events(events)[0].on)
    assert f"1至{EXTENSION_DAYS}个" in refused.value.message
    labels = [element.label for notice in NOTICES.values() for element in notice.elements if element.code == "days"]
    assert labels
    assert all(f"（最多 {EXTENSION_DAYS}）" in label for label in labels)


def test_the_page_asks_for_as_long_a_password_as_the_rule() -> None:
    assert "{{ shortest_password }}" in (HERE / "templates" / "staff" / "password.html").read_text("utf-8")
    passwords.refuse_weak("冰箱里有三只橘色大象跳舞"[:SHORTEST_PASSWORD], "zhang")
    with pytest.raises(Failure, match=f"至少要 {SHORTEST_PASSWORD} 个字符"):
        passwords.refuse_weak("冰箱里有三只橘色大象跳舞"[: SHORTEST_PASSWORD - 1], "zhang")


def test_sentences_ledger_and_chat_say_the_same_numbers() -> None:
    assert bot_texts.MOST == LONGEST["description"] == LONGEST["text"]
    assert FORM.questions["description"].longest == LONGEST["description"]
    assert FORM.supplement == LONGEST["text"], "which the bot reads from GET /api/v1/form"
    assert f"{LONGEST['description']:,} 字" in CATALOGUE["description_too_long"][1]
    assert f"{BODY_LIMIT // 1024 // 1024} MB" in CATALOGUE["body_too_large"][1]
    assert all(column.longest for column in COLUMNS.values() if column.free)
