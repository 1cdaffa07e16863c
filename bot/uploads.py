"""Files that a citizen sent in a chat and that are not with an application yet; sealed, and gone after 30 days."""

import base64
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from bot.database import Database, Unreadable, upload

MOST = 10
"""Files of one chat that wait at the same time: as many as an application takes."""


@dataclass(frozen=True)
class Upload:
    """A file as it was sent."""

    id: int
    name: str
    raw: bytes


class Uploads:
    """The waiting files of each chat, in the order in which they came."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, bot_id: int, chat_id: int, name: str, raw: bytes) -> int:
        """Keep a file; its id."""
        chat = self._chat(bot_id, chat_id)
        body = self._database.seal.close(_place(chat), {"name": name, "raw": base64.b64encode(raw).decode()})
        new = insert(upload).values(chat=chat, body=body, expires_at=self._database.expiry())
        async with self._database.write() as connection:
            kept: int = (await connection.execute(new.returning(upload.c.id))).scalar_one()
        return kept

    async def of_chat(self, bot_id: int, chat_id: int) -> list[Upload]:
        """All of a chat."""
        chat = self._chat(bot_id, chat_id)
        wanted = select(upload.c.id, upload.c.body).where(upload.c.chat == chat).order_by(upload.c.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return [one for row_id, body in rows if (one := self._opened(row_id, chat, body))]

    async def ids(self, bot_id: int, chat_id: int) -> list[int]:
        """Which there are of a chat."""
        wanted = select(upload.c.id).where(upload.c.chat == self._chat(bot_id, chat_id)).order_by(upload.c.id)
        async with self._database.read() as connection:
            return list((await connection.execute(wanted)).scalars())

    async def drop(self, ids: Collection[int]) -> None:
        """Forget some: they are with an application, or nobody can take them."""
        async with self._database.write() as connection:
            await connection.execute(delete(upload).where(upload.c.id.in_(ids)))

    def _chat(self, bot_id: int, chat_id: int) -> str:
        return self._database.seal.digest("chat", bot_id, chat_id)

    def _opened(self, row_id: int, chat: str, body: bytes) -> Upload | None:
        try:
            opened = self._database.seal.open(_place(chat), body)
        except Unreadable:
            return None
        return Upload(row_id, opened["name"], base64.b64decode(opened["raw"]))


def _place(chat: str) -> str:
    return f"upload:{chat}"
