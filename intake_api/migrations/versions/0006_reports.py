"""Report figures that are not in the cases, and mail to departments"""

import sqlalchemy as sa
from alembic import op

from intake_api.kit.db import BigId, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_figure",
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("cell", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("agency_code", "year", "part", "code", "cell", name=op.f("pk_report_figure")),
    )
    op.create_table(
        "mail",
        sa.Column("id", BigId, nullable=False),
        sa.Column("unique_key", sa.String(length=120), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_mail_unique_key")),
    )
    op.create_index("ix_mail_due", "mail", ["sent_at", "locked_until"])


def downgrade() -> None:
    op.drop_table("mail")
    op.drop_table("report_figure")
