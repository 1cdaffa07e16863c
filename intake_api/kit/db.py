"""The only place that knows one database from another: engines, sessions, column types, names of constraints.

SQLite: WAL, `BEGIN IMMEDIATE` for writing (a read that wants to become a write would otherwise fail or lose updates),
`synchronous=FULL` (acknowledged means on disk), foreign keys on. PostgreSQL: READ COMMITTED with row locks.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    TypeDecorator,
    create_engine,
    event,
    inspect,
    make_url,
    or_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, mapped_column
from sqlalchemy.pool import NullPool

from intake_api.kit.causes import cause_of
from intake_api.kit.errors import Failure
from intake_api.kit.sqlite import DRIVER

log = structlog.get_logger()
PATIENCE = 30.0  # seconds that a writer waits for its turn, or for a connection

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows only for INTEGER PRIMARY KEY
JsonDoc = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database; a naive value is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: D102
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no instant")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: D102
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Declarative base: constraint names are fixed, because SQLite cannot drop an unnamed one."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JsonDoc}  # noqa: RUF012 - SQLAlchemy's own form


class IdMixin:
    """A surrogate key that is 64 bits on PostgreSQL and SQLite's rowid there."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True)


def ignoring(session: AsyncSession, table: type[Base]) -> Any:
    """An INSERT that does nothing where a unique key is taken; on PostgreSQL it waits for a holder still at work."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


def insert_ignoring(session: AsyncSession, table: type[Base], row: dict[str, Any]) -> Any:
    """The same for one row."""
    return ignoring(session, table).values(**row)


def upsert(session: AsyncSession, table: type[Base], row: dict[str, Any], changes: dict[str, Any]) -> Any:
    """An INSERT that becomes an UPDATE with `changes` where the primary key is taken."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    key = [column.name for column in inspect(table).primary_key]
    return dialect.insert(table).values(**row).on_conflict_do_update(index_elements=key, set_=changes)


SKEW = timedelta(hours=2)  # the longest lease, and what clocks of several machines may differ by


def unleased(until: InstrumentedAttribute[datetime | None], now: datetime) -> ColumnElement[bool]:
    """Whether a lease has run out; one that lasts longer than any was given by a clock that has been put right."""
    return or_(until.is_(None), until < now, until > now + SKEW)


class Database:
    """Two kinds of session: `write` commits when its block ends well and rolls back otherwise; `read` cannot write.

    Two pools, so that people who look something up never queue behind writers that wait for SQLite's lock. Writers of
    this process take their turns in the order in which they came: SQLite's own waiting is sleeping and trying again,
    and whoever sleeps longest starves. Writers of other processes are waited for by SQLite.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
        self._engines = [_engine(url, read_only=False), _engine(url, read_only=True)]
        self._writer, self._reader = (async_sessionmaker(e, expire_on_commit=False) for e in self._engines)
        self._turn = asyncio.Lock()  # first come, first served

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One use case, one transaction. Await nothing slow inside: on SQLite every other writer waits."""
        with _answered():
            async with self._my_turn(), self._writer.begin() as session:
                yield session

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        if not self.is_sqlite:
            yield
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._turn.acquire()
        except TimeoutError as error:
            raise PoolTimeout("no turn came") from error
        try:
            yield
        finally:
            self._turn.release()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One snapshot for all queries of the block; a write inside it is an error on both databases."""
        with _answered():
            async with self._reader() as session:
                yield session

    async def dispose(self) -> None:
        """Close the pools."""
        for engine in self._engines:
            await engine.dispose()


@contextmanager
def _answered() -> Iterator[None]:
    """A database that is full, locked, away or out of connections is an answer to people, and a line in the log."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = cause_of(error)
        if cause is None:
            raise
        log.error("storage_unavailable", cause=cause)
        raise Failure("storage_unavailable") from error


def _engine(url: str, *, read_only: bool) -> AsyncEngine:
    pool = {"hide_parameters": True, "pool_size": 10, "max_overflow": 10, "pool_timeout": PATIENCE}
    if not url.startswith("sqlite"):
        # the snapshot of the whole block: `audit verify` compares what several queries found
        mode = {"isolation_level": "REPEATABLE READ"} if read_only else {}
        engine = create_async_engine(url, pool_pre_ping=True, **mode, **pool)
        return engine.execution_options(postgresql_readonly=True) if read_only else engine
    engine = create_async_engine(url, module=DRIVER, connect_args={"timeout": 15}, **pool)
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
    set_up_sqlite(engine.sync_engine, "foreign_keys=ON", f"query_only={int(read_only)}", begin=begin)
    return engine


def sync_engine(url: str) -> Engine:
    """An engine for what a start does before the office opens; `url` is the async one of the settings."""
    plain = make_url(url.replace("+aiosqlite", ""))
    return create_engine(plain, poolclass=NullPool, hide_parameters=True)  # closing must really close


def set_up_sqlite(engine: Engine, *pragmas: str, begin: str = "BEGIN IMMEDIATE") -> None:
    """How SQLite is used here: committed means on disk, and a transaction that will write waits before it reads."""

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is deferred, and leaves schema changes outside
        for pragma in ("journal_mode=WAL", "synchronous=FULL", *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
