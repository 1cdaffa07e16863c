"""From events to the columns that lists sort by. The events are the truth; the projection can be derived anew."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from intake_api.cases.models import Case, Event
from intake_api.statute import deadlines, rules, workflow
from intake_api.statute.approval import Entry
from intake_api.statute.calendar import Calendar
from intake_api.statute.events import FIELDS as CLOCK_FIELDS
from intake_api.statute.events import TYPES, parse_events
from intake_api.statute.outcomes import OUTCOMES

LateClarification = Literal["continues", "restarts"]
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
    "outcome": None,
    "ended_on": None,
    "in_time": None,
    "extended": False,
    "returned": 0,
    "review": None,
    "review_on": None,
    "litigation": None,
    "litigation_on": None,
    "rating": None,
}
# What a case ends with where its last step says it already (表三, 其他处理).
_ENDED_AS = {"clarification_lapsed": "3.6.1", "fee_lapsed": "3.6.2"} | {
    "withdrawn": rules.choice("report_withdrawn", *OUTCOMES)
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

    @property
    def entries(self) -> list[Entry]:
        """The same as the rules on approvals read it."""
        return [Entry(e.type, e.data, e.actor) for e in self.standing]

    @property
    def decided(self) -> Event | None:
        """The confirmation or correction in force; None where the department has given the case back."""
        last = next((e for e in reversed(self.standing) if e.type in ("confirmed", "corrected", "returned")), None)
        return last if last and last.type != "returned" else None

    def clock(
        self, calendar: Calendar, today: date, late_clarification: LateClarification = "continues"
    ) -> deadlines.Clock | None:
        """The statutory clock; None before the receipt, for a correction (art. 41 sets no term) and after a split.

        None too for what an imported ledger says was received before the law in force. `late_clarification` is the
        setting of that name.
        """
        standing = self.standing
        received = next((e.on for e in standing if e.type == "received"), None)
        if self.case.kind != "disclosure" or received is None or any(e.type == "split" for e in standing):
            return None
        if received < deadlines.IN_FORCE:
            return None
        events = parse_events(map(clock_entry, self.clock_events))
        return deadlines.due(events, calendar, today, late_clarification_restarts=late_clarification == "restarts")

    @property
    def clock_events(self) -> list[Event]:
        """Events that the clock knows, voided ones and their voiding among them."""
        known = {f"e{e.seq}" for e in self.events if e.type in TYPES}
        return [e for e in self.events if e.type in TYPES and (e.type != "voided" or e.data["ref"] in known)]


def clock_entry(event: Event) -> dict[str, Any]:
    """An event as docs/contract.md §5 writes it, without what only the case needs to know."""
    known = {name: value for name, value in event.data.items() if name in CLOCK_FIELDS[event.type]}
    return {"id": f"e{event.seq}", "type": event.type, "on": event.on, **known}


def project(
    record: Record, calendar: Calendar, today: date, late_clarification: LateClarification = "continues"
) -> None:
    """Set the case's projection from its events; StatuteError where they cannot be."""
    case = record.case
    clock = record.clock(calendar, today, late_clarification)
    standing = record.standing
    case.status = workflow.state_of(e.type for e in standing)
    case.open = workflow.is_open(case.status)
    received = next((e for e in standing if e.type == "received"), None)
    case.received_on = received.on if received else None
    if received and received.data.get("basis"):
        case.receipt_basis = received.data["basis"]  # a letter may turn out to be signed for
    case.due_on = clock.due_on if clock else None
    case.due_provisional = bool(clock and clock.provisional)
    case.sort_on = case.due_on or (NOT_RUNNING if case.received_on else NOT_RECEIVED)
    decided = record.decided
    case.department = decided.data["department"] if decided else None
    case.disposition = decided.data["disposition"] if decided else None
    case.extended = any(e.type == "extended" for e in standing)
    case.returned = sum(e.type == "returned" for e in standing)
    _project_end(case, standing, clock)
    _project_remedies(case, standing)


def _project_end(case: Case, standing: list[Event], clock: deadlines.Clock | None) -> None:
    """How and when the case ended; what was withdrawn before its receipt was confirmed counts in no row of a report."""
    end = next((e for e in reversed(standing) if e.type == "answered" or e.type in _ENDED_AS), None)
    case.ended_on = end.on if end else None
    counted = end is not None and case.received_on is not None
    case.outcome = (_ENDED_AS.get(end.type) or end.data.get("outcome")) if end and counted else None
    case.in_time = clock.answered_in_time if clock else None


def _project_remedies(case: Case, standing: list[Event]) -> None:
    """Review (行政复议) and suit (行政诉讼): the last result; the year they count in is that of their last entry."""
    review = next((e for e in reversed(standing) if e.type == "review"), None)
    case.review, case.review_on = (review.data["result"], review.on) if review else (None, None)
    suit = next((e for e in reversed(standing) if e.type == "litigation"), None)
    route = f"{suit.data['route']}:{suit.data['result']}" if suit else None
    case.litigation, case.litigation_on = route, suit.on if suit else None
    rated = next((e for e in reversed(standing) if e.type == "rated"), None)
    case.rating = rated.data["rating"] if rated else None
