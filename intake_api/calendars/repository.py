"""All SQL about the calendar: its version, the days laid over the shipped one, what each version moved."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.calendars.models import CalendarMove, CalendarRow, CalendarVersion, Scope
from intake_api.kit.db import upsert
from intake_api.statute.calendar import CalendarDay


async def version(session: AsyncSession, *, lock: bool = False) -> int:
    """The version in force; `lock`: it stays so until the caller's transaction ends."""
    query = select(CalendarVersion.version)
    return await session.scalar(query.with_for_update(read=True) if lock else query) or 0


async def version_row(session: AsyncSession, *, lock: bool = False) -> CalendarVersion:
    """The row of the version, to be changed where it is locked."""
    return await session.get_one(CalendarVersion, 1, with_for_update=lock)


async def days(session: AsyncSession) -> list[CalendarDay]:
    """What is laid over the shipped calendar: the office's own days before those of the notices."""
    found = await session.scalars(select(CalendarRow).order_by(CalendarRow.scope.desc()))  # notice, then local
    return list({row.day: CalendarDay(row.day, row.is_workday, row.name) for row in found}.values())


async def rows(session: AsyncSession, scope: Scope) -> list[CalendarRow]:
    """The days of a scope, the newest first."""
    query = select(CalendarRow).where(CalendarRow.scope == scope)
    return list(await session.scalars(query.order_by(CalendarRow.day.desc())))


async def row(session: AsyncSession, day: date, scope: Scope) -> CalendarRow | None:
    """A day of a scope."""
    return await session.get(CalendarRow, (day, scope))


async def take_back(session: AsyncSession, day: date, scope: Scope) -> None:
    """Forget a day of a scope."""
    await session.execute(delete(CalendarRow).where(CalendarRow.day == day, CalendarRow.scope == scope))


async def put(session: AsyncSession, key: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Lay a day over the calendar, in place of the one that is there."""
    await session.execute(upsert(session, CalendarRow, {**key, **told}, dict(told)))


async def remember(session: AsyncSession, moves: Iterable[Mapping[str, Any]]) -> None:
    """Keep which cases a version moved; one that it moves again keeps the day it came from."""
    for move in moves:
        await session.execute(upsert(session, CalendarMove, dict(move), {"due_to": move["due_to"]}))


async def moves(session: AsyncSession, wanted: int) -> list[CalendarMove]:
    """The cases that a version moved, in order of their numbers."""
    query = select(CalendarMove).where(CalendarMove.version == wanted)
    return list(await session.scalars(query.order_by(CalendarMove.number)))
