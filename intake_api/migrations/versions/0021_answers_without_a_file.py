"""Answers whose letter was written elsewhere and is not here, for what is to be done before the report is published"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
# Their file could not be kept before; what was voided or has a letter of ours since, `gongkai rebuild` finds.
ELSEWHERE = """
UPDATE cases SET unfiled = true WHERE ended_on IS NOT NULL AND code_hash IS NOT NULL AND id IN (
  SELECT case_id FROM event
  WHERE type IN ('answered', 'clarification_lapsed', 'fee_lapsed') AND CAST(data AS TEXT) LIKE '%"letter_number"%'
)
"""


def upgrade() -> None:
    op.add_column("cases", sa.Column("unfiled", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(ELSEWHERE)


def downgrade() -> None:
    op.drop_column("cases", "unfiled")
