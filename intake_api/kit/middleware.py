"""Pure ASGI middleware: a limit on bodies, manners of HTTP, a guard that keeps citizens' words out of error logs."""

import re
import traceback
from urllib.parse import urlsplit, urlunsplit

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intake_api.kit.causes import named
from intake_api.terms.limits import BODY_MB, FILE_MB

log = structlog.get_logger()
_MB = 1024 * 1024
BODY_LIMIT = BODY_MB * _MB  # bytes
FILE_LIMIT = FILE_MB * _MB + 64 * 1024  # with the frame of a form around it
# Addresses that take a file: those of files, and the form of a step, which takes the one that proves it along.
FILES = re.compile(r".*/attachments/?|/staff/cases/[^/]+/events/?")


class BodyLimit:
    """Refuses a body by its announced length, or as soon as it turns out too long.

    Starlette's own limit answers in plain text; this one raises, so that the answer has the product's error shape.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = FILE_LIMIT if FILES.fullmatch(scope["path"]) else BODY_LIMIT
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        too_long = announced.isdigit() and int(announced) > most
        received = 0

        async def limited() -> Message:
            nonlocal received
            if too_long:
                raise HTTPException(413)
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(413)
            return message

        await self.app(scope, limited, send)


class Manners:
    """HEAD is answered as GET without its body, and a redirect within this site never repeats the Host header.

    FastAPI answers HEAD with 405; Starlette builds the address of a redirect from what the client sent as Host.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head, over = scope["method"] == "HEAD", False

        async def polite(message: Message) -> None:
            nonlocal over
            if message["type"] == "http.response.start":
                _make_local(MutableHeaders(scope=message), dict(scope["headers"]).get(b"host", b"").decode("latin-1"))
                await send(message)
                if head:
                    over = True
                    await send({"type": "http.response.body", "body": b""})
            elif not head:
                await send(message)

        async def until_over() -> Message:
            # a stream of events would go on for nobody
            return {"type": "http.disconnect"} if over else await receive()

        await self.app({**scope, "method": "GET"} if head else scope, until_over, polite)


def _make_local(headers: MutableHeaders, host: str) -> None:
    target = urlsplit(headers.get("location", ""))
    if target.netloc and target.netloc == host:
        headers["location"] = urlunsplit(("", "", "/" + target.path.lstrip("/"), target.query, target.fragment))


class Guard:
    """Wraps the whole application: logs an unexpected exception by its type and place, never by its message.

    The reply has been sent by then; what is kept from the server's log is the text of the error, which may quote what a
    citizen wrote.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http":
                raise
            frames = traceback.extract_tb(error.__traceback__)[-4:]
            places = [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}" for frame in frames]
            log.error("unexpected", error=named(error), at=places)
