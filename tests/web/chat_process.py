"""Stands in for the chat process on its Unix socket: the shapes of the web chat's transport, a dialog of two lines."""

from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

LOST = {"error": {"code": "chat_session_not_found", "message": "这段对话已经过期，请重新开始。"}}


def chat_application() -> Starlette:
    """An application with sessions of its own; session `lost` never exists."""
    mailboxes: dict[str, list[dict[str, Any]]] = {}

    def put(session: str, who: str, text: str, **more: Any) -> None:
        box = mailboxes[session]
        box.append({"id": len(box) + 1, "from": who, "text": text, "html": escape(text), "buttons": [], **more})

    async def start(_request: Request) -> Response:
        session = f"s{len(mailboxes)}"
        mailboxes[session] = []
        put(session, "office", "您好，请说说您想了解什么。")
        return JSONResponse({"session": session}, 201)

    async def say(request: Request) -> Response:
        session = request.path_params["session"]
        if session not in mailboxes:
            return JSONResponse(LOST, 404)
        body = await request.json()
        if "button" in body:
            put(session, "office", "已选：单位", replaces=3)
        else:
            put(session, "citizen", body["text"])
            put(session, "office", "您是个人还是单位？", buttons=[[{"text": "单位", "button": "kind:organisation"}]])
        return JSONResponse({"messages": mailboxes[session][-1:]})

    async def read(request: Request) -> Response:
        session = request.path_params["session"]
        return JSONResponse(
            {"messages": mailboxes[session]} if session in mailboxes else LOST, 200 if session in mailboxes else 404
        )

    return Starlette(
        routes=[
            Route("/chat", start, methods=["POST"]),
            Route("/chat/{session}/messages", say, methods=["POST"]),
            Route("/chat/{session}/messages", read, methods=["GET"]),
        ]
    )
