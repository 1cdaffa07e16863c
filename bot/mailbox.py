"""Web chat sessions and their messages: the whole conversation can be drawn again after a reload."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import insert, select, update

from bot.database import DAY, Database, Unreadable, web_message, web_session


class Mailbox:
    """Messages of web chats: `{"id", "from", "html", "text", "buttons", "replaces"?}`, ids rising within a chat."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._appending = asyncio.Lock()
        self._listeners: dict[int, set[asyncio.Event]] = {}
        self.closed = asyncio.Event()

    async def open_session(self) -> tuple[str, int]:
        """A new session: its secret token and its chat id. Only the token's hash is stored."""
        token = secrets.token_urlsafe(24)
        new = insert(web_session).values(token_hash=_hash(token), expires_at=self._database.expiry())
        async with self._database.write() as connection:
            row = (await connection.execute(new.returning(web_session.c.chat_id))).one()
        return token, row[0]

    async def chat_of(self, token: str) -> int | None:
        """The chat of a session, None where it is unknown or expired; using it keeps it."""
        wanted = select(web_session.c.chat_id, web_session.c.expires_at).where(
            web_session.c.token_hash == _hash(token), web_session.c.expires_at > int(self._database.now())
        )
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        if row is None:
            return None
        chat_id: int = row[0]
        if row[1] < self._database.expiry() - DAY:
            renew = update(web_session).where(web_session.c.chat_id == chat_id)
            async with self._database.write() as connection:
                await connection.execute(renew.values(expires_at=self._database.expiry()))
        return chat_id

    async def append(self, chat_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Keep a message and wake who waits for it; returns it with its id."""
        new = insert(web_message).values(
            chat_id=chat_id,
            body=self._database.seal.close(_place(chat_id), body),
            expires_at=self._database.expiry(),
        )
        # in turn: ids must become visible in their order, or a reader's `after` would skip one
        async with self._appending, self._database.write() as connection:
            message_id = (await connection.execute(new.returning(web_message.c.id))).scalar_one()
        for listener in self._listeners.get(chat_id, ()):
            listener.set()
        return {"id": message_id} | body

    async def after(self, chat_id: int, message_id: int = 0) -> list[dict[str, Any]]:
        """Messages with a greater id, oldest first."""
        wanted = (
            select(web_message.c.id, web_message.c.body)
            .where(web_message.c.chat_id == chat_id, web_message.c.id > message_id)
            .order_by(web_message.c.id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        found = []
        for row_id, body in rows:
            with suppress(Unreadable):
                found.append({"id": row_id} | self._database.seal.open(_place(chat_id), body))
        return found

    async def shown(self, chat_id: int) -> list[dict[str, Any]]:
        """The messages as the visitor sees them now: each edit in the place of what it replaces, under that id."""
        now: dict[int, dict[str, Any]] = {}
        for message in await self.after(chat_id):
            place = message.pop("replaces", message["id"])
            now[place] = message | {"id": place}
        return [now[place] for place in sorted(now)]

    async def stream(self, chat_id: int, message_id: int, heartbeat: float) -> AsyncIterator[dict[str, Any] | None]:
        """Every later message as it comes; None whenever `heartbeat` seconds pass without one. Ends with `closed`."""
        with self._listening(chat_id) as news:
            while not self.closed.is_set():
                news.clear()
                for message in await self.after(chat_id, message_id):
                    message_id = message["id"]
                    yield message
                try:
                    await asyncio.wait_for(news.wait(), heartbeat)
                except TimeoutError:
                    yield None

    def close(self) -> None:
        """End all streams: the process stops."""
        self.closed.set()
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.set()

    @contextmanager
    def _listening(self, chat_id: int) -> Any:
        event = asyncio.Event()
        self._listeners.setdefault(chat_id, set()).add(event)
        try:
            yield event
        finally:
            self._listeners[chat_id].discard(event)
            if not self._listeners[chat_id]:
                del self._listeners[chat_id]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _place(chat_id: int) -> str:
    return f"web-message:{chat_id}"
