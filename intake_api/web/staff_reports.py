"""Staff console: annual report with its cells, figures keyed in, monthly bulletin, supervision."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.http import office_of
from intake_api.kit.errors import Failure
from intake_api.people import rights
from intake_api.people.service import Account
from intake_api.reports import layout, papers, sheets, spans
from intake_api.reports.figures import places_of
from intake_api.reports.report import AnnualReport, Bulletin
from intake_api.reports.service import ALL, CELLS_SHOWN
from intake_api.statute import workflow
from intake_api.statute.annual import COLUMNS, COURTS, EVERY_ROW, OPEN, RULES, VERDICTS, form_of
from intake_api.statute.outcomes import OUTCOMES
from intake_api.web import again, texts
from intake_api.web.security import at_work
from intake_api.web.staff import PostDep, guard
from intake_api.web.templating import render

router = APIRouter(prefix="/staff", include_in_schema=False)
StaffDep = Annotated[Account, Depends(at_work)]
Made = TypeVar("Made")
FileKind = Literal["xlsx", "docx"]
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


async def for_the_office(account: StaffDep) -> Account:
    """Who may see the whole office's figures; Failure `not_allowed` for an account of one department."""
    rights.for_the_office(account)
    return account


OfficeWide = Annotated[Account, Depends(for_the_office)]


def _year_of(request: Request) -> int | None:
    """The year in the address; what is no year counts as not given."""
    given = request.query_params.get("year", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 4 else None


async def _annual(request: Request) -> AnnualReport:
    reports = office_of(request).reports
    agency = request.query_params.get("agency", "")[:40] or None
    return await reports.annual(reports.year(_year_of(request)), agency)


async def _file(name: str, kind: FileKind, write: Callable[[Made], bytes], made: Made) -> Response:
    """A download, written in a thread: it is a tenth of a second of pure computing."""
    content = await asyncio.to_thread(write, made)
    disposition = f"attachment; filename=\"report.{kind}\"; filename*=UTF-8''{quote(name)}.{kind}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, media_type=_TYPES[kind], headers=headers)


@router.get("/reports")
async def annual(request: Request, account: OfficeWide) -> Response:
    """Show the annual report: checks, what is missing, tables whose cells open their cases, drafts."""
    report = await _annual(request)
    chapters = form_of(report.year).chapters
    context: dict[str, Any] = {
        "report": report,
        "tables": (
            (chapters[2], layout.table_three(report)),
            (chapters[3], layout.table_four(report)),
            (chapters[1], layout.table_two(report)),
        ),
        "rules": RULES,
        "chapters": {"one": chapters[0], "five": chapters[4], "six": chapters[5]},
        "all_agencies": ALL,
    }
    return render(request, "staff/report_annual.html", context, account=account)


@router.get("/reports/annual.{kind}")
async def annual_file(request: Request, account: OfficeWide, kind: FileKind) -> Response:
    """Download the annual report."""
    report = await _annual(request)
    name = f"{report.agency_name}{report.year}年政府信息公开工作年度报告"
    return await _file(name, kind, sheets.annual if kind == "xlsx" else papers.annual, report)


@router.get("/reports/cases")
async def cell(
    request: Request, account: OfficeWide, row: str = "", column: str = "", agency: str = "", after: str = ""
) -> Response:
    """List the cases that a cell counts."""
    reports = office_of(request).reports
    year, agency = reports.year(_year_of(request)), agency[:40]
    cases, total = await reports.cell(year, agency or None, row, column, after)
    title = EVERY_ROW[row].label if row in EVERY_ROW else COURTS.get(row, "已办结但没有登记办理结果")
    context: dict[str, Any] = {
        "cases": cases,
        "total": total,
        "title": title,
        "column": (VERDICTS if row in COURTS else COLUMNS)[column],
        "here": {"year": year, "agency": agency, "row": row, "column": column},
        "following": cases[-1].number if len(cases) == CELLS_SHOWN else "",
        "statuses": {case.status: workflow.label(case.status) for case in cases},
        "outcomes": {code: outcome.label for code, outcome in OUTCOMES.items()},
    }
    return render(request, "staff/report_cases.html", context, account=account)


@router.get("/reports/figures")
async def figures_page(request: Request, account: OfficeWide, agency: str = "") -> Response:
    """Show the form for what is not in the cases."""
    reports = office_of(request).reports
    year, agency = reports.year(_year_of(request)), agency[:40] or office_of(request).directory.default_agency.code
    return _figures(request, account, agency, year, await reports.keyed_in(agency, year))


def _figures(
    request: Request, account: Account, agency: str, year: int, values: dict[str, str], failure: Failure | None = None
) -> Response:
    given = [(place, words) for place, words in places_of(year).items() if place[2] != "total"]
    places = {
        part: [(".".join(place), *words) for place, words in given if place[0] == part]
        for part in ("table2", "table3", "fees")
    }
    context = {"places": places, "values": values, "year": year, "chosen": agency, "failure": failure, "open": OPEN}
    status = failure.status if failure else 200
    return render(request, "staff/report_figures.html", context, account=account, status=status)


@router.post("/reports/figures", dependencies=guard)
async def key_in(request: Request, account: OfficeWide, values: PostDep) -> Response:
    """Keep the figures and go back to the report."""
    agency, year = _named(request, values)
    try:
        await office_of(request).reports.key_in(agency, year, values)
    except Failure as failure:
        if failure.code not in ("figures_file_invalid", "storage_unavailable"):
            raise
        return _figures(request, account, agency, year, values, failure)
    return RedirectResponse("/staff/reports?" + urlencode({"year": year, "agency": agency}), 303)


def _named(request: Request, values: dict[str, str]) -> tuple[str, int]:
    """The agency and the year of a form of figures."""
    given = values.get("year", "")
    year = int(given) if given.isascii() and given.isdecimal() and len(given) <= 4 else None
    return values.get("agency", "")[:40], office_of(request).reports.year(year)


@again.shows("/staff/reports/figures")
async def figures_again(
    request: Request, account: Account, _where: dict[str, str], values: dict[str, str], told: Failure
) -> Response:
    """Show figures that were keyed in while the session ended."""
    agency, year = _named(request, values)
    return _figures(request, await for_the_office(account), agency, year, values, told)


@dataclass(frozen=True)
class _Asked:
    """The stretch that an address names, at most one of its units."""

    month: str = ""
    quarter: str = ""
    half: str = ""
    year: str = ""


async def _bulletin(request: Request, account: Account, asked: _Asked) -> Bulletin:
    unit, given = spans.asked(asdict(asked))
    return await office_of(request).reports.bulletin(given, account, unit=unit)


@router.get("/reports/bulletin")
async def bulletin(request: Request, account: StaffDep, asked: Annotated[_Asked, Depends()]) -> Response:
    """Show the bulletin of a month, a quarter, a half-year or a year, drawn and as tables."""
    made = await _bulletin(request, account, asked)
    today = office_of(request).clock.today()
    context: dict[str, Any] = {
        "made": made,
        "grid": layout.bulletin_grid(made),
        "scores": layout.assessment_grid(made),
        "formula": layout.formula(made),
        "longest": max((max(line.received, line.answered) for line in made.departments), default=0),
        "others": spans.begun(int(made.period[:4]), today, "quarter", "half", "year"),
    }
    if account.in_office:
        context["deflection"] = await office_of(request).deflection.months()
    return render(request, "staff/bulletin.html", context, account=account)


@router.get("/reports/bulletin.{kind}")
async def bulletin_file(
    request: Request, account: StaffDep, kind: FileKind, asked: Annotated[_Asked, Depends()]
) -> Response:
    """Download the bulletin of a month, a quarter, a half-year or a year."""
    made = await _bulletin(request, account, asked)
    write = sheets.bulletin if kind == "xlsx" else papers.bulletin
    return await _file(f"{made.period}政府信息公开申请办理情况通报", kind, write, made)


@router.get("/supervision")
async def supervision(request: Request, account: StaffDep) -> Response:
    """Show what each department has overdue or due soon, and what waits for somebody else."""
    service = office_of(request).supervision
    lists = await service.lists(account)
    shown = {case.status for one in lists for case in (*one.overdue, *one.soon)}
    shown |= {case.status for one in lists for case in one.waiting}
    statuses = {status: workflow.label(status) for status in shown}
    return render(
        request,
        "staff/supervision.html",
        account=account,
        lists=lists,
        statuses=statuses,
        waits=texts.WAITS,
        by_mail=service.by_mail,
    )
