"""Staff forms that came too late: the session had ended, or another was begun since.

What was typed is carried through the sign-in, sealed, and the form is shown again as it was filled in. Nothing is done
with it before somebody who is signed in has looked at it and sent it anew, with the token of the new session.
"""

import base64
import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import Response
from starlette.routing import compile_path

from intake_api.http import office_of
from intake_api.kit.errors import Failure
from intake_api.people.service import Account
from intake_api.web import forms
from intake_api.web.security import check_csrf, local_path
from intake_api.web.templating import render

Show = Callable[[Request, Account, dict[str, str], dict[str, str], Failure], Awaitable[Response]]
"""Shows a form filled in: the request, who looks, the parameters of the form's address, its values, what to say."""

_SHOWN: list[tuple[re.Pattern[str], Show]] = []
FORBIDDEN = 403  # the status of any wrong token
_PLACE = "staff-form"  # what the sealed forms are bound to


def shows(*paths: str) -> Callable[[Show], Show]:
    """Register the function that shows the forms sent to these addresses."""

    def register(show: Show) -> Show:
        _SHOWN.extend((compile_path(path)[0], show) for path in paths)
        return show

    return register


def find(path: str) -> tuple[Show, dict[str, str]] | None:
    """Return what shows the form sent to an address; None where nothing is typed into it."""
    for pattern, show in _SHOWN:
        if found := pattern.match(path):
            return show, found.groupdict()
    return None


class Late(Failure):
    """A form with the token of another session than the one of this browser: it is shown again."""

    def __init__(self, account: Account, values: dict[str, str]) -> None:
        super().__init__("form_expired")
        self.account = account
        self.values = values


def check(request: Request, account: Account, values: dict[str, str]) -> None:
    """Take the token out of a form and refuse one of another session: Late, or Failure `csrf_failed`."""
    token = values.pop("csrf", "")
    try:
        check_csrf(account, token)
    except Failure:
        if find(request.url.path) and not account.temporary:
            raise Late(account, values) from None
        raise


async def late(request: Request, error: Exception) -> Response:
    """Answer Late with the form."""
    assert isinstance(error, Late)
    found = find(request.url.path)
    assert found is not None
    show, parameters = found
    response = await show(request, error.account, parameters, error.values, error)
    response.status_code = FORBIDDEN
    return response


async def ask_to_sign_in(request: Request, status: int) -> Response:
    """Ask for name and password, with the form that was sent along."""
    values = await forms.read(request)
    kept = ""
    if find(request.url.path):
        values.pop("csrf", "")
        form = {"path": request.url.path, "values": values}
        kept = base64.urlsafe_b64encode(office_of(request).vault.seal(_PLACE, form)).decode()
    return render(
        request, "staff/sign_in.html", username="", onward=_page_of(request), message="", kept=kept, status=status
    )


def _page_of(request: Request) -> str:
    """The page of ours on which a form stood; the queue where the browser does not say."""
    referer = urlsplit(request.headers.get("referer", ""))
    path = referer.path + (f"?{referer.query}" if referer.query else "")
    ours = referer.netloc == request.headers.get("host") and re.match(r"/staff(?:[/?]|$)", path)
    return local_path(path, "/staff") if ours else "/staff"


async def resumed(request: Request, account: Account, kept: str) -> Response | None:
    """Show the form that was carried through the sign-in; None where there was none, or it is not for this person."""
    if not kept:
        return None
    try:
        form = office_of(request).vault.open(_PLACE, base64.urlsafe_b64decode(kept))
    except (ValueError, Failure):
        return None
    found = find(form["path"])
    if found is None:
        return None
    if account.temporary:  # first a password of one's own
        return render(request, "staff/password.html", account=account, message="", kept=kept)
    if account.factor_due:  # first a second factor: the pages of cases are not for who has none
        return None
    show, parameters = found
    try:
        return await show(request, account, parameters, form["values"], Failure("form_expired"))
    except Failure as failure:
        if failure.code in ("not_allowed", "staff_case_not_found", "notice_not_found"):
            return None
        raise
