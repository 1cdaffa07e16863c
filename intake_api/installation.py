"""What a database belongs to: the keys that open it, and whether it is a demo (ADR 0017).

A key is made for an empty database only. Every other start, and every verb that opens the office, first compares the
keys at hand with what the database knows of them, before anything is written: with a key missing, or a foreign one in
its place, query codes and indexes would be derived anew and part citizens from their cases without an error.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypedDict

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    TableClause,
    column,
    delete,
    func,
    insert,
    inspect,
    select,
    table,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from intake_api import migrate
from intake_api.keys import OF_PERSON
from intake_api.kit.causes import sentence_of
from intake_api.kit.db import Base, sync_engine
from intake_api.kit.errors import Failure
from intake_api.kit.vault import PENDING, SECRET, Key, Vault, at_hand, draft_key, keep_draft
from intake_api.private import keep_private
from intake_api.settings import Settings
from intake_api.terms.record import SEARCHABLE

DEMO_ACCOUNTS = frozenset({"shouli", "chengban", "shenhe", "guanli"})
_SAMPLE = 20  # rows of applicants by which an older database proves that a key is its own
# Read as any schema since the first has them.
_CASES = table("cases", column("id"), column("number"))
_ACCOUNT = table("account", column("id"), column("username"))
_AGENCY = table("agency", column("code"))
_APPLICANT = table("applicant", column("case_id"), column("sealed"), *(column(f"{name}_index") for name in SEARCHABLE))
_KEYS, _KIND = "keys", "kind"


class Installation(Base):
    """Facts about the database itself, by name: `keys` (KeyRecord), `kind` ({"demo": bool}).

    Noted for the doctor: `key_copy` ({"checks", "at"}), `backup` ({"at", "rows", "bytes"}).
    """

    __tablename__ = "installation"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[dict[str, Any]]


class KnownKey(TypedDict):
    """A key as the database knows it: its check value, and where it was."""

    check: str
    source: str


class KeyRecord(TypedDict):
    """Every key that has sealed something; `base` is the check value of the one that codes and indexes come from."""

    keys: list[KnownKey]
    base: str


def refuse_misfit(settings: Settings, *, begin: bool, serving: bool = False) -> None:
    """Refuse, before anything is written, what `open_vault` would refuse; the schema may still be an older one.

    Failures: `key_missing`, `key_foreign`, `keys_without_database`; without `begin` `database_missing` where there is
    nothing yet; when `serving` `database_demo` and `database_real` where the demo meets real data.
    """
    with _reading(settings.database) as connection:
        _fitting(connection, keys_of(settings), settings, begin=begin)
        if serving:
            _refuse_other_kind(connection, settings)


def settle(settings: Settings, *, begin: bool, serving: bool = False) -> Vault:
    """Compare the keys, bring the schema up to date, open the vault: what every verb does that opens the office."""
    refuse_misfit(settings, begin=begin, serving=serving)
    keep_private(settings)
    migrate.upgrade(settings.database)
    return open_vault(settings, begin=begin)


def open_vault(settings: Settings, *, begin: bool = True) -> Vault:
    """The vault whose keys fit the database, which has the newest schema. Failures as of `refuse_misfit`.

    `begin`: make the first key where the database is empty, and let the database know its keys; without it nothing is
    written.
    """
    keys = keys_of(settings)
    with _reading(settings.database) as connection:
        record = _fitting(connection, keys, settings, begin=begin)
        known = bool(keys) and record == _record(keys, record) and _kind(connection) is not None
    if begin and not known:
        keys = _begin(settings)
    if keys[-1].source == PENDING:
        keep_draft(settings.data)
    return Vault([key.master for key in keys], lambda: [key.master for key in keys_of(settings)])


def known_keys(connection: Connection) -> KeyRecord | None:
    """What a database knows of its keys, for a backup to carry; None where it never had any."""
    return _value(connection, _KEYS)  # type: ignore[return-value]  # as `_begin` wrote it


def fact(connection: Connection | None, name: str) -> dict[str, Any] | None:
    """What the database knows of itself under a name; None where that is nothing."""
    return _value(connection, name)


def note(settings: Settings, name: str, value: dict[str, Any]) -> None:
    """Let the database know something of itself."""
    with migrate.writing(settings.database) as connection:
        _put(connection, name, value)


def keys_of(settings: Settings) -> list[Key]:
    """The keys at hand, the one that seals first. Failure `key_invalid`."""
    return at_hand(settings.secret("secret_key"), settings.data)


@contextmanager
def reading(settings: Settings) -> Iterator[Connection | None]:
    """A connection that makes nothing: None where a SQLite file is not there yet. Failure `database_invalid`."""
    with _reading(settings.database) as connection:
        yield connection


def refuse_other_keys(record: KeyRecord | None, settings: Settings, data: Path) -> None:
    """Refuse keys, the setting's and those in `data`, that are not those of a backup: `key_missing`, `key_foreign`."""
    if record:
        _refuse_unknown(record, at_hand(settings.secret("secret_key"), data))


def keys_of_bot(settings: Settings) -> Vault:
    """The vault for the bot, which may run where the office's database is not; nothing is written."""
    try:
        return open_vault(settings, begin=False)
    except Failure as failure:
        keys = keys_of(settings)
        if failure.code != "database_missing" or not keys:
            raise
    return Vault([key.master for key in keys])


def _begin(settings: Settings) -> list[Key]:
    """Under a lock, so that of two first starts at once the second finds the key of the first."""
    with migrate.writing(settings.database) as connection:
        keys = keys_of(settings)
        record = _fitting(connection, keys, settings, begin=True)
        if record is None and (not keys or keys[-1].source == PENDING):
            keys = [*keys[:-1], draft_key(settings.data)]
        if _kind(connection) is None:
            _put(connection, _KIND, {"demo": _is_demo(connection) if _in_use(connection) else settings.demo})
        _put(connection, _KEYS, dict(_record(keys, record)))
    return keys


def _record(keys: Sequence[Key], known: KeyRecord | None) -> KeyRecord:
    """What the database should know: its keys, and those that have come since."""
    kept = list(known["keys"]) if known else []
    seen = {key["check"] for key in kept}
    kept += [{"check": key.check, "source": key.name} for key in keys if key.check not in seen]
    return {"keys": kept, "base": known["base"] if known else keys[-1].check}


def _fitting(connection: Connection | None, keys: list[Key], settings: Settings, *, begin: bool) -> KeyRecord | None:
    """What the database knows of its keys, None where that is nothing yet; a Failure where the keys do not fit."""
    record: Any = _value(connection, _KEYS)
    files = [key for key in keys if key.source not in (SECRET, PENDING)]
    if record:
        _refuse_unknown(record, keys)
    elif _in_use(connection):
        _prove(connection, keys)
    elif not begin:
        raise Failure("database_missing", path=settings.data)
    elif files and not _has_rows(connection, _AGENCY):
        raise Failure("keys_without_database", path=settings.data)
    return record  # type: ignore[no-any-return]  # a KeyRecord, as `_begin` wrote it


def _refuse_unknown(record: KeyRecord, keys: list[Key]) -> None:
    checks = [key.check for key in keys]
    missing = [key["source"] for key in record["keys"] if key["check"] not in checks]
    if missing:
        raise Failure("key_missing", key_id="、".join(missing))
    if checks[-1] != record["base"]:
        after = keys[checks.index(record["base"]) + 1 :]
        raise Failure("key_foreign", name="、".join(key.name for key in after))


def _prove(connection: Connection | None, keys: list[Key]) -> None:
    """A database of a version that kept no check value: its sealed rows tell whether the keys are its own."""
    assert connection is not None
    own = {key.id.hex() for key in keys}
    sealed = _key_ids(connection)
    # one row alone is a damaged row (`audit verify` names it), unless it is all there is
    lost = [name for name, rows in sealed.items() if name not in own and (rows > 1 or len(sealed) == 1)]
    if lost or not keys:
        raise Failure("key_missing", key_id="、".join(lost) or "keys/1.key")
    if not _derives_indexes(connection, keys, keys[-1]):
        base = next((place for place, key in enumerate(keys) if _derives_indexes(connection, keys, key)), None)
        if base is None:
            raise Failure("key_missing", key_id="keys/1.key")
        raise Failure("key_foreign", name="、".join(key.name for key in keys[base + 1 :]))


def _key_ids(connection: Connection) -> Counter[str]:
    """Ids of the keys that sealed something, in every table of whatever schema that holds sealed values."""
    schema = inspect(connection)
    named = [
        table(name, column(each["name"]))
        for name in schema.get_table_names()
        for each in schema.get_columns(name)
        if each["name"].endswith("sealed")
    ]
    return values_by_key(connection, [sealed for one in named for sealed in one.c])


def values_by_key(connection: Connection, columns: Iterable[ColumnElement[Any]]) -> Counter[str]:
    """Number of values in sealed columns by the id of the key that sealed them (hex)."""
    found = Counter[str]()
    for sealed in columns:
        start = func.substr(sealed, 1, 4)
        query = select(start, func.count()).where(sealed.is_not(None)).group_by(start)
        for key_id, rows in connection.execute(query):
            found[bytes(key_id).hex()] += rows
    return found


def _derives_indexes(connection: Connection, keys: list[Key], base: Key) -> bool:
    """Whether the oldest applicants' indexes come from this key; an index that nobody can compare proves nothing."""
    vault = Vault([*(key.master for key in keys), base.master])
    columns = [_APPLICANT.c[f"{name}_index"] for name in SEARCHABLE]
    query = select(_CASES.c.number, _APPLICANT.c.sealed, *columns).where(_CASES.c.id == _APPLICANT.c.case_id)
    compared = False
    for number, sealed, *indexes in connection.execute(query.order_by(_CASES.c.id).limit(_SAMPLE)):
        who = vault.read(f"applicant:{number}", sealed) if sealed else None
        for name, index in zip(SEARCHABLE, indexes, strict=True):
            if index and who and who.get(name):
                compared = True
                said = str(who[name])  # older versions indexed it as it is stored
                if index in (vault.blind(name, said), vault.blind(name, OF_PERSON[name](said))):
                    return True
    return not compared


def _refuse_other_kind(connection: Connection | None, settings: Settings) -> None:
    kind = _kind(connection)
    if kind is None and not _in_use(connection):
        return
    demo = kind if kind is not None else _is_demo(connection)
    if demo != settings.demo:
        raise Failure("database_demo" if demo else "database_real", path=settings.data)


def _kind(connection: Connection | None) -> bool | None:
    value = _value(connection, _KIND)
    return bool(value["demo"]) if value else None


def _is_demo(connection: Connection | None) -> bool:
    """A database without a mark is a demo if its accounts are those of the demo and nobody else's; else it is real."""
    assert connection is not None
    return set(connection.scalars(select(_ACCOUNT.c.username))) == DEMO_ACCOUNTS


def _in_use(connection: Connection | None) -> bool:
    """Whether the database holds a case or an account: nothing else depends on a key."""
    return _has_rows(connection, _CASES) or _has_rows(connection, _ACCOUNT)


def _has_rows(connection: Connection | None, rows: TableClause) -> bool:
    if connection is None or not inspect(connection).has_table(rows.name):
        return False
    return connection.execute(select(rows).limit(1)).first() is not None


def _value(connection: Connection | None, name: str) -> dict[str, Any] | None:
    if connection is None or not inspect(connection).has_table(Installation.__tablename__):
        return None
    return connection.scalar(select(Installation.value).where(Installation.name == name))


def _put(connection: Connection, name: str, value: dict[str, Any]) -> None:
    connection.execute(delete(Installation).where(Installation.name == name))
    connection.execute(insert(Installation).values(name=name, value=value))


@contextmanager
def _reading(url: str) -> Iterator[Connection | None]:
    """A connection that makes nothing: None where a SQLite file is not there yet."""
    engine = sync_engine(url)
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
        yield None
        return
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise Failure("database_invalid", reason=sentence_of(error)) from error
