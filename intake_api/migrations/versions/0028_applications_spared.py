"""How often what is public was shown, opened and found to be it: counts of a month"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deflection",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("surface", sa.String(10), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "surface", "what", name=op.f("pk_deflection")),
    )


def downgrade() -> None:
    op.drop_table("deflection")
