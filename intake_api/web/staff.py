"""Staff console: sign-in, sign-out, queue, entering an application that came on paper or by word of mouth."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.cases.queue import NOT_NARROWED, Narrow
from intake_api.directory import AgencyCode
from intake_api.form.application import StaffSubmission
from intake_api.http import count, office_of, public
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.text import tidy
from intake_api.people.service import Account
from intake_api.terms.course import MARKS, STATUSES, TABS
from intake_api.terms.handling import FLAGS
from intake_api.terms.limits import LONGEST
from intake_api.terms.receipt import CHANNELS
from intake_api.understanding.service import understand
from intake_api.web import again, forms, texts
from intake_api.web.citizen import application, parsed
from intake_api.web.heard import filled, own_numbers
from intake_api.web.security import (
    LIST_COOKIE,
    STAFF_COOKIE,
    at_work,
    caller_of,
    cookie,
    keep_case,
    keep_list,
    keep_session,
    kept_case,
    kept_list,
    local_path,
    same_origin,
    signed_in,
)
from intake_api.web.templating import render

router = APIRouter(prefix="/staff", include_in_schema=False)
StaffDep = Annotated[Account, Depends(at_work)]
AnyStaffDep = Annotated[Account, Depends(signed_in)]  # also who still has to choose a password
guard = [Depends(same_origin)]
PAGE = 50


async def posted(request: Request, account: AnyStaffDep) -> dict[str, str]:
    """Read the form of a signed-in member of staff and check its CSRF token."""
    values = await forms.read(request)
    again.check(request, account, values)
    return values


PostDep = Annotated[dict[str, str], Depends(posted)]


@router.get("/sign-in")
@public
async def sign_in_page(request: Request) -> Response:
    """Show the sign-in form."""
    onward = local_path(request.query_params.get("next", ""), "/staff")
    return render(request, "staff/sign_in.html", username="", onward=onward, message="", kept="")


@router.post("/sign-in", dependencies=guard)
@public
async def sign_in(request: Request) -> Response:
    """Open a session; a wrong name, password or code are told in the same words."""
    values = await forms.read(request)
    username, onward = tidy(values.get("username", "")), local_path(values.get("next", ""), "/staff")
    kept = values.get("kept", "")
    try:
        await count(request, "sign_in")
        opened = await office_of(request).people.sign_in(
            username, values.get("password", ""), values.get("totp") or None, caller=caller_of(request)
        )
        if onward == "/staff" and await office_of(request).approvals.waiting(opened.account):
            onward = "/staff/approvals"
        response = await again.resumed(request, opened.account, kept) or RedirectResponse(onward, 303)
    except Failure as failure:
        return render(
            request,
            "staff/sign_in.html",
            username=username,
            onward=onward,
            message=failure.message,
            kept=kept,
            status=failure.status,
        )
    keep_session(request, response, opened)
    return response


@router.post("/sign-out", dependencies=guard)
async def sign_out(request: Request, values: PostDep) -> Response:
    """End the session on the server and in the browser."""
    await office_of(request).people.sign_out(cookie(request, STAFF_COOKIE))
    response = RedirectResponse("/staff/sign-in", 303)
    response.delete_cookie(STAFF_COOKIE, path="/staff")
    response.delete_cookie(LIST_COOKIE, path="/staff")  # it may hold what was searched for
    return response


@router.get("/password")
async def password_page(request: Request, account: AnyStaffDep) -> Response:
    """Ask for a new password."""
    return render(request, "staff/password.html", account=account, message="", kept="")


@router.post("/password", dependencies=guard)
async def change_password(request: Request, account: AnyStaffDep, values: PostDep) -> Response:
    """Change the password; the sessions of this account elsewhere end, this browser gets a new one."""
    old, new, kept = values.get("old", ""), values.get("new", ""), values.get("kept", "")
    try:
        await count(request, "sign_in")
        if new != values.get("repeat") or new == old:
            message, status = texts.NEW_IS_OLD if new == old else texts.REPEAT_DIFFERS, 422
            return render(request, "staff/password.html", account=account, message=message, kept=kept, status=status)
        opened = await office_of(request).people.change_password(account, old, new, caller=caller_of(request))
    except Failure as failure:
        message = texts.OLD_WRONG if failure.code == "wrong_credentials" else failure.message
        return render(
            request, "staff/password.html", account=account, message=message, kept=kept, status=failure.status
        )
    response = await again.resumed(request, opened.account, kept) or RedirectResponse("/staff", 303)
    keep_session(request, response, opened)
    return response


@dataclass(frozen=True)
class DeskList:
    """What the address of the list asks for: its tab, a search, and what narrows it; all of it stays in every link."""

    tab: str
    department: str
    q: str
    narrow: Narrow

    @property
    def fields(self) -> dict[str, str]:
        """As parameters of the address, without those that are empty."""
        narrowed = {name: str(value or "") for name, value in vars(self.narrow).items()}
        given = {"tab": self.tab, "department": self.department, "q": self.q} | narrowed
        return {name: value for name, value in given.items() if value}

    def but(self, **changed: str) -> str:
        """The address of the list with something else asked for."""
        return "/staff?" + urlencode({name: value for name, value in (self.fields | changed).items() if value})


async def asked_for(
    tab: str = "",
    department: str = "",
    q: str = "",
    state: str = "",
    channel: str = "",
    flag: str = "",
    mark: str = "",
    since: str = "",
    until: str = "",
) -> DeskList:
    """Read the address; what is no code and no day asks for nothing. A search looks through everything."""
    narrow = Narrow(
        state if state in STATUSES else "",
        channel if channel in CHANNELS else "",
        flag if flag in FLAGS else "",
        mark if mark in MARKS else "",
        _day(since),
        _day(until),
    )
    q = tidy(q)[: LONGEST["q"]]
    wide = q or narrow != NOT_NARROWED
    tab = tab if tab in TABS else "all" if wide else "new"
    return DeskList(tab, tidy(department)[: LONGEST["department"]], q, narrow)


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


@router.get("")
async def queue(
    request: Request, account: StaffDep, asked: Annotated[DeskList, Depends(asked_for)], cursor: str = ""
) -> Response:
    """Show the queue, ordered by due date. A search looks through everything unless a tab is chosen."""
    cursor, looking = cursor[:200], office_of(request).looking
    mark = await looking.stamp()  # before the page: what comes in between is seen at the next look
    words = {"department": asked.department, "q": asked.q, "cursor": cursor} | TABS[asked.tab].asks
    page = await office_of(request).case_views.queue(
        account,
        **{name: value for name, value in words.items() if value},
        limit=PAGE,
        counted=True,
        narrow=asked.narrow,
    )
    context = {"page": page, "asked": asked, "tab": asked.tab, "department": asked.department, "q": asked.q}
    context |= {"stamp": mark} | await standing_in(request, account)
    context["held"] = await looking.held(account, [row.number for row in page.items])
    response = render(request, "staff/queue.html", context, account=account)
    keep_list(request, response, asked.fields | {"cursor": cursor})
    return response


async def standing_in(request: Request, account: Account) -> dict[str, Any]:
    """Return who is away with this account as deputy, and what waits at their desks."""
    office, waits = office_of(request), dict[str, dict[str, Any]]()
    entrusted = await office.people.entrusted(account)
    for one in entrusted:
        tab = "open" if one.account.department else "new"
        page = await office.case_views.queue(one.account, status=tab, limit=1, counted=True)
        drafts = len(await office.approvals.waiting(one.account))
        cases = f"{page.most}+" if page.counts[tab] > page.most else page.counts[tab]
        waits[one.username] = {"drafts": drafts, "cases": cases, "limited": tab == "open"}
    return {"entrusted": entrusted, "waits": waits}


@router.get("/next")
async def following(request: Request, account: StaffDep) -> Response:
    """Go to the case that waits most urgently and nobody else has open; back to the list where none does."""
    page = await office_of(request).case_views.queue(account, status="received", limit=PAGE)
    numbers = [row.number for row in page.items]
    held = await office_of(request).looking.held(account, numbers)
    free = next((number for number in numbers if number not in held), None)
    return RedirectResponse(f"/staff/cases/{free}" if free else kept_list(request), 303)


@router.get("/stamp")
async def stamp(request: Request, account: StaffDep) -> Response:
    """Tell an open desk, a few bytes at a time, whether it has to be drawn anew."""
    mark = f'"{await office_of(request).looking.stamp()}"'
    same = request.headers.get("if-none-match") == mark
    return Response(status_code=304 if same else 204, headers={"ETag": mark})


async def entering(request: Request, account: StaffDep) -> Account:
    """Who enters applications; Failure `not_allowed` before anything is typed."""
    if not office_of(request).cases.may_enter(account):
        raise Failure("not_allowed")
    return account


EntryDep = Annotated[Account, Depends(entering)]


@router.get("/cases/new")
async def new_page(request: Request, account: EntryDep) -> Response:
    """Show the form for an application that did not come by internet."""
    return _entry(request, account, {})


@again.shows("/staff/cases/new")
async def entry_again(
    request: Request, account: Account, _where: dict[str, str], values: dict[str, str], told: Failure
) -> Response:
    """Show an entry whose session had ended."""
    return _entry(request, account, values, told)


def _entry(
    request: Request, account: Account, values: dict[str, str], failure: Failure | None = None, **more: Any
) -> Response:
    chosen: dict[str, Any] = more | ({"agencies": {}} if own_agency(account) else {})
    return application(request, values, failure, "staff/new.html", account=account, **chosen)


def own_agency(account: Account) -> dict[str, str]:
    """Return the addressee of what somebody enters whose view is limited to one agency; nothing for others."""
    return {"addressee": str(account.department)} if isinstance(account.department, AgencyCode) else {}


@router.post("/cases/new", dependencies=guard)
async def enter(request: Request, account: EntryDep, values: PostDep) -> Response:
    """Register it; the receipt that follows is for the applicant."""
    key = values.get("key") or uuid.uuid4().hex
    values |= own_agency(account)
    if (step := values.pop("step", "")) in ("read", "strip"):
        read = understand(tidy(values.get("description", "")), office_of(request).clock.today())
        values, heard = filled(values, read)
        own = own_numbers(read)
        if step == "strip" and own:
            values["description"], own = read.matter, []
        return _entry(request, account, values, heard=heard, own=own, unsent=True)
    undated = _basis(values)
    try:
        submission = parsed(request, values, StaffSubmission, undated)
        receipt = await office_of(request).cases.enter(account, submission, key=key[:64])
    except Failure as failure:
        return _entry(request, account, values, failure)
    response = RedirectResponse("/staff/receipt?" + urlencode({"number": receipt.number}), 303)
    keep_case(request, response, receipt.number, receipt.query_code, path="/staff")
    return response


def _basis(values: dict[str, str]) -> list[FieldProblem]:
    """Fill in the basis of the receipt where the channel has one only; what is wrong with a day left empty.

    What waits for a confirmation has no day yet (art. 31); what was handed in or signed for has one.
    """
    channel = values.get("channel", "")
    bases: tuple[str, ...] = CHANNELS[channel].bases if channel in CHANNELS else ()
    given = values.get("receipt_basis", "")
    values["receipt_basis"] = bases[0] if len(bases) == 1 else given if given in bases else ""
    dated = values["receipt_basis"] in ("counter", "oral", "mail_signed")
    return [FieldProblem("received_on", texts.RECEIVED_ON_MISSING)] if dated and not values.get("received_on") else []


@router.get("/receipt")
async def receipt(request: Request, account: StaffDep, number: str = "") -> Response:
    """Show the receipt of the application just entered, to print and hand over; never that of another."""
    kept: Any = kept_case(request)
    if number and (kept is None or kept[0] != number):
        raise Failure("receipt_gone", number=number[:40])
    if kept is None:
        return RedirectResponse("/staff", 303)
    case = await office_of(request).case_views.citizen_view(*kept)
    return render(request, "staff/receipt.html", account=account, case=case, code=kept[1])
