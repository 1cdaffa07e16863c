"""A database that cannot be used says why, in a word for the log and a sentence for people."""

import asyncio
import socket
from pathlib import Path

import pytest
from sqlalchemy import URL, event, text
from structlog.testing import capture_logs

from intake_api import migrate
from intake_api.kit.causes import SENTENCES, named
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.office import Office


def refusal(url: str | URL) -> str:
    plain = url if isinstance(url, str) else url.render_as_string(hide_password=False)
    with pytest.raises(Failure) as refused:
        migrate.upgrade(plain)
    assert refused.value.code == "database_invalid"
    return refused.value.message.removeprefix("数据库无法使用：")


async def storage_fails(db: Database, statement: str, *, write: bool = True) -> str:
    with capture_logs() as lines, pytest.raises(Failure, match="storage_unavailable"):
        async with db.write() if write else db.read() as session:
            await session.execute(text(statement))
    assert [line["event"] for line in lines] == ["storage_unavailable"]
    cause: str = lines[0]["cause"]
    return cause


def test_a_server_that_is_not_there(postgres_server: URL) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = URL.create("postgresql+psycopg", "someone", "x", "127.0.0.1", nobody.getsockname()[1], "gongkai")
        assert refusal(away) == SENTENCES["unreachable"]


def test_a_user_or_a_database_that_the_server_does_not_know(new_postgres_database: URL) -> None:
    assert refusal(new_postgres_database.set(username="nobody")) == SENTENCES["wrong_user"]
    assert refusal(new_postgres_database.set(database="nothing")) == SENTENCES["no_such_database"]


def test_a_file_that_is_no_database_or_no_file(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("这不是数据库。" * 100)
    assert refusal(f"sqlite+aiosqlite:///{tmp_path}/letter.db") == SENTENCES["not_a_database"]
    (tmp_path / "folder.db").mkdir()
    assert refusal(f"sqlite+aiosqlite:///{tmp_path}/folder.db") == SENTENCES["cannot_open"]


def test_a_schema_of_a_later_version(db_url: str) -> None:
    with migrate.connect_for_migration(db_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    assert refusal(db_url) == SENTENCES["newer_schema"]


async def test_a_full_disk_is_a_line_in_the_log(migrated_sqlite: Path, tmp_path: Path) -> None:
    path = tmp_path / "full.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    db = Database(f"sqlite+aiosqlite:///{path}")

    @event.listens_for(db._engines[0].sync_engine, "connect")
    def _no_room(connection, _record) -> None:  # type: ignore[no-untyped-def]  # the DBAPI's own type is private
        connection.execute("PRAGMA max_page_count=1")  # SQLite's own limit: what it gives is SQLITE_FULL

    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999) "
    filling = many + "INSERT INTO agency SELECT 'a' || i, hex(randomblob(90)), 'SF' FROM n"
    assert await storage_fails(db, filling) == "disk_full"
    await db.dispose()


async def test_a_full_disk_of_the_server(office: Office) -> None:
    if office.db.is_sqlite:
        pytest.skip("above")
    assert await storage_fails(office.db, "DO $$ BEGIN RAISE disk_full; END $$") == "disk_full"


async def test_a_write_where_only_reading_is_allowed(office: Office) -> None:
    assert await storage_fails(office.db, "DELETE FROM event", write=False) == "read_only"


async def test_a_writer_of_another_process_that_never_ends(
    migrated_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "held.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    holder, db = (Database(f"sqlite+aiosqlite:///{path}") for _ in range(2))

    @event.listens_for(db._engines[0].sync_engine, "connect")
    def _hasty(connection, _record) -> None:  # type: ignore[no-untyped-def]  # the DBAPI's own type is private
        connection.execute("PRAGMA busy_timeout=1")

    async with holder.write() as session:
        await session.execute(text("SELECT 1"))
        assert await storage_fails(db, "SELECT 1") == "locked"
        monkeypatch.setattr("intake_api.kit.db.PATIENCE", 0.01)
        async with asyncio.timeout(5):
            assert await storage_fails(holder, "SELECT 1") == "busy"
    for each in (holder, db):
        await each.dispose()


def test_a_failure_is_named_by_its_code() -> None:
    assert named(Failure("model_loading")) == "model_loading"
    assert named(OSError(28, "No space left on device", "/srv/x")) == "OSError:ENOSPC"
    assert named(KeyError("张三")) == "KeyError"
