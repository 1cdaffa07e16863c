"""The schema is the same on both databases, and migrations keep the rows that are there."""

from datetime import UTC, date, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, insert, select

from intake_api import migrate
from intake_api.cases.projection import NOTHING_YET
from intake_api.tables import metadata

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ROWS: dict[str, dict[str, object]] = {
    "agency": {"code": "city", "name": "示例市人民政府", "number_prefix": "SF"},
    "account": {"id": 1, "username": "zhang", "password_hash": "x", "role": "clerk", "created_at": NOW},
    "cases": NOTHING_YET
    | {
        "id": 1,
        "number": "SF-2026-00001",
        "agency_code": "city",
        "kind": "disclosure",
        "channel": "web",
        "applicant_type": "natural",
        "delivery_medium": "paper",
        "delivery_way": "post",
        "receipt_basis": "internet",
        "submitted_at": NOW,
        "flags": ["complaint"],
        "event_count": 1,
        "head_hash": "0" * 64,
    },
    "applicant": {"case_id": 1, "sealed": b"sealed", "name_index": "n" * 32},
    "case_text": {"case_id": 1, "sealed": b"sealed"},
    "event": {
        "id": 1,
        "case_id": 1,
        "seq": 1,
        "type": "submitted",
        "on": date(2026, 11, 20),
        "at": NOW,
        "actor": "citizen",
        "data": {"channel": "web"},
        "prev_hash": "0" * 64,
        "hash": "1" * 64,
    },
}


def revisions() -> list[str]:
    with migrate.connect_for_migration("sqlite+aiosqlite:///:memory:") as connection:
        script = ScriptDirectory.from_config(migrate.config(connection))
        return [revision.revision for revision in script.walk_revisions()][::-1]


def fill(connection: Connection) -> None:
    """Rows in parents and children, as the newest schema has them."""
    for name, row in ROWS.items():
        connection.execute(insert(metadata.tables[name]).values(**row))
    connection.commit()


def test_models_and_migrations_describe_the_same_schema(empty_db_url: str) -> None:
    migrate.upgrade(empty_db_url)
    with migrate.connect_for_migration(empty_db_url) as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: not (kind == "table" and str(name).startswith("published_index")),
            },
        )
        assert compare_metadata(context, metadata) == []


def test_every_revision_goes_up_down_and_up_again(empty_db_url: str) -> None:
    for revision in revisions():
        migrate.upgrade(empty_db_url, revision)
        migrate.downgrade(empty_db_url, "-1")
        migrate.upgrade(empty_db_url, revision)


def test_migrating_keeps_the_rows_of_parents_and_children(empty_db_url: str) -> None:
    migrate.upgrade(empty_db_url)
    with migrate.connect_for_migration(empty_db_url) as connection:
        fill(connection)
        for _ in revisions()[1:]:
            command.downgrade(migrate.config(connection), "-1")
        command.upgrade(migrate.config(connection), "head")
        connection.commit()
        for name in ROWS:
            assert connection.execute(select(metadata.tables[name])).all(), f"{name} lost its rows"


def test_old_cases_get_their_keys_and_a_job_for_those_that_are_sealed(empty_db_url: str) -> None:
    migrate.upgrade(empty_db_url)
    with migrate.connect_for_migration(empty_db_url) as connection:
        fill(connection)
        old = {"id": 2, "number": "依申请〔２０２４〕1\u200b号"}
        connection.execute(insert(metadata.tables["cases"]).values(**ROWS["cases"] | old))
        connection.commit()
        command.downgrade(migrate.config(connection), "0009")
        command.upgrade(migrate.config(connection), "head")
        connection.commit()
        cases, job = metadata.tables["cases"], metadata.tables["job"]
        keys = connection.execute(select(cases.c.number_key).order_by(cases.c.id)).scalars().all()
        assert keys == ["SF-2026-00001", "依申请(2024)1号"]
        assert connection.execute(select(job.c.kind)).scalars().all() == ["reindex"]


def test_old_answers_by_letters_written_elsewhere_are_without_their_file(empty_db_url: str) -> None:
    migrate.upgrade(empty_db_url)
    with migrate.connect_for_migration(empty_db_url) as connection:
        ended = {"status": "answered", "ended_on": date(2026, 11, 20), "code_hash": "c" * 64}
        rows = [{"id": 1, "number": "SF-2026-00001"}, {"id": 2, "number": "SF-2026-00002"}]
        connection.execute(insert(metadata.tables["agency"]).values(**ROWS["agency"]))
        for row, said in zip(rows, ({"letter_number": "示办函〔2026〕7号"}, {"outcome": "3.1"}), strict=True):
            connection.execute(insert(metadata.tables["cases"]).values(**ROWS["cases"] | ended | row))
            event = {"id": row["id"], "case_id": row["id"], "type": "answered", "data": said}
            connection.execute(insert(metadata.tables["event"]).values(**ROWS["event"] | event))
        connection.commit()
        command.downgrade(migrate.config(connection), "0020")
        command.upgrade(migrate.config(connection), "head")
        connection.commit()
        cases = metadata.tables["cases"]
        assert connection.execute(select(cases.c.unfiled).order_by(cases.c.id)).scalars().all() == [True, False]


def test_foreign_keys_hold(empty_db_url: str) -> None:
    from sqlalchemy.exc import IntegrityError

    migrate.upgrade(empty_db_url)
    with migrate.connect_for_migration(empty_db_url) as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]  # open
        with pytest.raises(IntegrityError):
            connection.execute(insert(metadata.tables["case_text"]).values(case_id=77, sealed=b""))


def test_every_constraint_has_a_name(empty_db_url: str) -> None:
    migrate.upgrade(empty_db_url)
    found = MetaData()
    with migrate.connect_for_migration(empty_db_url) as connection:
        found.reflect(connection)
    for table in found.tables.values():
        for key in table.foreign_key_constraints:
            assert key.name, f"{table.name}: a foreign key without a name cannot be dropped on SQLite"
