"""A Telegram Bot API over HTTP that behaves: long polling with offsets, real limits, faults on request.

Limits are those that aiogram leaves to the server: 4,096 characters after the entities are parsed, 64 bytes of callback
data, HTML tags that Telegram knows and that are closed.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

TOKEN = "7000000001:token-of-the-tests"
_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a", "blockquote", "tg-spoiler"}


@dataclass
class Fault:
    """What the next matching call gets instead of its result."""

    method: str
    status: int
    description: str
    retry_after: int | None = None
    body: str | None = None


@dataclass
class BotApi:
    """The fake's memory; `base_url` once it runs."""

    base_url: str = ""
    faults: deque[Fault] = field(default_factory=deque)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    blocked_by: set[int] = field(default_factory=set)
    webhook: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    repeat_updates: bool = False
    _updates: list[dict[str, Any]] = field(default_factory=list)
    _given: list[dict[str, Any]] = field(default_factory=list)
    _next_update: int = 100
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, chat_id: int, text: str) -> dict[str, Any]:
        """Somebody writes to the bot; returns the update."""
        return self.send(chat_id, text=text)

    def send(self, chat_id: int, **message: Any) -> dict[str, Any]:
        """Somebody sends a message of any kind."""
        return self._push({"message": self._message(chat_id) | message})

    def send_file(self, chat_id: int, name: str, content: bytes, **message: Any) -> dict[str, Any]:
        """Somebody sends a file; it can be had by getFile."""
        place = f"file{len(self.files)}"
        self.files[place] = content
        document = {"file_id": place, "file_unique_id": place, "file_name": name, "file_size": len(content)}
        return self.send(chat_id, document=document, **message)

    def send_photo(self, chat_id: int, content: bytes, **message: Any) -> dict[str, Any]:
        """Somebody sends a photo, which has no name and comes in several sizes, the greatest last."""
        place = f"file{len(self.files)}"
        self.files[place] = content
        sizes = [(f"{place}-small", 90), (place, 1280)]
        photo = [{"file_id": one, "file_unique_id": one, "width": width, "height": width} for one, width in sizes]
        return self.send(chat_id, photo=photo, **message)

    def change(self, chat_id: int, **message: Any) -> dict[str, Any]:
        """Somebody changes a message sent before."""
        return self._push({"edited_message": self._message(chat_id) | {"edit_date": 1_795_000_001} | message})

    def raw(self, **event: Any) -> dict[str, Any]:
        """An update of any shape."""
        return self._push(event)

    def press(self, chat_id: int, label: str) -> dict[str, Any]:
        """Somebody presses the newest button whose label begins so."""
        for message_id, message in sorted(self.messages.items(), reverse=True):
            rows = json.loads(message.get("reply_markup") or "{}").get("inline_keyboard", [])
            for button in (one for row in rows for one in row):
                if int(message["chat_id"]) == chat_id and button["text"].startswith(label):
                    people = _people(chat_id)
                    pressed = {"message_id": message_id, "date": 1_795_000_000, "text": message["text"]}
                    query = {
                        "id": str(self._next_update),
                        "from": people["from"],
                        "chat_instance": "1",
                        "data": button["callback_data"],
                        "message": pressed | {"chat": people["chat"]},
                    }
                    return self._push({"callback_query": query})
        raise AssertionError(f"no button {label}")

    def heard(self, chat_id: int) -> list[str]:
        """Texts sent to a chat, oldest first."""
        return [m["text"] for _, m in sorted(self.messages.items()) if int(m["chat_id"]) == chat_id]

    def labels(self, chat_id: int) -> list[str]:
        """Labels of the buttons under the newest message to a chat."""
        newest = max(place for place, message in self.messages.items() if int(message["chat_id"]) == chat_id)
        rows = json.loads(self.messages[newest].get("reply_markup") or "{}").get("inline_keyboard", [])
        return [one["text"] for row in rows for one in row]

    async def hears(self, chat_id: int, part: str, seconds: float = 60) -> str:
        """Wait until the newest message to a chat contains `part`; returns it."""
        async with asyncio.timeout(seconds):
            while True:
                self._answered.clear()
                if (said := self.heard(chat_id)) and part in said[-1]:
                    return said[-1]
                await self._answered.wait()

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=50 * 1024 * 1024)
        app.router.add_post("/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path}", self._download)
        return app

    def _message(self, chat_id: int) -> dict[str, Any]:
        return {"message_id": 10_000 + self._next_update, "date": 1_795_000_000} | _people(chat_id)

    def _push(self, update: dict[str, Any]) -> dict[str, Any]:
        update = {"update_id": self._next_update} | update
        self._next_update += 1
        self._updates.append(update)
        self._news.set()
        return update

    async def _call(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return _refused(401, "Unauthorized")
        self.calls.append((method, form))
        for fault in list(self.faults):
            if fault.method == method:
                self.faults.remove(fault)
                if fault.body is not None:
                    return web.Response(status=fault.status, text=fault.body, content_type="text/html")
                return _refused(fault.status, fault.description, fault.retry_after)
        handlers = {
            "getMe": lambda: _ok(_me()),
            "sendMessage": lambda: self._send(form),
            "editMessageText": lambda: self._edit(form),
            "editMessageReplyMarkup": lambda: self._edit(form),
            "setWebhook": lambda: self._set_webhook(form),
            "getFile": lambda: self._get_file(form),
        }
        if method == "getUpdates":
            return await self._get_updates(form)
        return handlers.get(method, lambda: _ok(True))()

    async def _get_updates(self, form: dict[str, str]) -> web.Response:
        offset = int(form.get("offset", 0))
        self._given += [u for u in self._updates if u["update_id"] < offset]
        self._updates = [u for u in self._updates if u["update_id"] >= offset]
        if not self._updates:
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(float(form.get("timeout", 0)), 1))
        repeated = self._given[-3:] if self.repeat_updates and self._updates else []
        return _ok(repeated + self._updates[:100])

    def _send(self, form: dict[str, str]) -> web.Response:
        if int(form["chat_id"]) in self.blocked_by:
            return _refused(403, "Forbidden: bot was blocked by the user")
        if problem := _problem(form):
            return _refused(400, f"Bad Request: {problem}")
        message_id = len(self.messages) + 1
        self.messages[message_id] = form
        self._answered.set()
        return _ok(_message(message_id, form))

    def _edit(self, form: dict[str, str]) -> web.Response:
        message_id = int(form["message_id"])
        before = self.messages[message_id]
        after = before | {"reply_markup": ""} | form
        if problem := _problem(after):
            return _refused(400, f"Bad Request: {problem}")
        if (after["text"], after["reply_markup"]) == (before["text"], before.get("reply_markup", "")):
            return _refused(400, "Bad Request: message is not modified")
        self.messages[message_id] = after
        self._answered.set()
        return _ok(_message(message_id, after))

    def _get_file(self, form: dict[str, str]) -> web.Response:
        place = form["file_id"]
        if place not in self.files:
            return _refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return _ok({"file_id": place, "file_unique_id": place, "file_path": place})

    async def _download(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != TOKEN:
            return _refused(401, "Unauthorized")
        return web.Response(body=self.files[request.match_info["path"]])

    def _set_webhook(self, form: dict[str, str]) -> web.Response:
        self.webhook = form
        return _ok(True)


@asynccontextmanager
async def running_bot_api() -> AsyncIterator[BotApi]:
    """The fake on a loopback port."""
    api = BotApi()
    server = TestServer(api.application())
    await server.start_server()
    api.base_url = str(server.make_url("")).rstrip("/")
    try:
        yield api
    finally:
        await server.close()


def _people(chat_id: int) -> dict[str, Any]:
    chat = {"id": chat_id, "type": "private", "first_name": "张三"}
    return {"from": {"id": chat_id, "is_bot": False, "first_name": "张三"}, "chat": chat}


def _me() -> dict[str, Any]:
    return {"id": int(TOKEN.split(":")[0]), "is_bot": True, "first_name": "公开", "username": "example_bot"}


def _message(message_id: int, form: dict[str, str]) -> dict[str, Any]:
    chat = {"id": int(form["chat_id"]), "type": "private"}
    return {"message_id": message_id, "date": 1_795_000_000, "chat": chat, "from": _me(), "text": form["text"]}


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refused(status: int, description: str, retry_after: int | None = None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if retry_after is not None:
        body["parameters"] = {"retry_after": retry_after}
    return web.json_response(body, status=status)


class _Html(HTMLParser):
    """Telegram's HTML: unknown tags and tags left open are errors."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.problem = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.problem = f'can\'t parse entities: Unsupported start tag "{tag}"'
        if tag == "a" and not (dict(attrs).get("href") or "").startswith(("https://", "http://")):
            self.problem = "a link without a host, which Telegram drops in silence"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problem = f"can't parse entities: Unexpected end tag {tag}"

    def handle_data(self, data: str) -> None:
        self.text += data


def _problem(form: dict[str, str]) -> str:
    html = _Html()
    html.feed(form["text"])
    html.close()
    if form.get("parse_mode") == "HTML" and (html.problem or html.open):
        return html.problem or f"can't parse entities: Can't find end tag corresponding to start tag {html.open[-1]}"
    if not html.text.strip():
        return "message text is empty"
    if len(html.text.encode("utf-16-le")) // 2 > 4_096:
        return "message is too long"
    rows = json.loads(form.get("reply_markup") or "{}").get("inline_keyboard", [])
    if any(not 1 <= len(one["callback_data"].encode()) <= 64 for row in rows for one in row):
        return "BUTTON_DATA_INVALID"
    return ""
