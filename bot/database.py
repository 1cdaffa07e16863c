"""The bot's own database: conversations, web chat and its messages, updates received, applications followed.

It is apart from the office's (`DATA/bot.db`; on PostgreSQL the schema `bot`). What people wrote is sealed with
AES-256-GCM; who wrote it is kept as a keyed digest. Rows expire: a draft that nobody touches for 30 days is gone.
"""

import asyncio
import hashlib
import hmac
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, delete, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.schema import CreateSchema

DAY = 86_400
KEEP = 30 * DAY
"""Seconds after which an untouched conversation, web session or stored update is removed."""

metadata = MetaData()
_BIG = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows only for INTEGER PRIMARY KEY


def _expires() -> Column[int]:
    return Column("expires_at", BigInteger, nullable=False, index=True)


conversation = Table(
    "conversation",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("state", String(100)),
    Column("data", LargeBinary),
    _expires(),
)
web_session = Table(
    "web_session",
    metadata,
    Column("chat_id", _BIG, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    _expires(),
    sqlite_autoincrement=True,  # a number given twice would show one visitor another's messages
)
web_message = Table(
    "web_message",
    metadata,
    Column("id", _BIG, primary_key=True),
    Column("chat_id", BigInteger, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
    _expires(),
    sqlite_autoincrement=True,
)
received_update = Table(
    "received_update",
    metadata,
    Column("bot_id", BigInteger, primary_key=True),
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary),
    _expires(),
)
watch = Table(
    "watch",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("bot_id", BigInteger, nullable=False),
    Column("chat", String(64), nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
    _expires(),
)

upload = Table(
    "upload",
    metadata,
    Column("id", _BIG, primary_key=True),
    Column("chat", String(64), nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
    _expires(),
)


key_check = Table("key_check", metadata, Column("value", String(64), primary_key=True))
"""What the database knows of the key that seals it: one row."""


_PLACES = ((conversation, "key", ""), (web_message, "chat_id", "web-message:"), (watch, "number", "watch:"))
_SAMPLE = 20


class AnotherKeyError(Exception):
    """The database was sealed with another key; nothing was written."""


class Unreadable(Exception):
    """A sealed value that this key does not open."""


class Seal:
    """Seals JSON values for one place each, and digests identifiers.

    A sealed value is `nonce (12) | AES-256-GCM ciphertext` with the place as associated data, so that a value moved to
    another row does not open.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("the storage key must have 32 bytes")
        self._cipher = AESGCM(key)
        self._index_key = hmac.digest(key, b"gongkai/bot/index", "sha256")

    def close(self, place: str, value: Any) -> bytes:
        """Encrypt a JSON-able value."""
        nonce = os.urandom(12)
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, place: str, sealed: bytes) -> Any:
        """Decrypt; raises Unreadable for another key, another place or a damaged value."""
        try:
            return json.loads(self._cipher.decrypt(sealed[:12], sealed[12:], place.encode()))
        except (InvalidTag, ValueError) as error:
            raise Unreadable(place) from error

    def digest(self, *parts: object) -> str:
        """Keyed digest (64 hex digits) of an identifier: equal for equal parts, says nothing about them."""
        return hmac.new(self._index_key, "\0".join(map(str, parts)).encode(), hashlib.sha256).hexdigest()


class Database:
    """Engine, seal and time of the bot's database; `now` gives epoch seconds."""

    def __init__(self, url: str, key: bytes, now: Callable[[], float] = time.time) -> None:
        self.url = url
        self.seal = Seal(key)
        self.now = now
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.is_sqlite else _server_engine(url)
        self._turn: AbstractAsyncContextManager[None] = asyncio.Lock() if self.is_sqlite else nullcontext()

    async def prepare(self) -> None:
        """Make the tables where they are not there yet; several processes may start at once."""
        async with self.write() as connection:
            if not self.is_sqlite:
                await connection.execute(select(func.pg_advisory_xact_lock(0x676F6E67)))
                await connection.execute(CreateSchema("bot", if_not_exists=True))
            await connection.run_sync(metadata.create_all)
            await self._compare_key(connection)

    async def _compare_key(self, connection: AsyncConnection) -> None:
        """Refuse a database that another key has sealed; one that holds nothing takes the key of now."""
        known, own = await connection.scalar(select(key_check.c.value)), self.seal.digest("key-check")
        if known == own:
            return
        opened = [self._opens(place, body) for place, body in await self._samples(connection)]
        if opened and (known or not any(opened)):
            raise AnotherKeyError
        await connection.execute(delete(key_check))
        await connection.execute(self.insert(key_check).values(value=own))

    def _opens(self, place: str, body: bytes) -> bool:
        try:
            self.seal.open(place, body)
        except Unreadable:
            return False
        return True

    async def _samples(self, connection: AsyncConnection) -> list[tuple[str, bytes]]:
        """Some sealed values with their places, the newest of each kind."""
        found: list[tuple[str, bytes]] = []
        for table, key, place in _PLACES:
            sealed = table.c.data if "data" in table.c else table.c.body
            query = select(table.c[key], sealed).where(sealed.is_not(None)).order_by(table.c.expires_at.desc())
            found += [(f"{place}{name}", body) for name, body in await connection.execute(query.limit(_SAMPLE))]
        return found

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed when the block ends well. Await nothing slow inside.

        On SQLite writers take turns in the order in which they came; by its own waiting some would starve.
        """
        async with self._turn, self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A snapshot for reading, which no writer keeps waiting."""
        async with self.engine.connect() as connection:
            yield await connection.execution_options(read_only=True)

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """INSERT in the dialect that knows ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def expiry(self, keep: int = KEEP) -> int:
        """Epoch second at which something touched now expires."""
        return int(self.now()) + keep

    def client(self, bot_id: int, chat_id: int) -> str:
        """By what the API counts the calls of a chat: a digest, never the chat's own id."""
        return self.seal.digest("client", bot_id, chat_id)[:32]

    async def sweep(self) -> int:
        """Remove expired rows of every table; returns how many."""
        removed = 0
        for table in (each for each in metadata.sorted_tables if "expires_at" in each.c):
            async with self.write() as connection:
                result = await connection.execute(delete(table).where(table.c.expires_at <= int(self.now())))
                removed += result.rowcount
        return removed

    async def close(self) -> None:
        """Close the pool."""
        await self.engine.dispose()


def _server_engine(url: str) -> AsyncEngine:
    engine = create_async_engine(url, pool_pre_ping=True)
    return engine.execution_options(schema_translate_map={None: "bot"})


def _sqlite_engine(url: str) -> AsyncEngine:
    path = Path(url.split("///", 1)[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, connect_args={"timeout": 15})

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is deferred; ours is below
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        # a deferred BEGIN that reads and then writes fails at once where another process writes in between
        read_only = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
