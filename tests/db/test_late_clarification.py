"""补正 asked after its seven working days: what the office's setting says holds for page, list and rebuilding alike."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake_api.cases.acts import Choice
from intake_api.cases.audit import rebuild_projections
from intake_api.cases.schemas import EventIn
from intake_api.form.application import Submission
from intake_api.office import Office
from intake_api.people.service import Account
from intake_api.settings import Settings
from tests.conftest import SettableClock
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.samples import application


@pytest.fixture
async def lenient(db_url: str, tmp_path: Path, clock: SettableClock) -> AsyncIterator[Office]:
    given = {"data": tmp_path / "data", "database_url": db_url, "late_clarification": "restarts"}
    office = build_office(Settings.load(given), DIRECTORY, KeywordClassifier, clock)
    await office.triage.start()
    await office.cases.prepare()
    yield office
    await office.db.dispose()


async def asked_late(office: Office, clock: SettableClock) -> tuple[Account, str]:
    """Received on 20 November, 补正 asked on 2 December (the eighth working day), supplied on the 7th."""
    await office.people.add("zhang", "admin", None, "a long password")
    who = (await office.people.sign_in("zhang", "a long password")).account
    number = (await office.cases.submit(Submission.model_validate(application()))).number
    await office.cases.confirm(who, number, Choice(department="housing", disposition="public"))
    clock.moment += timedelta(days=12)
    step = {"type": "clarification_requested", "reply_by": "2026-12-16"}
    await office.cases.record(who, number, EventIn.model_validate(step).act())
    clock.moment += timedelta(days=5)
    await office.cases.record(who, number, EventIn.model_validate({"type": "clarification_received"}).act())
    return who, number


async def test_by_default_it_moves_nothing(office: Office, clock: SettableClock) -> None:
    await office.cases.prepare()
    who, number = await asked_late(office, clock)
    assert str((await office.case_views.view(who, number)).due_on) == "2026-12-18"


async def test_where_the_office_reads_it_so_the_term_begins_anew(lenient: Office, clock: SettableClock) -> None:
    who, number = await asked_late(lenient, clock)
    case = await lenient.case_views.view(who, number)
    assert case.clock is not None
    assert str(case.due_on) == case.clock["due_on"] == str(lenient.calendar.add_workdays(clock.today(), 20).date)
    assert "按本机关的设置" in str(case.clock["steps"])
    today = clock.today()
    assert await rebuild_projections(lenient.db, lenient.calendar, today, "restarts") == (1, 0)
    assert await rebuild_projections(lenient.db, lenient.calendar, today) == (1, 1), "the setting decides"
