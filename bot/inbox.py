"""Updates received from Telegram: kept until they are handled, so that a crash loses none and a repeat is seen."""

from typing import Any

from sqlalchemy import select, update

from bot.database import Database, Unreadable, received_update


class Inbox:
    """Store first, answer Telegram, then handle; an `update_id` is handled once.

    The one exception: a process killed between the end of a handler and `done` handles that update again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, bot_id: int, updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Keep updates; returns those never seen before, in the given order."""
        fresh = []
        async with self._database.write() as connection:
            for item in updates:
                insert = self._database.insert(received_update).values(
                    bot_id=bot_id,
                    update_id=item["update_id"],
                    body=self._database.seal.close(_place(bot_id, item["update_id"]), item),
                    expires_at=self._database.expiry(),
                )
                known = insert.on_conflict_do_nothing().returning(received_update.c.update_id)
                if (await connection.execute(known)).first():
                    fresh.append(item)
        return fresh

    async def unfinished(self, bot_id: int) -> list[dict[str, Any]]:
        """Updates that were kept and not handled, oldest first: what a restart has to take up."""
        wanted = (
            select(received_update.c.update_id, received_update.c.body)
            .where(received_update.c.bot_id == bot_id, received_update.c.body.is_not(None))
            .order_by(received_update.c.update_id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        found = []
        for update_id, body in rows:
            try:
                found.append(self._database.seal.open(_place(bot_id, update_id), body))
            except Unreadable:
                await self.done(bot_id, update_id)
        return found

    async def is_open(self, bot_id: int, update_id: int) -> bool:
        """Whether it still has to be handled; asked while the chat is held, since another process may have done it."""
        wanted = select(received_update.c.update_id).where(
            received_update.c.bot_id == bot_id,
            received_update.c.update_id == update_id,
            received_update.c.body.is_not(None),
        )
        async with self._database.read() as connection:
            return (await connection.execute(wanted)).first() is not None

    async def done(self, bot_id: int, update_id: int) -> None:
        """Handled: its text is removed, its number stays so that a repeat is recognised."""
        mark = (
            update(received_update)
            .where(received_update.c.bot_id == bot_id, received_update.c.update_id == update_id)
            .values(body=None)
        )
        async with self._database.write() as connection:
            await connection.execute(mark)


def _place(bot_id: int, update_id: int) -> str:
    return f"update:{bot_id}:{update_id}"
