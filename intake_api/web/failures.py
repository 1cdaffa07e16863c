"""Errors as pages: what asks for HTML outside /api gets a page, everything else the JSON of the application."""

import json
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.web import again
from intake_api.web.security import HEADERS, FactorDue, PasswordDue
from intake_api.web.templating import render

Handler = Callable[[Request, Any], Awaitable[Response]]


def wants_page(request: Request) -> bool:
    """Tell whether a person with a browser asked: HTML is accepted and the path is a page's."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def install(app: FastAPI) -> None:
    """Put pages in front of the JSON error handlers that the application has registered so far."""
    for kind, handler in list(app.exception_handlers.items()):
        app.add_exception_handler(kind, _page_or(handler))
    app.add_exception_handler(PasswordDue, _to_password)
    app.add_exception_handler(FactorDue, _to_factor)
    app.add_exception_handler(again.Late, again.late)


async def _to_password(_request: Request, _error: Exception) -> Response:
    return RedirectResponse("/staff/password", 303)


async def _to_factor(_request: Request, _error: Exception) -> Response:
    return RedirectResponse("/staff/second-factor", 303)


def _page_or(json_handler: Any) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        answer = json_handler(request, error)
        response: Response = await answer if isawaitable(answer) else answer
        if wants_page(request):
            response = await _page(request, response)
        # an unforeseen error is answered outside the middleware that adds these
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return handle


async def _page(request: Request, answer: Response) -> Response:
    """Show the JSON error as a page; staff without a session are taken to the sign-in and back."""
    error = json.loads(bytes(answer.body))["error"]
    staff = request.url.path.startswith("/staff")
    if staff and error["code"] == "sign_in_required":
        if request.method == "POST":
            return await again.ask_to_sign_in(request, answer.status_code)
        onward = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse("/staff/sign-in?" + urlencode({"next": onward}), 303)
    sent = request.method == "POST" and not staff
    status = answer.status_code
    page = render(request, "error.html", error=error, staff=staff, sent=sent, code=status, status=status)
    if "retry-after" in answer.headers:
        page.headers["Retry-After"] = answer.headers["retry-after"]
    return page
