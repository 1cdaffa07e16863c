"""Writers on SQLite take turns in the order in which they came."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.database import Database as BotDatabase
from intake_api.kit.db import Database


@pytest.fixture(params=["office", "bot"])
async def sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database | BotDatabase]:
    url = f"sqlite+aiosqlite:///{tmp_path}/writers.db"
    db = Database(url) if request.param == "office" else BotDatabase(url, bytes(32))
    yield db
    await (db.dispose() if isinstance(db, Database) else db.close())


async def test_who_came_first_writes_first(sqlite: Any) -> None:
    written: list[int] = []

    async def write(place: int) -> None:
        async with sqlite.write() as session:
            await session.execute(text("SELECT 1"))
            written.append(place)

    async with asyncio.TaskGroup() as clients, sqlite.write() as session:
        await session.execute(text("SELECT 1"))
        for place in range(12):
            clients.create_task(write(place))
            await asyncio.sleep(0.01)
    assert written == list(range(12))


async def test_a_writer_that_gives_up_leaves_its_turn_to_the_next(sqlite: Any) -> None:
    async def write() -> None:
        async with sqlite.write() as session:
            await session.execute(text("SELECT 1"))

    async with asyncio.TaskGroup() as clients, sqlite.write():
        first, second = clients.create_task(write()), clients.create_task(write())
        await asyncio.sleep(0.05)
        first.cancel()
    assert first.cancelled()
    assert second.done()


async def test_a_failed_write_gives_its_turn_back(sqlite: Any) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            async with sqlite.write():
                raise ZeroDivisionError
    async with sqlite.write() as session:
        await session.execute(text("SELECT 1"))
