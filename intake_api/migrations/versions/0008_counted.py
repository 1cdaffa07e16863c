"""By which calendar the due dates were counted, so that a release that counts otherwise has them counted anew"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calendar_version", sa.Column("counted", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("calendar_version", "counted")
