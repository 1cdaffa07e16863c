"""Use cases of backups: write one while everything runs, restore one into an empty data directory and database."""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from alembic import command
from sqlalchemy import Connection, inspect, make_url

from intake_api import __version__, installation, migrate
from intake_api.backups import archive, rows
from intake_api.kit.clock import Clock
from intake_api.kit.db import sync_engine
from intake_api.kit.errors import Failure
from intake_api.kit.vault import SECRET
from intake_api.settings import Settings

FORMAT = 1
FOLDERS = ("models", "shipped-model", "notice_templates", "fonts")
CALENDAR = "calendar.csv"
CHATS = "bot.db"
_MARK = ".restoring"  # stands while a restore runs: what is there beside the keys is half of a backup
Tell = Callable[[str, int], None]


class Restored(NamedTuple):
    """What came back: rows of tables, files, and the program and moment that wrote the backup."""

    rows: int
    files: int
    version: str
    made_at: str


def write(settings: Settings, stream: BinaryIO, *, with_keys: bool, tell: Tell, settled: bool = True) -> int:
    """Write a backup of the installation as it is at this moment, whatever is running; the number of rows.

    One snapshot of the database; models, templates, fonts and conversations as files. Keys only where asked for: who
    has both has everything. `settled`: bring the schema up to date first. Failures of `installation.settle`.
    """
    if settled:
        installation.settle(settings, begin=False)
    else:
        installation.refuse_misfit(settings, begin=False)
    out = archive.Writer(stream)
    with _snapshot(settings.database) as connection:
        head = {
            "format": FORMAT,
            "version": __version__,
            "schema": rows.revision(connection),
            "engine": connection.dialect.name,
            "made_at": Clock().now().isoformat(timespec="seconds"),
            "keys": installation.known_keys(connection),
            "with_keys": with_keys,
        }
        out.put("backup.json", [json.dumps(head, ensure_ascii=False, indent=1).encode()])
        if with_keys:
            for key in sorted((settings.data / "keys").glob("*.key")):
                out.put_file(f"keys/{key.name}", key)
        count = 0
        for table in rows.tables(connection):
            count += out.put(f"database/{table.name}.jsonl", rows.lines(connection, table)) - 1  # the names of columns
            tell(table.name, count)
    for name in _state(settings.data):
        out.put_file(f"files/{name}", settings.data / name)
    if (settings.data / CHATS).exists():
        with _copied(settings.data / CHATS) as copy:
            out.put_file(f"files/{CHATS}", copy)
    out.close()
    return count


def note(settings: Settings, rows: int, size: int, *, with_keys: bool) -> None:
    """Let the database know that a backup was made, for the doctor; one with its keys is a copy of them, too."""
    at = Clock().now().isoformat(timespec="seconds")
    installation.note(settings, "backup", {"at": at, "rows": rows, "bytes": size})
    if with_keys:
        files = [key.check for key in installation.keys_of(settings) if key.source != SECRET]
        installation.note(settings, "key_copy", {"checks": files, "at": at})


def restore(settings: Settings, path: Path, *, tell: Tell) -> Restored:
    """Restore a backup into an empty data directory and database, whole or not at all; the schema is migrated up.

    Failures before anything is written: `backup_damaged`, `backup_newer`, `restore_not_empty`, `key_missing` where the
    keys at hand (the setting, keys/ of the target, those in the backup) do not open it.
    """
    head = archive.verify(path)
    if head["format"] > FORMAT or not migrate.knows(head["schema"]):
        raise Failure("backup_newer", version=head["version"])
    _refuse_occupied(settings)
    with tempfile.TemporaryDirectory() as folder:
        _extract(path, "keys/", Path(folder))
        installation.refuse_other_keys(head["keys"], settings, Path(folder) if head["with_keys"] else settings.data)
    with _under_way(settings.data), _new_database(settings.database) as url:
        files = _extract(path, "files/", settings.data, strip=True) + _extract(path, "keys/", settings.data)
        count = _load(url, head["schema"], path, tell)
    migrate.upgrade(settings.database)
    return Restored(count, files, head["version"], head["made_at"])


def _load(url: str, schema: str, path: Path, tell: Tell) -> int:
    """Every row in one transaction, into the schema it was read from."""
    count = 0
    with migrate.connect_for_migration(url) as connection, connection.begin():
        command.upgrade(migrate.config(connection), schema)
        found = {table.name: table for table in rows.tables(connection)}
        rows.clear(connection, list(found.values()))
        with archive.opened(path) as members:
            for name, content in members:
                if name.startswith("database/"):
                    table = found[Path(name).stem]
                    count += rows.load(connection, table, content)
                    tell(table.name, count)
        rows.number_on(connection, list(found.values()))
    return count


@contextmanager
def _snapshot(url: str) -> Iterator[Connection]:
    """One moment of the database for all that is read in the block; writers go on."""
    with sync_engine(url).connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        else:
            connection.exec_driver_sql("BEGIN")
        yield connection


@contextmanager
def _under_way(data: Path) -> Iterator[None]:
    """The database comes last; a restore that fails leaves nothing but the keys, one that was killed its mark."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / _MARK).touch()
    try:
        yield
    except BaseException:
        _remove_half(data)
        raise
    (data / _MARK).unlink()


def _remove_half(data: Path) -> None:
    for name in FOLDERS:
        shutil.rmtree(data / name, ignore_errors=True)
    for name in (CALENDAR, CHATS, _MARK):
        (data / name).unlink(missing_ok=True)


@contextmanager
def _new_database(url: str) -> Iterator[str]:
    """Where to load: a SQLite file takes its name when it is whole; PostgreSQL's one transaction needs no draft."""
    target = make_url(url)
    if target.get_backend_name() != "sqlite":
        yield url
        return
    place = Path(target.database or "")
    draft = place.with_name(f".{place.name}.restoring")
    _remove_database(draft)
    try:
        yield target.set(database=str(draft)).render_as_string(hide_password=False)
        with sqlite3.connect(draft) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        draft.replace(place)
    finally:
        _remove_database(draft)


def _remove_database(place: Path) -> None:
    for end in ("", "-wal", "-shm"):
        place.with_name(place.name + end).unlink(missing_ok=True)


def _refuse_occupied(settings: Settings) -> None:
    """What is there is never written over; the keys may lie ready."""
    if (settings.data / _MARK).exists():
        _remove_half(settings.data)
    there = sorted(item.name for item in settings.data.glob("*") if item.name != "keys" and _MARK not in item.name)
    if there:
        raise Failure("restore_not_empty", what=f"{settings.data} 中已有 {there[0]}")
    address = make_url(settings.database)
    if address.get_backend_name() == "sqlite":
        if Path(address.database or "").exists():
            raise Failure("restore_not_empty", what=f"{address.database} 已经在了")
        return
    with sync_engine(settings.database).connect() as connection:
        if tables := inspect(connection).get_table_names():
            raise Failure("restore_not_empty", what=f"数据库中已有表 {tables[0]}")


def _state(data: Path) -> list[str]:
    """The files of the data directory that a backup holds, beside the database and the keys."""
    found = [path for name in FOLDERS for path in (data / name).rglob("*") if path.is_file()]
    found += [data / CALENDAR] if (data / CALENDAR).is_file() else []
    return sorted(path.relative_to(data).as_posix() for path in found)


@contextmanager
def _copied(database: Path) -> Iterator[Path]:
    """A copy of a SQLite file that somebody may be writing to."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / database.name
        source, target = sqlite3.connect(f"file:{database}?mode=ro", uri=True), sqlite3.connect(copy)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()
        yield copy


def _extract(path: Path, prefix: str, into: Path, *, strip: bool = False) -> int:
    """Write the members under a prefix as private files; their number."""
    count = 0
    with archive.opened(path) as members:
        for name, content in members:
            if name.startswith(prefix):
                _put(into / (name.removeprefix(prefix) if strip else name), content)
                count += 1
    return count


def _put(place: Path, content: IO[bytes]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError), place.open("xb") as out:  # a key that lies ready is the same one
        place.chmod(0o600)
        shutil.copyfileobj(content, out)
