"""Who has a case open that waits for its department, so that two do not decide it at once"""

import sqlalchemy as sa
from alembic import op

from intake_api.kit.db import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "looking",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_looking_case_id_cases")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_looking_account_id_account")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_looking")),
    )
    op.create_index(op.f("ix_looking_until"), "looking", ["until"])


def downgrade() -> None:
    op.drop_table("looking")
