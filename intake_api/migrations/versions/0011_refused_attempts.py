"""How often a message surely did not arrive, so that only one that may have arrived is marked as perhaps a repeat"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("outbox", "mail"):
        op.add_column(table, sa.Column("refused", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    for table in ("mail", "outbox"):
        op.drop_column(table, "refused")
