"""Published information and its full-text index"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_DOCUMENT = "setweight(to_tsvector('simple', title), 'A') || to_tsvector('simple', terms)"


def upgrade() -> None:
    op.create_table(
        "published_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_item")),
        sa.UniqueConstraint("url", name=op.f("uq_published_item_url")),
    )
    op.create_index("ix_published_item_published_on", "published_item", ["published_on", "id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        # terms come cut and separated by blanks; the ascii tokenizer keeps every other character, rare ones too
        op.execute("CREATE VIRTUAL TABLE published_index USING fts5(title, terms, tokenize = 'ascii')")
        return
    op.create_table(
        "published_index",
        sa.Column("rowid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("document", postgresql.TSVECTOR(), sa.Computed(_DOCUMENT, persisted=True), nullable=False),
        sa.ForeignKeyConstraint(["rowid"], ["published_item.id"], name=op.f("fk_published_index_rowid_published_item")),
        sa.PrimaryKeyConstraint("rowid", name=op.f("pk_published_index")),
    )
    op.create_index(
        "ix_published_index_document", "published_index", ["document"], unique=False, postgresql_using="gin"
    )


def downgrade() -> None:
    op.drop_table("published_index")
    op.drop_index("ix_published_item_published_on", table_name="published_item")
    op.drop_table("published_item")
