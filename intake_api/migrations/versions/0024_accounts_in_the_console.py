"""Names, sessions and absences of staff, and the record of what is done to the installation"""

import sqlalchemy as sa
from alembic import op

from intake_api.kit.db import JsonDoc, UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("account", sa.Column("person", sa.String(length=40), nullable=True))
    op.add_column("account", sa.Column("signed_in_at", UtcDateTime(), nullable=True))
    op.add_column("staff_session", sa.Column("seen_at", UtcDateTime(), nullable=True))
    op.add_column("staff_session", sa.Column("browser", sa.String(length=40), nullable=True))
    op.add_column("staff_session", sa.Column("acting_for", ID, nullable=True))
    op.create_table(
        "absence",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("deputy_id", ID, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_absence_account_id_account")),
        sa.ForeignKeyConstraint(["deputy_id"], ["account.id"], name=op.f("fk_absence_deputy_id_account")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_deputy_id"), "absence", ["deputy_id"])
    op.create_table(
        "trail",
        sa.Column("id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=True),
        sa.Column("data", JsonDoc, nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail")),
        sa.UniqueConstraint("seq", name=op.f("uq_trail_seq")),
    )
    op.create_index(op.f("ix_trail_at"), "trail", ["at"])


def downgrade() -> None:
    op.drop_table("trail")
    op.drop_table("absence")
    for table, column in (
        ("staff_session", "acting_for"),
        ("staff_session", "browser"),
        ("staff_session", "seen_at"),
        ("account", "signed_in_at"),
        ("account", "person"),
    ):
        op.drop_column(table, column)
