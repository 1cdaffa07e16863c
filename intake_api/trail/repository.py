"""All SQL about the audit trail."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.installation import Installation
from intake_api.kit.db import insert_ignoring, upsert
from intake_api.kit.hashing import GENESIS
from intake_api.trail.models import TrailEntry

_HEAD = "trail"  # how many entries there are, and the hash of the last: a lost tail shows
_CHECK = "chain_check"


async def head(session: AsyncSession, *, lock: bool = False) -> dict[str, Any]:
    """How many entries there are (`count`), the last one's `hash`; with `lock` held until the transaction ends."""
    first = {"count": 0, "hash": GENESIS}
    if lock:
        await session.execute(insert_ignoring(session, Installation, {"name": _HEAD, "value": first}))
    query = select(Installation.value).where(Installation.name == _HEAD)
    return await session.scalar(query.with_for_update() if lock else query) or first


async def move_head(session: AsyncSession, count: int, last_hash: str) -> None:
    """Note the newest entry."""
    row = await session.get_one(Installation, _HEAD)
    row.value = {"count": count, "hash": last_hash}


async def between(
    session: AsyncSession, begin: datetime, end: datetime, actor: str | None, kind: str | None, limit: int
) -> list[TrailEntry]:
    """Entries of a span of time, newest first; `actor`: by or about them."""
    query = select(TrailEntry).where(TrailEntry.at >= begin, TrailEntry.at < end)
    if actor:
        query = query.where(or_(TrailEntry.actor == actor, TrailEntry.subject == actor))
    if kind:
        query = query.where(TrailEntry.kind == kind)
    return list(await session.scalars(query.order_by(TrailEntry.at.desc(), TrailEntry.seq.desc()).limit(limit)))


async def every(session: AsyncSession) -> AsyncIterator[TrailEntry]:
    """All entries, oldest first."""
    found = await session.stream_scalars(select(TrailEntry).order_by(TrailEntry.seq))
    async for entry in found:
        yield entry


async def last_check(session: AsyncSession) -> dict[str, Any] | None:
    """What the last check of all records found: `{"at", "cases", "fault"}`."""
    found: dict[str, Any] | None = await session.scalar(select(Installation.value).where(Installation.name == _CHECK))
    return found


async def keep_check(session: AsyncSession, value: dict[str, Any]) -> None:
    """Keep what a check found."""
    await session.execute(upsert(session, Installation, {"name": _CHECK, "value": value}, {"value": value}))
