"""Bring a database to the newest schema.

Foreign keys are off meanwhile: a batch rebuild of a parent table on SQLite would otherwise delete its children without
an error.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from intake_api.kit.causes import sentence_of
from intake_api.kit.db import set_up_sqlite, sync_engine
from intake_api.kit.errors import Failure

_HERE = Path(__file__).parent / "migrations"


def config(connection: Connection) -> Config:
    """Alembic configuration bound to an open connection."""
    alembic = Config()
    alembic.set_main_option("script_location", str(_HERE))
    alembic.attributes["connection"] = connection
    return alembic


def connect_for_migration(url: str) -> Connection:
    """A synchronous connection for migrations; `url` is the async one of the settings."""
    engine = sync_engine(url)
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        set_up_sqlite(engine, "foreign_keys=OFF", "busy_timeout=60000")
    return engine.connect()


@contextmanager
def writing(url: str) -> Iterator[Connection]:
    """One transaction, one process at a time: for what a start settles once."""
    with connect_for_migration(url) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(71250432)"))
        yield connection
        connection.commit()


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate up, one process at a time, whole or not at all. Failure `database_invalid` where it cannot be used."""
    try:
        with connect_for_migration(url) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_lock(71250431)"))
                connection.commit()
            command.upgrade(config(connection), revision)
            connection.commit()
    except (SQLAlchemyError, CommandError) as error:
        raise Failure("database_invalid", reason=sentence_of(error)) from error


def head() -> str:
    """The revision that this program needs."""
    return str(_scripts().get_current_head())


def current(connection: Connection) -> str | None:
    """The revision of a database; None where it has no schema yet."""
    return MigrationContext.configure(connection).get_current_revision()


def knows(revision: str) -> bool:
    """Whether this program has the revision."""
    try:
        return _scripts().get_revision(revision) is not None
    except CommandError:
        return False


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_HERE))


def downgrade(url: str, revision: str) -> None:
    """Migrate down to a revision (`base` empties the schema)."""
    with connect_for_migration(url) as connection:
        command.downgrade(config(connection), revision)
        connection.commit()
