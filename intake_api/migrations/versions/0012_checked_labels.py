"""Labels in doubt that somebody has looked at: what is right, who said so and when"""

import sqlalchemy as sa
from alembic import op

from intake_api.kit.db import BigId, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("label_doubt") as doubt:
        doubt.add_column(sa.Column("label", sa.String(length=40), nullable=True))
        doubt.add_column(sa.Column("checked_at", UtcDateTime(), nullable=True))
        doubt.add_column(sa.Column("checked_by", BigId, nullable=True))
        doubt.create_foreign_key(doubt.f("fk_label_doubt_checked_by_account"), "account", ["checked_by"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("label_doubt") as doubt:
        doubt.drop_constraint(doubt.f("fk_label_doubt_checked_by_account"), type_="foreignkey")
        for name in ("checked_by", "checked_at", "label"):
            doubt.drop_column(name)
