"""Staff console: one's own account (我的账号): second factor, sessions, being away and standing in for others."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.http import count, office_of
from intake_api.kit.errors import Failure
from intake_api.people.service import Account
from intake_api.terms.limits import LONGEST
from intake_api.web.security import STAFF_COOKIE, cookie, own_password, same_origin
from intake_api.web.staff import PostDep, StaffDep
from intake_api.web.templating import render

router = APIRouter(prefix="/staff", include_in_schema=False)
guard = [Depends(same_origin)]
OwnDep = Annotated[Account, Depends(own_password)]  # also who still has to set up a second factor


@router.get("/account")
async def own(request: Request, account: StaffDep) -> Response:
    """Show one's own account."""
    return await _own(request, account)


async def _own(request: Request, account: Account, told: Failure | None = None) -> Response:
    people = office_of(request).people
    context = {
        "sessions": await people.sessions(account.username, cookie(request, STAFF_COOKIE)),
        "has_factor": await people.has_factor(account),
        "away": await people.away(account.username),
        "entrusted": await people.entrusted(account),
        "others": [row for row in await people.listing() if row.id != account.id and not row.disabled],
        "told": told,
    }
    return render(request, "staff/account.html", context, account=account, status=told.status if told else 200)


@router.get("/second-factor")
async def factor_page(request: Request, account: OwnDep) -> Response:
    """Offer a second factor: a QR to scan and a field for the code."""
    if await office_of(request).people.has_factor(account):
        return RedirectResponse("/staff/account", 303)
    return _offer(request, account)


def _offer(request: Request, account: Account, sealed: str = "", told: Failure | None = None) -> Response:
    offer = office_of(request).people.offer_factor(account, sealed)
    status = told.status if told else 200
    return render(request, "staff/second_factor.html", account=account, offer=offer, told=told, status=status)


@router.post("/second-factor", dependencies=guard)
async def set_factor(request: Request, account: OwnDep, values: PostDep) -> Response:
    """Keep the offered secret where the code is right."""
    sealed, code = values.get("offer", ""), values.get("code", "")[: LONGEST["totp"]]
    try:
        await count(request, "sign_in")
        await office_of(request).people.set_factor(account, sealed, code)
    except Failure as failure:
        return _offer(request, account, sealed, failure)
    return RedirectResponse("/staff/account", 303)


@router.post("/account/factor", dependencies=guard)
async def drop_factor(request: Request, account: StaffDep, values: PostDep) -> Response:
    """Take one's own second factor away, by its own code."""
    try:
        await count(request, "sign_in")
        await office_of(request).people.drop_factor(account, values.get("code", "")[: LONGEST["totp"]])
    except Failure as failure:
        return await _own(request, account, failure)
    return RedirectResponse("/staff/account", 303)


@router.post("/account/sessions", dependencies=guard)
async def end_sessions(request: Request, account: StaffDep, values: PostDep) -> Response:
    """End one session, or all but this one."""
    people, which = office_of(request).people, values.get("which", "")
    if which == "others":
        await people.end_all(account.username, by=account.id, but=cookie(request, STAFF_COOKIE))
    else:
        await people.end_one(account, which)
    return RedirectResponse("/staff/account", 303)


async def absent(request: Request, username: str, values: dict[str, str], by: int) -> None:
    """Say when somebody is away and who stands in, or that they are back; Failure `absence_invalid`."""
    people = office_of(request).people
    if values.get("back"):
        await people.end_away(username, by=by)
        return
    try:
        since, until = (date.fromisoformat(values.get(name, "")) for name in ("since", "until"))
    except ValueError:
        raise Failure("absence_invalid", reason="请填写从哪一天到哪一天") from None
    await people.set_away(username, values.get("deputy", "")[: LONGEST["username"]], since, until, by=by)


@router.post("/account/absence", dependencies=guard)
async def absence(request: Request, account: StaffDep, values: PostDep) -> Response:
    """Say when one is away, or that one is back."""
    try:
        await absent(request, account.username, values, account.id)
    except Failure as failure:
        return await _own(request, account, failure)
    return RedirectResponse("/staff/account", 303)


@router.post("/stand-in", dependencies=guard)
async def stand_in(request: Request, account: StaffDep, values: PostDep) -> Response:
    """Work at the desk of somebody who is away, or at one's own again."""
    token, name = cookie(request, STAFF_COOKIE), values.get("for", "")[: LONGEST["username"]]
    await office_of(request).people.act_for(token, account, name)
    return RedirectResponse("/staff", 303)
