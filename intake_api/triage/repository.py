"""All SQL about suggestions."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from intake_api.kit.db import Base
from intake_api.triage.models import Suggestion

SUGGESTED = select(
    Suggestion.id,
    Suggestion.department,
    Suggestion.probability,
    Suggestion.confident,
    Suggestion.department_set,
    Suggestion.known_share,
    Suggestion.model,
).subquery("suggested")
"""Every suggestion's figures, without a word of the text: in this order, for others to join."""


def doubtful(case_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether the newest suggestion of a case is one of which the model was not sure, for others to filter by."""
    newer = aliased(Suggestion)
    last = ~exists().where(newer.case_id == Suggestion.case_id, newer.id > Suggestion.id)
    return exists().where(Suggestion.case_id == case_id, Suggestion.confident.is_(False), last)


async def insert_suggestions(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write suggestions in plain columns, in one statement."""
    await (await session.connection()).execute(insert(Base.metadata.tables["suggestion"]), rows)


async def latest(session: AsyncSession, case_ids: list[int]) -> list[Suggestion]:
    """The suggestions of some cases, the newest of each last."""
    query = select(Suggestion).where(Suggestion.case_id.in_(case_ids)).order_by(Suggestion.id)
    return list(await session.scalars(query))


async def departments(session: AsyncSession, ids: list[int]) -> dict[int, str]:
    """The department that each suggestion put first."""
    rows = await session.execute(select(Suggestion.id, Suggestion.department).where(Suggestion.id.in_(ids)))
    return {row.id: row.department for row in rows}
