"""What protects the pages: response headers, same-origin posts, session cookies, CSRF tokens."""

import hmac
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl, quote, unquote, urlencode

from fastapi import Depends, Request
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intake_api.http import client, office_of
from intake_api.kit.errors import Failure
from intake_api.kit.limits import came_by_tls
from intake_api.people.browsers import coarse
from intake_api.people.service import Account, Caller, SignedIn

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # almost every answer is somebody's own; a route that may be kept says so itself
    "Cache-Control": "no-store",
    "Vary": "Accept, Authorization, Cookie, X-Query-Code",
}
STATIC = "/static/"
STATIC_HEADERS = HEADERS | {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}  # kept, asked about by its ETag
STAFF_COOKIE = "gongkai_staff"
DEVICE_COOKIE = "gongkai_device"  # a browser that somebody has signed in from: `people.attempts`
DEVICE_MINUTES = 60 * 24 * 180
CASE_COOKIE = "gongkai_case"
CASE_MINUTES = 15
LIST_COOKIE = "gongkai_list"
LIST_FIELDS = ("tab", "department", "q", "state", "channel", "flag", "mark", "since", "until", "cursor")


class SecurityHeaders:
    """ASGI middleware that adds `HEADERS` to every response; it does not touch bodies, so streams pass."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers when the response starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        chosen = STATIC_HEADERS if scope["path"].startswith(STATIC) else HEADERS

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in chosen.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)


async def same_origin(request: Request) -> None:
    """Refuse a post that another site's page started (Failure `csrf_failed`); scripts without these headers pass."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        allowed = site in ("same-origin", "none")
    else:
        origin = request.headers.get("origin")
        # compared as text: what is no address at all is another site's too
        allowed = origin is None or origin.partition("://")[2] == request.headers.get("host")
    if not allowed:
        raise Failure("csrf_failed")


def secure(request: Request) -> bool:
    """Tell whether cookies may only travel over TLS: the page itself came that way."""
    settings = office_of(request).settings
    return came_by_tls(request, settings.proxies) or (settings.public_url or "").startswith("https://")


def set_cookie(request: Request, response: Response, name: str, value: str, *, path: str, minutes: int | None) -> None:
    """Set a cookie no script can read; `minutes` None keeps it until the browser closes."""
    response.set_cookie(
        name,
        quote(value, safe=""),
        path=path,
        max_age=minutes * 60 if minutes else None,
        httponly=True,
        samesite="lax",
        secure=secure(request),
    )


def cookie(request: Request, name: str) -> str:
    """Return the value that `set_cookie` stored; empty where there is none."""
    return unquote(request.cookies.get(name, ""))


def keep_case(request: Request, response: Response, number: str, code: str, *, path: str) -> None:
    """Let the next page show a case without its query code in the address.

    The cookie holds what the screen shows, for a quarter of an hour and for these pages only: a receipt survives a
    reload or a phone that drops the tab, which an answer to a POST does not, and nothing has to be kept on the server.
    The page asks the service with number and code as anyone must, so a made-up cookie shows nothing.
    """
    set_cookie(request, response, CASE_COOKIE, f"{number} {code}", path=path, minutes=CASE_MINUTES)


def kept_case(request: Request) -> tuple[str, str] | None:
    """Return number and query code from `keep_case`."""
    number, _, code = cookie(request, CASE_COOKIE).partition(" ")
    return (number, code) if number and code else None


def keep_list(request: Request, response: Response, asked: Mapping[str, str]) -> None:
    """Remember which part of the queue is looked at, for the way back from a case; until the browser closes."""
    set_cookie(
        request, response, LIST_COOKIE, urlencode({k: v for k, v in asked.items() if v}), path="/staff", minutes=None
    )


def kept_list(request: Request, number: str = "") -> str:
    """Return the address of the queue as it was last looked at, at the row of a case."""
    known = dict(parse_qsl(cookie(request, LIST_COOKIE)))
    asked = {name: known[name] for name in LIST_FIELDS if name in known}
    return "/staff" + (f"?{urlencode(asked)}" if asked else "") + (f"#row-{quote(number)}" if number else "")


def caller_of(request: Request) -> Caller:
    """Return where a sign-in comes from."""
    return Caller(client(request), cookie(request, DEVICE_COOKIE), coarse(request.headers.get("user-agent", "")))


def keep_session(request: Request, response: Response, opened: SignedIn) -> None:
    """Keep a session in the browser until it closes, and for longer that this person has signed in from it."""
    set_cookie(request, response, STAFF_COOKIE, opened.token, path="/staff", minutes=None)
    set_cookie(request, response, DEVICE_COOKIE, opened.device, path="/staff", minutes=DEVICE_MINUTES)


class PasswordDue(Exception):
    """Somebody signed in with a one-time password: nothing is done under it before it is changed."""


class FactorDue(Exception):
    """The settings want a second factor of this role, and there is none: it is set up before anything else."""


async def signed_in(request: Request) -> Account:
    """Return the member of staff whose session this is; Failure `sign_in_required`."""
    token = cookie(request, STAFF_COOKIE)
    account = await office_of(request).people.account_of(token, kind="web") if token else None
    if account is None:
        raise Failure("sign_in_required")
    return account


async def own_password(account: Annotated[Account, Depends(signed_in)]) -> Account:
    """Return who is signed in with a password of their own; PasswordDue, Failure `sign_in_required`."""
    if account.temporary:
        raise PasswordDue
    return account


async def at_work(account: Annotated[Account, Depends(own_password)]) -> Account:
    """Return who may work: with a password of their own, and a second factor where one is wanted.

    PasswordDue, FactorDue, Failure `sign_in_required`.
    """
    if account.factor_due:
        raise FactorDue
    return account


def check_csrf(account: Account, token: str) -> None:
    """Refuse a form without the session's own token (Failure `csrf_failed`)."""
    if not hmac.compare_digest(account.csrf.encode(), token.encode("utf-8", "replace")):
        raise Failure("csrf_failed")


def local_path(path: str, default: str = "/") -> str:
    """Return a path on this site to go on to, never another host."""
    fine = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if fine else default
