"""Alembic environment: runs inside the connection that intake_api.migrate hands over."""

from alembic import context

from intake_api.tables import metadata


def run() -> None:
    """Migrate within the given connection; batch mode because SQLite cannot alter a table in place."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,  # SQLite can; Alembic does not know
        compare_type=True,
        include_name=lambda name, kind, _parents: not (kind == "table" and str(name).startswith("published_index")),
    )
    with context.begin_transaction():
        context.run_migrations()


run()
