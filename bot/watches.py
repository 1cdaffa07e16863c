"""Which chat holds which application: for messages to the citizen, and so that a status needs no typing."""

from dataclasses import dataclass, replace

from sqlalchemy import select, update

from bot.database import DAY, Database, Unreadable, watch

KEEP_WATCH = 180 * DAY
"""Seconds a watch is kept after its last message: a case with an extension outlives a draft's 30 days."""


@dataclass(frozen=True)
class Held:
    """An application and the chat that holds it."""

    number: str
    query_code: str
    bot_id: int
    chat_id: int
    asked: int | None = None
    """The message that asked for 补正 (0 where none did here), while that is waited for."""


class Watches:
    """The applications made in each chat, with their sealed query codes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, held: Held) -> None:
        """Remember an application; the same number again (a repeated submission) changes nothing."""
        insert = self._database.insert(watch).values(
            number=held.number,
            bot_id=held.bot_id,
            chat=self._chat(held.bot_id, held.chat_id),
            body=self._body(held),
            expires_at=self._database.expiry(KEEP_WATCH),
        )
        async with self._database.write() as connection:
            await connection.execute(insert.on_conflict_do_nothing())

    async def of_number(self, number: str) -> Held | None:
        """Who holds this application, None where no chat does."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(watch).where(watch.c.number == number))).mappings().first()
        return self._held(number, row["bot_id"], row["body"]) if row else None

    async def of_chat(self, bot_id: int, chat_id: int, limit: int = 5) -> list[Held]:
        """The applications of a chat, newest number first."""
        wanted = (
            select(watch)
            .where(watch.c.chat == self._chat(bot_id, chat_id))
            .order_by(watch.c.number.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).mappings().all()
        return [held for row in rows if (held := self._held(row["number"], row["bot_id"], row["body"]))]

    async def touch(self, number: str, *, asked: int | None) -> None:
        """The application was spoken of in its chat: keep the watch from now on, and whether 补正 is waited for."""
        held = await self.of_number(number)
        if held is None:
            return
        values = {"body": self._body(replace(held, asked=asked)), "expires_at": self._database.expiry(KEEP_WATCH)}
        async with self._database.write() as connection:
            await connection.execute(update(watch).where(watch.c.number == number).values(**values))

    def client_of(self, held: Held) -> str:
        """By what the API counts the calls for the chat that holds an application."""
        return self._database.client(held.bot_id, held.chat_id)

    def _body(self, held: Held) -> bytes:
        body = {"chat_id": held.chat_id, "query_code": held.query_code, "asked": held.asked}
        return self._database.seal.close(f"watch:{held.number}", body)

    def _chat(self, bot_id: int, chat_id: int) -> str:
        return self._database.seal.digest("chat", bot_id, chat_id)

    def _held(self, number: str, bot_id: int, body: bytes) -> Held | None:
        try:
            opened = self._database.seal.open(f"watch:{number}", body)
        except Unreadable:
            return None
        return Held(number, opened["query_code"], bot_id, opened["chat_id"], opened.get("asked"))
