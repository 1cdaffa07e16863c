"""aiogram's session without Telegram: what the dialogs send becomes messages in a web mailbox."""

import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageReplyMarkup,
    EditMessageText,
    GetMe,
    SendMessage,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, InlineKeyboardMarkup, Message, User

from bot.database import Database
from bot.mailbox import Mailbox
from bot.talk import WEB_BOT_ID
from bot.texts import LIMIT

_ME = User(id=WEB_BOT_ID, is_bot=True, first_name="政府信息公开")
_LINK = re.compile(r"https?://|/(?![/\\])")
"""Where a link may lead: to a web address, or to a page of the office's own."""
_TAGS = {"b", "i", "u", "s", "code", "pre", "blockquote", "a"}


class UnsupportedInWebChat(Exception):
    """A Bot API method that the web chat has no meaning for: never a silent success."""


@dataclass
class Turn:
    """One incoming web message: its chat, and the messages that it brought about."""

    chat_id: int
    produced: list[dict[str, Any]] = field(default_factory=list)


class CaptureSession(BaseSession):
    """Writes outgoing messages into the mailbox; enforces Telegram's limits, so that both transports behave alike."""

    def __init__(self, mailbox: Mailbox, database: Database) -> None:
        super().__init__()
        self._mailbox = mailbox
        self._database = database
        self._turn: ContextVar[Turn | None] = ContextVar("turn", default=None)

    @contextmanager
    def turn(self, chat_id: int) -> Iterator[Turn]:
        """While one incoming message of a chat is handled."""
        current = Turn(chat_id)
        token = self._turn.set(current)
        try:
            yield current
        finally:
            self._turn.reset(token)

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        """Carry out one Bot API method."""
        result: Any
        match method:
            case GetMe():
                result = _ME
            case SendMessage():
                sent = await self._put(int(method.chat_id), method.text, method.reply_markup)
                result = self.message(sent).as_(bot)
            case EditMessageText() | EditMessageReplyMarkup():
                result = await self._edit(bot, method)
            case AnswerCallbackQuery():
                if method.text and (turn := self._turn.get()):
                    await self._put(turn.chat_id, escape(method.text, quote=False), None)
                result = True
            case _:
                raise UnsupportedInWebChat(type(method).__name__)
        return cast(TelegramType, result)

    def message(self, stored: dict[str, Any], chat_id: int = 0) -> Message:
        """A mailbox message as aiogram's own."""
        return Message(
            message_id=stored.get("replaces", stored["id"]),
            date=datetime.fromtimestamp(self._database.now(), UTC),
            chat=Chat(id=chat_id or stored["chat_id"], type="private"),
            from_user=_ME,
            text=stored["text"],
        )

    async def close(self) -> None:
        """Nothing is open."""

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """There are no files in the web chat."""
        for _ in ():
            yield b""
        raise UnsupportedInWebChat("GetFile")

    async def _edit(self, bot: Bot, method: EditMessageText | EditMessageReplyMarkup) -> Message:
        chat_id, place = int(method.chat_id or 0), int(method.message_id or 0)
        text = method.text if isinstance(method, EditMessageText) else None
        if text is None:
            text = next((one["html"] for one in await self._mailbox.shown(chat_id) if one["id"] == place), "")
        stored = await self._put(chat_id, text, method.reply_markup, replaces=place)
        return self.message(stored).as_(bot)

    async def _put(self, chat_id: int, html: str, markup: Any, **more: Any) -> dict[str, Any]:
        if len(html) > LIMIT:
            raise ValueError("a message longer than Telegram takes")
        rows = markup.inline_keyboard if isinstance(markup, InlineKeyboardMarkup) else []
        buttons = [[{"text": one.text, "button": one.callback_data or ""} for one in row] for row in rows]
        if any(len(one["button"].encode()) > 64 for row in buttons for one in row):
            raise ValueError("a button with more data than Telegram takes")
        safe, plain = allow_listed(html)
        body = {"from": "office", "html": safe, "text": plain, "buttons": buttons} | more
        stored = await self._mailbox.append(chat_id, body)
        turn = self._turn.get()
        if turn and turn.chat_id == chat_id:
            turn.produced.append(stored)
        return stored | {"chat_id": chat_id}


class _AllowList(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.html: list[str] = []
        self.text: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") or ""
        if tag == "br":
            self.handle_data("\n")
        elif tag == "a" and _LINK.match(href):
            self.html.append(f'<a href="{escape(href)}" rel="noopener noreferrer nofollow">')
            self._open.append(tag)
        elif tag in _TAGS - {"a"}:
            self.html.append(f"<{tag}>")
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while (closed := self._open.pop()) != tag:
                self.html.append(f"</{closed}>")
            self.html.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        self.html.append(escape(data, quote=False).replace("\n", "<br>"))

    def finish(self) -> tuple[str, str]:
        self.close()
        self.html += [f"</{tag}>" for tag in reversed(self._open)]
        return "".join(self.html), "".join(self.text)


def allow_listed(html: str) -> tuple[str, str]:
    """HTML with only those tags of Telegram's that the page draws, well nested; and the same as plain text."""
    parser = _AllowList()
    parser.feed(html)
    return parser.finish()
