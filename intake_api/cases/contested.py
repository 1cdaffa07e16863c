"""Reviews and suits (行政复议、行政诉讼) as lists and pages show them: what the office has to do next, and by when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.models import Case
from intake_api.cases.reading import Reader, record_of
from intake_api.cases.record import Counting, Record
from intake_api.cases.repository import Viewer
from intake_api.statute.errors import StatuteError
from intake_api.statute.proceedings import Proceeding
from intake_api.terms.handling import PROCEEDINGS, RESULTS, ROUTES, VERDICTS


@dataclass(frozen=True, kw_only=True)
class Fought:
    """A review or suit. `due_on`: the last day to answer, None without a notice on record.

    `next_on`: the day by which the office has to act next: to answer, or to give the new answer that was ordered;
    `overdue` where it has passed. `docket` is 案号, with what else was written beside the notice.
    `entries` are those of the case that belong to it, as its papers name them (`ref`).
    """

    number: str
    department: str | None
    agency: str
    ref: str
    kind: str
    label: str
    route: str
    body: str
    docket: str
    about: str
    simplified: bool
    served_on: date | None
    due_on: date | None
    answered_on: date | None
    hearings: list[date] = field(default_factory=list)
    result: str
    result_label: str
    verdict: str
    decided_on: date | None
    redo_by: date | None
    redone: bool
    next_on: date | None
    days_left: int | None
    overdue: bool
    owed: bool
    entries: list[str]


def fought(case: Case, record: Record, notes: Mapping[int, str]) -> list[Fought]:
    """The reviews and suits of a case, as its record has them; `notes` are the words beside its entries."""
    return [_shown(case, one, record.counting, notes.get(one.seq, "")) for one in record.standing.proceedings]


def _shown(case: Case, one: Proceeding, counting: Counting, note: str) -> Fought:
    calendar, today = counting.calendar, counting.today
    following = one.next_day(calendar)
    label = PROCEEDINGS[one.kind].label
    return Fought(
        number=case.number,
        department=case.department,
        agency=case.agency_code,
        ref=one.ref,
        kind=one.kind,
        label=f"{label}，{ROUTES[one.route].label}" if one.kind == "first" else label,
        route=one.route,
        body=one.body,
        docket=note if one.served_on else "",
        about=one.about,
        simplified=one.simplified,
        served_on=one.served_on,
        due_on=one.answer_by(calendar),
        answered_on=one.answered_on,
        hearings=list(one.hearings),
        result=one.result,
        result_label=RESULTS[one.result].label,
        verdict=VERDICTS[one.verdict].label if one.verdict else "",
        decided_on=None if one.open else one.counted_on,
        redo_by=one.redo_by,
        redone=one.redone,
        next_on=following,
        days_left=calendar.workdays_between(today, following) if following else None,
        overdue=following is not None and following < today,
        owed=one.owed,
        entries=list(one.refs),
    )


async def contested(
    session: AsyncSession, viewer: Viewer, counting: Counting, reader: Reader | None = None
) -> list[Fought]:
    """What still wants something done, the earliest day first; with a `reader` also the words beside the notices."""
    found = await repository.contested(session, viewer)
    sealed = await repository.notes_among(session, [case.id for case, _ in found]) if reader else {}
    listed: list[Fought] = []
    for case, events in found:
        notes = {e.seq: sealed[case.id, e.seq] for e in events if (case.id, e.seq) in sealed}
        opened = {seq: reader.note(case, seq, words) for seq, words in notes.items()} if reader else {}
        try:
            listed += fought(case, record_of(case, events, counting), opened)
        except StatuteError:  # days that contradict each other: audit names them
            continue
    return sorted((one for one in listed if one.owed), key=lambda one: (one.next_on or date.max, one.number))
