"""Staff console: who did what when (操作留痕), and the check of all records, for administrators of the whole office."""

from datetime import date, datetime, time, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.http import office_of
from intake_api.kit.clock import SHANGHAI
from intake_api.kit.text import tidy
from intake_api.statute.workflow import event_label
from intake_api.terms.limits import LONGEST
from intake_api.terms.record import STAFF
from intake_api.trail.service import AT_ONCE, COMMAND_LINE, Done
from intake_api.web import texts
from intake_api.web.security import same_origin
from intake_api.web.staff import PostDep
from intake_api.web.staff_doctor import InCharge
from intake_api.web.templating import render

router = APIRouter(prefix="/staff/audit", include_in_schema=False)


@router.get("")
async def audit(request: Request, account: InCharge, on: str = "", who: str = "", kind: str = "") -> Response:
    """Show a day, newest first; by account and kind of act."""
    office = office_of(request)
    day = _day(on, office.clock.today())
    rows = await office.people.listing()
    asked = next((row for row in rows if row.username == who[: LONGEST["username"]]), None)
    begin = datetime.combine(day, time(), SHANGHAI)
    actor = f"{STAFF}{asked.id}" if asked else COMMAND_LINE if who == COMMAND_LINE else None
    kind = tidy(kind)[: LONGEST["code"]]
    on_cases, others = await office.acts(begin, begin + timedelta(days=1), actor, kind or None)
    names = {f"{STAFF}{row.id}": row.person or row.username for row in rows} | {COMMAND_LINE: texts.COMMAND_LINE}
    lines = [
        {"at": act.at, "who": names.get(act.actor, act.actor), "what": event_label(act.kind), "number": act.number}
        | {"about": "", "said": ""}
        for act in on_cases
    ] + [_line(office.directory, done, names) for done in others]
    context = {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "rows": rows,
        "who": who,
        "kind": kind,
        "kinds": texts.TRAIL | {act.kind: event_label(act.kind) for act in on_cases},
        "lines": sorted(lines, key=lambda line: line["at"], reverse=True),
        "cut": max(len(on_cases), len(others)) == AT_ONCE,
        "most": AT_ONCE,
        "check": await office.record_check.state(),
    }
    return render(request, "staff/audit.html", context, account=account)


def _day(given: str, today: date) -> date:
    """The day asked for; today where it is none, or too near the end of the calendar to have neighbours."""
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return today
    return day if date(2000, 1, 1) <= day <= date(2999, 1, 1) else today


def _line(directory: Any, done: Done, names: dict[str, str]) -> dict[str, Any]:
    about = names.get(done.subject or "", done.subject or "")
    words = {"role": texts.ROLES, "way": {"web": "浏览器", "api": "程序"}}
    data = dict(done.data)
    if data.get("department"):
        data["department"] = directory.name_of(data["department"])
    if "deputy" in data:
        data["deputy"] = names.get(f"{STAFF}{data['deputy']}", data["deputy"])
    said = [
        texts.TRAIL_FIELDS[name] + ("" if value is True else f"：{words.get(name, {}).get(value, value)}")
        for name, value in data.items()
        if value and name in texts.TRAIL_FIELDS
    ]
    who = names.get(done.actor, done.actor)
    what = texts.TRAIL.get(done.kind, done.kind)
    about = "" if about == who else about
    return {"at": done.at, "who": who, "what": what, "about": about, "said": "，".join(said), "number": ""}


@router.post("/check", dependencies=[Depends(same_origin)])
async def check(request: Request, account: InCharge, values: PostDep) -> Response:
    """Have all records checked by the worker."""
    await office_of(request).record_check.ask(account.id)
    return RedirectResponse("/staff/audit#check", 303)
