"""What `serve --demo` adds to an empty installation."""

from pathlib import Path

import pytest

from intake_api.installation import DEMO_ACCOUNTS
from intake_api.settings import Settings
from intake_api.wiring.demo import prepare_demo
from intake_api.wiring.offices import load_directory
from tests.conftest import SettableClock
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.office import build_office


@pytest.mark.parametrize("confirmed", ["auto", "staff"])
async def test_the_demo_has_its_cases_whoever_confirms_a_receipt(
    db_url: str, tmp_path: Path, clock: SettableClock, confirmed: str
) -> None:
    settings = Settings.load({"data": tmp_path / "data", "database_url": db_url, "confirm_internet": confirmed})
    office = build_office(settings, load_directory(settings), KeywordClassifier, clock)
    accounts = await prepare_demo(office)
    assert {name for name, *_ in accounts} == DEMO_ACCOUNTS, "by these an older database is known to be a demo"
    number = await office.cases.total()
    assert await prepare_demo(office) == accounts
    assert await office.cases.total() == number > 5
    await office.db.dispose()
