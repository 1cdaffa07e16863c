"""The web chat over HTTP on a Unix socket; the API passes `/api/v1/chat…` through to it.

| call | answer |
|---|---|
| `POST /chat` | 201 `{"session"}`; the greeting waits in the mailbox |
| `POST /chat/{session}/messages` `{"text"}` or `{"button"}` | 200 `{"messages"}`: those this one brought about; 503
  `chat_unavailable`: nothing of it was taken. A text with the `Idempotency-Key` of an earlier one is not taken twice |
| `POST /chat/{session}/attachments`, a form with one `file` | 200 `{"messages"}`: what became of it |
| `GET /chat/{session}/messages?after=ID` | 200 `{"messages"}`, also the citizen's own |
| `GET /chat/{session}/events` | server-sent events with `id`; `Last-Event-ID` continues |
"""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from html import escape
from json import JSONDecodeError, dumps
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.types import CallbackQuery, Chat, Document, InaccessibleMessage, Message, Update, User
from aiohttp import BodyPartReader, web

from bot import texts
from bot.database import Database
from bot.dialogs.files import LARGEST
from bot.faults import describe
from bot.mailbox import Mailbox
from bot.storage import answers
from bot.talk import WEB_BOT_ID
from bot.transports.capture import CaptureSession
from bot.typed import tidy
from bot.uploads import Uploads

log = logging.getLogger(__name__)
PREFIX = "/chat"
HEARTBEAT = 15.0
"""Seconds between signs of life on an idle event stream: proxies close what is silent."""
_KEY_LENGTH = 64
_NAME_LENGTH = 120
_BODY_LIMIT = 256 * 1024
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ChatError(Exception):
    """An error of the product's one shape."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"error": {"code": code, "message": message}}


class WebChat:
    """Serves the dialogs to browsers: one chat a session, messages through the dispatcher, answers from the mailbox."""

    def __init__(self, dispatcher: Dispatcher, mailbox: Mailbox, database: Database) -> None:
        self._dispatcher = dispatcher
        self._mailbox = mailbox
        self._database = database
        self._uploads = Uploads(database)
        self._session = CaptureSession(mailbox, database)
        self.bot = Bot(f"{WEB_BOT_ID}:web", self._session, DefaultBotProperties(parse_mode="HTML"))
        self._update_id = 0
        self._doors: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def application(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application(middlewares=[_one_error_shape], client_max_size=_BODY_LIMIT)
        app.router.add_post(PREFIX, self._open)
        app.router.add_post(PREFIX + "/{session}/messages", self._say)
        app.router.add_post(PREFIX + "/{session}/attachments", self._attach)
        app.router.add_get(PREFIX + "/{session}/messages", self._messages)
        app.router.add_get(PREFIX + "/{session}/events", self._events)
        app.on_shutdown.append(self._end_streams)
        return app

    async def serve(self, path: Path) -> web.AppRunner:
        """Listen on a Unix socket that only this user can open; returns the runner to clean up."""
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=10)  # paths hold session tokens
        await runner.setup()
        await web.SockSite(runner, _listen(path)).start()
        return runner

    async def _open(self, request: web.Request) -> web.Response:
        await _fields(request, frozenset(), empty=True)
        token, chat_id = await self._mailbox.open_session()
        await self.bot.send_message(chat_id, texts.GREETING)
        return _json({"session": token}, status=201)

    async def _say(self, request: web.Request) -> web.Response:
        # one after another from the door on: looking up the session would already change the order of fast messages
        in_turn = self._doors.setdefault(request.match_info["session"], asyncio.Lock())
        async with in_turn:
            chat_id = await self._chat(request)
            body = await _fields(request, frozenset(("text", "button")))
            if not await answers(self._dispatcher.storage, self.bot.id):
                raise ChatError(503, "chat_unavailable", texts.NOT_TAKEN)
            key = request.headers.get("Idempotency-Key", "")[:_KEY_LENGTH]
            said = await self._said(chat_id, key) if key and "text" in body else None
            if said and (answered := await self._mailbox.after(chat_id, said["id"])):
                return _json({"messages": answered})
            with self._session.turn(chat_id) as turn:
                if "button" in body:
                    update = await self._press(chat_id, body["button"])
                else:
                    update = await self._text(chat_id, body["text"], key, said)
                await self._dispatcher.feed_update(self.bot, update)
        return _json({"messages": turn.produced})

    async def _attach(self, request: web.Request) -> web.Response:
        in_turn = self._doors.setdefault(request.match_info["session"], asyncio.Lock())
        async with in_turn:
            chat_id = await self._chat(request)
            name, raw = await _file(request)
            if not await answers(self._dispatcher.storage, self.bot.id):
                raise ChatError(503, "chat_unavailable", texts.NOT_TAKEN)
            kept = await self._uploads.keep(self.bot.id, chat_id, name, raw)
            text = texts.SENT_FILE.format(name=name)
            body = {"from": "citizen", "html": escape(text, quote=False), "text": text, "buttons": []}
            own = await self._mailbox.append(chat_id, body)
            file = Document(file_id=str(kept), file_unique_id=str(kept), file_name=name, file_size=len(raw))
            at, who = self._now(), _visitor(chat_id)
            message = Message(message_id=own["id"], date=at, chat=_chat_of(chat_id), from_user=who, document=file)
            with self._session.turn(chat_id) as turn:
                await self._dispatcher.feed_update(self.bot, self._update(message=message))
        return _json({"messages": turn.produced})

    async def _said(self, chat_id: int, key: str) -> dict[str, Any] | None:
        """The message that came with this key before; what broke off between the two may have been the answer."""
        return next((one for one in await self._mailbox.after(chat_id) if one.get("key") == key), None)

    async def _messages(self, request: web.Request) -> web.Response:
        chat_id = await self._chat(request)
        return _json({"messages": await self._mailbox.after(chat_id, _after(request.query.get("after")))})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        chat_id = await self._chat(request)
        last = _after(request.headers.get("Last-Event-ID") or request.query.get("after"))
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        with suppress(ConnectionError):  # the browser left
            await response.prepare(request)
            await response.write(b": open\n\n")
            async for message in self._mailbox.stream(chat_id, last, HEARTBEAT):
                event = f"id: {message['id']}\ndata: {_dumps(message)}\n\n" if message else ": still here\n\n"
                await response.write(event.encode())
        return response

    async def _chat(self, request: web.Request) -> int:
        chat_id = await self._mailbox.chat_of(request.match_info["session"])
        if chat_id is None:
            raise ChatError(404, "chat_session_not_found", "这次对话已经过期或不存在，请重新开始对话。")
        return chat_id

    async def _text(self, chat_id: int, text: str, key: str, said: dict[str, Any] | None) -> Update:
        """What the visitor wrote; kept before it is answered, under its key, unless that was done already."""
        html = escape(text, quote=False).replace("\n", "<br>")
        body = {"from": "citizen", "html": html, "text": text, "buttons": []} | ({"key": key} if key else {})
        own = said or await self._mailbox.append(chat_id, body)
        message = Message(
            message_id=own["id"], date=self._now(), chat=_chat_of(chat_id), from_user=_visitor(chat_id), text=text
        )
        return self._update(message=message)

    async def _press(self, chat_id: int, data: str) -> Update:
        """A press on the newest message that shows this button; on none, it is an old one."""
        message: Message | InaccessibleMessage = InaccessibleMessage(chat=_chat_of(chat_id), message_id=0)
        for shown in reversed(await self._mailbox.shown(chat_id)):
            if any(one["button"] == data for row in shown["buttons"] for one in row):
                message = self._session.message(shown, chat_id)
                break
        query = CallbackQuery(
            id=str(self._update_id), from_user=_visitor(chat_id), chat_instance=str(chat_id), message=message, data=data
        )
        return self._update(callback_query=query)

    def _update(self, **event: Any) -> Update:
        self._update_id += 1
        return Update(update_id=self._update_id, **event)  # feed_update mounts the bot on all its parts

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._database.now(), UTC)

    async def _end_streams(self, _app: web.Application) -> None:
        self._mailbox.close()


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)  # left over by a process that was killed
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
    finally:
        os.umask(before)
    return listening


@web.middleware
async def _one_error_shape(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ChatError as error:
        return _json(error.body, status=error.status)
    except web.HTTPRequestEntityTooLarge:
        return _json(ChatError(413, "body_too_large", "提交的内容太大，单次不能超过 256 KB。").body, status=413)
    except web.HTTPNotFound:
        return _json(ChatError(404, "not_found", "没有找到您要的页面。").body, status=404)
    except web.HTTPMethodNotAllowed:
        return _json(ChatError(405, "method_not_allowed", "这个地址不支持这种请求方式。").body, status=405)
    except Exception as error:
        if isinstance(error, ConnectionError):
            raise
        log.error("the web chat failed: %s", describe(error))
        return _json(ChatError(500, "internal", texts.TROUBLE).body, status=500)


async def _fields(request: web.Request, allowed: frozenset[str], empty: bool = False) -> dict[str, str]:
    """The body's one field (`text` or `button`); anything else is told in the one error shape."""
    raw = await request.read()
    if empty and not raw:
        return {}
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise ChatError(422, "invalid_json", "提交的内容不是有效的 JSON。") from None
    if empty and body == {}:
        return {}
    if not isinstance(body, dict) or len(body) != 1 or not body.keys() <= allowed:
        raise ChatError(422, "invalid_request", "每次请提交 text 或 button 其中一项，不能有别的字段。")
    name, value = next(iter(body.items()))
    if not isinstance(value, str):
        raise ChatError(422, "invalid_request", "提交的内容应为文字。")
    value = tidy(value)
    if not value:
        raise ChatError(422, "invalid_request", "请输入内容再发送。")
    if len(value) > texts.MOST:
        raise ChatError(422, "description_too_long", texts.TOO_LONG.format(most=texts.MOST))
    if name == "button" and len(value.encode()) > 64:
        raise ChatError(422, "invalid_request", "没有这样的按钮。")
    return {name: value}


async def _file(request: web.Request) -> tuple[str, bytes]:
    """The one file of a form, its name and content."""
    if not request.content_type.startswith("multipart/"):
        raise ChatError(422, "invalid_request", texts.NO_FILE)
    reader = await request.multipart()
    async for part in reader:
        if isinstance(part, BodyPartReader) and part.name == "file" and part.filename:
            raw = bytearray()
            while chunk := await part.read_chunk():
                raw += chunk
                if len(raw) > LARGEST:
                    raise ChatError(413, "file_too_large", texts.FILE_TOO_LARGE)
            if raw:
                return tidy(part.filename)[:_NAME_LENGTH] or texts.PHOTO_NAME, bytes(raw)
    raise ChatError(422, "invalid_request", texts.NO_FILE)


def _after(value: str | None) -> int:
    if not value:
        return 0
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise ChatError(422, "invalid_request", "after 应为消息的编号。")
    return int(value)


def _chat_of(chat_id: int) -> Chat:
    return Chat(id=chat_id, type="private")


def _visitor(chat_id: int) -> User:
    return User(id=chat_id, is_bot=False, first_name="网页访客")


def _dumps(value: Any) -> str:
    return dumps(value, ensure_ascii=False, separators=(",", ":"))


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status, dumps=_dumps, headers={"Cache-Control": "no-store"})
