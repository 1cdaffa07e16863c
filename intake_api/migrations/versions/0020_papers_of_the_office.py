"""Files that the office keeps on a case, beside those that applicants send in"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # a row without these is what an applicant sent in
    with op.batch_alter_table("attachment") as batch:
        batch.add_column(sa.Column("paper", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("visible", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("ref", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch.create_foreign_key("fk_attachment_account_id_account", "account", ["account_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("attachment") as batch:
        batch.drop_constraint("fk_attachment_account_id_account", type_="foreignkey")
        for column in ("account_id", "ref", "visible", "paper"):
            batch.drop_column(column)
