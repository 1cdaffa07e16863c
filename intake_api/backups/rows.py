"""A database as lines of JSON and back, whatever the engine: what SQLite wrote PostgreSQL reads, and the other way.

A table is its columns' names and then a line a row; types come from the database itself, so that a backup of an older
schema is written into that schema and migrated up. Instants are UTC, bytes are base64.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    delete,
    func,
    insert,
    select,
    text,
)

DERIVED = "published_index"  # a search index, different on each engine: made anew from its items
_BATCH = 1000
Coder = Callable[[Any], Any]


def tables(connection: Connection) -> list[Table]:
    """The tables of the database that hold its state, parents before children."""
    schema = MetaData()
    schema.reflect(connection, only=lambda name, _: not name.startswith(DERIVED) and name != "alembic_version")
    return schema.sorted_tables


def revision(connection: Connection) -> str:
    """The revision of the schema."""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """The names of the columns, then every row; streamed."""
    columns = list(table.columns)
    yield _line([column.name for column in columns])
    coders = [_out(column) for column in columns]
    rows = connection.execution_options(yield_per=_BATCH).execute(select(table).order_by(*table.primary_key))
    for row in rows:
        yield _line([value if value is None else code(value) for code, value in zip(coders, row, strict=True)])


def load(connection: Connection, table: Table, source: Iterable[bytes]) -> int:
    """Put rows into an empty table; their number. Columns that the table does not have are an error (KeyError)."""
    stream = iter(source)
    columns = [table.columns[name] for name in json.loads(next(stream))]
    for column in columns:
        if isinstance(column.type, JSON):
            column.type.none_as_null = True
    coders = [_in(column) for column in columns]
    count = 0
    while rows := [_row(columns, coders, json.loads(line)) for line in islice(stream, _BATCH)]:
        connection.execute(insert(table), rows)
        count += len(rows)
    return count


def clear(connection: Connection, emptied: Sequence[Table]) -> None:
    """Remove what migrations have put into new tables."""
    for table in reversed(emptied):
        connection.execute(delete(table))


def number_on(connection: Connection, loaded: Sequence[Table]) -> None:
    """Let PostgreSQL's sequences go on after the highest key; SQLite looks itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in loaded:
        key = list(table.primary_key)
        if len(key) != 1:
            continue
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, key[0].name)))
        highest = connection.scalar(select(func.max(key[0]))) if sequence else None
        if highest is not None:
            connection.execute(select(func.setval(sequence, highest)))


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _row(columns: Sequence[Column[Any]], coders: Sequence[Coder], values: Sequence[Any]) -> dict[str, Any]:
    return {
        column.name: value if value is None else code(value)
        for column, code, value in zip(columns, coders, values, strict=True)
    }


def _out(column: Column[Any]) -> Coder:
    if isinstance(column.type, LargeBinary):
        return lambda value: base64.b64encode(value).decode()
    if isinstance(column.type, DateTime):
        return _instant
    if isinstance(column.type, Date):
        return date.isoformat
    return lambda value: value


def _in(column: Column[Any]) -> Coder:
    if isinstance(column.type, LargeBinary):
        return base64.b64decode
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat
    if isinstance(column.type, Date):
        return date.fromisoformat
    return lambda value: value


def _instant(value: datetime) -> str:
    """An instant in UTC; SQLite keeps it without its zone."""
    return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
