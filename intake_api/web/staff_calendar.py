"""Staff console: the working days of a year, a holiday notice to import, days of the office's own."""

import calendar as weeks
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.calendars.service import read_notice
from intake_api.cases.service import actor_of
from intake_api.http import office_of
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.text import decoded, tidy
from intake_api.people import rights
from intake_api.people.service import Account
from intake_api.statute.calendar import FIRST, LAST, Calendar
from intake_api.statute.errors import StatuteError
from intake_api.statute.events import parse_day
from intake_api.web import again, forms
from intake_api.web.security import at_work
from intake_api.web.staff import PostDep, StaffDep, guard
from intake_api.web.templating import render

router = APIRouter(prefix="/staff/calendar", include_in_schema=False)
CHOICES = {"rest": False, "work": True, "undo": None}


async def in_charge(account: Annotated[Account, Depends(at_work)]) -> Account:
    """Who may change the calendar, and with it every due date: admins of the whole office; Failure `not_allowed`."""
    rights.for_the_office(account, rights.IN_CHARGE)
    return account


Admin = Annotated[Account, Depends(in_charge)]


@dataclass(frozen=True)
class Day:
    """A cell of a month; `mark` 休 or 班 where the day is not what its weekday makes it."""

    day: date
    inside: bool
    rest: bool
    mark: str
    name: str


def months(calendar: Calendar, year: int) -> list[tuple[int, list[list[Day]]]]:
    """The twelve months as weeks from Monday to Sunday; days of a neighbouring month are not `inside`."""
    named = {day.date: day for day in calendar.named_days(year)}

    def cell(day: date, month: int) -> Day:
        inside = day.month == month
        told = named.get(day) if inside else None
        mark = ("班" if told.is_workday else "休") if told else ""
        return Day(day, inside, inside and not calendar.is_workday(day), mark, told.name if told else "")

    by_week = weeks.Calendar()
    return [
        (month, [[cell(day, month) for day in week] for week in by_week.monthdatescalendar(year, month)])
        for month in range(1, 13)
    ]


@router.get("")
async def year(request: Request, account: StaffDep) -> Response:
    """Show a year, the days of the office's own, and what the last change of the calendar moved."""
    return await _page(request, account)


async def _page(
    request: Request,
    account: Account,
    failure: Failure | StatuteError | None = None,
    notice: str = "",
    values: dict[str, str] | None = None,
) -> Response:
    office = office_of(request)
    days = read_notice(notice.encode()) if notice else []
    given = str(max(day.date.year for day in days)) if days else request.query_params.get("year", "")
    shown = int(given) if given.isascii() and given.isdecimal() and len(given) == 4 else office.clock.today().year
    shown = min(max(shown, FIRST.year), LAST.year)
    changes = office.calendar_changes
    context = {
        "year": shown,
        "months": months(office.calendar, shown),
        "announced": office.calendar.announced(shown),
        "first": FIRST.year,
        "last": LAST.year,
        "local": await changes.rows("local"),
        "moved": await changes.moved() if account.department is None else [],
        "notice": notice,
        "imported": "imported" in request.query_params,
        "preview": changes.preview(days) if days else None,
        "failure": failure,
        "values": values or {},
        "may_change": rights.may_for_the_office(account, rights.IN_CHARGE),
    }
    return render(request, "staff/calendar.html", context, account=account, status=422 if failure else 200)


@router.post("/preview", dependencies=guard)
async def preview(request: Request, account: Admin, values: PostDep) -> Response:
    """Show what a notice would change; nothing is stored yet."""
    file = forms.uploaded(request, "file")
    if file is None:
        return await _page(request, account, _missing("file", "请选择放假安排文件。"))
    try:
        read_notice(file[1])
    except (StatuteError, Failure) as failure:
        return await _page(request, account, failure)
    return await _page(request, account, notice=decoded(file[1]))


@router.post("/import", dependencies=guard)
async def bring_in(request: Request, account: Admin, values: PostDep) -> Response:
    """Import the notice that was looked at; the worker counts the due dates anew."""
    try:
        days = read_notice(values.get("notice", "").encode("utf-8", "replace"))
    except (StatuteError, Failure) as failure:
        return await _page(request, account, failure)
    changes = office_of(request).calendar_changes
    await changes.import_notice(days, source="办理系统导入", by=actor_of(account))
    await office_of(request).trail.record(account.id, "calendar_imported")
    return RedirectResponse(f"/staff/calendar?year={max(day.date.year for day in days)}&imported=1", 303)


@router.post("/day", dependencies=guard)
async def set_day(request: Request, account: Admin, values: PostDep) -> Response:
    """Set a day of the office's own, or take it back."""
    try:
        day = parse_day(tidy(values.get("day", "")))
    except ValueError:
        problem = FieldProblem("day", "请填写日期。")
        return await _page(request, account, Failure("date_invalid", fields=[problem]), values=values)
    choice = values.get("choice", "")
    if choice not in CHOICES:
        return await _page(request, account, _missing("choice", "请选择休息、上班还是撤销。"), values=values)
    try:
        office_of(request).calendar.rank(day)  # refuses what cannot be counted
        changes = office_of(request).calendar_changes
        await changes.set_day(day, CHOICES[choice], values.get("name", ""), by=actor_of(account))
        await office_of(request).trail.record(account.id, "calendar_day_set")
    except (StatuteError, Failure) as failure:
        return await _page(request, account, failure, values=values)
    return RedirectResponse(f"/staff/calendar?year={day.year}#m{day.month}", 303)


@again.shows("/staff/calendar/day", "/staff/calendar/import")
async def form_again(
    request: Request, account: Account, _where: dict[str, str], values: dict[str, str], told: Failure
) -> Response:
    """Show a day or a notice that was about to be imported while the session ended."""
    return await _page(request, await in_charge(account), told, values.get("notice", ""), values)


def _missing(name: str, told: str) -> Failure:
    return Failure("invalid_request", fields=[FieldProblem(name, told)])
