"""Cases whose clock stands still: for want of a confirmed receipt, of an opinion, of a supplement or a payment.

No date makes them urgent, so that lists by due date pass them over; supervision (督办) shows them at all times.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.models import Case
from intake_api.cases.reading import record_of
from intake_api.cases.record import Counting, Standing
from intake_api.cases.repository import Viewer
from intake_api.kit.clock import day_of
from intake_api.statute.errors import StatuteError

Waits = Literal[
    "receipt",
    "consultation",
    "undelivered",
    "opinion_past",
    "clarification_past",
    "payment_past",
    "countersign",
    "countersign_past",
]
_PAST: dict[str, Waits] = {"clarifying": "clarification_past", "awaiting_fee": "payment_past"}


@dataclass(frozen=True)
class Stalled:
    """A case that waits: for what, since when, and until when it was given time; None where no day is set."""

    number: str
    department: str | None
    agency: str
    status: str
    waits: Waits
    since: date | None
    until: date | None


async def stalled(session: AsyncSession, viewer: Viewer, counting: Counting) -> list[Stalled]:
    """What waits, the earliest day first.

    What departments inside have not returned (会签、协办), a consultation under way and a receipt not confirmed wait
    from the first day on, a supplement and a payment when the applicant's time is over.
    """
    found: list[Stalled] = []
    for case, events in await repository.waiting_for_others(session, viewer):
        try:
            held = record_of(case, events, counting).standing
        except StatuteError:  # days that contradict each other: audit names them, and the case waits all the same
            held = None
        for waits, since, until in _waits(case, held, counting.today):
            found.append(Stalled(case.number, case.department, case.agency_code, case.status, waits, since, until))
    return sorted(found, key=lambda one: (one.until or one.since or date.max, one.number))


def _waits(case: Case, held: Standing | None, today: date) -> Iterator[tuple[Waits, date | None, date | None]]:
    if case.received_on is None:
        yield "receipt", day_of(case.submitted_at), None
        return
    past = _PAST.get(case.status)
    if past and held and held.act_by and held.act_by < today:
        yield past, None, held.act_by
    for one in held.countersigns if held else ():
        yield "countersign_past" if one.reply_by and one.reply_by < today else "countersign", one.since, one.reply_by
    if case.status != "consulting":
        return
    under_way = held.clock.consultations if held and held.clock else ()
    for asked in under_way:
        given: Waits = "opinion_past" if asked.reply_by < today else "consultation"
        undelivered = not asked.delivered and asked.party != "other_agency"
        waits: Waits = "undelivered" if undelivered else given
        yield waits, asked.since, asked.reply_by
    if not under_way:
        yield "consultation", None, None
