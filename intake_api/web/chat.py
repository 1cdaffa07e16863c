"""The chat page. With JavaScript its own script talks to /api/v1/chat; without, the server relays and draws."""

import re
import uuid
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.chat_proxy import ChatProxy
from intake_api.http import count, office_of, public
from intake_api.kit.errors import Failure
from intake_api.kit.text import tidy
from intake_api.terms.limits import LONGEST
from intake_api.web import forms, texts
from intake_api.web.security import cookie, same_origin, set_cookie
from intake_api.web.templating import render

router = APIRouter(include_in_schema=False)
CHAT_COOKIE = "gongkai_chat"
NOT_FOUND = 404
ERROR = 400


async def call(request: Request, method: str, path: str, json: Any = None, key: str = "") -> tuple[int, dict[str, Any]]:
    """Call the chat process; while it is starting, the answer is its Failure in the same shape."""
    chat: ChatProxy = request.app.state.chat
    try:
        return await chat.call(method, path, json, key)
    except Failure as failure:
        return failure.status, failure.body()


def message_of(body: dict[str, Any]) -> str:
    """Return the sentence for people in an error body."""
    return str(body["error"]["message"])


def mailbox(session: str) -> str:
    """Return the path of a session's messages."""
    return f"/chat/{session}/messages"


def session_of(request: Request) -> str:
    """Return this browser's session; empty where there is none, or no such token (it becomes part of a path)."""
    token = cookie(request, CHAT_COOKIE)
    return token if re.fullmatch(r"[\w-]{1,100}", token, re.ASCII) else ""


def shown(request: Request, session: str) -> str:
    """Return what a page's forms say of the conversation that it shows: nothing that could be used in its stead."""
    return office_of(request).vault.blind("chat-page", session) if session else ""


@router.get("/chat")
@public
async def chat(request: Request, q: str = "") -> Response:
    """Show the conversation so far, with the question already asked; no session is opened before the first word."""
    return await _page(request, session_of(request), draft=q[: LONGEST["description"]])


@router.post("/chat", dependencies=[Depends(same_origin)])
@public
async def say(request: Request) -> Response:
    """Say something or press a button in the conversation that the page shows; the next page draws the answer.

    Where the browser holds another conversation by now, nothing is said in it: the page shows it, with the words.
    """
    values = await forms.read(request)
    text, button = tidy(values.get("text", "")), values.get("button", "")
    if not (text or button):
        return RedirectResponse("/chat", 303)
    await count(request, "suggest")
    session, key = session_of(request), values.get("key", "")[:64]
    problem = "" if values.get("conversation", "") == shown(request, session) else texts.CHAT_OTHER
    newest = "chat-end"
    if not problem and not session:
        session, problem = await opened(request)
    if not problem:
        sent = {"button": button} if button else {"text": text}
        status, body = await call(request, "POST", mailbox(session), sent, key)
        if status >= ERROR and status != NOT_FOUND:
            problem = message_of(body)
        elif status == NOT_FOUND:
            problem = texts.CHAT_LOST
        if said := body.get("messages"):
            newest = f"m{said[-1]['id']}"
    if problem:
        response = await _page(request, session, problem, text, key)
    else:
        response = RedirectResponse(f"/chat#{newest}", 303)
    if session and problem != texts.CHAT_LOST:
        set_cookie(request, response, CHAT_COOKIE, session, path="/chat", minutes=None)
    return response


@router.post("/chat/attachments", dependencies=[Depends(same_origin)])
@public
async def attach(request: Request) -> Response:
    """Send a file in the conversation that the page shows."""
    values = await forms.read(request)
    await count(request, "suggest")
    session, file = session_of(request), forms.uploaded(request, "file")
    problem = "" if values.get("conversation", "") == shown(request, session) else texts.CHAT_OTHER
    if not problem and file is None:
        problem = texts.FILE_MISSING
    if not problem and not session:
        session, problem = await opened(request)
    if not problem and file is not None:
        chat: ChatProxy = request.app.state.chat
        try:
            status, body = await chat.attach(session, file)
        except Failure as failure:
            status, body = failure.status, failure.body()
        problem = texts.CHAT_LOST if status == NOT_FOUND else message_of(body) if status >= ERROR else ""
    response = await _page(request, session, problem) if problem else RedirectResponse("/chat#chat-end", 303)
    if session and problem != texts.CHAT_LOST:
        set_cookie(request, response, CHAT_COOKIE, session, path="/chat", minutes=None)
    return response


async def opened(request: Request) -> tuple[str, str]:
    """Return a new session; and what went wrong, if anything."""
    status, body = await call(request, "POST", "/chat", {})
    return ("", message_of(body)) if status >= ERROR else (str(body["session"]), "")


async def _page(request: Request, session: str, problem: str = "", draft: str = "", key: str = "") -> Response:
    """Draw the conversation; a session that is gone is forgotten."""
    status, body = await call(request, "GET", mailbox(session)) if session else (200, {})
    lost = status == NOT_FOUND
    if status >= ERROR:
        problem = problem or (texts.CHAT_LOST if lost else message_of(body))
    messages = folded(body.get("messages", []))
    response = render(
        request,
        "chat.html",
        messages=messages,
        problem=problem,
        draft=draft,
        conversation="" if lost else shown(request, session),
        key=key or uuid.uuid4().hex,  # one form, one message: sending it twice is safe
    )
    if lost:
        response.delete_cookie(CHAT_COOKIE, path="/chat")
    return response


def folded(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the mailbox as it reads now: a message that replaces an earlier one stands in its place."""
    shown: dict[int, dict[str, Any]] = {}
    for message in messages:
        place = message.get("replaces") or message["id"]
        shown[place] = shown.get(place, {}) | message
    return list(shown.values())
