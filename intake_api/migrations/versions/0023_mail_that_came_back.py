"""When what was sent to an address came back"""

import sqlalchemy as sa
from alembic import op

from intake_api.kit.db import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("bounced_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("contact", "bounced_at")
