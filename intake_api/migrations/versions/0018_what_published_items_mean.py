"""Published information: its number (文号), topic and last day; the vector of each item, made by a job"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from intake_api.kit.db import JsonDoc, UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("published_item", sa.Column("number", sa.String(80), nullable=False, server_default=""))
    op.add_column("published_item", sa.Column("topic", sa.String(40), nullable=False, server_default=""))
    op.add_column("published_item", sa.Column("expires_on", sa.Date(), nullable=True))
    op.create_table(
        "published_vector",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("model", sa.String(40), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["published_item.id"], name=op.f("fk_published_vector_item_id_published_item")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_published_vector")),
    )
    op.create_index("ix_published_vector_revision", "published_vector", ["revision"], unique=False)
    _ask_for_vectors()


def _ask_for_vectors() -> None:
    """Items imported before have no vector: the worker makes them."""
    connection = op.get_bind()
    if not connection.scalar(sa.text("SELECT count(*) FROM published_item")):
        return
    jobs = sa.table("job", sa.column("kind"), sa.column("payload", JsonDoc), sa.column("run_at", UtcDateTime()))
    op.execute(sa.insert(jobs).values(kind="published_vectors", payload={}, run_at=datetime(2026, 1, 1, tzinfo=UTC)))


def downgrade() -> None:
    op.drop_table("published_vector")
    op.drop_column("published_item", "expires_on")
    op.drop_column("published_item", "topic")
    op.drop_column("published_item", "number")
