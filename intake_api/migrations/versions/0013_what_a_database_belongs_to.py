"""What a database belongs to: the keys that open it, and whether it is a demo"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation")),
    )
    op.create_index("ix_event_at", "event", ["at"])  # the newest one, at every submission


def downgrade() -> None:
    op.drop_index("ix_event_at", "event")
    op.drop_table("installation")
