"""Tries to sign in are counted by place too; one-time passwords run out"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from intake_api.kit.clock import Clock
from intake_api.kit.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("sign_in_failures")  # of a quarter of an hour; nobody is kept out or let in by it
    op.create_table(
        "sign_in_tries",
        sa.Column("name_index", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("waits_until", UtcDateTime(), nullable=True),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name_index", "place", name=op.f("pk_sign_in_tries")),
    )
    op.create_index(op.f("ix_sign_in_tries_last_at"), "sign_in_tries", ["last_at"])
    op.add_column("account", sa.Column("password_until", UtcDateTime(), nullable=True))
    account = sa.table(
        "account", sa.column("password_temporary", sa.Boolean()), sa.column("password_until", UtcDateTime())
    )
    week = Clock().now() + timedelta(days=7)
    op.execute(sa.update(account).where(account.c.password_temporary.is_(True)).values(password_until=week))


def downgrade() -> None:
    with op.batch_alter_table("account") as account:
        account.drop_column("password_until")
    op.drop_table("sign_in_tries")
    op.create_table(
        "sign_in_failures",
        sa.Column("name_index", sa.String(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name_index", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(op.f("ix_sign_in_failures_last_at"), "sign_in_failures", ["last_at"])
