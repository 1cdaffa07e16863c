"""Addresses at which applicants are told, and what becomes of each message"""

import sqlalchemy as sa
from alembic import op

from intake_api.kit.db import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "contact",
        sa.Column("case_id", number, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_index", sa.String(length=32), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("link_hash", sa.String(length=32), nullable=True),
        sa.Column("link_until", UtcDateTime(), nullable=True),
        sa.Column("code_hash", sa.String(length=32), nullable=True),
        sa.Column("code_until", UtcDateTime(), nullable=True),
        sa.Column("id", number, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_contact_case_id_cases"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
        sa.UniqueConstraint("number", "channel", name="uq_contact_number_channel"),
    )
    op.create_index("ix_contact_case_id", "contact", ["case_id"])
    op.add_column("outbox", sa.Column("kind", sa.String(length=20), server_default="news", nullable=False))
    op.add_column("outbox", sa.Column("result", sa.String(length=20), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "result")
    op.drop_column("outbox", "kind")
    op.drop_table("contact")
