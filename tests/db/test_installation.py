"""A database and its keys belong together: nothing starts, and nothing is made, where they do not fit."""

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.database import AnotherKeyError
from bot.database import Database as BotDatabase
from bot.mailbox import Mailbox
from bot.watches import Held, Watches
from intake_api import installation, migrate, setting_rules
from intake_api.cli import main
from intake_api.commands.bot import bot
from intake_api.form.application import Submission
from intake_api.kit.errors import Failure
from intake_api.kit.vault import Vault, draft_key
from intake_api.office import build_office
from intake_api.settings import Settings
from tests.conftest import SettableClock
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.samples import application

Start = Callable[..., Vault]
NUMBER = "SF-2026-00001"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def start(empty_db_url: str, data: Path) -> Start:
    """What every verb does first; `secret` is GONGKAI_SECRET_KEY, `demo` the flag of serve."""

    def start(*, begin: bool = True, serving: bool = False, secret: str | None = None, demo: bool = False) -> Vault:
        given = {"data": data, "database_url": empty_db_url, "secret_key": secret, "demo": demo}
        return installation.settle(Settings.load(given), begin=begin, serving=serving)

    return start


async def apply(url: str, data: Path, secret: str | None = None) -> str:
    """One citizen's application; the query code."""
    settings = Settings.load({"data": data, "database_url": url, "secret_key": secret})
    office = build_office(settings, DIRECTORY, KeywordClassifier, SettableClock())
    await office.cases.prepare()
    await office.triage.start()
    receipt = await office.cases.submit(Submission.model_validate(application()))
    await office.db.dispose()
    return receipt.query_code


def execute(url: str, statement: str, **values: object) -> None:
    with migrate.connect_for_migration(url) as connection:
        connection.execute(text(statement), values)
        connection.commit()


def files(data: Path) -> list[str]:
    return sorted(str(file.relative_to(data)) for file in data.rglob("*")) if data.exists() else []


def refused(start: Start, **given: object) -> str:
    with pytest.raises(Failure) as caught:
        start(**given)
    return caught.value.code


async def test_a_restore_without_its_keys_makes_none(empty_db_url: str, data: Path, start: Start) -> None:
    start()
    await apply(empty_db_url, data)
    shutil.move(data / "keys", data / "elsewhere")
    before = files(data)
    for begin in (True, False):
        assert refused(start, begin=begin) == "key_missing"
    assert files(data) == before
    shutil.move(data / "elsewhere", data / "keys")
    assert start().open(f"applicant:{NUMBER}", sealed(empty_db_url))["name"]


def sealed(url: str) -> bytes:
    with migrate.connect_for_migration(url) as connection:
        return bytes(connection.scalar(text("SELECT sealed FROM applicant")))


async def test_before_an_older_schema_is_touched(empty_db_url: str, data: Path, start: Start) -> None:
    start()
    await apply(empty_db_url, data)
    migrate.downgrade(empty_db_url, "0007")
    shutil.rmtree(data / "keys")
    assert refused(start) == "key_missing"
    with migrate.connect_for_migration(empty_db_url) as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0007"


@pytest.mark.parametrize("now", [None, "another secret key of the office"])
async def test_a_secret_key_that_is_dropped_or_changed(
    empty_db_url: str, data: Path, start: Start, now: str | None
) -> None:
    secret = "the secret key of the office"
    start(secret=secret)
    await apply(empty_db_url, data, secret)
    with pytest.raises(Failure, match=r"key_missing.*GONGKAI_SECRET_KEY"):
        start(begin=False, secret=now)
    assert refused(start, secret=now) == "key_missing"
    assert files(data / "keys") == []
    start(secret=secret)


async def test_a_key_that_a_stray_command_made_is_named(empty_db_url: str, data: Path, start: Start) -> None:
    """Codes and indexes come from the oldest key: one that came to lie behind it would part all from their cases."""
    secret = "the secret key of the office"
    start(secret=secret)
    await apply(empty_db_url, data, secret)
    draft_key(data).check  # noqa: B018
    (data / "keys" / ".first").rename(data / "keys" / "1.key")
    with pytest.raises(Failure, match=r"key_foreign.*keys/1\.key"):
        start(secret=secret)
    execute(empty_db_url, "DELETE FROM installation")  # nor in a database of an older version
    with pytest.raises(Failure, match=r"key_foreign.*keys/1\.key"):
        start(secret=secret)


def test_an_empty_database_beside_keys(empty_db_url: str, data: Path, start: Start) -> None:
    draft_key(data)
    (data / "keys" / ".first").rename(data / "keys" / "1.key")
    assert refused(start) == "keys_without_database"
    assert files(data) == ["keys", "keys/1.key"]


def test_looking_up_makes_nothing(empty_db_url: str, data: Path, start: Start) -> None:
    assert refused(start, begin=False) == "database_missing"
    migrate.upgrade(empty_db_url)
    assert refused(start, begin=False) == "database_missing"
    assert files(data) == []


def test_a_first_start_that_ended_halfway_goes_on(
    empty_db_url: str, data: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(installation, "_put", killed)  # the key is drafted, the database does not know it
        with pytest.raises(KeyboardInterrupt):
            start()
    with monkeypatch.context() as patched:
        patched.setattr(installation, "keep_draft", killed)  # the database knows it, it has no name yet
        with pytest.raises(KeyboardInterrupt):
            start()
    first = start(begin=False)
    assert files(data / "keys") == ["1.key"]
    assert start().key_ids == first.key_ids


async def test_a_newer_key_in_front_is_learned_and_missed(empty_db_url: str, data: Path, start: Start) -> None:
    start()
    code = await apply(empty_db_url, data)
    second = draft_key(data)
    (data / "keys" / ".first").rename(data / "keys" / "2.key")
    vault = start()
    assert vault.key_ids[0] == second.id.hex()
    assert vault.code_hash(NUMBER, code) == start().code_hash(NUMBER, code)
    (data / "keys" / "2.key").unlink()
    with pytest.raises(Failure, match=r"keys/2\.key"):
        start()


DEPLOYMENT = (Path(__file__).parents[2] / "docs" / "deployment.md").read_text("utf-8")
SHORT = "short-secret"


@pytest.mark.parametrize("better", [None, "a much better secret of the office"])
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside 1.key"])
async def test_the_way_out_of_a_short_secret_key_is_as_the_page_says(
    empty_db_url: str, data: Path, start: Start, monkeypatch: pytest.MonkeyPatch, better: str | None, beside: bool
) -> None:
    if beside:
        start()
    with monkeypatch.context() as earlier:  # a version that took any
        earlier.setattr(setting_rules, "secret_key", str)
        start(secret=SHORT)
        code = await apply(empty_db_url, data, SHORT)
    with pytest.raises(Failure, match=r"GONGKAI_SECRET_KEY.*docs/deployment\.md"):
        start(secret=SHORT)
    assert refused(start) == "key_missing"
    assert refused(start, secret=better) == "key_missing"
    follow(data, "2.key" if beside else "1.key")
    vault = start(secret=better)
    assert vault.open(f"applicant:{NUMBER}", sealed(empty_db_url))["name"]
    assert vault.code_hash(NUMBER, code) == hashed(empty_db_url)
    await apply(empty_db_url, data, better)


def follow(data: Path, name: str) -> None:
    """Do what the page says, word by word."""
    [commands] = re.findall(r"```\n(mkdir .*?)```", DEPLOYMENT, re.DOTALL)
    script = commands.replace("the old secret", SHORT).replace("1.key", name)
    subprocess.run(["bash", "-euc", script], env=dict(os.environ, GONGKAI_DATA=str(data)), check=True)
    assert stat.S_IMODE((data / "keys" / name).stat().st_mode) == 0o600


def hashed(url: str) -> str:
    with migrate.connect_for_migration(url) as connection:
        return str(connection.scalar(text("SELECT code_hash FROM cases ORDER BY id")))


def test_the_page_says_what_a_secret_key_must_be() -> None:
    told = " ".join(DEPLOYMENT.split())
    assert f"{setting_rules.SHORTEST_SECRET} characters at least, {setting_rules.DISTINCT} of them different" in told


class TestOlderDatabase:
    """A database of a version that kept no check value."""

    @pytest.fixture
    async def older(self, empty_db_url: str, data: Path, start: Start) -> str:
        start()
        await apply(empty_db_url, data)
        await apply(empty_db_url, data)
        migrate.downgrade(empty_db_url, "0007")
        return empty_db_url

    def test_opens_with_its_key_and_knows_it_from_then_on(self, older: str, data: Path, start: Start) -> None:
        start(begin=False)
        with migrate.connect_for_migration(older) as connection:
            assert connection.scalar(text("SELECT count(*) FROM installation")) == 0
        start()
        shutil.rmtree(data / "keys")
        execute(older, "UPDATE applicant SET sealed = NULL")  # no row is asked any more
        assert refused(start) == "key_missing"

    def test_does_not_open_with_another(self, older: str, data: Path, start: Start) -> None:
        shutil.rmtree(data / "keys")
        draft_key(data)
        (data / "keys" / ".first").rename(data / "keys" / "1.key")
        assert refused(start) == "key_missing"

    def test_opens_though_one_row_is_damaged(self, older: str, start: Start) -> None:
        execute(older, "UPDATE applicant SET sealed = :junk WHERE case_id = 1", junk=b"\0" * 60)
        start()

    def test_that_was_only_begun(self, empty_db_url: str, data: Path, start: Start) -> None:
        start()
        execute(empty_db_url, "INSERT INTO agency VALUES ('city', '示例市人民政府', 'SF')")
        migrate.downgrade(empty_db_url, "0007")
        start()


class TestDemo:
    """Each refuses the other's data."""

    def test_a_demo_stays_one(self, start: Start) -> None:
        start(serving=True, demo=True)
        assert refused(start, serving=True) == "database_demo"
        start(serving=True, demo=True)
        start()  # a verb that only opens the office

    def test_real_data_stay_real(self, start: Start) -> None:
        start(serving=True)
        assert refused(start, serving=True, demo=True) == "database_real"

    @pytest.mark.parametrize(("extra", "demo"), [((), True), (("zhang",), False)])
    def test_an_older_database_is_a_demo_if_all_its_accounts_are(
        self, empty_db_url: str, start: Start, extra: tuple[str, ...], demo: bool
    ) -> None:
        start()
        add = "INSERT INTO account (username, password_hash, role, created_at) VALUES (:name, 'x', 'clerk', :at)"
        for name in (*installation.DEMO_ACCOUNTS, *extra):
            execute(empty_db_url, add, name=name, at="2026-11-20 00:00:00")
        migrate.downgrade(empty_db_url, "0007")
        assert refused(start, serving=True, demo=not demo) == ("database_demo" if demo else "database_real")
        start(serving=True, demo=demo)
        assert refused(start, serving=True, demo=not demo) == ("database_demo" if demo else "database_real")


class TestBot:
    """The bot's own database has the same care."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite+aiosqlite:///{tmp_path}/bot.db"

    async def talk(self, url: str, key: bytes) -> None:
        database = BotDatabase(url, key)
        try:
            await database.prepare()
            _, chat = await Mailbox(database).open_session()
            await Mailbox(database).append(chat, {"text": "想看征地批复"})
            await Watches(database).keep(Held(NUMBER, "CODE", 1, chat))
        finally:
            await database.close()

    async def test_another_key_is_refused(self, url: str) -> None:
        await self.talk(url, b"a" * 32)
        await self.talk(url, b"a" * 32)
        with pytest.raises(AnotherKeyError):
            await self.talk(url, b"b" * 32)

    async def test_also_where_an_older_version_kept_no_check_value(self, url: str) -> None:
        await self.talk(url, b"a" * 32)
        execute(url, "DROP TABLE key_check")
        with pytest.raises(AnotherKeyError):
            await self.talk(url, b"b" * 32)
        with migrate.connect_for_migration(url) as connection:
            assert connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'key_check'")) == 0
        await self.talk(url, b"a" * 32)

    async def test_an_empty_one_takes_the_key_of_now(self, url: str) -> None:
        for key in (b"a" * 32, b"b" * 32):
            database = BotDatabase(url, key)
            await database.prepare()
            await database.close()

    def test_the_bot_makes_no_key(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GONGKAI_DATA", str(data))
        with pytest.raises(Failure, match="database_missing"):
            bot(api=None, webhook=None, chat_socket=None)
        assert files(data) == []


@pytest.mark.parametrize("directory", [0o755, 0o777])
async def test_files_are_private_whatever_directory_and_umask(tmp_path: Path, directory: int) -> None:
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(directory)
    (data / "models").mkdir(mode=0o755)
    (data / "models" / "active").write_text("x")  # as an older version left it
    before = os.umask(0)
    try:
        settings = Settings.load({"data": data})
        installation.settle(settings, begin=True)
        await apply(settings.database, data)
        database = BotDatabase(f"sqlite+aiosqlite:///{data}/bot.db", bytes(32))
        await database.prepare()
        office = build_office(settings, DIRECTORY, KeywordClassifier, SettableClock())
        async with office.db.write() as session:
            await session.execute(text("DELETE FROM job"))
            open_now = {file.name: stat.S_IMODE(file.stat().st_mode) for file in data.rglob("*") if file.is_file()}
        await office.db.dispose()
        await database.close()
    finally:
        os.umask(before)
    assert {"gongkai.db", "gongkai.db-wal", "gongkai.db-shm", "bot.db", "bot.db-wal", "1.key", "active"} <= set(
        open_now
    )
    assert set(open_now.values()) == {0o600}
    assert stat.S_IMODE((data / "keys").stat().st_mode) == 0o700


READING = [
    ["audit", "verify"],
    ["user", "list"],
    ["published", "list"],
    ["models", "list"],
    ["models", "drift"],
    ["ledger", "export", "out.csv"],
    ["report", "annual", "--year", "2026", "--format", "json"],
    ["calendar", "show", "2026"],
    ["rules"],
    ["clock", "events.json"],
    ["openapi"],
    ["rebuild"],
]


@pytest.mark.parametrize("verb", READING, ids=" ".join)
def test_a_verb_that_looks_something_up_makes_nothing(
    verb: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "events.json").write_text('{"events": []}')
    data = tmp_path / "nothing here"
    monkeypatch.setenv("GONGKAI_DATA", str(data))
    monkeypatch.setattr("sys.argv", ["gongkai", *verb])
    with pytest.raises(SystemExit):
        main()
    assert not data.exists()
