"""What became of the last look at a published item's link"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("published_item", sa.Column("link", sa.String(20), nullable=False, server_default=""))
    op.add_column("published_item", sa.Column("looked_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("published_item", "looked_on")
    op.drop_column("published_item", "link")
