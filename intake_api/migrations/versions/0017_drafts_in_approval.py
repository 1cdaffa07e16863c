"""A draft that was sent for approval (送审): since when, by whom it was written, and its words as they were sent"""

import sqlalchemy as sa
from alembic import op

from intake_api.kit.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("sent_at", UtcDateTime(), nullable=True))
    op.add_column("notice", sa.Column("sent_words", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("notice", "sent_words")
    op.drop_column("notice", "sent_at")
