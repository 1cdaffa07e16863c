"""What the queue's parameters mean in terms of cases."""

from datetime import date

from intake_api.cases.indexes import of_person
from intake_api.cases.repository import NOT_NARROWED, Narrow, QueueFilter
from intake_api.kit.vault import Vault
from intake_api.statute import workflow
from intake_api.statute.calendar import Calendar
from intake_api.terms.course import Urgency
from intake_api.terms.record import SEARCHABLE

__all__ = ["NOT_NARROWED", "Narrow", "filter_of", "soon_limit", "urgency"]

_STATUSES = {"new": tuple(sorted(workflow.UNROUTED)), "open": (), "all": ()}
SOON_DAYS = 5  # working days, today not counted


def soon_limit(calendar: Calendar, today: date) -> date:
    """The last day that counts as due soon (即将到期)."""
    return calendar.add_workdays(today, SOON_DAYS).date


def urgency(due_on: date | None, today: date, soon_until: date) -> Urgency:
    """How urgent a case is that is open and due then; `soon_until`: `soon_limit` of today."""
    if due_on is None:
        return "none"
    if due_on < today:
        return "overdue"
    return "soon" if due_on <= soon_until else "later"


def filter_of(
    vault: Vault,
    calendar: Calendar,
    today: date,
    status: str | None = None,
    department: str | None = None,
    due: str | None = None,
    q: str | None = None,
    number: str | None = None,
    narrow: Narrow = NOT_NARROWED,
) -> QueueFilter:
    """The filter for a queue page; `status` takes a state or the words `new`, `open` and `all`.

    `q` is looked for as each field of an applicant would have been indexed, and as the `number` it may be.
    """
    indexes = of_person(vault, dict.fromkeys(SEARCHABLE, q)) if q else {}
    past_soon = date.fromordinal(soon_limit(calendar, today).toordinal() + 1)
    return QueueFilter(
        statuses=_STATUSES.get(status or "all", (status or "",)),
        department=department or None,
        only_open=status == "open" or due is not None,
        due_before={"overdue": today, "soon": past_soon}.get(due or ""),
        due_from=today if due == "soon" else None,
        number=number if q else None,
        indexes={column: index for column, index in indexes.items() if index},
        narrow=narrow,
    )
