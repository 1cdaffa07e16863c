"""The reports on both databases: counted right, every cell opening its cases, figures all or nothing."""

import io
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from pydantic_core import to_json
from sqlalchemy import select, update

from intake_api.calendars.current import Calendars
from intake_api.cases.models import Case, Decision, Event
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.people.models import Account as StoredAccount
from intake_api.people.service import Account
from intake_api.reports import papers
from intake_api.reports.models import Figure
from intake_api.reports.report import AnnualReport
from intake_api.reports.service import ReportService
from intake_api.settings import Settings
from intake_api.statute.annual import COLUMNS, COURTS, ROWS, VERDICTS
from tests.conftest import SettableClock
from tests.fakes.cases import case_row, put_cases
from tests.fakes.directory import DIRECTORY
from tests.unit.statute import published_report as published

LAST_YEAR, THIS_YEAR = date(2024, 11, 4), date(2025, 2, 5)
IN_YEAR, NEXT_YEAR = date(2025, 6, 30), date(2026, 1, 5)


@pytest.fixture
async def db(db_url: str) -> AsyncIterator[Database]:
    database = Database(db_url)
    yield database
    await database.dispose()


@pytest.fixture
def reports(db: Database, clock: SettableClock, tmp_path: Path) -> ReportService:
    return ReportService(db, clock, DIRECTORY, Calendars(tmp_path / "data"), Settings().weights)


def row_of(report: AnnualReport, code: str) -> list[int]:
    return next(row.cells for row in report.table3.rows if row.code == code)


def held(report: AnnualReport) -> dict[str, bool]:
    return {check.code: check.holds for check in report.checks}


def published_cases() -> list[dict[str, Any]]:
    """Cases whose report is the published one of 2024, moved to 2025, with its suits and reviews."""
    rows = []
    for number, one in enumerate(published.applications()):
        ended_on = IN_YEAR if one.ended else (NEXT_YEAR if number % 2 else None)
        rows.append(
            case_row(
                number,
                applicant_type=one.applicant,
                received_on=THIS_YEAR if one.received_in_year else LAST_YEAR,
                ended_on=ended_on,
                outcome=one.outcome or ("3.1" if ended_on else None),
            )
        )
    places = [(block, verdict) for block in COURTS for verdict in VERDICTS]
    tried = iter(row for row in rows if row["ended_on"] == IN_YEAR)
    for (block, verdict), count in zip(places, published.TABLE_FOUR, strict=True):
        for _ in range(count if verdict != "total" else 0):
            if block == "review":
                next(tried).update(review=verdict, review_on=date(2025, 9, 1))
            else:
                next(tried).update(litigation=f"{block}:{verdict}")  # without a day of its own: the year of the answer
    return rows


async def test_the_published_tables_are_counted_cell_by_cell(reports: ReportService, db: Database) -> None:
    await put_cases(db, published_cases())
    report = await reports.annual(2025)
    assert {row.code: row.cells for row in report.table3.rows} == published.TABLE_THREE
    assert report.table4 == published.TABLE_FOUR
    assert held(report) == {"A": True, "B": True, "C": True, "T4": True}
    assert report.missing == ["table2", "fees", "D"]
    assert report.provisional is False


async def test_every_number_opens_the_list_of_its_cases(reports: ReportService, db: Database) -> None:
    await put_cases(db, published_cases())
    report = await reports.annual(2025)
    cells = [(row.code, column, n) for row in report.table3.rows for column, n in zip(COLUMNS, row.cells, strict=True)]
    courts = [(block, verdict) for block in COURTS for verdict in VERDICTS]
    cells += [(*place, n) for place, n in zip(courts, report.table4, strict=True)]
    assert len(cells) == 25 * 7 + 15
    for row, column, count in cells:
        listed, total = await reports.cell(2025, None, row, column)
        assert (total, len(listed)) == (count, min(count, 200)), (row, column)
    page, _ = await reports.cell(2025, None, "3.1", "natural")
    following, _ = await reports.cell(2025, None, "3.1", "natural", after=page[-1].number)
    assert page[-1].number < following[0].number
    for row, column in (("3.9", "total"), ("1", "upheld"), ("review", "natural")):
        with pytest.raises(Failure, match="report_cell_unknown"):
            await reports.cell(2025, None, row, column)


async def test_the_year_ends_on_its_last_day(reports: ReportService, db: Database) -> None:
    first, last = date(2025, 1, 1), date(2025, 12, 31)
    await put_cases(
        db,
        [
            case_row(1, received_on=first, ended_on=last, outcome="3.1"),
            case_row(2, received_on=last),
            case_row(3, received_on=date(2024, 12, 31), ended_on=first, outcome="3.2"),
            case_row(4, received_on=date(2024, 12, 1), ended_on=date(2024, 12, 31), outcome="3.1"),
            case_row(5, received_on=date(2026, 1, 1)),
        ],
    )
    report = await reports.annual(2025)
    totals = {code: row_of(report, code)[-1] for code in ROWS if row_of(report, code)[-1]}
    assert totals == {"1": 2, "2": 1, "3.1": 1, "3.2": 1, "3.7": 2, "4": 1}


async def test_what_is_no_request_of_its_own_is_counted_nowhere(reports: ReportService, db: Database) -> None:
    await put_cases(
        db,
        [
            case_row(1, kind="correction", ended_on=IN_YEAR),
            case_row(2, status="split", open=False),
            case_row(3, received_on=None, submitted_at=datetime(2025, 5, 1, tzinfo=UTC), status="registered"),
            case_row(4, received_on=None, open=False, status="withdrawn", ended_on=IN_YEAR, outcome="3.6.3"),
        ],
    )
    report = await reports.annual(2025)
    assert not any(any(row.cells) for row in report.table3.rows)
    told = {item.code: item.count for item in report.before_publishing}
    assert told["received_on"] == 1, "its day of receipt is still to be confirmed"


async def test_an_end_without_an_outcome_breaks_a_check_and_can_be_opened(reports: ReportService, db: Database) -> None:
    await put_cases(db, [case_row(1, ended_on=IN_YEAR), case_row(2, ended_on=IN_YEAR, outcome="3.1")])
    report = await reports.annual(2025)
    assert held(report) == {"A": True, "B": False, "C": True, "T4": True}
    assert "outcome" in report.missing
    listed, total = await reports.cell(2025, None, "none", "total")
    assert ([case.number for case in listed], total) == (["SF-2025-000001"], 1)


async def test_each_agency_counts_its_own_and_all_counts_every_one(reports: ReportService, db: Database) -> None:
    await put_cases(db, [case_row(1), case_row(2, agency_code="sample-district"), case_row(3)])
    counts = {code: row_of(await reports.annual(2025, code), "1")[-1] for code in ("city", "sample-district", "all")}
    assert counts == {"city": 2, "sample-district": 1, "all": 3}
    with pytest.raises(Failure, match="unknown_addressee"):
        await reports.annual(2025, "nowhere")


async def test_a_year_that_is_not_over_is_provisional_and_one_to_come_is_refused(reports: ReportService) -> None:
    assert (await reports.annual(2026)).provisional is True
    for year in (2027, 2018):
        with pytest.raises(Failure, match="report_period_invalid"):
            await reports.annual(year)


async def test_2019_and_2020_are_written_in_the_form_of_those_years(reports: ReportService, db: Database) -> None:
    day = date(2020, 6, 1)
    rows = [("3.6.1", 1), ("3.6.2", 2), ("3.6.3", 3), ("3.1", 4)]
    await put_cases(db, [case_row(n, received_on=day, ended_on=day, outcome=code) for code, n in rows])
    figures = (
        "agency,year,table,code,cell,value\ncity,2020,表二,规章,本年新制作数量,2\n"
        "city,2020,table2,licence,change,-3\ncity,2020,table2,licence,decisions,90\n"
        "city,2020,table2,procurement,amount,12.5\n"
    )
    await reports.import_figures(figures.encode())
    report = await reports.annual(2020)
    codes = [row.code for row in report.table3.rows]
    assert codes[-4:] == ["3.5.5", "3.6", "3.7", "4"]
    assert len(codes) == 23
    assert (row_of(report, "3.6")[-1], row_of(report, "3.7")[-1]) == (3, 4)
    assert all(held(report).values())
    listed, total = await reports.cell(2020, None, "3.6", "total")
    assert (len(listed), total) == (3, 3)
    assert [row.code for row in report.table2][2:] == [
        *("licence", "other_service", "penalty", "compulsion", "charge", "procurement")
    ]
    given = {row.code: row.cells for row in report.table2}
    assert (given["regulation"][0], given["licence"], given["procurement"]) == (2, [None, -3, 90], [None, 12.5])
    assert "作出行政许可决定90件" in report.text["one"][0].paragraphs[0]
    paper = docx.Document(io.BytesIO(papers.annual(report)))
    said = "".join(p.text for p in paper.paragraphs)
    assert "五、政府信息公开工作存在的主要问题及改进情况" in said
    cells = {cell.text for table in paper.tables for row in table.rows for cell in row.cells}
    assert {"（六）其他处理", "本年新制作数量", "上一年项目数量", "采购总金额（单位：万元）"} <= cells
    assert "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请" not in cells
    assert [row.code for row in (await reports.annual(2021)).table3.rows][-5:] == [
        "3.6.1",
        "3.6.2",
        "3.6.3",
        "3.7",
        "4",
    ]


async def test_what_a_ledger_calls_answered_and_a_live_case_lapsed_is_timely_in_neither(
    reports: ReportService, db: Database
) -> None:
    """A ledger knows no end but an answer, so that its rows of 其他处理 have a clock that was kept or not."""
    rows = [
        case_row(1, ended_on=IN_YEAR, outcome="3.6.1", in_time=True),  # imported
        case_row(2, ended_on=IN_YEAR, outcome="3.6.1"),  # live
        case_row(3, ended_on=IN_YEAR, outcome="3.1", in_time=True),
    ]
    await put_cases(db, rows)
    said = "".join((await reports.annual(2025)).text["one"][1].paragraphs)
    assert "有答复期限的1件中，在期限内答复1件" in said


async def test_the_words_quote_the_tables(reports: ReportService, db: Database) -> None:
    rows = [
        case_row(1, channel="telegram", ended_on=IN_YEAR, outcome="3.1", in_time=True, rating=5),
        case_row(2, channel="oral", ended_on=IN_YEAR, outcome="3.4.1", disposition="not_this_agency", in_time=False),
        case_row(3, channel="post", applicant_type="business", ended_on=IN_YEAR, outcome="3.4.1", extended=True),
        case_row(4, department="education", returned=2),
    ]
    await put_cases(db, rows)
    await reports.import_figures(b"agency,year,table,code,cell,value\ncity,2025,fees,total,yuan,3940\n")
    report = await reports.annual(2025)
    requests = "".join(report.text["one"][1].paragraphs)
    for said in (
        "新收政府信息公开申请4件，上年结转0件",
        "自然人提出3件，占75.0%；法人或其他组织提出1件",
        "网络2件，当面1件，信函1件",
        "办结3件：予以公开1件（33.3%），无法提供2件（66.7%）",
        "在期限内答复1件，按期答复率50.0%",
        "延长答复期限的1件",
        "住房和城乡建设局3件，教育局1件",
        "平均5.0分",
    ):
        assert said in requests
    assert "退回重新分办2次" in "".join(report.text["five"][0].paragraphs)
    assert report.text["six"][0].paragraphs == ["2025年度共收取政府信息公开信息处理费3940元。"]
    answers = {row.code: row.count for row in report.classic.answers if row.count}
    assert answers == {"granted": 1, "not_held": 1, "other_agency": 1}
    assert (report.classic.received, report.classic.answered) == (4, 3)


async def test_the_json_is_that_of_the_contract(reports: ReportService) -> None:
    made = json.loads(to_json(await reports.annual(2025)))
    assert {"year", "agency", "table2", "missing", "table3", "table4", "checks", "provisional"} <= set(made)
    assert [len(row["cells"]) for row in made["table3"]["rows"]] == [7] * 25
    assert len(made["table4"]) == 15
    assert made["table2"][0] == {"code": "regulation", "label": "规章", "cells": [None, None, None]}
    assert set(made["checks"][0]) == {"code", "holds", "detail"}


# --- figures

FIGURES = """机关,年度,表,行,列,数值
示例市人民政府,2025,表二,规章,本年制发件数,１
city,2025年,table2,regulation,repealed,0
city,2025,二,规章,现行有效件数,11
city,2025,表二,行政事业性收费,本年收费金额（单位：万元）,"96,171.60"
city,2025,六,全年收取信息处理费,金额（元）,0
"""
CARRIED = "".join(f"city,2024,table3,4,{column},{34 * (column in ('natural', 'total'))}\n" for column in COLUMNS)


async def stored(db: Database) -> dict[tuple[str, ...], str]:
    async with db.read() as session:
        rows = await session.scalars(select(Figure))
        return {(f.agency_code, str(f.year), f.part, f.code, f.cell): f.value for f in rows}


async def test_figures_come_by_file_in_the_forms_words_as_often_as_one_likes(
    reports: ReportService, db: Database
) -> None:
    for encoding in ("utf-8-sig", "gb18030"):
        assert await reports.import_figures((FIGURES + CARRIED).encode(encoding)) == 12
    assert len(await stored(db)) == 12
    report = await reports.annual(2025)
    assert report.table2[0].cells == [1, 0, 11]
    assert report.table2[-1].cells == [96171.6]
    assert report.fees == 0
    assert report.text["six"][0].paragraphs == ["2025年度未收取政府信息公开信息处理费。"]
    assert held(report)["D"] is False, "34 were carried over, none is on record"
    assert report.missing == ["table2"]


@pytest.mark.parametrize(
    ("line", "where", "told"),
    [
        ("nowhere,2025,table2,regulation,made,1", "第 2 行，机关", "没有代码或名称为“nowhere”的受理机关。"),
        ("city,2027,table2,regulation,made,1", "第 2 行，年度", "“2027”应为 2018 至 2026 之间的年度。"),
        ("city,twenty,table2,regulation,made,1", "第 2 行，年度", "“twenty”应为 2018 至 2026 之间的年度。"),
        ("city,2025,表五,规章,made,1", "第 2 行，表", "“表五”应为 table2、table3、fees 之一。"),
        ("city,2025,table2,规则,made,1", "第 2 行，行", "表二中没有可以填报的“规则”。"),
        ("city,2025,table2,licence,made,1", "第 2 行，列", "“made”应为 decisions 之一。"),
        ("city,2025,table2,licence,decisions,1.5", "第 2 行，数值", "“1.5”应为非负整数；没有的填 0。"),
        ("city,2025,table2,charge,amount,-3", "第 2 行，数值", "“-3”应为不超过四位小数的非负数；没有的填 0。"),
        ("city,2025,table2,licence,decisions", "第 2 行", "有 5 列，应为 6 列。"),
        (f"{CARRIED}city,2024,table3,4,natural,34", "第 9 行，列", "与第 2 行重复。"),
        (CARRIED.replace("total,34", "total,35"), "第 8 行，数值", "总计 35 不等于各列之和。"),
    ],
)
async def test_a_wrong_line_is_named_and_nothing_is_stored(
    reports: ReportService, db: Database, line: str, where: str, told: str
) -> None:
    with pytest.raises(Failure) as caught:
        await reports.import_figures(f"agency,year,table,code,cell,value\n{line}\n".encode())
    assert [(problem.name, problem.message) for problem in caught.value.fields] == [(where, told)]
    assert await stored(db) == {}


async def test_a_file_that_is_none_is_refused(reports: ReportService) -> None:
    for raw in (b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b"agency,year,table,code,cell,value\n"):
        with pytest.raises(Failure, match="figures_file_invalid"):
            await reports.import_figures(raw)


async def test_figures_are_keyed_in_and_taken_back(reports: ReportService, db: Database) -> None:
    given = {f"table3.4.{column}": "2" for column in COLUMNS} | {"fees.total.yuan": "12.50", "other": "ignored"}
    await reports.key_in("city", 2025, given)
    assert (await stored(db))["city", "2024", "table3", "4", "total"] == "12", "counted, whatever was sent"
    assert (await reports.keyed_in("city", 2025))["fees.total.yuan"] == "12.5"
    await reports.key_in("city", 2025, given | {"fees.total.yuan": "", "table3.4.other": ""})
    report = await reports.annual(2025)
    assert report.fees is None
    assert "D" in report.missing
    with pytest.raises(Failure) as caught:
        await reports.key_in("city", 2025, {"table2.licence.decisions": "many"})
    assert [problem.name for problem in caught.value.fields] == ["table2.licence.decisions"]


# --- bulletin


async def test_the_bulletin_counts_each_departments_month(reports: ReportService, db: Database) -> None:
    received, answered = date(2026, 9, 18), date(2026, 10, 22)  # 20 working days
    await put_cases(
        db,
        [
            case_row(1, received_on=received, ended_on=answered, outcome="3.1", in_time=True, rating=4),
            case_row(2, received_on=received, ended_on=date(2026, 10, 23), in_time=False, extended=True, rating=5),
            case_row(3, received_on=date(2026, 10, 8), due_on=date(2026, 10, 30)),
            case_row(4, received_on=date(2026, 10, 9), department="education", due_on=date(2026, 11, 6)),
            case_row(5, received_on=date(2026, 10, 9), department="tax"),
            case_row(6, received_on=date(2026, 10, 9), department=None),
            case_row(7, received_on=date(2026, 8, 3), ended_on=date(2026, 9, 1), outcome="3.1"),
        ],
    )
    made = await reports.bulletin(None)
    assert (made.month, made.provisional) == ("2026-10", False)
    lines = {line.code: line for line in made.departments}
    assert list(lines) == ["city", "housing", "education"]
    assert lines["city"].received == 2, "what is external or not yet confirmed is the office's"
    housing = asdict(lines["housing"])
    assert housing | {"code": "", "name": ""} == {
        "code": "",
        "name": "",
        "received": 1,
        "answered": 2,
        "on_time": 1,
        "late": 1,
        "overdue": 1,
        "returned": 0,
        "extended": 1,
        "average_working_days": 20.5,
        "rated": 2,
        "satisfaction": 4.5,
    }
    assert (made.total.received, made.total.overdue) == (4, 1)


async def test_giving_a_case_back_counts_for_the_department_that_did(reports: ReportService, db: Database) -> None:
    await put_cases(db, [case_row(1, received_on=date(2026, 9, 1), department="education", returned=2)])
    at = datetime(2026, 9, 2, tzinfo=UTC)
    blank = {"at": at, "actor": "account:1", "prev_hash": "0" * 64, "hash": "0" * 64}
    async with db.write() as session:
        case_id = await session.scalar(select(Case.id))
        session.add(StoredAccount(id=1, username="shouli", password_hash="x", role="clerk", created_at=at))
        await session.flush()
        for seq, (department, on) in enumerate((("housing", date(2026, 10, 30)), ("tax", date(2026, 11, 2))), 1):
            decided = {"department": department, "disposition": "public", "account_id": 1, "decided_at": at}
            decision = Decision(case_id=case_id, seq=seq, **decided)
            session.add(decision)
            await session.flush()
            session.add(
                Event(case_id=case_id, seq=seq, type="returned", on=on, data={"decision": decision.id}, **blank)
            )
    october = await reports.bulletin("2026-10")
    assert {line.code: line.returned for line in october.departments} == {"housing": 1, "education": 0}
    assert (await reports.bulletin("2026-11")).total.returned == 1
    async with db.write() as session:
        await session.execute(update(Case).values(status="split", open=False))
    assert (await reports.bulletin("2026-10")).total.returned == 1, "splitting it later takes nothing back"


async def test_a_department_sees_its_own_line_only(reports: ReportService, db: Database) -> None:
    await put_cases(
        db, [case_row(n, received_on=date(2026, 10, 8), department=d) for n, d in enumerate(("housing", "education"))]
    )
    officer = Account(1, "jiaoyu", "officer", "education")
    made = await reports.bulletin("2026-10", officer)
    assert [line.code for line in made.departments] == ["education"]
    assert made.total.received == 1


async def test_a_quarter_and_a_half_year_count_as_their_months_do(reports: ReportService, db: Database) -> None:
    days = [(date(2026, 6, 30), date(2026, 7, 20)), (date(2026, 7, 1), None), (date(2026, 9, 30), date(2026, 10, 1))]
    rows = [
        case_row(n, received_on=begun, ended_on=done, in_time=done and True) for n, (begun, done) in enumerate(days)
    ]
    await put_cases(db, rows)

    async def counted(given: str | None, unit: str) -> tuple[str, int, int]:
        made = await reports.bulletin(given, unit=unit)
        return made.period, made.total.received, made.total.on_time

    assert await counted("2026Q3", "quarter") == ("2026Q3", 2, 1)
    assert await counted(None, "quarter") == ("2026Q3", 2, 1), "the last that is over on 25 November"
    assert await counted("2026H1", "half") == ("2026H1", 1, 0)
    assert await counted("2026H2", "half") == ("2026H2", 2, 2)
    assert (await reports.bulletin("2026H2", unit="half")).provisional
    months = [(await reports.bulletin(f"2026-{month:02}")).total for month in range(7, 10)]
    assert sum(line.received for line in months) == 2
    for unit, given in (("quarter", "2026Q5"), ("quarter", "2027Q1"), ("half", "2026-01"), ("half", "2018H2")):
        with pytest.raises(Failure, match="report_period_invalid"):
            await reports.bulletin(given, unit=unit)


async def test_a_month_that_is_none_or_to_come_is_refused(reports: ReportService) -> None:
    assert (await reports.bulletin("2026-11")).provisional is True
    for month in ("2026-12", "2026-13", "2026", "x", "2018-01"):
        with pytest.raises(Failure, match="report_period_invalid"):
            await reports.bulletin(month)
