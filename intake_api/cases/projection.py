"""From events to the columns that lists sort by. The events are the truth; the projection can be derived anew."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from intake_api.cases.models import Case, Event
from intake_api.statute import deadlines, workflow
from intake_api.statute.calendar import Calendar
from intake_api.statute.events import TYPES, parse_events

NOT_RECEIVED = date(1, 1, 1)  # sorts first: an unconfirmed receipt is urgent
NOT_RUNNING = date(9999, 12, 31)  # sorts last: it waits for somebody else
NOTHING_YET: dict[str, Any] = {
    "status": workflow.FIRST,
    "open": True,
    "received_on": None,
    "due_on": None,
    "due_provisional": False,
    "sort_on": NOT_RECEIVED,
    "department": None,
    "disposition": None,
}


@dataclass(frozen=True)
class Record:
    """A case with its events, oldest first."""

    case: Case
    events: list[Event]

    @property
    def standing(self) -> list[Event]:
        """Events that still count: neither voided nor themselves a voiding."""
        voided = {e.data["ref"] for e in self.events if e.type == "voided"}
        return [e for e in self.events if e.type != "voided" and f"e{e.seq}" not in voided]

    def clock(self, calendar: Calendar, today: date) -> deadlines.Clock | None:
        """The statutory clock; None before the receipt, and for a correction (art. 41 sets no term)."""
        if self.case.kind != "disclosure" or not any(e.type == "received" for e in self.standing):
            return None
        history = [{"id": f"e{e.seq}", "type": e.type, "on": e.on, **e.data} for e in self.events if e.type in TYPES]
        return deadlines.due(parse_events(history), calendar, today)


def project(record: Record, calendar: Calendar, today: date) -> None:
    """Set the case's projection from its events; StatuteError where they cannot be."""
    case = record.case
    clock = record.clock(calendar, today)
    standing = record.standing
    case.status = workflow.state_of(e.type for e in standing)
    case.open = workflow.is_open(case.status)
    case.received_on = next((e.on for e in standing if e.type == "received"), None)
    case.due_on = clock.due_on if clock else None
    case.due_provisional = bool(clock and clock.provisional)
    case.sort_on = case.due_on or (NOT_RUNNING if case.received_on else NOT_RECEIVED)
    decided = next((e for e in reversed(standing) if e.type in ("confirmed", "corrected")), None)
    case.department = decided.data["department"] if decided else None
    case.disposition = decided.data["disposition"] if decided else None
