"""The name of an uploaded ledger is sealed with its content: people name files after people"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM ledger_upload")  # kept for a day at most, between a preview and its confirmation
    op.drop_column("ledger_upload", "file_name")


def downgrade() -> None:
    op.execute("DELETE FROM ledger_upload")
    op.add_column("ledger_upload", sa.Column("file_name", sa.String(length=200), nullable=False, server_default=""))
