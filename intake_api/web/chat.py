"""The chat page. With JavaScript its own script talks to /api/v1/chat; without, the server relays and draws."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.chat_proxy import ChatProxy
from intake_api.errors import Failure
from intake_api.http import public
from intake_api.web import forms, texts
from intake_api.web.security import cookie, count, same_origin, set_cookie
from intake_api.web.templating import render

router = APIRouter(include_in_schema=False)
CHAT_COOKIE = "gongkai_chat"
NOT_FOUND = 404
CREATED = 201
GOOD = 300


async def call(request: Request, method: str, path: str, json: Any = None) -> tuple[int, dict[str, Any]]:
    """Call the chat process; while it is starting, the answer is its Failure in the same shape."""
    chat: ChatProxy = request.app.state.chat
    try:
        return await chat.call(method, path, json)
    except Failure as failure:
        return failure.status, failure.body()


def message_of(body: dict[str, Any]) -> str:
    """Return the sentence for people in an error body."""
    return str(body["error"]["message"])


@router.get("/chat")
@public
async def chat(request: Request) -> Response:
    """Show the conversation so far; no session is opened before the first word."""
    session = cookie(request, CHAT_COOKIE)
    if not session:
        return render(request, "chat.html", messages=[], problem="", draft="")
    status, body = await call(request, "GET", f"/chat/{session}/messages?after=0", None)
    if status == NOT_FOUND:
        response = render(request, "chat.html", messages=[], problem=texts.CHAT_LOST, draft="")
        response.delete_cookie(CHAT_COOKIE, path="/chat")
        return response
    problem = message_of(body) if status >= GOOD else ""
    return render(request, "chat.html", messages=folded(body.get("messages", [])), problem=problem, draft="")


@router.post("/chat", dependencies=[Depends(same_origin)])
@public
async def say(request: Request) -> Response:
    """Say something or press a button; the answer is drawn by the page that follows."""
    values = await forms.read(request)
    text, button = values.get("text", "").strip(), values.get("button", "")
    if not (text or button):
        return RedirectResponse("/chat", 303)
    await count(request, "suggest")
    session, problem = await opened(request)
    if not problem:
        said = {"button": button} if button else {"text": text}
        status, body = await call(request, "POST", f"/chat/{session}/messages", said)
        problem = message_of(body) if status >= GOOD else ""
    if problem:
        return render(request, "chat.html", messages=[], problem=problem, draft=text)
    response = RedirectResponse("/chat#chat-end", 303)
    set_cookie(request, response, CHAT_COOKIE, session, path="/chat", minutes=None)
    return response


async def opened(request: Request) -> tuple[str, str]:
    """Return this browser's session, a new one where it has none or lost it; and what went wrong, if anything."""
    session = cookie(request, CHAT_COOKIE)
    if session:
        status, _ = await call(request, "GET", f"/chat/{session}/messages?after=0", None)
        if status != NOT_FOUND:
            return session, ""
    status, body = await call(request, "POST", "/chat", {})
    return (str(body["session"]), "") if status == CREATED else ("", message_of(body))


def folded(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the mailbox as it reads now: a message that replaces an earlier one stands in its place."""
    shown: dict[int, dict[str, Any]] = {}
    for message in messages:
        place = message.get("replaces") or message["id"]
        shown[place] = shown.get(place, {}) | message
    return list(shown.values())
