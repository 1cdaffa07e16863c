"""Notices, their files and their numbers"""

import sqlalchemy as sa
from alembic import op

from intake_api.kit.db import BigId, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_series",
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("sign", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"], name=op.f("fk_notice_series_agency_code_agency")),
        sa.PrimaryKeyConstraint("agency_code", "sign", "year", name=op.f("pk_notice_series")),
    )
    op.create_table(
        "notice",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_number", sa.String(length=40), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("sign", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id_account")),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"], name=op.f("fk_notice_agency_code_agency")),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_notice_case_number_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "agency_code", "sign", "year", "serial", name=op.f("uq_notice_agency_code_sign_year_serial")
        ),
    )
    op.create_index(op.f("ix_notice_case_number"), "notice", ["case_number"])
    op.create_table(
        "notice_file",
        sa.Column("notice_id", BigId, nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_file_notice_id_notice")),
        sa.PrimaryKeyConstraint("notice_id", "format", name=op.f("pk_notice_file")),
    )


def downgrade() -> None:
    op.drop_table("notice_file")
    op.drop_index(op.f("ix_notice_case_number"), table_name="notice")
    op.drop_table("notice")
    op.drop_table("notice_series")
