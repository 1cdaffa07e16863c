"""A ledger comes in whole or not at all, becomes cases like any other, and goes out as it came in."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text

from intake_api.cases.acts import Choice
from intake_api.cases.audit import rebuild_projections
from intake_api.cases.models import Case, Event
from intake_api.cases.schemas import EventIn
from intake_api.form.application import Submission
from intake_api.kit.errors import Failure
from intake_api.ledger.columns import COLUMNS
from intake_api.ledger.mapping import read_mapping
from intake_api.ledger.service import ImportPreview
from intake_api.office import Office
from intake_api.people.service import Account
from tests.conftest import SettableClock
from tests.db.ledgers import GOOD, as_csv, as_xlsx, huaian, row
from tests.samples import APPLICATION
from tests.unit.statute import published_report as published

REVIEWER = Account(1, "shenhe", "reviewer", None)


@pytest.fixture(autouse=True)
async def prepared(office: Office) -> None:
    await office.cases.prepare()


async def imported(office: Office, raw: bytes, name: str = "台账.csv", **more: Any) -> ImportPreview:
    preview = await office.ledger.preview(name, raw, by="account:1", **more)
    assert preview.errors == ()
    await office.ledger.bring_in(preview)
    return preview


async def exported(office: Office, name: str = "台账.csv", **more: Any) -> bytes:
    file = io.BytesIO()
    await office.ledger.export(file, name, **more)
    return file.getvalue()


async def cases(office: Office) -> list[Case]:
    async with office.db.read() as session:
        return list(await session.scalars(select(Case).order_by(Case.id)))


async def test_a_line_becomes_a_case_with_its_events_in_the_chain(office: Office, clock: SettableClock) -> None:
    await imported(office, as_csv([row()]))
    (case,) = await cases(office)
    assert (case.number, case.status, case.open, case.department) == (GOOD["number"], "answered", False, "housing")
    assert (str(case.received_on), str(case.ended_on), case.outcome) == ("2024-03-05", "2024-03-20", "3.1")
    assert (str(case.due_on), case.in_time, case.receipt_basis) == ("2024-04-02", True, "counter")
    assert (case.review, str(case.review_on), case.litigation) == ("upheld", "2024-03-20", "after_review:pending")
    async with office.db.read() as session:
        events = list(await session.scalars(select(Event).order_by(Event.seq)))
    types = ["submitted", "received", "confirmed", "answered", "review", "litigation"]
    assert [(e.type, e.actor) for e in events] == [(kind, "account:1") for kind in types]
    assert await office.verified() == (1, None)
    assert await rebuild_projections(office.db, office.calendar, clock.today()) == (1, 0)
    view = await office.case_views.view(REVIEWER, f" {GOOD['number']} ")
    assert (view.description, view.applicant["name"]) == (GOOD["description"], "张三")
    page = await office.case_views.queue(REVIEWER, q="11010519491231002X")
    assert [item.number for item in page.items] == [GOOD["number"]], "found by its applicant, as any case"


async def test_what_an_old_ledger_does_not_say_stays_unsaid(office: Office) -> None:
    raw = "编号,收到日期,申请人类别\n甲1,20240305,自然人\n".encode()
    await imported(office, raw)
    (case,) = await cases(office)
    assert (case.open, case.outcome, case.receipt_basis, case.channel) == (True, None, None, "other")
    view = await office.case_views.view(REVIEWER, "甲1")
    assert (view.title, view.applicant["name"]) == ("（台账没有写明申请内容）", "")
    line = (await exported(office)).decode("utf-8-sig").splitlines()[1]
    assert line.split(",") == ["甲1", "city", "disclosure", "2024-03-05", "", "other", "natural"] + [""] * 28


async def test_the_same_file_again_changes_nothing_and_another_content_is_a_conflict(office: Office) -> None:
    await imported(office, as_csv([row()]))
    again = await office.ledger.preview("台账.csv", as_csv([row(), row(number="2")]), by="account:1")
    assert (again.rows, again.new, again.unchanged, again.problems) == (2, 1, 1, ())
    other = await office.ledger.preview("台账.csv", as_csv([row(applicant_name="李四", note="改")]), by="account:1")
    (problem,) = other.problems
    assert (problem.row, problem.code) == (2, "number_conflict")
    assert problem.message.endswith("内容不一样：申请人、备注。")
    with pytest.raises(Failure) as refused:
        await office.ledger.bring_in(other)
    assert refused.value.code == "ledger_invalid"


async def test_a_number_taken_between_preview_and_import_stops_it_whole(office: Office) -> None:
    preview = await office.ledger.preview("台账.csv", as_csv([row(number="1"), row(number="2")]), by="account:1")
    await imported(office, as_csv([row(number="2")]))
    with pytest.raises(Failure) as refused:
        await office.ledger.bring_in(preview)
    assert refused.value.code == "ledger_overtaken"
    assert len(await cases(office)) == 1


async def test_a_number_of_ours_in_a_ledger_is_not_given_out_again(office: Office, clock: SettableClock) -> None:
    await imported(office, as_csv([row(number="SF-2026-00001", received_on="2026-03-05", answered_on="2026-03-20")]))
    receipt = await office.cases.submit(Submission.model_validate(APPLICATION))
    assert receipt.number == "SF-2026-00002"
    assert await office.verified() == (2, None)


LONG = "很" * 201
# Each row has one fault; the column and code that it is told by.
FAULTS: list[tuple[dict[str, Any], str | None, str]] = [
    ({"number": ""}, "number", "required"),
    ({"number": "9" * 41}, "number", "too_long"),
    ({"number": "2024/15"}, "number", "number_characters"),
    ({"number": "重复"}, "number", "number_twice"),
    ({"number": "已有"}, "number", "number_conflict"),
    ({"received_on": ""}, "received_on", "required"),
    ({"received_on": "上周三"}, "received_on", "bad_date"),
    ({"received_on": "2024-02-30"}, "received_on", "date_not_real"),
    ({"received_on": "24-3-5"}, "received_on", "date_year"),
    (
        {"received_on": "2030-01-01", "outcome": "", "answered_on": "", "review": "", "litigation": ""},
        *("received_on", "date_in_future"),
    ),
    ({"received_on": "2007-12-31"}, "received_on", "before_first_statute"),
    ({"applicant_type": ""}, "applicant_type", "required"),
    ({"applicant_type": "外星人"}, "applicant_type", "unknown_value"),
    ({"kind": "咨询"}, "kind", "unknown_value"),
    ({"receipt_basis": "听说"}, "receipt_basis", "unknown_value"),
    ({"channel": "飞鸽"}, "channel", "unknown_value"),
    ({"id_type": "借书证"}, "id_type", "unknown_value"),
    ({"delivery_medium": "竹简"}, "delivery_medium", "unknown_value"),
    ({"delivery_way": "托人捎"}, "delivery_way", "unknown_value"),
    ({"delivery": "托人捎"}, "delivery", "unknown_value"),
    ({"outcome": "同意"}, "outcome", "unknown_value"),
    ({"outcome": "不予公开"}, "outcome", "outcome_section"),
    ({"outcome": ""}, "outcome", "outcome_missing"),
    ({"answered_on": "", "review": "", "litigation": ""}, "answered_on", "answered_on_missing"),
    ({"answered_on": "2024-03-04"}, "answered_on", "answered_before_received"),
    ({"answered_on": "次日"}, "answered_on", "bad_date"),
    ({"answered_on": "2027-03-04"}, "answered_on", "date_in_future"),
    ({"review": "赢了"}, "review", "unknown_value"),
    ({"litigation": "维持"}, "litigation", "litigation_route"),
    ({"review": "", "review_on": "2024-05-01"}, "review", "remedy_missing"),
    ({"review": "维持", "review_on": "2024-03-04"}, "review_on", "remedy_before_received"),
    ({"litigation_on": "2024-13-01"}, "litigation_on", "date_not_real"),
    ({"department": "天文局"}, "department", "unknown_department"),
    ({"addressee": "火星政府"}, "addressee", "unknown_addressee"),
    ({"title": LONG}, "title", "too_long"),
    ({"phone": "#REF!"}, "phone", "cell_error"),
    ({"more": ["多出来的一格"]}, None, "row_too_long"),
]


async def test_a_ledger_with_37_faults_is_refused_with_37_messages_and_no_row_is_written(office: Office) -> None:
    await imported(office, as_csv([row(number="已有", applicant_name="李四")]))
    assert len(FAULTS) == 37
    rows = [row(number="重复")] + [row(number=f"第{n}") | fault for n, (fault, _, _) in enumerate(FAULTS)]
    preview = await office.ledger.preview("台账.csv", as_csv(rows), by="account:1")
    told = [(p.row, p.column, p.code) for p in preview.errors]
    assert told == [(n, column, code) for n, (_, column, code) in enumerate(FAULTS, 3)]
    assert all(p.message and "{" not in p.message for p in preview.problems)
    with pytest.raises(Failure):
        await office.ledger.bring_in(preview)
    assert [case.number for case in await cases(office)] == ["已有"]


async def test_what_is_implausible_is_told_and_imported(office: Office) -> None:
    rows = [
        row(number="1", answered_on="2024-09-01", phone="123", id_number="1101**********002X", email="张三"),
        row(number="2", received_on="2018-03-05", answered_on="2018-03-20"),
        row(number="3", channel="邮寄", review_on="2024-03-06"),
        row(number="4", outcome="", answered_on="", review="", litigation=""),
        row(number="5", outcome="", answered_on="", review="pending", litigation="", received_on="2026-11-02"),
    ]
    preview = await imported(office, as_csv(rows))
    assert [(p.row, p.code) for p in preview.warnings] == [
        (2, "id_number_implausible"),
        (2, "phone_implausible"),
        (2, "email_implausible"),
        (2, "answered_late"),
        (3, "before_statute"),
        (4, "basis_channel"),
        (4, "remedy_before_answer"),
        (5, "long_open"),
        (6, "remedy_day_missing"),
    ]
    stored = {case.number: case for case in await cases(office)}
    assert stored["5"].review_on == date(2026, 11, 2)  # 不作为 can be challenged before there is an answer
    assert (stored["1"].in_time, stored["2"].due_on, stored["2"].outcome) == (False, None, "3.1")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("chinese", [False, True])
async def test_export_import_export_is_identical(
    office: Office, kind: str, chinese: bool, clock: SettableClock
) -> None:
    await imported(office, as_csv([row(), row(number="=1+1", note="=cmd|' /C calc'!A0", title="'=x", address="-1")]))
    native = {"description": '第一行\r\n第二行，含"引号"', "title": "@SUM(A1)"}
    await office.cases.submit(Submission.model_validate(APPLICATION | native))
    name = f"台账.{kind}"
    first = await exported(office, name, chinese=chinese)
    same = await office.ledger.preview(name, first, by="account:1")
    assert (same.rows, same.unchanged, same.problems) == (3, 3, ())
    async with office.db.write() as session:
        for table in ("outbox", "suggestion", "job", "event", "applicant", "case_text", "cases"):
            await session.execute(text(f"DELETE FROM {table}"))
    preview = await imported(office, first, name)
    assert preview.new == 3
    second = await exported(office, name, chinese=chinese)
    assert _content(second, kind) == _content(first, kind)


def _content(raw: bytes, kind: str) -> object:
    if kind == "csv":
        return raw
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(raw)).worksheets[0]
    return [[(cell.value, cell.data_type) for cell in line] for line in sheet.iter_rows()]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_no_cell_of_an_export_is_a_formula(office: Office, kind: str) -> None:
    await imported(office, as_csv([row(number="=1+1", note="+1", address="-1", title="@x")]))
    raw = await exported(office, f"台账.{kind}")
    if kind == "csv":
        cells = raw.decode("utf-8-sig").splitlines()[1].split(",")
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        assert cells[0] == "'=1+1"
    else:
        assert {cell[1] for line in _content(raw, kind)[1:] for cell in line} <= {"s", "n"}  # type: ignore[index]  # a list here
        assert _content(raw, kind)[1][0] == ("=1+1", "s")  # type: ignore[index]  # a list here


async def test_an_export_covers_the_days_asked_for(office: Office) -> None:
    rows = [row(number=f"{month}月", received_on=f"2024-0{month}-05", answered_on="2024-09-01") for month in (3, 4, 5)]
    await imported(office, as_csv(rows))
    raw = await exported(office, since=date(2024, 4, 5), until=date(2024, 5, 4))
    assert [line.split(",")[0] for line in raw.decode("utf-8-sig").splitlines()] == ["number", "4月"]


async def test_an_offices_own_headers_and_words_come_from_a_mapping_file(office: Office) -> None:
    own = '[columns]\n"办件流水号" = "number"\n"身份" = "applicant_type"\n[values.outcome]\n"给了" = "3.1"\n'
    own += '[values.department]\n"房管局" = "housing"\n'
    rows = "办件流水号,收到日期,身份,办理结果,答复日期,承办机构\n7,2024-3-5,公民,给了,2024-3-8,房管局\n"
    await imported(office, rows.encode("gb18030"), mapping=read_mapping(own.encode()))
    (case,) = await cases(office)
    assert (case.number, case.outcome, case.department) == ("7", "3.1", "housing")


async def test_the_published_year_of_huaian_comes_out_cell_by_cell(office: Office) -> None:
    head = [["淮安市2024年政府信息公开申请台账"], ["编号", "收到日期", "申请人", "办理", None, "救济", None]]
    head += [[None, None, "申请人类别", "办理结果", "答复日期", "行政复议", "行政诉讼"]]
    names = ("number", "received_on", "applicant_type", "outcome", "answered_on", "review", "litigation")
    words = {name: COLUMNS[name].words for name in names}
    cells = [[words[n].get(line.get(n, ""), [line.get(n)])[0] for n in names] for line in huaian()]
    preview = await imported(office, as_xlsx(head + cells, ("A1:G1", "D2:E2", "F2:G2", "A2:A3")), "台账.xlsx")
    assert preview.new == 3153
    report = await office.reports.annual(2024)
    assert {line.code: line.cells for line in report.table3.rows} == published.TABLE_THREE
    assert report.table4 == published.TABLE_FOUR
    assert [check.code for check in report.checks if not check.holds] == []


async def test_many_rows_are_written_in_one_transaction_and_it_is_told_how_far(office: Office) -> None:
    preview = await office.ledger.preview("台账.csv", as_csv([row(number=f"{n}") for n in range(2500)]), by="system")
    seen: list[tuple[int, int]] = []
    await office.ledger.bring_in(preview, advance=lambda *done: seen.append(done))
    assert seen == [(1000, 2500), (2000, 2500), (2500, 2500)]
    async with office.db.read() as session:
        assert await session.scalar(select(func.count(Event.id))) == 2500 * 6


async def test_a_file_that_waits_tells_the_database_neither_content_nor_name(office: Office) -> None:
    await office.people.add("guanli", "admin", None, "a long password")
    (account,) = await office.people.listing()
    key = await office.ledger.keep(account, "张三的申请.csv", "编号\n张三".encode())
    async with office.db.read() as session:
        row = (await session.execute(text("SELECT * FROM ledger_upload"))).one()
    for value in row:
        for planted in ("张三", "申请.csv"):
            assert planted not in str(value)
            assert planted.encode() not in (value if isinstance(value, bytes) else b"")
    assert await office.ledger.kept(account, key) == ("张三的申请.csv", "编号\n张三".encode())


COURSE = {
    "due_on": "2024-04-02",
    "clarification": "3月6日告知，3月8日收到",
    "extension": "延10个工作日",
    "consultation": "征求第三方，同意",
    "fee": "100元，已缴",
    "handled_by": "李四",
    "tracking": "EA123456789CN",
    "archive_number": "GK-2024-001",
}


async def test_the_course_of_a_case_as_an_office_keeps_it_comes_in_and_goes_out_in_its_words(office: Office) -> None:
    raw = as_csv([row(**COURSE)])
    await imported(office, raw)
    (line,) = csv.DictReader(io.StringIO((await exported(office)).decode("utf-8-sig")))
    assert {name: line[name] for name in COURSE} == COURSE
    again = await office.ledger.preview("台账.csv", raw, by="account:1")
    assert (again.errors, again.unchanged) == ((), 1)


async def test_the_course_of_a_live_case_is_written_from_its_record(office: Office, clock: SettableClock) -> None:
    await office.people.add("zhang", "reviewer", None, "a long password")
    account = (await office.people.sign_in("zhang", "a long password")).account
    number = (await office.cases.submit(Submission.model_validate(APPLICATION))).number
    await office.cases.confirm(account, number, Choice(department="housing", disposition="public"))
    letter = {"letter_number": "示政公开复〔2026〕9号", "letter_on": "2026-11-20"}
    for act in (
        {"type": "consultation_started", "party": "third_party"},
        {"type": "consultation_ended", "opinion": "agree"},
        {"type": "extended", "days": 5},
        {"type": "answered", "outcome": "3.1", "delivery": "post"} | letter,
        {"type": "delivered", "way": "post", "tracking": "EA123456789CN"},
        {"type": "closed", "archive_number": "GK-2026-001"},
    ):
        await office.cases.record(account, number, EventIn.model_validate(act).act())
    raw = await exported(office)
    (line,) = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
    day = str(clock.today())
    assert line["consultation"] == f"{day}发出，{day}结束"
    assert line["extension"] == f"{day}延长5个工作日"
    assert (line["handled_by"], line["tracking"], line["archive_number"]) == ("zhang", "EA123456789CN", "GK-2026-001")
    assert (line["notice_number"], line["clarification"], line["fee"]) == (letter["letter_number"], "", "")
    assert line["due_on"] == str((await cases(office))[0].due_on)
    again = await office.ledger.preview("台账.csv", raw, by="account:1")
    assert (again.errors, again.unchanged) == ((), 1)
