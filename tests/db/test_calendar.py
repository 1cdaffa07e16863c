"""A holiday notice becomes data: it moves due dates, says so in every case it moves, and reaches running processes."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from intake_api.calendars.current import Calendars
from intake_api.calendars.models import CalendarVersion
from intake_api.calendars.service import RECOUNT_JOB, Change, read_notice
from intake_api.cases.acts import Choice
from intake_api.cases.audit import rebuild_projections
from intake_api.cases.models import Case, Event
from intake_api.cases.schemas import EventIn
from intake_api.form.application import Submission
from intake_api.jobs.models import Job
from intake_api.kit.errors import Failure
from intake_api.office import Office
from intake_api.settings import Settings
from intake_api.statute.calendar import Calendar, CalendarDay
from intake_api.statute.errors import StatuteError
from tests.conftest import SettableClock
from tests.db.test_record import clerk
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.samples import STATUTORY_2027, application

HEADER = "date,is_workday,name\n"
NOTICE_2027 = (
    HEADER + "2026-12-31,0,元旦\n2027-01-03,1,元旦调休\n" + "".join(f"{day},0,{name}\n" for day, name in STATUTORY_2027)
)


@pytest.fixture(autouse=True)
async def prepared(office: Office) -> None:
    await office.cases.prepare()


@pytest.fixture
async def elsewhere(office: Office, tmp_path: Path, clock: SettableClock) -> AsyncIterator[Office]:
    """The same database as a process on another machine has it, with a data directory of its own."""
    settings = Settings.load({"data": tmp_path / "elsewhere", "database_url": office.settings.database})
    (tmp_path / "elsewhere").mkdir()
    other = build_office(settings, DIRECTORY, KeywordClassifier, clock, vault=office.vault)  # one GONGKAI_SECRET_KEY
    await other.triage.start()
    yield other
    await other.db.dispose()


async def received(office: Office, clock: SettableClock, on: date) -> str:
    clock.moment = datetime(on.year, on.month, on.day, 2, tzinfo=UTC)
    return (await office.cases.submit(Submission.model_validate(application()))).number


async def due_of(office: Office, number: str) -> tuple[date | None, bool]:
    async with office.db.read() as session:
        case = (await session.scalars(select(Case).where(Case.number == number))).one()
    return case.due_on, case.due_provisional


async def imported(office: Office, notice: str = NOTICE_2027) -> Change:
    change = await office.calendar_changes.import_notice(read_notice(notice.encode()), source="notice.csv", by="system")
    async for _ in office.calendar_changes.recount(change.version, change.since):
        pass
    return change


async def test_an_import_moves_due_dates_and_every_case_that_moved_has_an_event(
    office: Office, clock: SettableClock
) -> None:
    stays = await received(office, clock, date(2026, 11, 20))
    moved = await received(office, clock, date(2026, 12, 3))  # due on the last of the year, which becomes a day off
    assert await due_of(office, moved) == (date(2026, 12, 31), False)
    assert (await imported(office)).announced == (2027,)
    assert await due_of(office, moved) == (date(2027, 1, 3), False)
    async with office.db.read() as session:
        events = list(await session.scalars(select(Event).where(Event.type == "due_changed")))
    assert [(e.actor, e.data) for e in events] == [
        ("system", {"from": "2026-12-31", "to": "2027-01-03", "cause": "calendar-1"})
    ]
    listed = await office.calendar_changes.moved()
    assert [(m.number, m.due_from, m.due_to) for m in listed] == [(moved, date(2026, 12, 31), date(2027, 1, 3))]
    assert await due_of(office, stays) == (date(2026, 12, 18), False)
    assert (await office.verified())[1] is None
    assert await rebuild_projections(office.db, office.calendar, clock.today()) == (2, 0)


async def test_who_applied_by_chat_is_told_of_a_date_that_moves(office: Office, clock: SettableClock) -> None:
    clock.moment = datetime(2026, 12, 3, 2, tzinfo=UTC)
    body = Submission.model_validate(application(channel="chat"))
    number = (await office.cases.submit(body, by_chat=True)).number
    await imported(office)
    (told,) = await office.outbox.fetch(50)
    assert (told["number"], told["repeated"]) == (number, False)
    assert told["sentence"] == "放假安排变动，答复期限的届满日重新计算。答复期限：2027年1月3日。"


async def test_a_year_that_is_announced_is_no_longer_provisional(office: Office, clock: SettableClock) -> None:
    number = await received(office, clock, date(2026, 12, 8))
    assert await due_of(office, number) == (date(2027, 1, 6), True)
    await imported(office)
    assert await due_of(office, number) == (date(2027, 1, 6), False)
    assert await office.calendar_changes.moved() == [], "the date is the same one: nothing moved"


async def test_counting_anew_twice_records_nothing_twice(office: Office, clock: SettableClock) -> None:
    await received(office, clock, date(2026, 12, 3))
    change = await imported(office)
    await office.calendar_changes.recount_job({"version": change.version, "since": change.since.isoformat()})
    async with office.db.read() as session:
        assert len(list(await session.scalars(select(Event).where(Event.type == "due_changed")))) == 1


async def test_the_worker_counts_what_an_interrupted_import_left(office: Office, clock: SettableClock) -> None:
    number = await received(office, clock, date(2026, 12, 3))
    await office.calendar_changes.import_notice(read_notice(NOTICE_2027.encode()), source="notice.csv", by="system")
    while await office.jobs.run_next():
        pass
    assert await due_of(office, number) == (date(2027, 1, 3), False)


async def test_processes_that_are_running_count_by_the_new_calendar(
    office: Office, elsewhere: Office, clock: SettableClock
) -> None:
    number = await received(elsewhere, clock, date(2026, 12, 3))
    beside = Calendars(office.settings.data)
    await imported(office)
    assert not beside.current.is_workday(date(2026, 12, 31)), "the same data directory: at once"
    later = await received(elsewhere, clock, date(2026, 12, 3))
    assert await due_of(office, later) == (date(2027, 1, 3), False), "another machine: with its next case"
    assert await due_of(office, number) == (date(2027, 1, 3), False)
    await elsewhere.calendar_changes.prepare()
    assert Calendar.of(elsewhere.settings.data).announced(2027), "and `gongkai clock` there, which reads the file"


async def test_a_local_day_goes_before_the_notice_and_can_be_taken_back(office: Office, clock: SettableClock) -> None:
    number, changes = await received(office, clock, date(2026, 11, 20)), office.calendar_changes
    regional = date(2026, 12, 1)
    change = await changes.set_day(regional, False, "示例自治州成立纪念日", by="account:1")
    await changes.recount_job({"version": change.version, "since": change.since.isoformat()})
    assert await due_of(office, number) == (date(2026, 12, 21), False)
    await imported(office, HEADER + f"{regional},1,照常上班\n")
    assert not office.calendar.is_workday(regional)
    assert [(row.day, row.by, row.name) for row in await changes.rows("local")] == [
        (regional, "account:1", "示例自治州成立纪念日")
    ]
    change = await changes.set_day(regional, None, "", by="account:1")
    await changes.recount_job({"version": change.version, "since": change.since.isoformat()})
    assert await due_of(office, number) == (date(2026, 12, 18), False)
    with pytest.raises(Failure) as refused:
        await changes.set_day(regional, None, "", by="account:1")
    assert refused.value.code == "calendar_day_missing"


async def test_a_file_put_there_by_hand_becomes_part_of_the_first_version(office: Office) -> None:
    folder = office.settings.data
    folder.mkdir(exist_ok=True)
    (folder / "calendar.csv").write_text(HEADER + "2027-03-03,0,手工加的一天\n", "utf-8")
    await imported(office)
    assert not office.calendar.is_workday(date(2027, 3, 3))
    assert {row.source for row in await office.calendar_changes.rows("notice")} == {"calendar.csv", "notice.csv"}


async def test_an_answered_case_whose_date_moves_is_judged_by_the_new_one(office: Office, clock: SettableClock) -> None:
    number, account = await received(office, clock, date(2026, 12, 3)), await clerk(office)
    await office.cases.confirm(account, number, Choice(department="housing", disposition="public"))
    clock.moment += timedelta(days=31)
    await office.cases.record(account, number, EventIn(type="answered", on=date(2027, 1, 3), delivery="post").act())
    async with office.db.read() as session:
        assert (await session.scalars(select(Case.in_time))).one() is False
    await imported(office)
    async with office.db.read() as session:
        assert (await session.scalars(select(Case.in_time))).one() is True


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        (b"2027-01-04,1,a\n2027-01-05,0,b\n2027-01-04,0,c\n", "calendar_contradiction", "（第2行和第4行）"),
        (b"2027-01-05,0,b\n2027-10-01,1,c\n", "calendar_statutory", "（第3行）"),
        (b"2027-01-05,0,b\n2027-13-01,1,c\n", "calendar_row", "第3行"),
        ("2027-01-05,0,元旦\n".encode() + b"\xff\xff\n", "file_encoding", "GB18030"),
    ],
)
async def test_a_file_that_contradicts_itself_changes_nothing(
    office: Office, text: bytes, code: str, told: str
) -> None:
    with pytest.raises((StatuteError, Failure)) as refused:
        read_notice(HEADER.encode() + text)
    assert (refused.value.code, told in refused.value.message) == (code, True)
    assert await office.calendar_changes.rows("notice") == []


def test_a_notice_in_gb18030_or_with_a_mark_is_read() -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert read_notice(NOTICE_2027.encode(encoding))[2] == CalendarDay(date(2027, 1, 1), False, "元旦")


async def test_a_preview_says_what_an_import_would_change(office: Office) -> None:
    whole = office.calendar_changes.preview(read_notice(NOTICE_2027.encode()))
    assert [day.date for day in whole.news] == [date(2026, 12, 31), date(2027, 1, 3)]
    assert (whole.announces, whole.silent) == ((2027,), {})
    part = office.calendar_changes.preview(read_notice((HEADER + "2027-01-01,0,元旦\n").encode()))
    assert part.announces == ()
    assert [day.date.isoformat() for day in part.silent[2027]] == [day for day, _ in STATUTORY_2027[1:]]


async def test_an_office_cannot_have_a_statutory_holiday_worked_either(office: Office) -> None:
    with pytest.raises(StatuteError, match="calendar_statutory"):
        await office.calendar_changes.set_day(date(2027, 2, 8), True, "上班", by="account:1")
    assert await office.calendar_changes.rows("local") == []


async def test_a_release_that_counts_otherwise_counts_the_due_dates_anew(office: Office, clock: SettableClock) -> None:
    number = await received(office, clock, date(2027, 1, 29))
    assert await due_of(office, number) == (date(2027, 3, 4), True)
    async with office.db.write() as session:  # as an earlier release left it, which took two lines for a whole notice
        (await session.scalars(select(Case))).one().due_on = date(2027, 2, 26)
        (await session.scalars(select(Case))).one().due_provisional = False
    await office.calendar_changes.prepare()
    await office.calendar_changes.prepare()
    async with office.db.read() as session:
        assert len(list(await session.scalars(select(Job).where(Job.kind == RECOUNT_JOB)))) == 1
    while await office.jobs.run_next():
        pass
    assert await due_of(office, number) == (date(2027, 3, 4), True)
    assert [(m.number, m.due_from, m.due_to) for m in await office.calendar_changes.moved()] == [
        (number, date(2027, 2, 26), date(2027, 3, 4))
    ]
    async with office.db.write() as session:  # the next release brings a notice for one year
        row = await session.get_one(CalendarVersion, 1)
        row.counted = row.counted | {"2027": "otherwise"}
    await office.calendar_changes.prepare()
    async with office.db.read() as session:
        jobs = list(await session.scalars(select(Job).where(Job.kind == RECOUNT_JOB).order_by(Job.id)))
    assert [job.payload["since"] for job in jobs] == ["2027-01-01", "2027-01-01"]


async def test_a_release_that_reckons_a_term_otherwise_counts_what_is_on_record_anew(
    office: Office, clock: SettableClock
) -> None:
    number = await received(office, clock, date(2026, 3, 2))
    account = await clerk(office)
    await office.cases.confirm(account, number, Choice(department="housing", disposition="public"))
    for act in (
        {"type": "consultation_started", "on": "2026-03-30", "party": "third_party", "delivered_on": "2026-04-01"},
        {"type": "consultation_ended", "on": "2026-04-20", "opinion": "agree"},
    ):
        clock.moment = datetime(2026, 4, 20, 2, tzinfo=UTC)
        await office.cases.record(account, number, EventIn.model_validate(act).act())
    assert await due_of(office, number) == (date(2026, 4, 20), False)
    async with office.db.write() as session:  # as version 1 left it, which excluded nothing of what began on day 20
        (await session.scalars(select(Case))).one().due_on = date(2026, 3, 30)
        row = await session.get_one(CalendarVersion, 1)
        row.counted = office.calendars.current.digests
    await office.calendar_changes.prepare()
    await office.calendar_changes.prepare()
    while await office.jobs.run_next():
        pass
    assert await due_of(office, number) == (date(2026, 4, 20), False)
    async with office.db.read() as session:
        told = list(await session.scalars(select(Event).where(Event.type == "due_corrected")))
    assert [event.data["cause"] for event in told] == ["rules-2"]
