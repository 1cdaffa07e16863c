"""A case as it is on record, and what holds of it now: one fold for projection, pages, notices and steps.

Nothing here knows a database or HTTP: a record is what slices hand each other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal, Self

from intake_api.statute import correction, countersigns, deadlines, letters, proceedings, rules, workflow
from intake_api.statute.calendar import Calendar
from intake_api.statute.effective import VOIDED, Entry, by_day, effective, last, voided_refs
from intake_api.statute.errors import StatuteError
from intake_api.statute.events import FIELDS as CLOCK_FIELDS
from intake_api.statute.events import TYPES, parse_events
from intake_api.statute.outcomes import OUTCOMES
from intake_api.terms.applicant import Kind
from intake_api.terms.delivery import Medium, Way
from intake_api.terms.handling import Disposition
from intake_api.terms.receipt import Basis, Channel

LateClarification = Literal["continues", "restarts"]
# What a case ends with where its last step says it already (表三, 其他处理).
ENDED_AS = {"clarification_lapsed": "3.6.1", "fee_lapsed": "3.6.2"} | {
    "withdrawn": rules.choice("report_withdrawn", *OUTCOMES)
}


@dataclass(frozen=True)
class Counting:
    """How the days of a case are counted; `late_clarification` is the setting of that name."""

    calendar: Calendar
    today: date
    late_clarification: LateClarification = "continues"

    def clock(self, entries: Iterable[Mapping[str, Any]], new: Collection[str] = ()) -> deadlines.Clock:
        """The statutory clock after entries as docs/contract.md §5 writes them; StatuteError where they cannot be.

        `new` names those that are not on record yet: what an earlier version has recorded is not refused afterwards.
        """
        restarts = self.late_clarification == "restarts"
        events = parse_events(entries)
        settled = {event.id for event in events if event.id is not None} - set(new)
        return deadlines.due(events, self.calendar, self.today, late_clarification_restarts=restarts, settled=settled)

    def last_day(self, named: date | None) -> date | None:
        """The last day of a period that ends on a day; None where it names none."""
        return deadlines.last_day(named, self.calendar) if named else None


@dataclass(frozen=True)
class Standing:
    """What holds of a case now. `entries` are those that count, oldest received.

    `clock` is None before the receipt, for a correction (art. 41 sets no term), after a split, and for what an imported
    ledger says was received before the law in force. `act_by` is the last day for the applicant to supplement or to
    pay, while that is awaited. `decision` is the number of the decision in force: none after a
    return. `outcome` is the row of 表三; what was withdrawn before its receipt was confirmed counts in none. Of reviews
    (行政复议) and suits (行政诉讼) the last result, with the day whose year it counts in; `contested`: something is
    still to be done about one. `unlettered`: answered, and no letter is on record; `unfiled`: its letter was written
    elsewhere, and its file is not here. `countersigns`: what departments inside were sent and
    have not returned.
    """

    entries: tuple[Entry, ...]
    clock: deadlines.Clock | None
    status: str
    received_on: date | None
    receipt_basis: Basis | None
    due_on: date | None
    due_provisional: bool
    department: str | None
    disposition: Disposition | None
    decision: int | None
    outcome: str | None
    ended_on: date | None
    in_time: bool | None
    extended: bool
    returned: int
    review: str | None
    review_on: date | None
    litigation: str | None
    litigation_on: date | None
    proceedings: tuple[proceedings.Proceeding, ...]
    contested: bool
    rating: int | None
    act_by: date | None
    unlettered: bool
    unfiled: bool
    countersigns: tuple[countersigns.Countersign, ...]

    @property
    def open(self) -> bool:
        """Whether the case is still to be answered."""
        return workflow.is_open(self.status)

    @property
    def happened(self) -> frozenset[str]:
        """Types of the entries that count."""
        return frozenset(entry.type for entry in self.entries)

    def last(self, *types: str) -> Entry | None:
        """The last entry of these types that counts."""
        return last(self.entries, *types)

    def by_day(self) -> list[Entry]:
        """The entries that count in the order of their days, as the clock walks through them."""
        return by_day(self.entries)


def standing(kind: Kind, record: Sequence[Entry], counting: Counting, new: Collection[str] = ()) -> Standing:
    """Fold a whole record, oldest first, into what holds now; StatuteError where its days cannot be.

    `new` names the entries that are about to be recorded.
    """
    entries = effective(record)
    clock = _clock(kind, record, entries, counting, new)
    status = workflow.state_of(entry.type for entry in entries)
    received, end = _received(entries), last(entries, "answered", *ENDED_AS)
    routed = last(entries, "confirmed", "corrected", "returned")
    decided = routed.data if routed and routed.type != "returned" else {}
    fought, rated = proceedings.fold(entries), last(entries, "rated")
    review = next((one for one in reversed(fought) if not one.route), None)
    suit = next((one for one in reversed(fought) if one.route), None)
    return Standing(
        entries=entries,
        clock=clock,
        status=status,
        received_on=received.on if received else None,
        receipt_basis=received.data.get("basis") if received else None,
        due_on=clock.due_on if clock else None,
        due_provisional=bool(clock and clock.provisional),
        department=decided.get("department"),
        disposition=decided.get("disposition"),
        decision=decided.get("decision"),
        outcome=(ENDED_AS.get(end.type) or end.data.get("outcome")) if end and received else None,
        ended_on=end.on if end else None,
        in_time=clock.answered_in_time if clock else None,
        extended=any(entry.type == "extended" for entry in entries),
        returned=sum(entry.type == "returned" for entry in entries),
        review=review.result if review else None,
        review_on=review.counted_on if review else None,
        litigation=f"{suit.route}:{suit.result}" if suit else None,
        litigation_on=suit.counted_on if suit else None,
        proceedings=fought,
        contested=any(one.owed for one in fought),
        rating=rated.data["rating"] if rated else None,
        act_by=_act_by(status, entries, clock, counting),
        countersigns=countersigns.waiting(entries),
        unlettered=letters.answer_without_letter(record, entries),
        unfiled=letters.answer_without_file(record, entries),
    )


def _act_by(status: str, entries: Sequence[Entry], clock: deadlines.Clock | None, counting: Counting) -> date | None:
    if status == "awaiting_fee":
        return clock.pay_by if clock else None
    asked = last(entries, "clarification_requested") if status == "clarifying" else None
    return counting.last_day(day_in(asked, "reply_by"))


def _received(entries: Sequence[Entry]) -> Entry | None:
    return next((entry for entry in entries if entry.type == "received"), None)


def _clock(
    kind: Kind, record: Sequence[Entry], entries: Sequence[Entry], counting: Counting, new: Collection[str]
) -> deadlines.Clock | None:
    received = _received(entries)
    if kind != "disclosure" or received is None or any(entry.type in ("split", "merged") for entry in entries):
        return None
    if received.on < deadlines.IN_FORCE:
        return None
    known = {entry.ref for entry in record if entry.type in TYPES}
    # voided entries and their voiding too: the steps of the clock tell of both
    of_clock = [clock_entry(e) for e in record if e.type in TYPES and (e.type != VOIDED or e.data["ref"] in known)]
    return counting.clock(of_clock, new)


def clock_entry(entry: Entry) -> dict[str, Any]:
    """An entry as docs/contract.md §5 writes it, without what only the case needs to know."""
    known = {name: value for name, value in entry.data.items() if name in CLOCK_FIELDS[entry.type]}
    return {"id": entry.ref, "type": entry.type, "on": entry.on, **known}


def day_in(entry: Entry | None, name: str) -> date | None:
    """A day that an entry names; None where it names none."""
    given = entry.data.get(name) if entry else None
    return date.fromisoformat(given) if given else None


@dataclass(frozen=True)
class Words:
    """What a case holds sealed, opened: what was asked, by whom, and the words that go with its entries by number.

    What was erased or is damaged stands as the sentence that says so (intake_api.terms.record).
    """

    title: str
    description: str
    document_number: str | None
    applicant: Mapping[str, Any]
    notes: Mapping[int, str]


@dataclass(frozen=True)
class Record:
    """A case as it was filed, with all its entries, oldest first, and the calendar they are counted by.

    `words` is there where the record was loaded to be read, not to be moved on. `new` names entries being recorded now.
    """

    number: str
    kind: Kind
    agency: str
    channel: Channel
    medium: Medium
    way: Way
    entries: tuple[Entry, ...]
    counting: Counting
    words: Words | None = None
    new: frozenset[str] = frozenset()

    @cached_property
    def standing(self) -> Standing:
        """What holds now; StatuteError where the days of the entries cannot be."""
        return standing(self.kind, self.entries, self.counting, self.new)

    @cached_property
    def not_in_force(self) -> dict[int, str]:
        """The notices that do not hold any more, by id, each with the number of the one in its place, or ""."""
        return correction.not_in_force(self.entries)

    @property
    def voided(self) -> frozenset[str]:
        """Names of the entries that were voided."""
        return voided_refs(self.entries)

    def of_type(self, kind: str) -> tuple[Entry, ...]:
        """All entries of a type, voided ones among them."""
        return tuple(entry for entry in self.entries if entry.type == kind)

    @property
    def issued(self) -> tuple[Entry, ...]:
        """The entries of the notices that went out, whether they still hold or not."""
        return self.of_type(correction.ISSUED)

    def built_on(self, entry: Entry) -> bool:
        """Whether a letter went out after an entry, or belongs to it."""
        later = any(notice.seq > entry.seq for notice in self.issued)
        return later or bool(correction.going_with(self.entries, entry))

    def own_last(self, by: str, role: str) -> Entry | None:
        """The last act on the case where it is of this hand and nothing was built on it: who took it takes it back."""
        act = last([entry for entry in self.entries if workflow.moves_on(entry.type)])
        if act is None or act.by != by or not workflow.can_be_voided(act.type):
            return None
        return act if workflow.may_take(act.type, role) and not self.built_on(act) else None

    def with_entry(self, entry: Entry) -> Self:
        """The record with one more entry."""
        return replace(self, entries=(*self.entries, entry), new=self.new | {entry.ref})

    def due_after(self, entries: Iterable[Entry], *more: Mapping[str, Any]) -> date | None:
        """When an answer would be due after these entries alone, whatever ended the case since, and `more` of them.

        None where there is no such day, or where they cannot be.
        """
        of_clock = [clock_entry(e) for e in entries if e.type in TYPES and workflow.STEPS[e.type].clock != "stops"]
        try:
            return self.counting.clock([*of_clock, *more]).due_on
        except StatuteError:
            return None
