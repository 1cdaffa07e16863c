"""SQLite behind asyncio, one visit to a connection's thread for a statement.

aiosqlite works each call off in a thread of the connection, and SQLAlchemy makes four for a statement: cursor, execute,
fetch, close. Each is two switches between threads, and a thread that wants to go on waits until the one that computes
lets go of the interpreter: with a model at work that is most of what a statement takes. Here a statement with all of
its rows is one call. Rows are read whole, as SQLAlchemy's own adapter does for everything that is not streamed.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import aiosqlite
from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_cursor
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_dbapi


class _Done(NamedTuple):
    """What a cursor tells once its statement has run."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None


class _Cursor(AsyncAdapt_dbapi_cursor):
    """A cursor that exists in the thread only while its statement runs."""

    __slots__ = ("_done",)

    def __init__(self, connection: "_Connection") -> None:
        self._adapt_connection = connection
        self._connection = connection._connection
        self._rows = deque()
        self._done = _Done()

    @property
    def description(self) -> Any:
        """The columns of the rows; None without any."""
        return self._done.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._done.rowcount

    @property
    def lastrowid(self) -> Any:
        """The id of the row that was put in last."""
        return self._done.lastrowid

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._run(sqlite3.Cursor.execute, operation, parameters or ())

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._run(sqlite3.Cursor.executemany, operation, seq_of_parameters)

    async def _run(self, how: Callable[..., Any], operation: Any, parameters: Any) -> None:
        driver: Any = self._connection
        async with self._adapt_connection._execute_mutex:
            self._done, rows = await driver._execute(_run, driver._conn, how, operation, parameters)
        self._rows = deque(rows)

    async def _async_soft_close(self) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Forget the rows."""
        self._rows.clear()


def _run(
    connection: sqlite3.Connection, how: Callable[..., Any], operation: str, parameters: Any
) -> tuple[_Done, Sequence[Any]]:
    cursor = connection.cursor()
    try:
        how(cursor, operation, parameters)
        rows = cursor.fetchall() if cursor.description else ()
        return _Done(cursor.description, cursor.rowcount, cursor.lastrowid), rows
    finally:
        cursor.close()


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = _Cursor  # type: ignore[assignment]  # a sibling of the class there


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *arguments: Any, **more: Any) -> _Connection:
        return _Connection(self, super().connect(*arguments, **more)._connection)


DRIVER: Any = _Driver(aiosqlite, sqlite3)
"""For `create_async_engine(url, module=DRIVER)`."""
