"""All SQL about jobs and the outbox. A claim is one statement, so that two workers never hold the same row."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from intake_api.jobs.models import Job, Outbox
from intake_api.kit.db import insert_ignoring, unleased

LEASE = timedelta(minutes=2)
LONGEST_LEASE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(hours=1)  # before the next attempt of one that failed
MAX_ATTEMPTS = 100  # four days, with those pauses


def _misdated(now: datetime, periods: Mapping[str, timedelta]) -> ColumnElement[bool]:
    """Jobs put off for longer than any is: a start with a clock far ahead would park them until then."""
    recurring = (and_(Job.kind == kind, Job.run_at > now + period) for kind, period in periods.items())
    return or_(and_(Job.kind.not_in(periods), Job.run_at > now + LONGEST_PAUSE), *recurring)


def _due(now: datetime, periods: Mapping[str, timedelta], slow: Collection[str], lane: bool) -> ScalarSelect[int]:
    # On SQLite the row lock is dropped in silence; there BEGIN IMMEDIATE already keeps others out.
    kinds = Job.kind.in_(slow) if lane else Job.kind.not_in(slow)
    ripe = or_(Job.run_at <= now, _misdated(now, periods))
    return (
        select(Job.id)
        .where(kinds, Job.finished_at.is_(None), ripe, Job.attempts < MAX_ATTEMPTS, unleased(Job.locked_until, now))
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


class Claimed(NamedTuple):
    """A job that somebody holds; its payload is read by whoever runs it, so that a damaged one stops no claim."""

    id: int
    kind: str
    attempts: int


async def claim(
    session: AsyncSession,
    now: datetime,
    periods: Mapping[str, timedelta],
    slow: Collection[str] = (),
    *,
    lane: bool = False,
) -> Claimed | None:
    """Take the next due job under a lease: of the kinds that are `slow` in the slow lane, of all others outside it.

    `periods` are those of the kinds that recur: none of them is ever put off for longer.
    """
    statement = (
        update(Job)
        .where(Job.id == _due(now, periods, slow, lane))
        .values(locked_until=now + LEASE, attempts=Job.attempts + 1)
        .returning(Job.id, Job.kind, Job.attempts)
        .execution_options(synchronize_session=False)
    )
    row = (await session.execute(statement)).first()
    return Claimed(*row) if row else None


async def payload_of(session: AsyncSession, job_id: int) -> dict[str, Any]:
    """What a job is about."""
    found: dict[str, Any] = (await session.execute(select(Job.payload).where(Job.id == job_id))).scalar_one()
    return found


async def held(session: AsyncSession, job_id: int) -> Job:
    """A job to be settled."""
    return await session.get_one(Job, job_id, options=[defer(Job.payload)])


async def renew(session: AsyncSession, job_id: int, until: datetime) -> None:
    """Prolong the lease of a job that is still being worked at."""
    await session.execute(update(Job).where(Job.id == job_id).values(locked_until=until))


async def one(session: AsyncSession, job_id: int) -> Job | None:
    """A job by its number."""
    return await session.get(Job, job_id)


async def latest(session: AsyncSession, kind: str) -> Job | None:
    """The job of a kind that was asked for last."""
    found: Job | None = await session.scalar(select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(1))
    return found


async def ensure(session: AsyncSession, kind: str, now: datetime) -> None:
    """Make sure that a recurring job has its one row."""
    row = {"kind": kind, "unique_key": kind, "payload": {}, "run_at": now}
    await session.execute(insert_ignoring(session, Job, row))


async def drop_finished(session: AsyncSession, before: datetime) -> None:
    """Housekeeping: finished jobs of long ago, and the texts of messages, delivered or not: old news is on the page."""
    await session.execute(delete(Job).where(Job.finished_at < before))
    old = or_(Outbox.delivered_at < before, Outbox.created_at < before)
    held = update(Outbox).where(old, Outbox.sealed.is_not(None))
    await session.execute(held.where(Outbox.delivered_at.is_(None)).values(sealed=None, result="given_up"))
    await session.execute(held.where(Outbox.delivered_at.is_not(None)).values(sealed=None))


async def claim_messages(
    session: AsyncSession,
    now: datetime,
    limit: int,
    channels: Collection[str],
    *,
    among: bool,
    kinds: Collection[str] = (),
) -> list[Outbox]:
    """Lease undelivered messages, oldest first; each time for longer, so that none is asked for all day.

    Those to one of the channels, or (not `among`) to any other; of some kinds only, where these are named.
    """
    theirs = Outbox.channel.in_(channels) if among else Outbox.channel.not_in(channels)
    query = (
        select(Outbox)
        .where(Outbox.delivered_at.is_(None), Outbox.sealed.is_not(None), theirs, unleased(Outbox.locked_until, now))
        .where(*([Outbox.kind.in_(kinds)] if kinds else []))
        .order_by(Outbox.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(await session.scalars(query))
    for message in rows:
        message.attempts += 1
        message.locked_until = now + min(LEASE * 2 ** min(message.attempts - 1, 10), LONGEST_LEASE)
    return rows


async def unclaim(session: AsyncSession, message_id: int, result: str | None) -> None:
    """Nobody tried to send it after all: the way was closed to all messages."""
    mine = update(Outbox).where(Outbox.id == message_id, Outbox.attempts > 0)
    values = {"attempts": Outbox.attempts - 1, "locked_until": None} | ({"result": result} if result else {})
    await session.execute(mine.values(**values))


async def mark(session: AsyncSession, message_id: int, result: str) -> None:
    """What became of the last attempt."""
    await session.execute(update(Outbox).where(Outbox.id == message_id).values(result=result))


async def mark_refused(session: AsyncSession, message_id: int, result: str | None) -> None:
    """It could not be sent: the last attempt was none."""
    values = {"refused": Outbox.refused + 1} | ({"result": result} if result else {})
    await session.execute(update(Outbox).where(Outbox.id == message_id).values(**values))


async def mark_delivered(session: AsyncSession, message_id: int, now: datetime, result: str | None) -> None:
    """It was sent, or with a `result` never will be; a second acknowledgement changes nothing."""
    await session.execute(
        update(Outbox)
        .where(Outbox.id == message_id, Outbox.delivered_at.is_(None))
        .values(delivered_at=now, result=result)
    )


async def messages_of(session: AsyncSession, case_ids: Collection[int]) -> list[Outbox]:
    """Everything that was put into the outbox for some cases, newest first."""
    return list(await session.scalars(select(Outbox).where(Outbox.case_id.in_(case_ids)).order_by(Outbox.id.desc())))


async def message(session: AsyncSession, message_id: int) -> Outbox | None:
    """A message by its id."""
    return await session.get(Outbox, message_id)


async def told(session: AsyncSession, kind: str) -> dict[int, datetime]:
    """When a message of a kind was last written, by the case's id."""
    last = select(Outbox.case_id, func.max(Outbox.created_at)).where(Outbox.kind == kind).group_by(Outbox.case_id)
    return {row[0]: row[1] for row in await session.execute(last)}


async def count_of(session: AsyncSession, case_id: int, kind: str, since: datetime) -> int:
    """How many messages of a kind were written for a case since then."""
    wanted = (Outbox.case_id == case_id, Outbox.kind == kind, Outbox.created_at >= since)
    return await session.scalar(select(func.count()).select_from(Outbox).where(*wanted)) or 0
