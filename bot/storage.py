"""State of the conversations for aiogram: FSM storage on the bot's database or on Redis, and order within a chat."""

import asyncio
import base64
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage, DefaultKeyBuilder, StateType, StorageKey
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import create_async_engine

from bot.database import KEEP, Database, Seal, Unreadable, conversation
from bot.faults import describe

log = logging.getLogger(__name__)
_KEYS = DefaultKeyBuilder(prefix="gongkai", with_bot_id=True, with_business_connection_id=True, with_destiny=True)


class SqlStorage(BaseStorage):
    """FSM state and data, one row a conversation; data are sealed JSON and expire 30 days after the last change."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Keep the state's name; None ends the dialog."""
        await self._put(key, state=state.state if isinstance(state, State) else state)

    async def get_state(self, key: StorageKey) -> str | None:
        """The state's name, None where there is none."""
        row = await self._get(key)
        return row[0] if row else None

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Replace the data; anything that is not JSON is a TypeError here, not a changed value later."""
        place = self._place(key)
        await self._put(key, data=self._database.seal.close(place, dict(data)) if data else None)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """The data; empty where there are none, or where another key sealed them."""
        row = await self._get(key)
        if not row or row[1] is None:
            return {}
        try:
            data: dict[str, Any] = self._database.seal.open(self._place(key), row[1])
        except Unreadable:
            log.warning("a conversation was sealed with another key; it starts anew")
            return {}
        return data

    async def close(self) -> None:
        """Nothing: the database is closed by who opened it."""

    def _place(self, key: StorageKey) -> str:
        return self._database.seal.digest("conversation", _KEYS.build(key))

    async def _put(self, key: StorageKey, **values: Any) -> None:
        values["expires_at"] = self._database.expiry()
        insert = self._database.insert(conversation).values(key=self._place(key), **values)
        async with self._database.write() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["key"], set_=values))

    async def _get(self, key: StorageKey) -> tuple[str | None, bytes | None] | None:
        wanted = select(conversation.c.state, conversation.c.data).where(
            conversation.c.key == self._place(key), conversation.c.expires_at > int(self._database.now())
        )
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return (row[0], row[1]) if row else None


class InOrder(BaseEventIsolation):
    """One update of a chat at a time, in the order of arrival; `across` adds a lock between processes.

    Locks live as long as somebody waits for them. The queue here comes first because neither Redis nor PostgreSQL
    promises that who waited longest is next.
    """

    def __init__(self, across: BaseEventIsolation | None = None) -> None:
        self._across = across
        self._locks: WeakValueDictionary[StorageKey, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncGenerator[None, None]:
        """Hold the chat."""
        mine = self._locks.setdefault(key, asyncio.Lock())
        async with mine:
            if self._across is None:
                yield
            else:
                async with self._across.lock(key):
                    yield

    async def close(self) -> None:
        """Close the lock between processes."""
        if self._across is not None:
            await self._across.close()


class PostgresIsolation(BaseEventIsolation):
    """A lock between processes: a transaction's advisory lock, which the server frees when the process dies.

    It has its own connections: one held while the handler waits for another of the same pool would be a deadlock.
    """

    def __init__(self, database: Database) -> None:
        self._seal = database.seal
        self._engine = create_async_engine(database.url, pool_size=16, max_overflow=0, pool_timeout=300)

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncGenerator[None, None]:
        """Hold the chat."""
        number = int(self._seal.digest("lock", _KEYS.build(key))[:15], 16)
        async with self._engine.begin() as connection:
            await connection.execute(select(func.pg_advisory_xact_lock(number)))
            yield

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.dispose()


def open_storage(database: Database, redis_url: str | None) -> tuple[BaseStorage, BaseEventIsolation]:
    """Storage and isolation: on Redis where one is given (several processes), else on the bot's database."""
    if redis_url:
        return _redis_storage(redis_url, database.seal)
    across = None if database.is_sqlite else PostgresIsolation(database)
    return SqlStorage(database), InOrder(across)


async def answers(storage: BaseStorage, bot_id: int) -> bool:
    """Whether conversations can be looked up now: without that nothing that people say can be taken."""
    try:
        await storage.get_state(StorageKey(bot_id=bot_id, chat_id=0, user_id=0))
    except Exception as error:
        log.error("the storage of the conversations does not answer: %s", describe(error))
        return False
    return True


def _redis_storage(url: str, seal: Seal) -> tuple[BaseStorage, BaseEventIsolation]:
    """Redis storage with sealed values; the key names the bot, or two bots' chats would be one."""
    from aiogram.fsm.storage.redis import RedisStorage
    from redis.asyncio import Redis

    storage = RedisStorage(
        Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5),  # away is told, not waited for
        key_builder=_KEYS,
        state_ttl=KEEP,
        data_ttl=KEEP,
        json_dumps=lambda value: base64.b64encode(seal.close("redis", value)).decode(),
        json_loads=lambda text: _open_or_empty(seal, text),
    )
    return storage, InOrder(storage.create_isolation(lock_kwargs={"timeout": 300}))


def _open_or_empty(seal: Seal, text: str) -> Any:
    try:
        return seal.open("redis", base64.b64decode(text))
    except (Unreadable, ValueError):
        log.warning("a conversation was sealed with another key; it starts anew")
        return {}
