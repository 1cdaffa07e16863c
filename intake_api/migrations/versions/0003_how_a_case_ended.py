"""How a case ended, its review and suit, and its family"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NULLABLE: dict[str, sa.types.TypeEngine[Any]] = {
    "outcome": sa.String(length=10),
    "ended_on": sa.Date(),
    "in_time": sa.Boolean(),
    "review": sa.String(length=20),
    "review_on": sa.Date(),
    "litigation": sa.String(length=40),
    "litigation_on": sa.Date(),
    "rating": sa.Integer(),
    "parent_id": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
}


def upgrade() -> None:
    with op.batch_alter_table("cases") as cases:
        for name, kind in _NULLABLE.items():
            cases.add_column(sa.Column(name, kind, nullable=True))
        cases.add_column(sa.Column("extended", sa.Boolean(), server_default=sa.false(), nullable=False))
        cases.add_column(sa.Column("returned", sa.Integer(), server_default="0", nullable=False))
        cases.alter_column("receipt_basis", existing_type=sa.String(length=20), nullable=True)
        cases.create_foreign_key(cases.f("fk_cases_parent_id_cases"), "cases", ["parent_id"], ["id"])
        cases.create_index("ix_cases_agency_received_on", ["agency_code", "received_on"])
        cases.create_index("ix_cases_agency_ended_on", ["agency_code", "ended_on"])
        cases.create_index("ix_cases_parent_id", ["parent_id"])


def downgrade() -> None:
    with op.batch_alter_table("cases") as cases:
        for index in ("ix_cases_parent_id", "ix_cases_agency_ended_on", "ix_cases_agency_received_on"):
            cases.drop_index(index)
        cases.drop_constraint(cases.f("fk_cases_parent_id_cases"), type_="foreignkey")
        cases.alter_column("receipt_basis", existing_type=sa.String(length=20), nullable=False)
        for name in ("returned", "extended", *_NULLABLE):
            cases.drop_column(name)
