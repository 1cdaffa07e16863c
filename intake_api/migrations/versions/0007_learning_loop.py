"""The learning loop: vectors of answered cases, doubts, exclusions, the progress of long jobs"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from intake_api.kit.db import BigId, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _of_a_case(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("case_id", BigId, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f(f"fk_{name}_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f(f"pk_{name}")),
    )


def upgrade() -> None:
    _of_a_case(
        "case_vector",
        sa.Column("model", sa.String(length=60), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
    )
    op.create_index(op.f("ix_case_vector_model"), "case_vector", ["model"])
    _of_a_case("forgotten", sa.Column("at", UtcDateTime(), nullable=False))
    _of_a_case(
        "label_doubt",
        sa.Column("given", sa.String(length=40), nullable=False),
        sa.Column("instead", sa.String(length=40), nullable=False),
        sa.Column("of_given", sa.Double(), nullable=False),
        sa.Column("of_instead", sa.Double(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
    )
    op.add_column("suggestion", sa.Column("department_set", sa.JSON().with_variant(JSONB(), "postgresql")))
    op.add_column("suggestion", sa.Column("known_share", sa.Double()))
    op.add_column("job", sa.Column("progress", sa.Integer(), server_default="0", nullable=False))
    op.add_column("job", sa.Column("said", sa.String(length=200)))


def downgrade() -> None:
    with op.batch_alter_table("job") as job:
        job.drop_column("said")
        job.drop_column("progress")
    with op.batch_alter_table("suggestion") as suggestion:
        suggestion.drop_column("known_share")
        suggestion.drop_column("department_set")
    for name in ("label_doubt", "forgotten", "case_vector"):
        op.drop_table(name)
