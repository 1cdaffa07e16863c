"""Case numbers are found by a key in one form; the keys of applicants are derived anew by a job at the next start"""

import sqlalchemy as sa
from alembic import op

from intake_api import keys
from intake_api.kit.clock import Clock
from intake_api.kit.db import JsonDoc, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_CASES = sa.table("cases", sa.column("id"), sa.column("number"), sa.column("number_key"))
_JOB = sa.table("job", sa.column("kind"), sa.column("payload", JsonDoc), sa.column("run_at", UtcDateTime))


def upgrade() -> None:
    op.add_column("cases", sa.Column("number_key", sa.String(length=80), server_default="", nullable=False))
    op.execute(_CASES.update().values(number_key=_CASES.c.number))
    connection = op.get_bind()
    numbers = connection.execute(sa.select(_CASES.c.id, _CASES.c.number)).all()
    other = [{"of": i, "key": keys.number(number)} for i, number in numbers if keys.number(number) != number]
    if other:
        change = _CASES.update().where(_CASES.c.id == sa.bindparam("of")).values(number_key=sa.bindparam("key"))
        connection.execute(change, other)
    op.create_index(op.f("ix_cases_number_key"), "cases", ["number_key"])
    if numbers:
        op.execute(_JOB.insert().values(kind="reindex", payload={}, run_at=Clock().now()))


def downgrade() -> None:
    op.execute(_JOB.delete().where(_JOB.c.kind == "reindex"))
    op.drop_index(op.f("ix_cases_number_key"), table_name="cases")
    with op.batch_alter_table("cases") as cases:
        cases.drop_column("number_key")
