"""The office: every service of one installation, built once and handed to routes and worker."""

from collections.abc import Callable
from dataclasses import dataclass

from intake_api import __version__
from intake_api.cases.service import CaseService
from intake_api.clock import Clock
from intake_api.db import Database
from intake_api.directory import Directory
from intake_api.jobs.service import JobService, OutboxService
from intake_api.limits import RateLimits
from intake_api.people.service import PeopleService
from intake_api.published.service import PublishedService
from intake_api.settings import Settings
from intake_api.statute.calendar import Calendar
from intake_api.triage.service import Classifier, TriageService
from intake_api.upkeep import build_worker
from intake_api.vault import Vault, load_vault


@dataclass(frozen=True)
class Office:
    """Services by name; nothing here is built twice."""

    settings: Settings
    directory: Directory
    clock: Clock
    db: Database
    vault: Vault
    limits: RateLimits
    triage: TriageService
    calendar: Calendar
    cases: CaseService
    people: PeopleService
    published: PublishedService
    outbox: OutboxService
    jobs: JobService
    version: str = __version__


def build_office(
    settings: Settings, directory: Directory, load_classifier: Callable[[], Classifier], clock: Clock | None = None
) -> Office:
    """Wire the services of an installation. Opens no connection yet."""
    clock = clock or Clock()
    vault = load_vault(settings.secret("secret_key"), settings.data)
    db = Database(settings.database)
    triage = TriageService(vault, load_classifier)
    outbox = OutboxService(db, vault, clock)
    calendar = Calendar.of(settings.data)
    cases = CaseService(db, vault, clock, directory, triage, outbox, calendar, settings.confirm_internet)
    people = PeopleService(db, vault, clock)
    return Office(
        settings=settings,
        directory=directory,
        clock=clock,
        db=db,
        vault=vault,
        limits=RateLimits(settings),
        triage=triage,
        calendar=calendar,
        cases=cases,
        people=people,
        published=PublishedService(db),
        outbox=outbox,
        jobs=build_worker(db, clock, cases, people),
    )
