"""The worker of an installation: its jobs by kind, and the periods of those that recur."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from intake_api.backups.schedule import ASKED, EVERY_HOURS, NIGHTLY, Schedule
from intake_api.calendars.service import RECOUNT_JOB, CalendarService
from intake_api.cases.following import Following
from intake_api.cases.service import REINDEX_JOB, SUGGEST_JOB, CaseService
from intake_api.jobs.service import POST_JOB, JobService
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.learning.service import INDEX, RETRAIN, WEEKLY, LearningService
from intake_api.ledger.service import LedgerService
from intake_api.notify.service import PostOffice
from intake_api.people.service import PeopleService
from intake_api.published.catalogue import LINKS_JOB, Catalogue
from intake_api.published.service import VECTORS, PublishedService
from intake_api.reports.supervision import REMIND_JOB, SupervisionService
from intake_api.trail.checking import CHECK_JOB, RecordCheck

HOUSEKEEPING = "housekeeping"
POST_ROUND = "post_round"  # what was put off: by night, by a server that was away
LATE_JOB = "tell_late"


def build_worker(
    db: Database,
    clock: Clock,
    cases: CaseService,
    people: PeopleService,
    calendar: CalendarService,
    ledger: LedgerService,
    supervision: SupervisionService,
    learning: LearningService,
    published: PublishedService,
    catalogue: Catalogue,
    following: Following,
    post: PostOffice,
    backups: Schedule,
    record_check: RecordCheck,
) -> JobService:
    """The worker with its handlers, each of them safe to repeat."""

    async def housekeeping(_payload: Mapping[str, Any]) -> None:
        await cases.drop_expired()
        await people.drop_expired()
        await worker.drop_finished()
        await supervision.drop_old()
        await ledger.drop_old()

    handlers = {
        REMIND_JOB: supervision.remind,
        SUGGEST_JOB: cases.suggest_later,
        RECOUNT_JOB: calendar.recount_job,
        HOUSEKEEPING: housekeeping,
        RETRAIN: learning.retrain,
        WEEKLY: learning.weekly,
        INDEX: learning.similar.index,
        REINDEX_JOB: cases.reindex,
        VECTORS: published.vectors_job,
        LINKS_JOB: catalogue.links_job,
        POST_JOB: post.deliver,
        POST_ROUND: post.deliver,
        LATE_JOB: following.tell_late,
        NIGHTLY: backups.nightly,
        ASKED: backups.asked,
        CHECK_JOB: record_check.run,
    }
    recurring = {
        HOUSEKEEPING: timedelta(hours=6),
        REMIND_JOB: timedelta(minutes=10),
        WEEKLY: timedelta(days=7),
        INDEX: timedelta(minutes=5),
        LATE_JOB: timedelta(hours=3),
        **({NIGHTLY: timedelta(hours=EVERY_HOURS)} if backups.folder else {}),
        **({POST_ROUND: timedelta(minutes=2)} if following.offered else {}),
    }
    worker = JobService(
        db, clock, handlers, recurring, slow=(RETRAIN, INDEX, VECTORS, LINKS_JOB, NIGHTLY, ASKED, CHECK_JOB)
    )
    return worker
