"""The worker of an installation: its jobs by kind, and the periods of those that recur."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from intake_api.cases.service import SUGGEST_JOB, CaseService
from intake_api.clock import Clock
from intake_api.db import Database
from intake_api.jobs.service import JobService
from intake_api.people.service import PeopleService

HOUSEKEEPING = "housekeeping"


def build_worker(db: Database, clock: Clock, cases: CaseService, people: PeopleService) -> JobService:
    """The worker with its handlers, each of them safe to repeat."""

    async def housekeeping(_payload: Mapping[str, Any]) -> None:
        await cases.drop_expired()
        await people.drop_expired()
        await worker.drop_finished()

    handlers = {SUGGEST_JOB: cases.suggest_later, HOUSEKEEPING: housekeeping}
    worker = JobService(db, clock, handlers, recurring={HOUSEKEEPING: timedelta(hours=6)})
    return worker
