"""Cases of which a review or suit still wants something done, for the lists of supervision"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("contested", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_cases_contested", "cases", ["contested", "id"])
    cases = sa.table("cases", *map(sa.column, ("contested", "review", "litigation")))
    pending = sa.or_(cases.c.review == "pending", cases.c.litigation.in_(("direct:pending", "after_review:pending")))
    op.execute(cases.update().where(pending).values(contested=sa.true()))


def downgrade() -> None:
    op.drop_index("ix_cases_contested", "cases")
    op.drop_column("cases", "contested")
