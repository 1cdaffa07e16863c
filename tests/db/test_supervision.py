"""Supervision: who has what to do by when, and one reminder a day to each department, over a real socket."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intake_api.calendars.current import Calendars
from intake_api.cases.acts import Choice
from intake_api.cases.schemas import EventIn
from intake_api.form.application import StaffSubmission, Submission
from intake_api.kit import mail
from intake_api.kit.db import Database
from intake_api.kit.mail import MailUnavailable
from intake_api.office import Office
from intake_api.people.service import Account
from intake_api.reports import repository
from intake_api.reports.supervision import SupervisionService
from intake_api.settings import Settings
from intake_api.wiring.offices import load_directory
from intake_api.wiring.shipped import PROFILE
from tests.conftest import SettableClock
from tests.fakes.cases import case_row, put_cases
from tests.fakes.directory import DIRECTORY
from tests.fakes.smtp import MailServer
from tests.samples import application

TODAY = date(2026, 11, 20)  # a Friday
OFFICE = replace(
    DIRECTORY,
    agencies=(replace(DIRECTORY.agencies[0], email="gongkai@example.invalid"), DIRECTORY.agencies[1]),
    departments=tuple(
        replace(d, email=f"{d.code}@example.invalid") if d.code in ("housing", "education") else d
        for d in DIRECTORY.departments
    ),
)


@pytest.fixture
async def db(db_url: str) -> AsyncIterator[Database]:
    database = Database(db_url)
    await put_cases(
        database,
        [
            case_row(1, due_on=TODAY - timedelta(days=2)),
            case_row(2, due_on=TODAY),
            case_row(3, due_on=TODAY + timedelta(days=7), department="education"),
            case_row(4, due_on=TODAY + timedelta(days=8), department="education"),
            case_row(5, due_on=TODAY - timedelta(days=30), open=False, status="answered"),
            case_row(6, due_on=TODAY, department="natural-resources"),
            case_row(7, due_on=TODAY, department="tax"),
            case_row(8, due_on=TODAY, status="split", open=False),
            case_row(9, due_on=TODAY, department=None, agency_code="sample-district"),
        ],
    )
    yield database
    await database.dispose()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def service(db: Database, clock: SettableClock, folder: Path, **settings: Any) -> SupervisionService:
    loaded = Settings.load({"data": folder / "data", **settings})
    return SupervisionService(db, clock, OFFICE, Calendars(folder / "data"), loaded)


async def test_what_waits_for_somebody_else_stands_there_at_all_times(office: Office, clock: SettableClock) -> None:
    await office.cases.prepare()
    await office.people.add("zhang", "reviewer", None, "a long password")
    account = (await office.people.sign_in("zhang", "a long password")).account
    clock.moment = datetime(2026, 9, 1, 2, tzinfo=UTC)
    cases = [await office.cases.submit(Submission.model_validate(application())) for _ in range(5)]
    unconfirmed = {"channel": "email", "receipt_basis": "internet"}
    email = await office.cases.enter(account, StaffSubmission.model_validate(application(**unconfirmed)))
    steps = [
        [("consultation_started", {"party": "third_party"})],
        [("consultation_started", {"party": "third_party", "delivered_on": "2026-09-01"})],
        [("consultation_started", {"party": "other_agency"})],
        [("clarification_requested", {"reply_by": "2026-09-11"})],
        [("fee_noticed", {"sent_on": "2026-09-01"})],
    ]
    for case, acts in zip(cases, steps, strict=True):
        await office.cases.confirm(account, case.number, Choice(department="housing", disposition="public"))
        for kind, fields in acts:
            await office.cases.record(account, case.number, EventIn.model_validate({"type": kind} | fields).act())
    early = [one for shown in await office.supervision.lists() for one in shown.waiting]
    assert {(one.number, one.waits) for one in early} == {
        (email.number, "receipt"),
        (cases[0].number, "undelivered"),
        (cases[1].number, "consultation"),
        (cases[2].number, "consultation"),
    }
    clock.moment = datetime(2026, 11, 20, 2, tzinfo=UTC)
    late = [one for shown in await office.supervision.lists() for one in shown.waiting]
    assert [(one.number, one.waits, one.until) for one in late] == [
        (email.number, "receipt", None),
        (cases[3].number, "clarification_past", date(2026, 9, 11)),
        (cases[0].number, "undelivered", date(2026, 9, 21)),
        (cases[1].number, "opinion_past", date(2026, 9, 21)),
        (cases[2].number, "opinion_past", date(2026, 9, 21)),
        (cases[4].number, "payment_past", date(2026, 9, 29)),
    ]


async def test_each_department_has_its_list_the_most_urgent_first(
    db: Database, clock: SettableClock, tmp_path: Path
) -> None:
    lists = {one.code: one for one in await service(db, clock, tmp_path).lists()}
    assert list(lists) == ["city", "sample-district", "housing", "natural-resources", "education"]
    assert [(c.number, c.days_left) for c in lists["housing"].overdue] == [("SF-2025-000001", -2)]
    assert [(c.number, c.days_left) for c in lists["housing"].soon] == [("SF-2025-000002", 0)]
    assert [c.days_left for c in lists["education"].soon] == [5], "the sixth working day is not yet soon"
    assert [c.number for c in lists["city"].soon] == ["SF-2025-000007"], "what is external stays with the office"
    own = await service(db, clock, tmp_path).lists(Account(1, "jiaoyu", "officer", "education"))
    assert [one.code for one in own] == ["education"]


async def test_what_is_overdue_never_looks_as_if_due_today(db: Database, clock: SettableClock, tmp_path: Path) -> None:
    clock.moment += timedelta(days=1)  # Saturday: no working day has passed since the last day, Friday
    lists = {one.code: one for one in await service(db, clock, tmp_path).lists()}
    late = {c.number: c for c in lists["housing"].overdue}["SF-2025-000002"]
    assert (late.days_left, late.overdue) == (0, True)
    assert lists["housing"].soon == []


async def test_a_reminder_goes_once_a_day_to_each_department_with_an_address(
    db: Database, clock: SettableClock, tmp_path: Path, server: MailServer
) -> None:
    supervision = service(db, clock, tmp_path, smtp_url=server.url, public_url="https://gongkai.example.invalid/")
    await asyncio.gather(*(supervision.remind({}) for _ in range(3)))
    await supervision.remind({})
    assert sorted(m["To"] for m in server.got) == [
        "education@example.invalid",
        "gongkai@example.invalid",
        "housing@example.invalid",
    ]
    (told,) = [m for m in server.got if m["To"] == "housing@example.invalid"]
    assert told["From"] == "gongkai@example.invalid"
    assert told["Subject"] == "【督办】依申请公开：超期 1 件，即将到期 1 件（2026-11-20）"
    assert told.get_content().splitlines() == [
        "住房和城乡建设局：",
        "",
        "以下政府信息公开申请已经超过或者即将到达答复期限，请及时办理。",
        "",
        "已超期：",
        "SF-2025-000001　2026-11-18 到期　已超 2 个工作日",
        "",
        "即将到期：",
        "SF-2025-000002　2026-11-20 到期　今天到期",
        "",
        "办理请进入 https://gongkai.example.invalid/staff/supervision",
        "本邮件由系统自动发送，不含申请人的信息，请勿回复。",
    ]
    assert {one.code: one.mailed for one in await supervision.lists()}["housing"] is True
    clock.moment += timedelta(days=3)  # Monday
    await supervision.remind({})
    assert len(server.got) == 6


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 20, 0, 59, tzinfo=UTC),  # 8:59 in Shanghai
        datetime(2026, 11, 20, 9, 0, tzinfo=UTC),  # 17:00
        datetime(2026, 11, 21, 2, 0, tzinfo=UTC),  # Saturday
        datetime(2026, 10, 1, 2, 0, tzinfo=UTC),  # 国庆节, a Thursday
    ],
)
async def test_nobody_is_reminded_outside_office_hours(
    db: Database, clock: SettableClock, tmp_path: Path, server: MailServer, moment: datetime
) -> None:
    clock.moment = moment
    await service(db, clock, tmp_path, smtp_url=server.url).remind({})
    assert server.got == []


async def test_a_sunday_that_is_worked_is_a_day_like_others(
    db: Database, clock: SettableClock, tmp_path: Path, server: MailServer
) -> None:
    clock.moment = datetime(2026, 9, 20, 2, 0, tzinfo=UTC)  # 调休
    await put_cases(db, [case_row(20, due_on=date(2026, 9, 21))])
    await service(db, clock, tmp_path, smtp_url=server.url).remind({})
    assert [m["To"] for m in server.got] == ["housing@example.invalid"]


async def test_without_a_server_or_switched_off_the_console_alone_reminds(
    db: Database, clock: SettableClock, tmp_path: Path, server: MailServer
) -> None:
    for settings in ({}, {"smtp_url": server.url, "reminders": "off"}):
        supervision = service(db, clock, tmp_path, **settings)
        assert not supervision.by_mail
        await supervision.remind({})
    assert server.got == []
    async with db.read() as session:
        assert await repository.mailed(session, datetime(2020, 1, 1, tzinfo=UTC)) == set()


async def test_a_server_that_is_away_is_tried_again_and_an_unknown_address_holds_up_nobody(
    db: Database, clock: SettableClock, tmp_path: Path, server: MailServer
) -> None:
    supervision = service(db, clock, tmp_path, smtp_url=server.url)
    server.open = False
    with pytest.raises(MailUnavailable):
        await supervision.remind({})
    assert server.got == []
    server.open, server.unknown = True, {"housing@"}
    clock.moment += timedelta(minutes=10)
    for _ in range(3):
        await supervision.remind({})
    assert sorted(m["To"] for m in server.got) == ["education@example.invalid", "gongkai@example.invalid"]
    assert not any("重复" in m["Subject"] for m in server.got), "nothing had gone out the first time"


@pytest.mark.parametrize("how", ["greylisted", "busy"])
async def test_what_is_not_taken_now_is_sent_later_and_holds_up_nobody(
    db: Database, clock: SettableClock, tmp_path: Path, server: MailServer, how: str
) -> None:
    """4xx answers are temporary (RFC 5321 §4.2.1): 5xx alone is the end of a message."""
    supervision = service(db, clock, tmp_path, smtp_url=server.url)
    setattr(server, how, {"gongkai@"})  # the first to be written
    await supervision.remind({})
    assert sorted(m["To"] for m in server.got) == ["education@example.invalid", "housing@example.invalid"]
    await supervision.remind({})
    assert len(server.got) == 2, "not at once"
    setattr(server, how, set())
    clock.moment += timedelta(minutes=10)
    await supervision.remind({})
    assert server.got[-1]["To"] == "gongkai@example.invalid"
    assert len(server.got) == 3
    assert "重复" not in server.got[-1]["Subject"], "it surely had not gone"


async def test_a_message_whose_answer_was_lost_comes_again_marked_and_holds_up_nobody(
    db: Database, clock: SettableClock, tmp_path: Path, server: MailServer
) -> None:
    supervision = service(db, clock, tmp_path, smtp_url=server.url)
    server.silent = {"gongkai@"}
    await supervision.remind({})
    assert len(server.got) == 3
    server.silent, server.greylisted = set(), {"gongkai@"}
    clock.moment += timedelta(minutes=10)
    await supervision.remind({})
    server.greylisted = set()
    clock.moment += timedelta(minutes=10)
    await supervision.remind({})
    first, *_, last = [m for m in server.got if m["To"] == "gongkai@example.invalid"]
    assert last["Subject"] == "（可能重复）" + first["Subject"], "whatever was answered in between"
    assert last["Message-ID"] == first["Message-ID"]
    assert len(server.got) == 4


async def test_a_server_that_says_goodbye_badly_has_taken_the_message(
    db: Database, clock: SettableClock, tmp_path: Path, server: MailServer
) -> None:
    supervision = service(db, clock, tmp_path, smtp_url=server.url)
    server.rude = True
    await supervision.remind({})
    await supervision.remind({})
    assert len(server.got) == 3


async def test_a_server_that_is_away_for_hours_costs_no_message_its_attempts(
    db: Database, clock: SettableClock, tmp_path: Path, server: MailServer
) -> None:
    supervision = service(db, clock, tmp_path, smtp_url=server.url)
    server.open = False
    for _ in range(20):
        with pytest.raises(MailUnavailable):
            await supervision.remind({})
        clock.moment += timedelta(minutes=10)
    server.open = True
    await supervision.remind({})
    assert len(server.got) == 3
    assert not any("重复" in m["Subject"] for m in server.got)


async def test_a_message_sent_again_after_a_crash_says_so_and_is_known_by_its_id(
    db: Database, clock: SettableClock, tmp_path: Path, server: MailServer
) -> None:
    supervision = service(db, clock, tmp_path, smtp_url=server.url)
    await supervision.remind({})
    first = {m["To"]: m["Message-ID"] for m in server.got}
    async with db.write() as session:  # as if the process had died before it could note that the first had gone
        await repository.settle_mail(session, 1, sent_at=None)
    await supervision.remind({})
    assert server.got[-1]["Subject"].startswith("（可能重复）")
    assert first[server.got[-1]["To"]] == server.got[-1]["Message-ID"]


async def test_yesterdays_reminder_is_not_sent_today(
    db: Database, clock: SettableClock, tmp_path: Path, server: MailServer
) -> None:
    supervision = service(db, clock, tmp_path, smtp_url=server.url)
    clock.moment -= timedelta(days=1)
    server.open = False
    with pytest.raises(MailUnavailable):
        await supervision.remind({})
    server.open = True
    clock.moment += timedelta(days=1)
    await supervision.remind({})
    assert all("（2026-11-20）" in m["Subject"] for m in server.got)
    await supervision.drop_old()


async def test_a_password_is_used_but_never_sent_in_the_clear_to_another_machine() -> None:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"] = "gongkai@example.invalid", "housing@example.invalid"
    with MailServer("geheim") as server:
        mail.send(server.url, message)
        assert len(server.got) == 1
        with pytest.raises(MailUnavailable):
            mail.send(server.url.replace("geheim", "wrong"), message)
        with pytest.raises(MailUnavailable, match="no TLS"):
            mail.send(server.url.replace("127.0.0.1", "2130706433"), message)  # the same address, not known as local
        assert len(server.got) == 1
    for url in ("http://127.0.0.1", "smtp://127.0.0.1:1", "smtps://127.0.0.1:1"):
        with pytest.raises(MailUnavailable):
            mail.send(url, message)


@pytest.mark.parametrize(
    ("of", "line", "said"),
    [
        ('code = "city"\n', 'email = "gk@example.invalid\\nBcc: x@example.invalid"', "email 应为一行文字"),
        ('code = "city"\n', 'email = "政务公开办"', "email 应为一个电子邮箱地址"),
        (
            'code = "education"\n',
            'email = "jiaoyu@example.invalid, x@example.invalid"',
            "教育局的 email 应为一个电子邮箱地址",
        ),
        ('code = "education"\n', "email = 5", "教育局的 email 应为一行文字"),
        ('code = "city"\n', 'sign = "示政\\n公开"', "sign 应为一行文字"),
        ('code = "city"\n', "court = 7", "court 应为一行文字"),
        ('code = "tax"\n', 'contact = {phone = "1\\r2"}', "phone 应为一行文字"),
    ],
)
def test_a_profile_that_no_mail_or_letter_can_use_is_refused_at_the_door(
    of: str, line: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    field = line.partition(" ")[0]
    head, entry = PROFILE.read_text("utf-8").split(of, 1)
    entry, rest = entry.split("\n[[", 1)
    entry = "\n".join(one for one in entry.split("\n") if not one.startswith(f"{field} "))
    own = tmp_path / "departments.toml"
    own.write_text(f"{head}{of}{line}\n{entry}\n[[{rest}", "utf-8")
    with pytest.raises(SystemExit) as ended:
        load_directory(Settings.load({"data": tmp_path, "profile": own}))
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("error profile_value: 部门目录 departments.toml ")
    assert said in told
    assert told.count("\n") == 1


def test_a_departments_address_comes_from_the_offices_profile(tmp_path: Path) -> None:
    shipped = PROFILE.read_text("utf-8")
    own = tmp_path / "departments.toml"
    own.write_text(
        shipped.replace('code = "education"\n', 'code = "education"\nemail = "jiaoyu@example.invalid"\n', 1), "utf-8"
    )
    directory = load_directory(Settings.load({"data": tmp_path, "profile": own}))
    assert {d.code: d.email for d in directory.departments if d.email} == {"education": "jiaoyu@example.invalid"}
