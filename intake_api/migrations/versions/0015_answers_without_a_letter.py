"""Answers of which no letter is on record, for what is to be done before the report is published"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # what was answered before counts as lettered until `gongkai rebuild` has looked
    op.add_column("cases", sa.Column("unlettered", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("cases", "unlettered")
