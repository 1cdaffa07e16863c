"""Counting due dates anew when the calendar has changed: every case that moves gets an event that says so."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import chain, repository
from intake_api.cases.projection import project
from intake_api.cases.reading import record_of
from intake_api.cases.record import Counting, LateClarification
from intake_api.cases.telling import Shown, news, tell
from intake_api.jobs.service import OutboxService
from intake_api.kit.clock import day_of
from intake_api.kit.db import Database
from intake_api.statute import workflow
from intake_api.statute.calendar import Calendar
from intake_api.statute.reckoning import RECKONED_ANEW
from intake_api.terms.record import SYSTEM

BATCH = 200  # cases in a transaction: intake goes on meanwhile
DUE_CHANGED = "due_changed"
DUE_CORRECTED = "due_corrected"  # by a release that reckons a term otherwise


@dataclass(frozen=True)
class Moved:
    """A case whose due date is another one now."""

    case_id: int
    number: str
    due_from: date
    due_to: date


async def touched(db: Database, since: date | None, *, rules: bool = False) -> list[int]:
    """Cases, by id, that a change of the calendar from a day on can matter to; `rules`: or one of the clock."""
    async with db.read() as session:
        moved = await repository.due_since(session, since) if since else []
        ruled = await repository.with_entries(session, RECKONED_ANEW) if rules else []
    return sorted({*moved, *ruled})


async def recount(
    db: Database,
    calendar: Calendar,
    cases: list[int],
    cause: str,
    now: datetime,
    late_clarification: LateClarification,
    outbox: OutboxService,
    remember: Callable[[AsyncSession, list[Moved]], Awaitable[None]],
    kind: str = DUE_CHANGED,
) -> AsyncIterator[int]:
    """Project the cases anew, a batch a transaction; yields how many are done. Repeating it changes nothing more.

    `remember` is given what moved, in the same transaction; applicants who came by chat are told in it.
    """
    counting = Counting(calendar, day_of(now), late_clarification)
    for start in range(0, len(cases), BATCH):
        moved: list[Moved] = []
        async with db.write() as session:
            for case_id in cases[start : start + BATCH]:
                case = await repository.held(session, case_id, lock=True)
                before, shown = case.due_on, Shown.of(case)
                record = record_of(case, await repository.events_of(session, case.id), counting)
                project(case, record.standing)
                after = case.due_on
                if before and after and before != after:
                    data = {"from": before.isoformat(), "to": after.isoformat(), "cause": cause}
                    chain.append(session, case, kind, day_of(now), now, SYSTEM, data)
                    await tell(session, outbox, case, news(case, shown, workflow.citizen_event(kind), ""))
                    moved.append(Moved(case.id, case.number, before, after))
            await remember(session, moved)
        yield min(start + BATCH, len(cases))
