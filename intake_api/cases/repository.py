"""All SQL about cases. The rule of who may see which case is written once, in `seen_by`."""

import base64
import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from intake_api import keys
from intake_api.cases.models import (
    Agency,
    Applicant,
    Case,
    CaseText,
    Decision,
    Event,
    EventNote,
    IdempotencyKey,
    Looking,
    NumberSeries,
)
from intake_api.directory import AgencyCode
from intake_api.installation import Installation
from intake_api.kit.db import Base, ignoring, upsert
from intake_api.statute import countersigns, workflow
from intake_api.terms.course import UNCOUNTED
from intake_api.terms.record import STAFF
from intake_api.triage import service as triage

_CLOCK = "clock"
AnySelect = TypeVar("AnySelect", bound="Select[*tuple[Any, ...]]")


@dataclass(frozen=True)
class Narrow:
    """What narrows a list besides its tab: each empty part lets everything through.

    `state`, `channel`, `flag` and `mark` are codes (`terms.course`, `terms.receipt`, `terms.handling`); `since` and
    `until` are days of receipt, both included.
    """

    state: str = ""
    channel: str = ""
    flag: str = ""
    mark: str = ""
    since: date | None = None
    until: date | None = None


NOT_NARROWED = Narrow()


@dataclass(frozen=True)
class QueueFilter:
    """What a queue page asks for. `due_before` is exclusive; `indexes` are blind indexes of the search word."""

    statuses: tuple[str, ...] = ()
    department: str | None = None
    only_open: bool = False
    due_before: date | None = None
    due_from: date | None = None
    number: str | None = None
    indexes: Mapping[str, str] = field(default_factory=dict)
    narrow: Narrow = NOT_NARROWED


Viewer = str | None
"""Whose eyes: those of one department, of one agency (AgencyCode), or (None) the office's own, which see every case."""
OFFICE: Viewer = None

AT_ONCE = 500  # ids in a statement


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """Which cases somebody may see: all, their agency's, or those confirmed for their department: the only rule."""
    if isinstance(viewer, AgencyCode):
        return Case.agency_code == str(viewer)
    return true() if viewer is None else Case.department == viewer


async def by_id(session: AsyncSession, case_id: int, viewer: Viewer, *, lock: bool = False) -> Case | None:
    """One case by its row; `lock` as in `by_number`."""
    return await _one(session, visible(viewer).where(Case.id == case_id), lock=lock)


async def _one(session: AsyncSession, query: Select[Any], *, lock: bool) -> Case | None:
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: Case | None = await session.scalar(query)
    return found


def visible(viewer: Viewer) -> Select[Case]:
    """The cases that somebody may see."""
    return select(Case).where(seen_by(viewer))


def _numbered(query: AnySelect, number: str, viewer: Viewer) -> AnySelect:
    query = query.where(seen_by(viewer), Case.number_key == keys.number(number))
    return query.order_by((Case.number == number).desc(), Case.id).limit(1)


async def by_number(session: AsyncSession, number: str, viewer: Viewer, *, lock: bool = False) -> Case | None:
    """One case by number, however it is written; `lock` holds its row until the transaction ends, and reads it anew.

    Of two old cases whose numbers differ by what nobody sees each is found by its own.
    """
    return await _one(session, _numbered(select(Case), number, viewer), lock=lock)


async def held(session: AsyncSession, case_id: int, *, lock: bool = False) -> Case:
    """A case that is known to be there, for who works on all of them."""
    return await session.get_one(Case, case_id, with_for_update=lock)


async def lock(session: AsyncSession, numbers: list[str]) -> None:
    """Hold several cases, always in the order of their ids: of two who want the same two, one waits."""
    await session.execute(
        select(Case.id).where(Case.number_key.in_(map(keys.number, numbers))).order_by(Case.id).with_for_update()
    )


async def by_numbers(session: AsyncSession, numbers: Collection[str], viewer: Viewer) -> list[Case]:
    """Cases by number, as far as somebody may see them."""
    return list(await session.scalars(visible(viewer).where(Case.number.in_(numbers)).order_by(Case.id)))


async def children_of(session: AsyncSession, case_id: int, viewer: Viewer) -> list[Case]:
    """The cases that a case was split into, as far as somebody may see them."""
    return list(await session.scalars(visible(viewer).where(Case.parent_id == case_id).order_by(Case.id)))


def _filtered(query: Select[Any], wanted: QueueFilter) -> Select[Any]:
    if wanted.statuses:
        query = query.where(Case.status.in_(wanted.statuses))
    if wanted.department:
        query = query.where(Case.department == wanted.department)
    if wanted.only_open:
        query = query.where(Case.open.is_(True))
    if wanted.due_before:
        query = query.where(Case.sort_on < wanted.due_before, Case.due_on.is_not(None))
    if wanted.due_from:
        query = query.where(Case.sort_on >= wanted.due_from)
    if wanted.number or wanted.indexes:
        matches = [getattr(Applicant, column) == value for column, value in wanted.indexes.items()]
        holders = select(Applicant.case_id).where(or_(*matches))
        query = query.where(or_(Case.number_key == keys.number(wanted.number or ""), Case.id.in_(holders)))
    return _narrowed(query, wanted.narrow)


def _narrowed(query: Select[Any], wanted: Narrow) -> Select[Any]:
    if wanted.state:
        query = query.where(Case.status == wanted.state)
    if wanted.channel:
        query = query.where(Case.channel == wanted.channel)
    if wanted.flag:
        query = query.where(_flagged(wanted.flag))
    if wanted.since:
        query = query.where(Case.received_on >= wanted.since)
    if wanted.until:
        query = query.where(Case.received_on <= wanted.until)
    return query.where(_marked(wanted.mark)) if wanted.mark else query


def _flagged(flag: str) -> ColumnElement[bool]:
    return cast(Case.flags, String).contains(f'"{flag}"', autoescape=True)


def _marked(mark: str) -> ColumnElement[bool]:
    """A list that is wanted at one press (`terms.course.MARKS`); what no list is called holds nothing."""
    unrouted = Case.status.in_(sorted(workflow.UNROUTED))
    if mark == "doubtful":
        return and_(unrouted, triage.doubtful(Case.id))
    if mark == "published":
        return and_(unrouted, _flagged("already_published"))
    if mark == "supplemented":
        return and_(Case.open.is_(True), _last_act("clarification_received"))
    return false()


def _last_act(kind: str) -> ColumnElement[bool]:
    """Nothing that moves a case on was recorded since an entry of this type."""
    later = aliased(Event)
    moved = exists().where(later.case_id == Event.case_id, later.seq > Event.seq, later.type.in_(workflow.MOVING))
    return exists().where(Event.case_id == Case.id, Event.type == kind, ~moved)


async def page(
    session: AsyncSession, viewer: Viewer, wanted: QueueFilter, cursor: str | None, limit: int
) -> tuple[list[Case], str | None]:
    """Keyset page in order of the due date; the cursor is opaque and stays valid while rows come and go."""
    query = _filtered(visible(viewer), wanted)
    if cursor and (key := _decode(cursor)):
        due_on, case_id = key
        query = query.where(or_(Case.sort_on > due_on, and_(Case.sort_on == due_on, Case.id > case_id)))
    rows = list(await session.scalars(query.order_by(Case.sort_on, Case.id).limit(limit + 1)))
    more = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], _encode(more) if more else None


async def count(session: AsyncSession, viewer: Viewer, wanted: QueueFilter, most: int | None = None) -> int:
    """How many cases a filter holds; with `most`, looked at no further than one more than that."""
    found = _filtered(visible(viewer), wanted).with_only_columns(Case.id).limit(None if most is None else most + 1)
    return await session.scalar(select(func.count()).select_from(found.subquery())) or 0


def _encode(case: Case) -> str:
    key = [case.sort_on.isoformat(), case.id]
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[date, int] | None:
    try:
        due_on, case_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return date.fromisoformat(due_on), int(case_id) % 2**63
    except (ValueError, TypeError, OverflowError):
        return None  # a made-up cursor starts at the beginning


async def next_serial(session: AsyncSession, agency: str, kind: str, year: int, many: int = 1) -> int:
    """The last of the next `many` of a gap-free series; the row stays locked until the transaction ends."""
    first = {"agency_code": agency, "kind": kind, "year": year, "last": many}
    statement = upsert(session, NumberSeries, first, {"last": NumberSeries.last + many})
    return int((await session.execute(statement.returning(NumberSeries.last))).scalar_one())


async def used(session: AsyncSession, numbers: Collection[str]) -> set[str]:
    """Which of these numbers, by their keys, a case has already."""
    return set(await session.scalars(select(Case.number_key).where(Case.number_key.in_(map(keys.number, numbers)))))


async def insert_cases(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Write the rows of new cases; their ids by number."""
    cases = Base.metadata.tables["cases"]
    statement = insert(cases).returning(cases.c.number, cases.c.id)
    return {row.number: row.id for row in await (await session.connection()).execute(statement, rows)}


async def insert_beside(session: AsyncSession, **rows: Sequence[dict[str, Any]]) -> None:
    """Write what stands beside new cases (`case_text`, `applicant`, `event`) in plain columns, a statement a table."""
    connection = await session.connection()
    for table, lines in rows.items():
        await connection.execute(insert(Base.metadata.tables[table]), lines)


async def claim_keys(
    session: AsyncSession, claimed: Mapping[str, str], expires_at: datetime
) -> dict[str, IdempotencyKey]:
    """Claim idempotency keys (with the digests of their bodies) for this transaction; rows of those that are taken.

    On PostgreSQL the insert waits for a holder that is still at work, so that twenty at once become one case; keys are
    claimed in one order by all.
    """
    rows = [{"key_hash": key, "body_hash": claimed[key], "expires_at": expires_at} for key in sorted(claimed)]
    statement = ignoring(session, IdempotencyKey).returning(IdempotencyKey.key_hash)
    mine = set(await session.scalars(statement, rows)) if rows else set()
    taken = claimed.keys() - mine
    found = select(IdempotencyKey).where(IdempotencyKey.key_hash.in_(taken))
    return {row.key_hash: row for row in await session.scalars(found)} if taken else {}


async def fill_keys(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Tie claimed keys (`claimed`) to their cases (`case_id`, `sealed`)."""
    kept = Base.metadata.tables["idempotency_key"]
    mine = update(kept).where(kept.c.key_hash == bindparam("claimed"))
    statement = mine.values(case_id=bindparam("case_id"), sealed=bindparam("sealed"))
    if rows:
        await (await session.connection()).execute(statement, rows)


async def drop_expired_keys(session: AsyncSession, now: datetime) -> None:
    """Housekeeping: keys are kept seven days."""
    await session.execute(delete(IdempotencyKey).where(IdempotencyKey.expires_at <= now))


@dataclass(frozen=True)
class Whole:
    """The rows of a case that its record is read from; what is sealed is None once erased."""

    case: Case
    events: list[Event]
    text: bytes | None
    applicant: bytes | None
    notes: dict[int, bytes | None]  # by the number of their event


async def whole(session: AsyncSession, number: str, viewer: Viewer) -> Whole | None:
    """Everything on record of a case, in two statements."""
    texts = (Case.id == CaseText.case_id, Case.id == Applicant.case_id)
    query = _numbered(select(Case, CaseText.sealed, Applicant.sealed), number, viewer)
    found = (await session.execute(query.outerjoin(CaseText, texts[0]).outerjoin(Applicant, texts[1]))).first()
    if found is None:
        return None
    case, text, applicant = found
    noted = (EventNote.case_id == Event.case_id) & (EventNote.seq == Event.seq)
    record = select(Event, EventNote.sealed).outerjoin(EventNote, noted).where(Event.case_id == case.id)
    rows = (await session.execute(record.order_by(Event.seq))).all()
    return Whole(case, [row[0] for row in rows], text, applicant, {row[0].seq: row[1] for row in rows if row[1]})


async def events_of(session: AsyncSession, case_id: int) -> list[Event]:
    """The record of a case, oldest first."""
    return list(await session.scalars(select(Event).where(Event.case_id == case_id).order_by(Event.seq)))


async def acts_between(
    session: AsyncSession, begin: datetime, end: datetime, actor: str | None, kind: str | None, limit: int
) -> list[tuple[Event, str]]:
    """Events of a span of time that staff wrote, newest first, with the numbers of their cases."""
    query = select(Event, Case.number).join(Case, Case.id == Event.case_id)
    query = query.where(Event.at >= begin, Event.at < end)
    query = query.where(Event.actor == actor if actor else Event.actor.startswith(STAFF))
    if kind:
        query = query.where(Event.type == kind)
    rows = await session.execute(query.order_by(Event.at.desc(), Event.id.desc()).limit(limit))
    return [(row[0], row[1]) for row in rows]


async def look(session: AsyncSession, number: str, account_id: int, now: datetime, until: datetime) -> None:
    """Note who has a case open; claims that ran out go."""
    await session.execute(delete(Looking).where(Looking.until <= now))
    case_id = await session.scalar(select(Case.id).where(Case.number == number))
    if case_id is not None:
        row = {"case_id": case_id, "account_id": account_id, "until": until}
        await session.execute(upsert(session, Looking, row, {"until": until, "account_id": account_id}))


async def looked_at(session: AsyncSession, numbers: Collection[str], now: datetime) -> dict[str, int]:
    """Who has which of these cases open: ids of accounts by number."""
    query = select(Case.number, Looking.account_id).join(Looking, Looking.case_id == Case.id)
    rows = await session.execute(query.where(Looking.until > now, Case.number.in_(numbers)))
    return {row.number: row.account_id for row in rows}


async def newest_mark(session: AsyncSession) -> tuple[int, datetime | None]:
    """The newest event's id, and until when the newest claim lasts."""
    event = select(func.max(Event.id)).scalar_subquery()
    row = (await session.execute(select(event, select(func.max(Looking.until)).scalar_subquery()))).one()
    return row[0] or 0, row[1]


async def newest_event(session: AsyncSession) -> datetime | None:
    """When the newest event was recorded, of those after the last that `trust_clock` passed over."""
    passed = await session.scalar(select(Installation.value).where(Installation.name == _CLOCK))
    query = select(Event.at).order_by(Event.at.desc()).limit(1)
    if passed:
        query = query.where(Event.id > passed["event"])
    found: datetime | None = await session.scalar(query)
    return found


async def trust_clock(session: AsyncSession) -> None:
    """Pass over every event so far when the clock is judged by what is on record."""
    value = {"event": await session.scalar(select(func.max(Event.id))) or 0}
    await session.execute(upsert(session, Installation, {"name": _CLOCK, "value": value}, {"value": value}))


async def notes_of(session: AsyncSession, case_id: int) -> dict[int, bytes | None]:
    """Sealed notes by the number of their event."""
    rows = await session.execute(select(EventNote.seq, EventNote.sealed).where(EventNote.case_id == case_id))
    return {row.seq: row.sealed for row in rows}


async def notes_among(session: AsyncSession, case_ids: Collection[int]) -> dict[tuple[int, int], bytes]:
    """Sealed notes of several cases by case and number of their event."""
    found: dict[tuple[int, int], bytes] = {}
    ids = sorted(case_ids)
    for start in range(0, len(ids), AT_ONCE):
        some = EventNote.case_id.in_(ids[start : start + AT_ONCE])
        rows = select(EventNote.case_id, EventNote.seq, EventNote.sealed).where(some)
        found |= {(row.case_id, row.seq): row.sealed for row in await session.execute(rows) if row.sealed}
    return found


async def decisions_of(session: AsyncSession, case_id: int) -> list[Decision]:
    """Decisions of a case, oldest first; the last one is in force."""
    return list(await session.scalars(select(Decision).where(Decision.case_id == case_id).order_by(Decision.seq)))


async def applicant_of(session: AsyncSession, case_id: int) -> Applicant | None:
    """The applicant's row."""
    return await session.get(Applicant, case_id)


async def text_of(session: AsyncSession, case_id: int) -> CaseText | None:
    """The row of what was asked."""
    return await session.get(CaseText, case_id)


async def before_by_same_person(
    session: AsyncSession, case: Case, by: Mapping[str, str], viewer: Viewer, most: int
) -> list[tuple[Case, bytes | None]]:
    """Earlier cases of the same kind by the applicant with one of these indexes, newest first, with sealed texts.

    As far as somebody may see them, without those that were withdrawn or have lapsed.
    """
    same = or_(*(getattr(Applicant, column) == index for column, index in by.items()))
    query = (
        select(Case, CaseText.sealed)
        .join(Applicant, Applicant.case_id == Case.id)
        .join(CaseText, CaseText.case_id == Case.id)
        .where(seen_by(viewer), same, Case.id != case.id, Case.kind == case.kind)
        .where(Case.submitted_at < case.submitted_at, Case.status.not_in(("withdrawn", "lapsed")))
        .order_by(Case.submitted_at.desc(), Case.id.desc())
        .limit(most)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def applicants_after(session: AsyncSession, case_id: int, size: int) -> list[tuple[str, Applicant]]:
    """A batch of applicants after a case, held, each with the number of the case."""
    query = select(Case.number, Applicant).join(Case, Case.id == Applicant.case_id)
    query = query.where(Applicant.case_id > case_id).order_by(Applicant.case_id).limit(size)
    return [(row[0], row[1]) for row in await session.execute(query.with_for_update(of=Applicant))]


async def place_in_month(session: AsyncSession, case: Case, agency: str | None) -> tuple[int, int]:
    """Which of its applicant's requests of the month a case is, and how many there are; of one agency or all."""
    assert case.received_on is not None
    who = await session.get_one(Applicant, case.id)
    query = (
        select(func.count(Case.id))
        .join(Applicant, Applicant.case_id == Case.id)
        .where(*_same_month(case.received_on), *_same_applicant(who))
    )
    if agency is not None:
        query = query.where(Case.agency_code == agency)
    until = tuple_(Case.received_on, Case.id) <= (case.received_on, case.id)
    count = await session.scalar(query) or 1
    return await session.scalar(query.where(until)) or 1, count


def _same_month(received: date) -> tuple[ColumnElement[bool], ...]:
    first = received.replace(day=1)
    after = (first + timedelta(31)).replace(day=1)
    return (
        Case.kind == "disclosure",
        Case.status.not_in(UNCOUNTED),
        Case.received_on >= first,
        Case.received_on < after,
    )


def _same_applicant(who: Applicant) -> tuple[ColumnElement[bool], ...]:
    if who.id_number_index:
        return (Applicant.id_number_index == who.id_number_index,)
    if who.name_index and who.phone_index:
        return (Applicant.name_index == who.name_index, Applicant.phone_index == who.phone_index)
    return (Applicant.case_id == who.case_id,)  # nobody else is known to be the same


async def overdue(session: AsyncSession, today: date) -> list[Case]:
    """The open cases whose day of answer has passed, of those that have an applicant here."""
    late = select(Case).where(Case.open.is_(True), Case.due_on < today, Case.code_hash.is_not(None))
    return list(await session.scalars(late.order_by(Case.id)))


async def keys_used_for(session: AsyncSession, case_id: int) -> list[IdempotencyKey]:
    """The idempotency keys that stand for a case, for as long as they are kept."""
    return list(await session.scalars(select(IdempotencyKey).where(IdempotencyKey.case_id == case_id)))


async def due_since(session: AsyncSession, since: date) -> list[int]:
    """Cases, by id, that are due on that day or later, or that wait and will be due."""
    waiting = Case.open.is_(True) & Case.due_on.is_(None)
    return list(await session.scalars(select(Case.id).where(or_(Case.due_on >= since, waiting)).order_by(Case.id)))


async def waiting_for_others(session: AsyncSession, viewer: Viewer) -> list[tuple[Case, list[Event]]]:
    """The open cases whose receipt is not confirmed or that wait for somebody else, with their records."""
    paused = Case.status.in_(("clarifying", "consulting", "awaiting_fee"))
    inside = exists().where(Event.case_id == Case.id, Event.type == countersigns.ASKED)
    waits = or_(Case.received_on.is_(None), paused, inside)
    return await _with_records(session, viewer, and_(Case.open.is_(True), waits))


async def contested(session: AsyncSession, viewer: Viewer) -> list[tuple[Case, list[Event]]]:
    """The cases of which a review or suit still wants something done, with their records."""
    return await _with_records(session, viewer, Case.contested.is_(True))


async def _with_records(
    session: AsyncSession, viewer: Viewer, condition: ColumnElement[bool]
) -> list[tuple[Case, list[Event]]]:
    cases = list(await session.scalars(select(Case).where(condition, seen_by(viewer)).order_by(Case.id)))
    records: dict[int, list[Event]] = {case.id: [] for case in cases}
    for start in range(0, len(cases), AT_ONCE):
        ids = [case.id for case in cases[start : start + AT_ONCE]]
        events = select(Event).where(Event.case_id.in_(ids)).order_by(Event.case_id, Event.seq)
        for event in await session.scalars(events):
            records[event.case_id].append(event)
    return [(case, records[case.id]) for case in cases]


async def with_entries(session: AsyncSession, types: Collection[str]) -> list[int]:
    """Cases, by id, that have an entry of one of these types."""
    return list(
        await session.scalars(select(Event.case_id).where(Event.type.in_(types)).distinct().order_by(Event.case_id))
    )


Series = tuple[str, str, int]
"""Agency, kind and year."""


async def series(session: AsyncSession) -> tuple[dict[Series, int], dict[str, str]]:
    """The serial last given out in each series, and the prefix of each agency's numbers."""
    given = {(row.agency_code, row.kind, row.year): row.last for row in await session.scalars(select(NumberSeries))}
    return given, {row.code: row.number_prefix for row in await session.scalars(select(Agency))}


async def keys_of(session: AsyncSession, numbers: Collection[str]) -> dict[str, Applicant]:
    """The applicants, with the keys by which they are compared, by case number."""
    query = select(Case.number, Applicant).join(Applicant, Applicant.case_id == Case.id).where(Case.number.in_(numbers))
    return {row.number: row.Applicant for row in await session.execute(query)}


async def texts_of(session: AsyncSession, case_ids: list[int]) -> dict[int, bytes | None]:
    """Sealed texts by case id."""
    rows = await session.execute(select(CaseText.case_id, CaseText.sealed).where(CaseText.case_id.in_(case_ids)))
    return {row.case_id: row.sealed for row in rows}


async def sync_agencies(session: AsyncSession, agencies: list[tuple[str, str, str]]) -> None:
    """Mirror the profile's agencies (code, name, prefix), so that cases can refer to them."""
    for code, name, prefix in agencies:
        row = {"code": code, "name": name, "number_prefix": prefix}
        await session.execute(upsert(session, Agency, row, {"name": name, "number_prefix": prefix}))


async def every_case(session: AsyncSession, after: int = 0, size: int = 500) -> AsyncIterator[Case]:
    """All cases by id, in batches: for verification and rebuilding."""
    while rows := list(await session.scalars(select(Case).where(Case.id > after).order_by(Case.id).limit(size))):
        for row in rows:
            yield row
        after = rows[-1].id
