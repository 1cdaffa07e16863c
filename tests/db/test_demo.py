"""What `serve --demo` adds to an empty installation."""

import shutil
from pathlib import Path

import pytest

from intake_api.installation import DEMO_ACCOUNTS
from intake_api.people.service import Account
from intake_api.settings import Settings
from intake_api.wiring.demo import prepare_demo
from intake_api.wiring.offices import load_directory
from intake_api.wiring.shipped import PROFILE
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


async def test_where_bureaux_are_agencies_the_demo_asks_them_and_one_case_is_filed_on(
    migrated_sqlite: Path, tmp_path: Path, clock: SettableClock
) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "test.db")
    url = f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    profile = PROFILE.with_name("agencies.toml")
    settings = Settings.load({"data": tmp_path / "data", "database_url": url, "profile": profile})
    office = build_office(settings, load_directory(settings), KeywordClassifier, clock)
    for _ in range(2):
        await prepare_demo(office)
        rows = (await office.case_views.queue(Account(1, "shouli", "clerk", None), limit=200)).items
        assert len([one for one in rows if one.number.startswith("SJ-2026-")]) == 2, "one asked there, one filed on"
        assert [one.number for one in rows if one.number.startswith("SZR-")] == ["SZR-2026-00001"]
    assert await office.verified() == (16, None)
    await office.db.dispose()
