"""`gongkai doctor`: each line is right for what was done to the installation, and nothing is changed by looking."""

import asyncio
import json
import shutil
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from intake_api import installation, migrate
from intake_api.cli import main
from intake_api.kit.vault import draft_key
from intake_api.settings import Settings
from intake_api.upkeep import keyring, reach, store
from intake_api.upkeep.findings import Finding
from intake_api.upkeep.service import Doctor
from intake_api.upkeep.texts import LABELS, SAID, TODO
from tests.conftest import NOW, SettableClock
from tests.fakes.bot_api import TOKEN, running_bot_api
from tests.fakes.smtp import MailServer

Look = Callable[[], dict[str, str]]


def begun(url: str, data: Path) -> Settings:
    """An installation that has begun."""
    settings = Settings.load({"data": data, "database_url": url})
    settings.data.mkdir()
    installation.settle(settings, begin=True)
    return settings


@pytest.fixture
def settings(migrated_sqlite: Path, tmp_path: Path) -> Settings:
    """An installation on SQLite: what is asked is asked alike of both databases, as the first test shows."""
    shutil.copy(migrated_sqlite, tmp_path / "test.db")
    return begun(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}", tmp_path / "data")


@pytest.fixture
def look(settings: Settings, clock: SettableClock) -> Look:
    """The level of each line."""
    clock.moment = NOW + timedelta(days=365)  # after this program was installed, whenever that was
    return lambda: {line.code: line.level for line in Doctor(settings, clock).findings()}


def execute(settings: Settings, statement: str, **values: object) -> None:
    with migrate.connect_for_migration(settings.database) as connection:
        connection.execute(text(statement), values)
        connection.commit()


def test_a_new_installation_lacks_an_administrator_a_copy_of_its_keys_and_a_backup(
    db_url: str, tmp_path: Path, clock: SettableClock
) -> None:
    clock.moment = NOW + timedelta(days=365)
    doctor = Doctor(begun(db_url, tmp_path / "data"), clock)
    found = {line.code: line.level for line in doctor.findings()}
    assert {code for code, level in found.items() if level == "fault"} == {"accounts", "calendar"}
    assert {code for code, level in found.items() if level == "advice"} == {
        "settings",
        "key_copy",
        "worker",
        "backup",
        "backup_folder",
    }
    assert set(found) >= {"versions", "data", "permissions", "disk", "clock", "database", "schema", "keys", "outbox"}


async def test_an_administrator_is_enough(look: Look, settings: Settings) -> None:
    execute(
        settings,
        "INSERT INTO account (username, password_hash, role, created_at) VALUES ('zhao', 'x', 'admin', :at)",
        at=NOW,
    )
    assert look()["accounts"] == "ok"
    execute(settings, "UPDATE account SET disabled = :yes", yes=True)
    assert look()["accounts"] == "fault"


def test_a_copy_of_the_keys_is_known_until_there_is_another_key(look: Look, settings: Settings, tmp_path: Path) -> None:
    assert keyring.copy(settings, tmp_path / "stick", SettableClock()) == ["1.key"]
    copied = tmp_path / "stick" / "1.key"
    assert (copied.read_bytes(), copied.stat().st_mode & 0o777) == (
        (settings.data / "keys" / "1.key").read_bytes(),
        0o600,
    )
    assert look()["key_copy"] == "ok"
    draft_key(settings.data)
    (settings.data / "keys" / ".first").rename(settings.data / "keys" / "2.key")
    installation.settle(settings, begin=True)
    assert look()["key_copy"] == "advice"


def test_the_secret_of_the_setting_is_copied_as_a_key_that_opens_the_same(tmp_path: Path) -> None:
    given = {"data": tmp_path / "data", "secret_key": "three wise men and a 4th"}
    settings = Settings.load(given)
    sealed = installation.settle(settings, begin=True).seal("x", "张三")
    keyring.copy(settings, tmp_path / "data" / "keys", SettableClock())
    assert installation.settle(Settings.load({"data": tmp_path / "data"}), begin=False).open("x", sealed) == "张三"


def test_keys_that_are_gone_are_a_fault(look: Look, settings: Settings) -> None:
    (settings.data / "keys" / "1.key").unlink()
    assert look()["keys"] == "fault"


def test_work_that_nobody_does_is_told_from_work_under_way(
    look: Look, settings: Settings, clock: SettableClock
) -> None:
    execute(
        settings,
        "INSERT INTO job (kind, unique_key, payload, run_at) VALUES ('index', 'index', '{}', :at)",
        at=clock.moment - timedelta(minutes=20),
    )
    assert look()["worker"] == "ok"
    clock.moment += timedelta(hours=1)
    assert look()["worker"] == "fault"
    execute(settings, "UPDATE job SET locked_until = :at", at=clock.moment + timedelta(minutes=1))
    assert look()["worker"] == "ok"


def test_a_schema_of_an_older_program(look: Look, settings: Settings) -> None:
    migrate.downgrade(settings.database, "0013")
    found = look()
    assert (found["schema"], found["database"]) == ("fault", "ok")


def test_files_that_others_can_read(look: Look, settings: Settings) -> None:
    (settings.data / "keys" / "1.key").chmod(0o644)
    assert look()["permissions"] == "fault"


def test_a_clock_behind_the_record(look: Look, settings: Settings, clock: SettableClock) -> None:
    execute(settings, "INSERT INTO agency (code, name, number_prefix) VALUES ('city', 'x', 'SF')")
    assert look()["clock"] == "ok"
    clock.moment -= timedelta(days=5 * 365)
    assert look()["clock"] == "fault"  # before the program itself


def test_a_backup_is_known_for_two_days(look: Look, settings: Settings, clock: SettableClock) -> None:
    installation.note(settings, "backup", {"at": clock.moment.isoformat(), "rows": 1, "bytes": 1})
    assert look()["backup"] == "ok"
    clock.moment += store.OLD_BACKUP + timedelta(hours=1)
    assert look()["backup"] == "advice"


def run(arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["gongkai", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0), capsys.readouterr().out


@pytest.mark.parametrize("content", [None, b"", b"this is no database at all" * 100])
def test_it_works_without_a_database_and_with_a_broken_one(
    tmp_path: Path, content: bytes | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    if content is not None:
        (data / "gongkai.db").write_bytes(content)
    monkeypatch.setenv("GONGKAI_DATA", str(data))
    status, out = run(["doctor", "--json"], monkeypatch, capsys)
    lines = {line["code"]: line for line in map(json.loads, out.splitlines())}
    assert (status, lines["database"]["level"]) == (1, "fault")
    assert lines["database"]["todo"]
    assert {"profile", "model", "disk", "calendar"} <= set(lines)
    assert sorted(path.name for path in data.iterdir()) == ([] if content is None else ["gongkai.db"])
    status, out = run(["doctor"], monkeypatch, capsys)
    assert "[要处理] 数据库（database）：" in out
    assert "\n    → " in out


def test_settings_that_cannot_be_read_are_its_first_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GONGKAI_PORTT", "1")
    status, out = run(["doctor"], monkeypatch, capsys)
    assert status == 1
    assert "GONGKAI_PORT" in out.splitlines()[0]


def one(findings: list[Finding]) -> tuple[str, str]:
    (line,) = findings
    assert TOKEN not in line.said + line.todo, line
    return line.code, line.level


async def test_mail_and_telegram_are_tried(tmp_path: Path) -> None:
    with MailServer() as server:
        there = Settings.load({"smtp_url": server.url, "mail_from": "gk@example.invalid"})
        assert one(reach.mail_server(there, str)) == ("mail", "ok")
        assert one(reach.mail_server(Settings.load({"smtp_url": server.url}), str)) == ("mail", "fault")
    assert one(reach.mail_server(there, str)) == ("mail", "fault")
    async with running_bot_api() as api:
        known = Settings.load({"telegram_token": TOKEN, "telegram_api": api.base_url})
        assert one(await asyncio.to_thread(reach.telegram, known)) == ("telegram", "ok")
    assert one(await asyncio.to_thread(reach.telegram, known)) == ("telegram", "fault")


def test_every_line_has_its_words() -> None:
    assert {which.partition(".")[0] for which in SAID} == LABELS.keys()
    without = {which for which in SAID if not which.endswith((".ok", ".off", ".shipped", ".waiting"))}
    assert [which for which in without if which not in TODO and which.partition(".")[0] not in TODO] == []


def test_one_message_shows_whether_mail_arrives(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with MailServer() as server:
        monkeypatch.setenv("GONGKAI_SMTP_URL", server.url)
        monkeypatch.setenv("GONGKAI_MAIL_FROM", "gk@example.invalid")
        assert run(["mail", "test", "zhang@example.invalid"], monkeypatch, capsys)[0] == 0
    (message,) = server.got
    assert message["To"] == "zhang@example.invalid"
    assert run(["mail", "test", "zhang@example.invalid"], monkeypatch, capsys)[0] == 1
    assert run(["mail", "test", "nobody"], monkeypatch, capsys)[0] == 2


def test_a_schema_that_is_behind_is_said_and_left_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GONGKAI_DATA", str(settings.data))
    monkeypatch.setenv("GONGKAI_DATABASE_URL", settings.database)
    assert run(["migrate", "--check"], monkeypatch, capsys)[0] == 0
    migrate.downgrade(settings.database, "0013")
    for _ in range(2):
        assert run(["migrate", "--check"], monkeypatch, capsys)[0] == 1
    assert run(["migrate"], monkeypatch, capsys)[0] == 0
    assert run(["migrate", "--check"], monkeypatch, capsys)[0] == 0
