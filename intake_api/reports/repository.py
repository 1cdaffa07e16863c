"""All SQL of the reports. Each table is counted by one grouped statement; a cell's cases come by the same conditions.

A case counts with its addressee (谁收到、谁处理). One that was split counts through its children. Groups go by the
label of a column: PostgreSQL takes the same expression with other parameters for another expression.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, delete, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from intake_api.cases.models import Case, Decision, Event
from intake_api.cases.repository import Viewer, seen_by
from intake_api.directory import AgencyCode
from intake_api.kit.db import insert_ignoring, unleased, upsert
from intake_api.reports.models import Figure, Mail
from intake_api.statute.annual import CARRIED_OVER, COURTS, ENDED, NEW, OPEN, OTHER
from intake_api.terms.course import UNCOUNTED

UNLETTERED = "letter"  # answered, and no letter is on record: a list to work off
UNFILED = "letter_file"  # answered by a letter written elsewhere whose file is not here: another
NO_OUTCOME = "none"  # ended without an outcome on record: no row of the form, but a list to work off
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, and whose cases: `agencies` None means every agency's."""

    first: date
    last: date
    agencies: tuple[str, ...] | None = None

    @classmethod
    def year(cls, year: int, agencies: tuple[str, ...] | None = None) -> "Period":
        """The calendar year of an annual report."""
        return cls(date(year, 1, 1), date(year, 12, 31), agencies)

    @property
    def counted(self) -> Condition:
        """Disclosure requests that a report may count at all."""
        return and_(self.requests, Case.status.not_in(UNCOUNTED))

    @property
    def requests(self) -> Condition:
        """Disclosure requests, those that were split among them: what was done before the split was done to them."""
        ours = Case.agency_code.in_(self.agencies) if self.agencies is not None else literal(True)
        return and_(Case.kind == "disclosure", Case.status != "merged", ours)

    @property
    def fresh(self) -> Condition:
        """Received in the period."""
        return Case.received_on.between(self.first, self.last)

    @property
    def ended(self) -> Condition:
        """Answered, lapsed or withdrawn in the period, a receipt being on record."""
        return and_(Case.received_on <= self.last, Case.ended_on.between(self.first, self.last))

    @property
    def pending(self) -> Condition:
        """Received and not ended by the last day."""
        return and_(Case.received_on <= self.last, or_(Case.ended_on.is_(None), Case.ended_on > self.last))

    @property
    def inherited(self) -> Condition:
        """Received before the period and not ended before it."""
        return and_(Case.received_on < self.first, or_(Case.ended_on.is_(None), Case.ended_on >= self.first))

    @property
    def touched(self) -> Condition:
        """At work at some time of the period: in a report's row 1 or 2."""
        return and_(self.counted, or_(self.fresh, self.inherited))


def _on(day: InstrumentedAttribute[date | None], year: Period) -> Condition:
    """A review or suit without a day of its own counts in the year of the answer (docs/contract.md §6)."""
    return func.coalesce(day, Case.ended_on).between(year.first, year.last)


async def courts(session: AsyncSession, year: Period) -> dict[tuple[str, str], int]:
    """表四: how many by block and verdict."""
    review, suit = _on(Case.review_on, year), _on(Case.litigation_on, year)
    query = (
        select(
            case((review, Case.review)).label("reviewed"),
            case((suit, Case.litigation)).label("sued"),
            func.count(),
        )
        .where(year.counted, or_(Case.review.is_not(None), Case.litigation.is_not(None)))
        .group_by("reviewed", "sued")
    )
    found: Counter[tuple[str, str]] = Counter()
    for reviewed, sued, count in await session.execute(query):
        for verdict in (f"review:{reviewed}" if reviewed else "", sued or ""):
            block, _, result = verdict.partition(":")
            found[block, result] += count
    return found


def _sums(done: Condition) -> tuple[ColumnElement[Any], ...]:
    """Sums over a group; timeliness, extension and rating are those of the cases that ended in the period.

    What lapsed or was withdrawn (其他处理) was answered neither in time nor late, whether live or from a ledger, which
    knows no other end than an answer.
    """
    timed = and_(Case.in_time.is_not(None), ~func.coalesce(Case.outcome, "").startswith(f"{OTHER}."))

    def having(condition: Condition) -> ColumnElement[int]:
        return func.count(case((and_(done, condition), 1)))

    return (
        func.count(),
        having(timed),
        having(and_(timed, Case.in_time.is_(True))),
        having(Case.extended.is_(True)),
        having(Case.rating.is_not(None)),
        func.coalesce(func.sum(case((done, Case.rating))), 0),
    )


class Share(NamedTuple):
    """Cases of a year that are alike in what 表三 and the text chapters tell; sums over them."""

    applicant: str
    channel: str
    department: str | None
    outcome: str | None
    elsewhere: bool  # 不属于本机关负责公开, which has no row of its own in 表三
    fresh: bool
    ended: bool
    cases: int
    timed: int  # ended with a term that could be kept
    in_time: int
    extended: int
    rated: int
    stars: int
    returned: int


async def shares(session: AsyncSession, period: Period) -> list[Share]:
    """What 表三, chapters 一 and 五 and the classic statistics are made of: one pass over the cases of the year."""
    done = period.ended
    query = (
        select(
            Case.applicant_type,
            Case.channel,
            Case.department,
            case((done, Case.outcome)).label("result"),
            func.coalesce(Case.disposition == "not_this_agency", literal(False)).label("elsewhere"),
            period.fresh.label("new_one"),
            done.label("done"),
            *_sums(done),
            func.sum(Case.returned),
        )
        .where(period.touched)
        .group_by(Case.applicant_type, Case.channel, Case.department, "result", "elsewhere", "new_one", "done")
    )
    return [Share(*row[:4], *map(bool, row[4:7]), *map(int, row[7:])) for row in await session.execute(query)]


async def unreceived(session: AsyncSession, agencies: tuple[str, ...] | None, before: datetime) -> int:
    """Open requests whose receipt is not confirmed (art. 31), so that no year counts them yet."""
    counted = Period(date.min, date.max, agencies).counted
    query = select(func.count()).where(
        counted, Case.received_on.is_(None), Case.open.is_(True), Case.submitted_at < before
    )
    return await session.scalar(query) or 0


async def unlettered(session: AsyncSession, period: Period) -> int:
    """Answers given in the period of which no letter is on record."""
    return await session.scalar(select(func.count()).where(period.counted, _row(period, UNLETTERED))) or 0


async def unfiled(session: AsyncSession, period: Period) -> int:
    """Answers given in the period by a letter written elsewhere of which there is no file."""
    return await session.scalar(select(func.count()).where(period.counted, _row(period, UNFILED))) or 0


class Listed(NamedTuple):
    """A case as lists of the reports show it: nothing of what was asked and by whom."""

    number: str
    applicant_type: str
    department: str | None
    status: str
    received_on: date | None
    due_on: date | None
    ended_on: date | None
    outcome: str | None


_LISTED = (
    Case.number,
    Case.applicant_type,
    Case.department,
    Case.status,
    Case.received_on,
    Case.due_on,
    Case.ended_on,
    Case.outcome,
)


def _row(year: Period, row: str) -> Condition:
    """The condition of a row of 表三, or of `none`."""
    plain = {NEW: year.fresh, CARRIED_OVER: year.inherited, OPEN: year.pending, ENDED: year.ended}
    if row in plain:
        return plain[row]
    if row == UNLETTERED:
        return and_(year.ended, Case.unlettered.is_(True))
    if row == UNFILED:
        return and_(year.ended, Case.unfiled.is_(True))
    if row == OTHER:  # the form of 2019 and 2020 has one row for them
        return and_(year.ended, Case.outcome.startswith(f"{OTHER}."))
    return and_(year.ended, Case.outcome.is_(None) if row == NO_OUTCOME else Case.outcome == row)


def _verdict(year: Period, block: str, verdict: str) -> Condition:
    """The condition of a cell of 表四."""
    if block == "review":
        whole = and_(year.counted, _on(Case.review_on, year))
        return and_(whole, Case.review.is_not(None) if verdict == "total" else Case.review == verdict)
    pattern = f"{block}:%" if verdict == "total" else f"{block}:{verdict}"
    return and_(year.counted, _on(Case.litigation_on, year), Case.litigation.like(pattern))


def _cell(year: Period, row: str, column: str) -> Condition:
    if row in COURTS:
        return _verdict(year, row, column)
    whole = and_(year.counted, _row(year, row))
    return whole if column == "total" else and_(whole, Case.applicant_type == column)


async def cell(
    session: AsyncSession, year: Period, row: str, column: str, after: str, limit: int
) -> tuple[list[Listed], int]:
    """The cases behind a cell of 表三 or 表四 by number, beginning after the number `after`; how many in all."""
    condition = _cell(year, row, column)
    query = select(*_LISTED).where(condition, Case.number > after).order_by(Case.number).limit(limit)
    total = await session.scalar(select(func.count()).where(condition)) or 0
    return [Listed(*found) for found in await session.execute(query)], total


class Worked(NamedTuple):
    """Cases of a department that took the same time; what a bulletin needs of them."""

    department: str | None
    agency: str
    received_on: date | None
    ended_on: date | None
    fresh: bool
    ended: bool
    overdue: bool
    cases: int
    timed: int
    in_time: int
    extended: int
    rated: int
    stars: int


async def worked(session: AsyncSession, month: Period, today: date, viewer: Viewer) -> list[Worked]:
    """What a month's bulletin is made of, as far as somebody may see it; overdue at its end, or now while it lasts."""
    late = and_(month.pending, Case.due_on <= month.last, Case.due_on < today)
    done = month.ended
    query = (
        select(
            Case.department,
            Case.agency_code,
            case((done, Case.received_on)).label("first_day"),
            case((done, Case.ended_on)).label("last_day"),
            month.fresh.label("new_one"),
            done.label("done"),
            func.coalesce(late, literal(False)).label("late"),
            *_sums(done),
        )
        .where(month.touched, seen_by(viewer))
        .group_by(Case.department, Case.agency_code, "first_day", "last_day", "new_one", "done", "late")
    )
    return [Worked(*row[:4], *map(bool, row[4:7]), *map(int, row[7:])) for row in await session.execute(query)]


class GivenBack(NamedTuple):
    """How often a department gave cases back to the office (退回分办)."""

    department: str | None
    agency: str
    times: int


async def given_back(session: AsyncSession, month: Period, department: str | None) -> list[GivenBack]:
    """Who gave back in the month: the department of the decision that each such event names."""
    query = (
        select(Decision.department, Case.agency_code, func.count())
        .select_from(Case)
        .join(Event, Event.case_id == Case.id)
        .join(Decision, Decision.id == Event.data["decision"].as_integer())
        .where(month.requests, Case.returned > 0, Event.type == "returned", Event.on.between(month.first, month.last))
        .group_by(Decision.department, Case.agency_code)
    )
    if isinstance(department, AgencyCode):
        query = query.where(Case.agency_code == str(department))
    elif department is not None:
        query = query.where(Decision.department == department)
    return [GivenBack(*row) for row in await session.execute(query)]


class Tried(NamedTuple):
    """Reviews and suits over a department's cases that were decided, and how many of them corrected it (纠正)."""

    department: str | None
    agency: str
    decided: int
    corrected: int


async def decided(session: AsyncSession, period: Period, viewer: Viewer) -> list[Tried]:
    """What was decided in the period, as 表四 counts it: the last review and the last suit of each case."""
    review = and_(_on(Case.review_on, period), Case.review.is_not(None), Case.review != "pending")
    suit = and_(_on(Case.litigation_on, period), Case.litigation.is_not(None), ~Case.litigation.like("%:pending"))
    against = and_(review, Case.review == "corrected"), and_(suit, Case.litigation.like("%:corrected"))

    def either(first: Condition, second: Condition) -> ColumnElement[int]:
        return func.count(case((first, 1))) + func.count(case((second, 1)))

    query = (
        select(Case.department, Case.agency_code, either(review, suit), either(*against))
        .where(period.counted, or_(review, suit), seen_by(viewer))
        .group_by(Case.department, Case.agency_code)
    )
    return [Tried(*row) for row in await session.execute(query)]


class Waiting(NamedTuple):
    """An open case that is due soon or overdue."""

    number: str
    department: str | None
    agency: str
    status: str
    due_on: date | None


async def waiting(session: AsyncSession, until: date, viewer: Viewer) -> list[Waiting]:
    """Open cases due by `until`, the most urgent first; corrections (art. 41) have no term and never wait."""
    query = (
        select(Case.number, Case.department, Case.agency_code, Case.status, Case.due_on)
        .where(seen_by(viewer), Case.open.is_(True), Case.due_on <= until)
        .order_by(Case.due_on, Case.number)
    )
    return [Waiting(*row) for row in await session.execute(query)]


async def figures(session: AsyncSession, years: Sequence[int], agencies: Sequence[str]) -> list[Figure]:
    """Cells keyed in or imported."""
    query = select(Figure).where(Figure.year.in_(years), Figure.agency_code.in_(agencies))
    return list(await session.scalars(query))


async def put_figures(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Store cells, replacing those that are there already."""
    for row in rows:
        await session.execute(upsert(session, Figure, row, {"value": row["value"]}))


async def drop_figures(session: AsyncSession, keys: Sequence[dict[str, Any]]) -> None:
    """Take back cells that were emptied."""
    for key in keys:
        await session.execute(delete(Figure).filter_by(**key))


LEASE = timedelta(minutes=2)
LATER = timedelta(minutes=5)  # until what the server did not take now is tried again
MAX_ATTEMPTS = 5


async def write_mail(session: AsyncSession, row: dict[str, Any]) -> None:
    """Put a message into the outbox, unless one with its `unique_key` is there."""
    await session.execute(insert_ignoring(session, Mail, row))


async def mailed(session: AsyncSession, since: datetime) -> set[str]:
    """Unique keys of messages sent since then."""
    return set(await session.scalars(select(Mail.unique_key).where(Mail.sent_at >= since)))


async def claim_mail(session: AsyncSession, since: datetime, now: datetime) -> Mail | None:
    """Lease the next message written since then and not sent, unless it was tried too often."""
    free = unleased(Mail.locked_until, now)
    due = (
        select(Mail.id)
        .where(Mail.sent_at.is_(None), Mail.created_at >= since, Mail.attempts < MAX_ATTEMPTS, free)
        .order_by(Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    statement = (
        update(Mail)
        .where(Mail.id == due)
        .values(locked_until=now + LEASE, attempts=Mail.attempts + 1)
        .returning(Mail)
        .execution_options(synchronize_session=False)
    )
    return (await session.scalars(statement)).first()


async def settle_mail(session: AsyncSession, mail_id: int, **outcome: Any) -> None:
    """Keep what became of a message and end its lease, or set it anew."""
    await session.execute(update(Mail).where(Mail.id == mail_id).values({"locked_until": None} | outcome))


async def drop_mail(session: AsyncSession, before: datetime) -> None:
    """Housekeeping: messages of long ago."""
    await session.execute(delete(Mail).where(Mail.created_at < before))
