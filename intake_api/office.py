"""The office: every service of one installation, built once and handed to routes and worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from intake_api import __version__
from intake_api.backups.schedule import Schedule
from intake_api.calendars.current import Calendars
from intake_api.calendars.service import CalendarService
from intake_api.cases.attaching import Attaching
from intake_api.cases.audit import CaseAct, acts_between, first_fault
from intake_api.cases.elsewhere import Elsewhere
from intake_api.cases.following import Following
from intake_api.cases.looking import LookingService
from intake_api.cases.monthly import FeeService
from intake_api.cases.repeats import Repeats
from intake_api.cases.service import CaseService
from intake_api.cases.views import CaseViews
from intake_api.directory import Directory
from intake_api.dossier.service import DossierService
from intake_api.files.service import FileService
from intake_api.installation import open_vault
from intake_api.jobs.service import JobService, OutboxService
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.limits import RateLimits
from intake_api.kit.vault import Vault
from intake_api.learning.room import ModelRoom
from intake_api.learning.service import LearningService
from intake_api.ledger.service import LedgerService
from intake_api.notices.approving import ApprovalService
from intake_api.notices.service import NoticeService
from intake_api.notify.service import Contacts, PostOffice, posts_offered
from intake_api.people.passwords import Passwords
from intake_api.people.service import PeopleService
from intake_api.published.catalogue import Catalogue
from intake_api.published.deflection import Deflection
from intake_api.published.releases import Releases
from intake_api.published.service import PublishedService
from intake_api.published.words import Departments
from intake_api.reports.service import ReportService
from intake_api.reports.supervision import SupervisionService
from intake_api.settings import Settings
from intake_api.statute.calendar import Calendar
from intake_api.statute.steps import Demands
from intake_api.trail.checking import RecordCheck
from intake_api.trail.service import AT_ONCE, Done, TrailService
from intake_api.triage.service import Classifier, TriageService
from intake_api.upkeep.service import Doctor
from intake_api.worker import build_worker


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
    learning: LearningService
    calendars: Calendars
    calendar_changes: CalendarService
    cases: CaseService
    case_views: CaseViews
    repeats: Repeats
    elsewhere: Elsewhere
    following: Following
    fees: FeeService
    ledger: LedgerService
    notices: NoticeService
    approvals: ApprovalService
    people: PeopleService
    published: PublishedService
    catalogue: Catalogue
    releases: Releases
    deflection: Deflection
    reports: ReportService
    supervision: SupervisionService
    outbox: OutboxService
    post: PostOffice
    jobs: JobService
    files: FileService
    dossiers: DossierService
    doctor: Doctor
    backups: Schedule
    trail: TrailService
    record_check: RecordCheck
    looking: LookingService
    version: str = __version__

    @property
    def calendar(self) -> Calendar:
        """The working days as they are known now."""
        return self.calendars.current

    async def acts(
        self, begin: datetime, end: datetime, actor: str | None = None, kind: str | None = None
    ) -> tuple[list[CaseAct], list[Done]]:
        """What staff did in a span of time, on cases and to the installation, newest first, `AT_ONCE` of each."""
        on_cases = await acts_between(self.db, begin, end, actor, kind, AT_ONCE)
        return on_cases, await self.trail.between(begin, end, actor, kind)

    async def verified(self) -> tuple[int, str | None]:
        """Walk every chain and compare letters and files with it: the number of cases, and the first fault."""
        return await self.record_check.verify()


def build_office(
    settings: Settings,
    directory: Directory,
    load_classifier: Callable[[], Classifier],
    clock: Clock | None = None,
    models: Callable[[], ModelRoom] | None = None,
    passwords: Passwords | None = None,
    vault: Vault | None = None,
    doctor: Doctor | None = None,
) -> Office:
    """Wire the services of an installation; without `models` there is none to promote.

    `passwords` is for tests, which hash at a lower cost. `vault`: opened already; else the keys are compared with the
    database first (intake_api.installation). `doctor`: with the checks that only the composition root can make.
    """
    clock = clock or Clock()
    vault = vault or open_vault(settings)
    db = Database(settings.database)
    pointers = [settings.data / "models" / name for name in ("active", "tuning.json")]
    triage = TriageService(vault, load_classifier, pointers, directory.line_between)
    learning = LearningService(settings, db, vault, clock, triage, models)
    agency, contacts = directory.default_agency, Contacts(vault, clock)
    outbox = OutboxService(db, vault, clock, posts_offered(settings, agency.email))
    post = PostOffice(db, clock, settings, outbox, contacts, directory)
    calendars = Calendars(settings.data)
    late, demands = settings.late_clarification, Demands(settings.secrecy_review, settings.sign_off)
    calendar_changes = CalendarService(db, clock, calendars, outbox, late)
    desk = (db, vault, clock, directory, triage, outbox, calendars, settings.confirm_internet, demands, late)
    cases = CaseService(*desk, departments_enter=settings.department_entry == "on", letters=settings.letters)
    following = Following(*desk, contacts=contacts)
    ledger = LedgerService(db, vault, clock, directory, calendars)
    agencies = [agency.code for agency in directory.agencies]
    people = PeopleService(db, vault, clock, passwords, agencies, settings.factor_roles)
    notices = NoticeService(db, vault, clock, directory, cases, settings)
    files = FileService(db, vault, clock, Attaching(*desk))
    supervision = SupervisionService(db, clock, directory, calendars, settings)
    backups = Schedule(settings, clock, db)
    published = PublishedService(db, clock=clock, departments=Departments(directory.known_names()))
    catalogue = Catalogue(db, clock, directory, published)
    trail = TrailService(db, clock)

    async def verify() -> tuple[int, str | None]:
        walked, fault = await first_fault(db, vault, calendars.current, clock.today(), late)
        for check in (notices.first_fault, files.first_fault, trail.first_fault):
            fault = fault or await check()
        return walked, fault

    record_check = RecordCheck(db, clock, verify)
    slices = (
        cases,
        people,
        calendar_changes,
        ledger,
        supervision,
        learning,
        published,
        catalogue,
        following,
        post,
        backups,
        record_check,
    )
    return Office(
        settings=settings,
        directory=directory,
        clock=clock,
        db=db,
        vault=vault,
        limits=RateLimits(settings.secret("redis_url"), settings.submissions_per_minute),
        triage=triage,
        learning=learning,
        calendars=calendars,
        calendar_changes=calendar_changes,
        cases=cases,
        case_views=CaseViews(*desk),
        repeats=Repeats(*desk),
        elsewhere=Elsewhere(*desk, carry=files.carry),
        following=following,
        fees=FeeService(db, settings.fees, settings.fee_count),
        ledger=ledger,
        notices=notices,
        approvals=ApprovalService(db, clock, notices, cases, demands),
        people=people,
        published=published,
        catalogue=catalogue,
        releases=Releases(db, vault, clock, cases, published),
        deflection=Deflection(db, clock),
        reports=ReportService(db, clock, directory, calendars, settings.weights),
        supervision=supervision,
        outbox=outbox,
        post=post,
        files=files,
        dossiers=DossierService(db, clock, directory, cases, notices, files, settings),
        jobs=build_worker(db, clock, *slices),
        backups=backups,
        trail=trail,
        record_check=record_check,
        looking=LookingService(db, clock),
        doctor=doctor or Doctor(settings, clock),
    )
