"""Staff console: accounts (账号), for administrators of the whole office."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.http import office_of
from intake_api.kit.errors import Failure
from intake_api.kit.text import tidy
from intake_api.people.service import Account
from intake_api.terms.handling import ROLES
from intake_api.terms.limits import LONGEST
from intake_api.web import again
from intake_api.web.security import same_origin
from intake_api.web.staff import PostDep
from intake_api.web.staff_account import absent
from intake_api.web.staff_doctor import InCharge, in_charge
from intake_api.web.templating import render

router = APIRouter(prefix="/staff/accounts", include_in_schema=False)
guard = [Depends(same_origin)]
WHOLE = "*"  # the choice of the whole office, said and not left out; no department has such a code


@router.get("")
async def accounts(request: Request, account: InCharge) -> Response:
    """List the accounts, with the form for a new one."""
    return await _list(request, account)


async def _list(
    request: Request,
    account: Account,
    values: dict[str, str] | None = None,
    told: Failure | None = None,
    once: tuple[str, str] | None = None,
) -> Response:
    people = office_of(request).people
    rows = await people.listing()
    return render(
        request,
        "staff/accounts.html",
        account=account,
        rows=rows,
        states={row.id: people.state(row) for row in rows},
        whole=WHOLE,
        values=values or {},
        told=told,
        once=once,
        status=told.status if told else 200,
    )


@again.shows("/staff/accounts")
async def make_again(
    request: Request, account: Account, _where: dict[str, str], values: dict[str, str], told: Failure
) -> Response:
    """Show a new account whose session had ended."""
    await in_charge(account)
    return await _list(request, account, values, told)


@router.post("", dependencies=guard)
async def make(request: Request, account: InCharge, values: PostDep) -> Response:
    """Make an account and show its one-time password, this once."""
    username = tidy(values.get("username", ""))[: LONGEST["username"]]
    try:
        role, department = _place(request, values)
        password = await office_of(request).people.add(
            username, role, department, None, person=values.get("person", ""), by=account.id
        )
    except Failure as failure:
        return await _list(request, account, values, failure)
    return await _list(request, account, once=(username, password))


def _place(request: Request, values: dict[str, str], held: str = "") -> tuple[str, str | None]:
    """Role and limit as chosen, `held` being the limit that the account has now; None for the whole office.

    Nothing chosen is never the whole office: Failure `invalid_request`, `unknown_department`.
    """
    role, limit = values.get("role", ""), values.get("department", "")
    if role not in ROLES or not limit:
        raise Failure("invalid_request")
    if limit == WHOLE:
        return role, None
    if limit not in dict(office_of(request).directory.limits(held)):
        raise Failure("unknown_department", given=limit[: LONGEST["department"]])
    return role, limit


@router.get("/{username}")
async def one(request: Request, account: InCharge, username: str) -> Response:
    """Show an account with all that can be done to it."""
    return await _one(request, account, username)


async def _one(
    request: Request,
    account: Account,
    username: str,
    values: dict[str, str] | None = None,
    told: Failure | None = None,
    once: str = "",
) -> Response:
    people = office_of(request).people
    row = await people.one(username)
    context = {
        "row": row,
        "state": people.state(row),
        "sessions": await people.sessions(username),
        "away": await people.away(username),
        "others": [other for other in await people.listing() if other.id != row.id and not other.disabled],
        "values": values or {},
        "told": told,
        "once": once,
        "whole": WHOLE,
    }
    return render(request, "staff/account_one.html", context, account=account, status=told.status if told else 200)


@again.shows("/staff/accounts/{username}")
async def change_again(
    request: Request, account: Account, where: dict[str, str], values: dict[str, str], told: Failure
) -> Response:
    """Show a changed account whose session had ended."""
    await in_charge(account)
    return await _one(request, account, where["username"], values, told)


@router.post("/{username}", dependencies=guard)
async def change(request: Request, account: InCharge, username: str, values: PostDep) -> Response:
    """Give an account another role, department or name."""
    people = office_of(request).people
    try:
        role, department = _place(request, values, (await people.one(username)).department or "")
        await people.reassign(
            username,
            role,
            department,
            whole_office=department is None,
            person=values.get("person", ""),
            by=account.id,
        )
    except Failure as failure:
        if failure.code == "user_not_found":
            raise
        return await _one(request, account, username, values, failure)
    return _back(username)


def _back(username: str) -> Response:
    return RedirectResponse(f"/staff/accounts/{username}", 303)


@router.post("/{username}/password", dependencies=guard)
async def password(request: Request, account: InCharge, username: str, values: PostDep) -> Response:
    """Give an account a one-time password, shown this once."""
    once = await office_of(request).people.set_password(username, None, by=account.id)
    return await _one(request, account, username, once=once)


@router.post("/{username}/factor", dependencies=guard)
async def factor(request: Request, account: InCharge, username: str, values: PostDep) -> Response:
    """Take its second factor away; who needs one sets it up when signing in."""
    await office_of(request).people.clear_totp(username, by=account.id)
    return _back(username)


@router.post("/{username}/state", dependencies=guard)
async def state(request: Request, account: InCharge, username: str, values: PostDep) -> Response:
    """Disable or enable it."""
    people = office_of(request).people
    try:
        await (people.enable if values.get("to") == "on" else people.disable)(username, by=account.id)
    except Failure as failure:
        if failure.code != "last_admin":
            raise
        return await _one(request, account, username, told=failure)
    return _back(username)


@router.post("/{username}/sessions", dependencies=guard)
async def sessions(request: Request, account: InCharge, username: str, values: PostDep) -> Response:
    """End all its sessions."""
    await office_of(request).people.end_all(username, by=account.id)
    return _back(username)


@router.post("/{username}/absence", dependencies=guard)
async def absence(request: Request, account: InCharge, username: str, values: PostDep) -> Response:
    """Say when its owner is away and who stands in, or that they are back."""
    try:
        await absent(request, username, values, account.id)
    except Failure as failure:
        return await _one(request, account, username, told=failure)
    return _back(username)
