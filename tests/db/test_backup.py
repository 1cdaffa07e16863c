"""A backup holds everything, opens only with its keys, and comes back whole or not at all, on either database."""

import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from intake_api import installation, migrate
from intake_api.backups import rows, service
from intake_api.form.application import Submission
from intake_api.kit.errors import Failure
from intake_api.office import Office
from intake_api.settings import Settings
from tests.conftest import SettableClock, database_of
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.samples import application

ITEM = {
    "url": "https://www.example.cn/1",
    "title": "示例区征地补偿安置公告",
    "summary": "补偿",
    "published_on": "2026-01-05",
}


def quiet(_table: str, _done: int) -> None:
    pass


def begun(settings: Settings) -> Office:
    vault = installation.settle(settings, begin=True)
    return build_office(settings, DIRECTORY, KeywordClassifier, SettableClock(), vault=vault)


async def in_use(settings: Settings) -> tuple[str, str]:
    """An installation with all kinds of state; the number and query code of a case."""
    office = begun(settings)
    await office.cases.prepare()
    await office.triage.start()
    await office.people.add("chengban", "officer", None, "a long password")
    receipt = await office.cases.submit(Submission.model_validate(application()))
    await office.cases.submit(Submission.model_validate(application(title="第二件")))
    await office.published.import_items([json.dumps(ITEM)])
    await office.db.dispose()
    (settings.data / "models" / "v1").mkdir(parents=True)
    (settings.data / "models" / "v1" / "manifest.json").write_text("{}")
    (settings.data / "notice_templates").mkdir()
    (settings.data / "notice_templates" / "N2.docx").write_bytes(b"\x00\xff")
    chats = sqlite3.connect(settings.data / "bot.db")
    chats.execute("PRAGMA journal_mode=WAL")
    chats.execute("CREATE TABLE said (what TEXT)")
    chats.execute("INSERT INTO said VALUES ('你好')")
    chats.commit()
    chats.close()
    return receipt.number, receipt.query_code


def everything(url: str) -> dict[str, list[Any]]:
    with migrate.connect_for_migration(url) as connection:
        found = {table.name: rows.lines(connection, table) for table in rows.tables(connection)}
        return {name: sorted(map(json.loads, lines), key=repr) for name, lines in found.items()}


@pytest.fixture
def source(empty_db_url: str, tmp_path: Path) -> Settings:
    return Settings.load({"data": tmp_path / "data", "database_url": empty_db_url})


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    folder = tmp_path / "elsewhere"
    with database_of(request, request.param, folder, None) as url:
        yield Settings.load({"data": folder / "data", "database_url": url})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.gongkai"


def write(settings: Settings, file: Path, *, with_keys: bool = False) -> None:
    with file.open("wb") as stream:
        assert service.write(settings, stream, with_keys=with_keys, tell=quiet) > 10


def nothing_written(settings: Settings) -> bool:
    database = settings.database.removeprefix("sqlite+aiosqlite:///")
    if database != settings.database:
        return not Path(database).exists() and not (settings.data / "models").exists()
    with migrate.connect_for_migration(settings.database) as connection:
        return rows.tables(connection) == [] and not (settings.data / "models").exists()


async def test_everything_comes_back_on_either_database(source: Settings, target: Settings, file: Path) -> None:
    number, code = await in_use(source)
    write(source, file, with_keys=True)
    restored = service.restore(target, file, tell=quiet)
    assert everything(target.database) == everything(source.database)
    assert restored.rows == sum(len(lines) - 1 for lines in everything(source.database).values())
    for name in ("models/v1/manifest.json", "notice_templates/N2.docx", "keys/1.key"):
        assert (target.data / name).read_bytes() == (source.data / name).read_bytes()
        assert (target.data / name).stat().st_mode & 0o077 == 0
    chats = sqlite3.connect(target.data / "bot.db")
    assert chats.execute("SELECT what FROM said").fetchall() == [("你好",)]
    chats.close()
    office = begun(target)
    await office.published.reindex()
    assert (await office.case_views.citizens_own(number, code))[1].number == number
    assert [item.title for item in await office.published.search("征地补偿")] == [ITEM["title"]]
    assert await office.verified() == (2, None)
    await office.triage.start()
    receipt = await office.cases.submit(Submission.model_validate(application()))
    assert receipt.number.endswith("00003")
    await office.db.dispose()


async def test_a_backup_of_an_older_schema_is_migrated_up(source: Settings, target: Settings, file: Path) -> None:
    number, _ = await in_use(source)
    migrate.downgrade(source.database, "0013")
    settle = installation.settle
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(installation, "settle", lambda settings, **more: None)  # as an older program would leave it
        write(source, file)
    shutil.copytree(source.data / "keys", target.data / "keys")
    service.restore(target, file, tell=quiet)
    settle(source, begin=False)
    assert everything(target.database) == everything(source.database)
    with migrate.connect_for_migration(target.database) as connection:
        assert connection.scalar(text("SELECT min(number) FROM cases")) == number


async def test_without_its_keys_nothing_is_written(source: Settings, target: Settings, file: Path) -> None:
    await in_use(source)
    write(source, file)
    with tarfile.open(file) as tar:
        assert not [name for name in tar.getnames() if "key" in name.split("/")[0]]
    with pytest.raises(Failure) as refused:
        service.restore(target, file, tell=quiet)
    assert refused.value.code == "key_missing"
    (target.data / "keys").mkdir(parents=True)
    (target.data / "keys" / "1.key").write_bytes((source.data / "keys" / "1.key").read_bytes()[::-1])
    with pytest.raises(Failure):
        service.restore(target, file, tell=quiet)
    assert nothing_written(target)


async def test_a_place_in_use_is_never_written_over(source: Settings, file: Path) -> None:
    await in_use(source)
    write(source, file, with_keys=True)
    before = everything(source.database)
    with pytest.raises(Failure) as refused:
        service.restore(source, file, tell=quiet)
    assert refused.value.code == "restore_not_empty"
    elsewhere = Settings.load({"data": source.data.parent / "new", "database_url": source.database})
    with pytest.raises(Failure) as refused:
        service.restore(elsewhere, file, tell=quiet)
    assert refused.value.code == "restore_not_empty"
    assert everything(source.database) == before


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.98])
async def test_a_cut_file_is_refused(source: Settings, target: Settings, file: Path, share: float) -> None:
    await in_use(source)
    write(source, file, with_keys=True)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(Failure) as refused:
        service.restore(target, file, tell=quiet)
    assert refused.value.code == "backup_damaged"
    assert nothing_written(target)


def rewritten(file: Path, change: str, content: bytes) -> None:
    """The same backup with another content of one member."""
    with tarfile.open(file) as tar:
        members = [(member, tar.extractfile(member)) for member in tar]
        held = [(member, stream.read() if stream else b"") for member, stream in members]
    with tarfile.open(file, "w:gz") as tar:
        for member, old in held:
            new = content if member.name == change else old
            member.size = len(new)
            tar.addfile(member, io.BytesIO(new))


async def test_a_changed_row_is_found(source: Settings, target: Settings, file: Path) -> None:
    await in_use(source)
    write(source, file, with_keys=True)
    rewritten(file, "database/agency.jsonl", b'["code","name","number_prefix"]\n["city","x","SF"]\n')
    with pytest.raises(Failure) as refused:
        service.restore(target, file, tell=quiet)
    assert (refused.value.code, "agency" in refused.value.message) == ("backup_damaged", True)
    assert nothing_written(target)


async def test_a_backup_of_a_newer_program_is_refused(source: Settings, target: Settings, file: Path) -> None:
    await in_use(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "revision", lambda _: "9999")
        write(source, file, with_keys=True)
    with pytest.raises(Failure) as refused:
        service.restore(target, file, tell=quiet)
    assert refused.value.code == "backup_newer"
    assert nothing_written(target)


async def test_writers_go_on_and_the_backup_is_of_one_moment(source: Settings, target: Settings, file: Path) -> None:
    await in_use(source)
    office = build_office(
        source, DIRECTORY, KeywordClassifier, SettableClock(), vault=installation.settle(source, begin=False)
    )
    await office.triage.start()
    seen: list[str] = []

    def meanwhile(table: str, _done: int) -> None:
        if not seen:  # after the first table another case comes in
            with migrate.connect_for_migration(source.database) as connection:
                connection.execute(text("UPDATE number_series SET last = last + 1"))
                connection.commit()
        seen.append(table)

    before = everything(source.database)
    with file.open("wb") as stream:
        service.write(source, stream, with_keys=True, tell=meanwhile)
    await office.db.dispose()
    service.restore(target, file, tell=quiet)
    assert everything(target.database) == before


async def test_a_restore_that_failed_or_was_killed_is_no_obstacle(
    source: Settings, target: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_use(source)
    write(source, file, with_keys=True)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(rows, "load", full)
        with pytest.raises(OSError, match="No space"):
            service.restore(target, file, tell=quiet)
    assert nothing_written(target)
    (target.data / ".restoring").touch()  # killed: nobody cleared up
    (target.data / "models").mkdir()
    (target.data / "models" / "half").write_text("h")
    service.restore(target, file, tell=quiet)
    assert everything(target.database) == everything(source.database)
    assert not (target.data / "models" / "half").exists()
