"""Background work: enqueue in the caller's transaction, run in the worker, try again with growing pauses."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.jobs import repository
from intake_api.jobs.models import Job, Outbox
from intake_api.jobs.repository import Claimed
from intake_api.kit.causes import named
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.vault import Vault
from intake_api.terms.telling import POSTED, REPEATABLE

__all__ = ["Job", "JobService", "Message", "OutboxService", "Told", "enqueue", "latest", "one", "report"]

log = structlog.get_logger()
Handler = Callable[[Mapping[str, Any]], Awaitable[None]]
LONGEST_RUN = timedelta(minutes=30)  # outside the slow lane: a job that hangs must not keep the next ones waiting
KEEP_FINISHED = timedelta(days=30)
POST_JOB = "post"
IDLE = 2.0  # seconds between looks at an empty queue


def enqueue(session: AsyncSession, kind: str, payload: dict[str, Any], run_at: datetime) -> None:
    """Add a job to the caller's transaction: it exists if and only if its cause was committed."""
    session.add(Job(kind=kind, payload=payload, run_at=run_at))


async def enqueue_one(session: AsyncSession, kind: str, payload: dict[str, Any], run_at: datetime) -> bool:
    """The same, unless one of the kind waits or runs; whether it was added."""
    asked = await latest(session, kind)
    if asked is not None and asked.finished_at is None:
        return False
    enqueue(session, kind, payload, run_at)
    return True


async def latest(session: AsyncSession, kind: str) -> Job | None:
    """The job of a kind that was asked for last, finished or not."""
    return await repository.latest(session, kind)


async def one(session: AsyncSession, job_id: int) -> Job | None:
    """A job by its number."""
    return await repository.one(session, job_id)


async def report(session: AsyncSession, job_id: int, progress: int, said: str) -> None:
    """Say how far a long job is: percent, and a sentence for people without personal data."""
    job = await repository.one(session, job_id)
    if job is not None:
        job.progress, job.said = progress, said[:200]


class JobService:
    """Runs due jobs; a handler must be safe to repeat, because a crash after its work repeats it.

    A handler gets the payload and, as `job`, the job's own number. `recurring` gives the period of kinds that run for
    ever, each in one row that moves on in time; kinds that are `slow` have a lane of their own, so that nothing waits
    behind them. Any other is stopped after `longest`, to be tried again.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        handlers: Mapping[str, Handler],
        recurring: Mapping[str, timedelta],
        slow: Collection[str] = (),
        longest: timedelta = LONGEST_RUN,
    ) -> None:
        self._longest = longest
        self._db = db
        self._slow = slow
        self._clock = clock
        self._handlers = handlers
        self._recurring = recurring

    async def run_next(self, *, lane: bool = False) -> bool:
        """Run one due job, in the slow lane one of the slow kinds; False where there is none."""
        async with self._db.write() as session:
            job = await repository.claim(session, self._clock.now(), self._recurring, self._slow, lane=lane)
        if job is None:
            return False
        error = await self._leased(job)
        async with self._db.write() as session:
            stored = await repository.held(session, job.id)
            stored.error, stored.locked_until = error, None
            self._settle(stored)
        return True

    def _settle(self, job: Job) -> None:
        now, period = self._clock.now(), self._recurring.get(job.kind)
        if job.error is None and period:
            job.attempts, job.run_at = 0, now + period
        elif job.error is None or (job.attempts >= repository.MAX_ATTEMPTS and not period):
            job.finished_at = now
        else:
            longest = min(repository.LONGEST_PAUSE, period or repository.LONGEST_PAUSE)
            job.run_at = now + min(timedelta(seconds=15 * 2 ** min(job.attempts, 10)), longest)
            job.attempts = min(job.attempts, repository.MAX_ATTEMPTS - 1)

    async def _leased(self, job: Claimed) -> str | None:
        """Attempt a job and keep its lease while that takes, so that nobody else claims it."""
        attempt = asyncio.ensure_future(self._attempt(job))
        try:
            while not (await asyncio.wait({attempt}, timeout=repository.LEASE.total_seconds() / 4))[0]:
                async with self._db.write() as session:
                    await repository.renew(session, job.id, self._clock.now() + repository.LEASE)
            return attempt.result()
        finally:
            attempt.cancel()
            with suppress(asyncio.CancelledError):
                await attempt

    async def _attempt(self, job: Claimed) -> str | None:
        handler = self._handlers.get(job.kind)
        if handler is None:
            return "unknown_kind"
        limit = None if job.kind in self._slow else self._longest.total_seconds()
        try:
            async with self._db.read() as session:
                payload = await repository.payload_of(session, job.id)
            async with asyncio.timeout(limit):
                await handler({**payload, "job": job.id})
        except Exception as error:
            log.error("job_failed", kind=job.kind, job=job.id, attempt=job.attempts, error=named(error))
            return named(error)[:60]
        return None

    async def run_forever(self) -> None:
        """The worker; a database that is away for a while is waited for."""
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(self._work(lane=False))
            if self._slow:
                lanes.create_task(self._work(lane=True))

    async def _work(self, *, lane: bool) -> None:
        prepared = lane
        while True:
            try:
                if not prepared:
                    await self._prepare()
                    prepared = True
                worked = await self.run_next(lane=lane)
            except Exception as error:
                log.error("worker_paused", error=named(error))
                worked = False
            if not worked:
                await asyncio.sleep(IDLE)

    async def _prepare(self) -> None:
        async with self._db.write() as session:
            for kind in self._recurring:
                await repository.ensure(session, kind, self._clock.now())

    async def drop_finished(self) -> None:
        """Housekeeping: finished jobs and delivered messages are kept for thirty days."""
        async with self._db.write() as session:
            await repository.drop_finished(session, self._clock.now() - KEEP_FINISHED)


@dataclass(frozen=True)
class Message:
    """A message that is to be sent: which attempt may have arrived is in `repeated`; `kept` is what was written.

    `mark` names it where others read it, so that only who has seen it can say that it came back.
    """

    id: int
    mark: str
    number: str
    channel: str
    kind: str
    kept: Mapping[str, Any]
    repeated: bool
    created_at: datetime


@dataclass(frozen=True)
class Returned:
    """Where a message that came back had gone, and when it was written."""

    number: str
    channel: str
    written_at: datetime


@dataclass(frozen=True)
class Told:
    """A message as a list of them shows it; `sentence` is empty once its text is erased, or where it is damaged."""

    id: int
    channel: str
    kind: str
    sentence: str
    created_at: datetime
    delivered_at: datetime | None
    result: str | None
    attempts: int
    repeatable: bool


class OutboxService:
    """Messages to citizens; `posts` are the channels of confirmed addresses, all others are chats behind the bot."""

    def __init__(self, db: Database, vault: Vault, clock: Clock, posts: Collection[str] = ()) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock
        self.posts = tuple(posts)

    def put(
        self,
        session: AsyncSession,
        case_id: int,
        number: str,
        channel: str,
        sentence: str,
        *,
        about: str | None = None,
        opened: Mapping[str, str] = MappingProxyType({}),
        kind: str = "news",
        token: str = "",
        agency: str | None = None,
        asks: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Write a message, for whoever holds `number`, in the transaction that causes it.

        `about`: the number of the case, where it is another; `opened`: query codes of new cases, by number, for chats
        alone; `token`: what its link proves; `agency`: who writes, by its code; `asks`: what is to be made clear
        (cases/telling.py), which only a letter says, never a heading.
        """
        kept: dict[str, Any] = {"sentence": sentence, "about": about or number, "opened": dict(opened)}
        kept |= {"token": token, "agency": agency, "asks": dict(asks)}
        self._write(session, Outbox(channel=channel, case_id=case_id, number=number, kind=kind), kept)

    def _write(self, session: AsyncSession, row: Outbox, kept: Mapping[str, Any]) -> None:
        row.sealed, row.created_at = self._vault.seal(f"outbox:{row.number}", dict(kept)), self._clock.now()
        session.add(row)
        if row.channel in POSTED:
            enqueue(session, POST_JOB, {}, self._clock.now())

    async def fetch(self, limit: int) -> list[dict[str, Any]]:
        """Lease messages to the bot; what is not acknowledged comes again, `repeated` where it may have arrived.

        One that cannot be opened is named in the log and keeps no other waiting.
        """
        async with self._db.write() as session:
            rows = await repository.claim_messages(session, self._clock.now(), limit, POSTED, among=False)
            found = [one for row in rows if (one := self._opened(row))]
        return [{"id": one.id, "number": one.number, "repeated": one.repeated, **one.kept} for one in found]

    async def claim(self, limit: int, kinds: Collection[str] = ()) -> list[Message]:
        """Lease messages to confirmed addresses, of some kinds only where these are named."""
        async with self._db.write() as session:
            now = self._clock.now()
            rows = await repository.claim_messages(session, now, limit, self.posts, among=True, kinds=kinds)
            return [one for row in rows if (one := self._opened(row))]

    def _opened(self, row: Outbox) -> Message | None:
        kept = self._kept(row)
        if kept is None:
            return None
        repeated = row.attempts - 1 > row.refused
        return Message(row.id, self._mark(row.id), row.number, row.channel, row.kind, kept, repeated, row.created_at)

    def _mark(self, message_id: int) -> str:
        return f"{message_id}.{self._vault.blind('told-message', str(message_id))[:16]}"

    async def came_back(self, session: AsyncSession, mark: str) -> Returned | None:
        """Note that the message with this mark came back, and say where it had gone; None where it is none of ours."""
        message_id = int(mark.partition(".")[0])
        known = secrets.compare_digest(self._mark(message_id), mark)
        row = await repository.message(session, message_id) if known else None
        if row is None:
            return None
        row.result = "bounced"
        return Returned(row.number, row.channel, row.created_at)

    def _kept(self, row: Outbox) -> dict[str, Any] | None:
        kept = self._vault.read(f"outbox:{row.number}", row.sealed or b"")
        if isinstance(kept, str):  # written by an older version: the sentence alone
            return {"sentence": kept, "about": row.number, "opened": {}}
        return dict(kept) if kept else None

    async def unclaim(self, message_id: int, result: str | None = None) -> None:
        """That was no attempt, for a reason where it is known: it is due again at once."""
        async with self._db.write() as session:
            await repository.unclaim(session, message_id, result)

    async def doubted(self, message_id: int) -> None:
        """The last attempt may have been a delivery; it comes again, as a repeat."""
        async with self._db.write() as session:
            await repository.mark(session, message_id, "doubtful")

    async def refused(self, message_id: int, result: str | None = None) -> None:
        """The last attempt was surely none, for a reason (terms.telling) where it is known; the message comes again."""
        async with self._db.write() as session:
            await repository.mark_refused(session, message_id, result)

    async def delivered(self, message_id: int, result: str | None = None) -> None:
        """Acknowledge, or with a `result` (terms.telling) give up; the text stays a month, to be sent again."""
        async with self._db.write() as session:
            await repository.mark_delivered(session, message_id, self._clock.now(), result)

    async def of_cases(self, session: AsyncSession, case_ids: Collection[int]) -> list[Told]:
        """Everything that was told of some cases, newest first."""
        return [self._told(row) for row in await repository.messages_of(session, case_ids)]

    def _told(self, row: Outbox) -> Told:
        sentence = (self._kept(row) or {}).get("sentence", "") if row.sealed else ""
        repeatable = row.kind in REPEATABLE and bool(sentence)
        at = row.created_at, row.delivered_at
        return Told(row.id, row.channel, row.kind, sentence, *at, row.result, row.attempts, repeatable)

    async def again(self, session: AsyncSession, case_ids: Collection[int], message_id: int) -> bool:
        """Write a message of these cases once more; False where its text is gone. Codes and links are not repeated."""
        row = await repository.message(session, message_id)
        kept = self._kept(row) if row and row.case_id in case_ids and row.kind in REPEATABLE else None
        if row is None or kept is None:
            return False
        copy = Outbox(channel=row.channel, case_id=row.case_id, number=row.number, kind=row.kind)
        self._write(session, copy, kept | {"opened": {}, "again": True})
        return True

    async def told(self, session: AsyncSession, kind: str) -> dict[int, datetime]:
        """When a message of a kind was last written, by the case's id."""
        return await repository.told(session, kind)

    async def asked_of_late(self, session: AsyncSession, case_id: int, kind: str, since: datetime) -> int:
        """How many messages of a kind were written for a case since then."""
        return await repository.count_of(session, case_id, kind, since)
