"""The jobs of the worker by kind; recurring ones enqueue themselves again."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from intake_api.cases.service import SUGGEST_JOB, CaseService
from intake_api.clock import Clock
from intake_api.db import Database
from intake_api.jobs import repository as jobs
from intake_api.jobs.service import Handler, enqueue
from intake_api.people import repository as people

HOUSEKEEPING = "housekeeping"
PERIOD = timedelta(hours=6)
KEEP_FINISHED = timedelta(days=30)


def upkeep_handlers(db: Database, clock: Clock, cases: CaseService) -> dict[str, Handler]:
    """Handlers by job kind; each is safe to repeat."""

    async def housekeeping(_payload: Mapping[str, Any]) -> None:
        now = clock.now()
        await cases.drop_expired()
        async with db.write() as session:
            await people.drop_expired_sessions(session, now)
            await jobs.drop_finished(session, now - KEEP_FINISHED)
            enqueue(session, HOUSEKEEPING, {}, now + PERIOD)

    return {SUGGEST_JOB: cases.suggest_later, HOUSEKEEPING: housekeeping}
