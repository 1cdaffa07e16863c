"""Every sealed value of the database and its place, to seal them all anew under the key of today (重新加密)."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, FromClause, Label, Row, and_, bindparam, func, select, tuple_, update
from sqlalchemy.engine import Engine

from intake_api.installation import values_by_key
from intake_api.kit.errors import Failure
from intake_api.kit.vault import Vault
from intake_api.tables import metadata

# By column the place that its values are bound to (kit/vault.py), as the parts that seal them write it. A name is a
# column of the same table; with a table before it, the one of the row that is pointed to.
PLACES = {
    "case_text.sealed": "case_text:{cases.number}",
    "applicant.sealed": "applicant:{cases.number}",
    "event_note.sealed": "event_note:{cases.number}:{seq}",
    "decision.note_sealed": "note:{cases.number}",
    "suggestion.sealed": "suggestion:{cases.number}",
    "idempotency_key.sealed": "idempotency:{key_hash}",
    "notice.sealed": "notice:{case_number}:{id}",
    "notice.sent_words": "notice:{case_number}:{id}:sent",
    "notice_file.sealed": "notice_file:{notice.case_number}:{notice_id}:{format}",
    "attachment.sealed": "attachment:{case_id}:{sha256}",
    "attachment.name_sealed": "attachment:{case_id}:{sha256}:name",
    "outbox.sealed": "outbox:{number}",
    "contact.sealed": "contact:{number}:{channel}",
    "ledger_upload.sealed": "ledger:{id}",
    "account.totp_sealed": "totp:{username}",
}
AT_ONCE = 100  # rows read and written in one transaction
FEW = {"attachment": 2, "notice_file": 10, "ledger_upload": 1}  # where one of them may have megabytes
_NAME = re.compile(r"\{(?:(\w+)\.)?(\w+)\}")
_ID = 4  # bytes at the beginning of a value that name its key


class Resealed(NamedTuple):
    """How many values were sealed anew, and how many cannot be opened and stay as they are."""

    values: int
    damaged: int


def by_key(connection: Connection) -> Counter[str]:
    """Number of values by the id of the key that sealed them (hex)."""
    return values_by_key(connection, _columns())


def reseal(engine: Engine, vault: Vault, said: Callable[[int, int], None] = lambda _done, _total: None) -> Resealed:
    """Seal everything anew that an older key has sealed, a few rows at a time, while the office works.

    What changes meanwhile is left as it was changed. May end at any moment and be begun again. `said`: values seen so
    far, and all.
    """
    with engine.connect() as connection:
        total = by_key(connection)
    active = vault.key_ids[0]
    of_all = sum(rows for key_id, rows in total.items() if key_id != active)
    done = damaged = 0
    for column in _columns():
        for rows in _batches(engine, column, bytes.fromhex(active)):
            anew = [(row, value) for row in rows if (value := _anew(vault, column, row)) is not None]
            damaged += len(rows) - len(anew)
            with engine.begin() as connection:
                done += sum(_replace(connection, column, row, value) for row, value in anew)
            said(done + damaged, max(of_all, done + damaged))
    return Resealed(done, damaged)


def _columns() -> list[Column[Any]]:
    split = [name.split(".") for name in PLACES]
    return [metadata.tables[table].c[column] for table, column in split]


def _batches(engine: Engine, column: Column[Any], active: bytes) -> Iterator[list[Row[Any]]]:
    """Rows that another key sealed, by primary key: it, the value, then what its place is made of."""
    keys, (source, parts) = list(column.table.primary_key.columns), _parts(column)
    query = select(*keys, column.label("value"), *parts).select_from(source)
    query = query.where(column.is_not(None), func.substr(column, 1, _ID) != active).order_by(*keys)
    query = query.limit(FEW.get(column.table.name, AT_ONCE))
    last: list[Any] = []
    while True:
        with engine.connect() as connection:
            further = query.where(tuple_(*keys) > tuple_(*map(_bound, keys, last))) if last else query
            rows: list[Row[Any]] = [*connection.execute(further)]
        if not rows:
            return
        yield rows
        last = list(rows[-1][: len(keys)])


def _bound(key: Column[Any], value: Any) -> Any:
    return bindparam(None, value, type_=key.type)


def _parts(column: Column[Any]) -> tuple[FromClause, list[Label[Any]]]:
    """From what to select, and the columns by whose values a place is filled."""
    table = column.table
    source: FromClause = table
    parts = []
    for other, name in _NAME.findall(PLACES[f"{table.name}.{column.name}"]):
        if other and source is table:
            source = table.join(metadata.tables[other])
        parts.append((metadata.tables[other] if other else table).c[name])
    return source, [part.label(f"part_{place}") for place, part in enumerate(parts)]


def _anew(vault: Vault, column: Column[Any], row: Row[Any]) -> bytes | None:
    parts = iter(row[len(column.table.primary_key.columns) + 1 :])
    place = _NAME.sub(lambda _: str(next(parts)), PLACES[f"{column.table.name}.{column.name}"])
    try:
        return vault.seal(place, vault.open(place, row.value))
    except Failure:
        return None


def _replace(connection: Connection, column: Column[Any], row: Row[Any], value: bytes) -> int:
    keys = column.table.primary_key.columns
    same = and_(column == row.value, *(key == part for key, part in zip(keys, row, strict=False)))
    return connection.execute(update(column.table).where(same).values({column.name: value})).rowcount
