"""What is stored: the same behaviour on SQLite, PostgreSQL and Redis; sealed; gone when it expires."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage, StorageKey
from sqlalchemy import URL, text

from bot.database import Database, Seal, Unreadable
from bot.inbox import Inbox
from bot.mailbox import Mailbox
from bot.states import Apply
from bot.storage import open_storage
from bot.uploads import Uploads
from bot.watches import Held, Watches
from tests.chat.conftest import STORAGE_KEY, BotClock

HERE = StorageKey(bot_id=1, chat_id=9, user_id=9)
DRAFT = {"draft": {"description": "示例", "answers": {"name": "张三"}, "sent": None, "touched": 1_795_000_000}}


@dataclass
class Kept:
    """A storage and its isolation."""

    storage: BaseStorage
    isolation: BaseEventIsolation


@pytest.fixture
async def database(empty_db_url: str, now: BotClock) -> AsyncIterator[Database]:
    database = Database(empty_db_url, STORAGE_KEY, now)
    await database.prepare()
    yield database
    await database.close()


@pytest.fixture(params=["sqlite", "postgres", "redis"])
async def kept(request: pytest.FixtureRequest, tmp_path: Path, now: BotClock) -> AsyncIterator[Kept]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_server").render_as_string(hide_password=False)
    database = Database(url, STORAGE_KEY, now)
    await database.prepare()
    await database.prepare()  # a second process starting finds the tables there
    redis = request.getfixturevalue("redis_url") if request.param == "redis" else None
    kept = Kept(*open_storage(database, redis))
    yield kept
    await kept.storage.set_state(HERE, None)
    await kept.storage.set_data(HERE, {})
    await database.close()
    await kept.isolation.close()
    await kept.storage.close()


async def test_state_and_data_come_back_as_they_were(kept: Kept) -> None:
    assert await kept.storage.get_state(HERE) is None
    assert await kept.storage.get_data(HERE) == {}
    await kept.storage.set_data(HERE, DRAFT)
    await kept.storage.set_state(HERE, Apply.name)
    assert await kept.storage.get_state(HERE) == "Apply:name"
    assert await kept.storage.get_data(HERE) == DRAFT
    assert await kept.storage.update_data(HERE, {"pending": None}) == DRAFT | {"pending": None}
    await kept.storage.set_state(HERE, None)
    await kept.storage.set_data(HERE, {})
    assert await kept.storage.get_state(HERE) is None
    assert await kept.storage.get_data(HERE) == {}


@pytest.mark.parametrize("other", [{"bot_id": 2}, {"chat_id": 8}, {"user_id": 8}, {"thread_id": 1}])
async def test_two_bots_two_chats_two_people_are_apart(kept: Kept, other: dict[str, int]) -> None:
    await kept.storage.set_data(HERE, DRAFT)
    there = StorageKey(**{"bot_id": 1, "chat_id": 9, "user_id": 9} | other)
    assert await kept.storage.get_data(there) == {}


@pytest.mark.parametrize("value", [{1, 2}, datetime(2026, 11, 20, tzinfo=UTC), b"bytes"])
async def test_what_is_not_json_is_refused_when_it_is_stored(kept: Kept, value: object) -> None:
    with pytest.raises(TypeError):
        await kept.storage.set_data(HERE, {"value": value})


async def test_a_chat_is_held_by_one_at_a_time_in_the_order_of_asking(kept: Kept) -> None:
    held: list[int] = []

    async def hold(number: int) -> None:
        async with kept.isolation.lock(HERE):
            held.append(number)
            await asyncio.sleep(0.01)
            held.append(number)

    await asyncio.gather(*(hold(number) for number in range(5)))
    assert held == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


async def test_another_chat_does_not_wait(kept: Kept) -> None:
    there = StorageKey(bot_id=1, chat_id=8, user_id=8)
    async with asyncio.timeout(5), kept.isolation.lock(HERE), kept.isolation.lock(there):
        pass


async def test_two_processes_on_postgresql_hold_a_chat_in_turn(postgres_server: URL, now: BotClock) -> None:
    url = postgres_server.render_as_string(hide_password=False)
    first, second = Database(url, STORAGE_KEY, now), Database(url, STORAGE_KEY, now)
    locks = [open_storage(database, None)[1] for database in (first, second)]

    async def take_the_second() -> None:
        async with locks[1].lock(HERE):
            pass

    async with asyncio.timeout(10):
        async with locks[0].lock(HERE):
            waiting = asyncio.ensure_future(take_the_second())
            await asyncio.sleep(0.2)
            assert not waiting.done()
        await waiting
    for lock, database in zip(locks, (first, second), strict=True):
        await lock.close()
        await database.close()


async def test_nothing_that_people_wrote_is_readable_in_the_database(database: Database) -> None:
    storage, isolation = open_storage(database, None)
    await storage.set_data(HERE, DRAFT)
    mailbox = Mailbox(database)
    token, chat_id = await mailbox.open_session()
    await mailbox.append(chat_id, {"from": "citizen", "text": "张三的示例", "html": "", "buttons": []})
    await Inbox(database).add(7, [{"update_id": 1, "message": {"text": "张三的示例"}}])
    await Watches(database).keep(Held("SF-2026-00001", "ABCD-EFGH-2222", 7, 7_100_000_001))
    await Uploads(database).keep(7, 7_100_000_001, "张三的示例.pdf", "张三的示例".encode())
    tables = ("conversation", "web_session", "web_message", "received_update", "watch", "upload")
    async with database.read() as connection:
        dumps = [
            (await connection.execute(text(f"SELECT * FROM {_schema(database)}{table}"))).all() for table in tables
        ]
    everything = str(dumps)
    for secret in ("张三", "示例", token, "ABCD-EFGH", "7100000001", "张三".encode().hex()):
        assert secret not in everything
    await isolation.close()


async def test_another_key_opens_nothing_and_breaks_nothing(
    database: Database, empty_db_url: str, now: BotClock
) -> None:
    storage, isolation = open_storage(database, None)
    await storage.set_data(HERE, DRAFT)
    await isolation.close()
    other = Database(empty_db_url, bytes(32), now)
    other_storage, other_isolation = open_storage(other, None)
    assert await other_storage.get_data(HERE) == {}
    await other_isolation.close()
    await other.close()
    with pytest.raises(Unreadable):
        Seal(bytes(32)).open("place", database.seal.close("place", DRAFT))
    with pytest.raises(Unreadable):
        database.seal.open("another place", database.seal.close("place", DRAFT))


async def test_what_nobody_touches_expires(database: Database, now: BotClock) -> None:
    storage, isolation = open_storage(database, None)
    mailbox, inbox, watches = Mailbox(database), Inbox(database), Watches(database)
    await storage.set_data(HERE, DRAFT)
    token, chat_id = await mailbox.open_session()
    await inbox.add(7, [{"update_id": 1}])
    await watches.keep(Held("SF-2026-00001", "ABCD-EFGH-2222", 1, chat_id))
    now.seconds += 29 * 86_400
    assert await mailbox.chat_of(token) == chat_id, "use renews the session"
    now.seconds += 2 * 86_400
    assert await storage.get_data(HERE) == {}
    assert await database.sweep() == 2, "the conversation and the update"
    assert await mailbox.chat_of(token) == chat_id
    assert await watches.of_number("SF-2026-00001"), "an application outlives a draft"
    now.seconds += 180 * 86_400
    await database.sweep()
    assert await watches.of_number("SF-2026-00001") is None
    await isolation.close()


async def test_an_update_is_new_once_and_open_until_done(database: Database) -> None:
    inbox = Inbox(database)
    updates = [{"update_id": 2, "message": {"text": "b"}}, {"update_id": 1, "message": {"text": "a"}}]
    assert await inbox.add(7, updates) == updates
    assert await inbox.add(7, updates) == []
    assert await inbox.add(8, updates) == updates, "numbers are each bot's own"
    assert [one["update_id"] for one in await inbox.unfinished(7)] == [1, 2]
    await inbox.done(7, 1)
    assert not await inbox.is_open(7, 1)
    assert await inbox.is_open(7, 2)
    assert [one["update_id"] for one in await inbox.unfinished(7)] == [2]


def _schema(database: Database) -> str:
    return "" if database.is_sqlite else "bot."
