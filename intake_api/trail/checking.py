"""Checking every record at somebody's wish (核对记录): a job, because it walks all cases; its result in words."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from intake_api.jobs.service import enqueue_one, latest
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.terms.record import STAFF
from intake_api.trail import repository
from intake_api.trail.service import note

CHECK_JOB = "check_records"


class CheckState(NamedTuple):
    """What the last check found (`at` None where there was none), and whether one is waiting or under way."""

    at: datetime | None
    cases: int
    fault: str | None
    under_way: bool


class RecordCheck:
    """Has the worker walk every chain; `verify` gives how many cases were walked and the first fault."""

    def __init__(self, db: Database, clock: Clock, verify: Callable[[], Awaitable[tuple[int, str | None]]]) -> None:
        self._db = db
        self._clock = clock
        self.verify = verify

    async def ask(self, by: int) -> None:
        """Have one made as soon as the worker can; nothing where one is waiting already."""
        now = self._clock.now()
        async with self._db.write() as session:
            if await enqueue_one(session, CHECK_JOB, {}, now):
                await note(session, now, f"{STAFF}{by}", "chain_checked")

    async def run(self, _payload: Mapping[str, Any]) -> None:
        """Walk, and keep what was found. Safe to repeat."""
        cases, fault = await self.verify()
        found = {"at": self._clock.now().isoformat(), "cases": cases, "fault": fault}
        async with self._db.write() as session:
            await repository.keep_check(session, found)

    async def state(self) -> CheckState:
        """The last result."""
        async with self._db.read() as session:
            found, job = await repository.last_check(session), await latest(session, CHECK_JOB)
        under_way = job is not None and job.finished_at is None
        if found is None:
            return CheckState(None, 0, None, under_way)
        return CheckState(datetime.fromisoformat(found["at"]), found["cases"], found["fault"], under_way)
