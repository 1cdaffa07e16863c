"""The statutory clock (《政府信息公开条例》 arts 30-36, 42): a pure function from a case's events to its due date.

The term is 20 working days after the receipt; every day that counts is a working day outside a consultation. A
supplement (补正) or a paid fee starts it anew. Facts that cannot be are refused; the steps say how each date came.
Only what was read in the original is a constant here; the rest comes from `rules`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from intake_api.statute import rules
from intake_api.statute.calendar import Calendar
from intake_api.statute.errors import refusal
from intake_api.statute.events import (
    Answered,
    ClarificationLapsed,
    ClarificationReceived,
    ClarificationRequested,
    ClockEvent,
    ConsultationDelivered,
    ConsultationEnded,
    ConsultationStarted,
    Delayed,
    Extended,
    FeeLapsed,
    FeeNoticed,
    FeePaid,
    Received,
    Voided,
    Withdrawn,
)
from intake_api.statute.sentences import AFTER_PAYMENT_WORDS, EVENT_LABELS, Reckoned, chinese_day, in_words
from intake_api.terms.handling import Party

ANSWER_DAYS = 20  # art. 33(2)
CLARIFY_DAYS = 7  # art. 30
CONSULT_DAYS = 15  # arts 32 and 34
EXTENSION_DAYS = 20  # art. 33(2), at most
IN_FORCE = date(2019, 5, 15)  # 国务院令第711号
PAY_DAYS = rules.number("pay_days")
FEES_IN_FORCE = rules.day("fees_in_force")
AFTER_PAYMENT = rules.choice("after_payment", *AFTER_PAYMENT_WORDS)

_ON = attrgetter("on")

State = Literal["running", "paused", "stopped", "overdue"]
Silence = Literal["office_decides", "deemed_consent", "no_rule"]
SILENCE: dict[Party, Silence] = {
    "third_party": "office_decides",  # art. 32
    "co_agency": "deemed_consent",  # art. 34
    "other_agency": "no_rule",  # art. 33(3) names no consequence
}
REPLY_DAYS: dict[Party, int] = {
    "third_party": CONSULT_DAYS,
    "co_agency": CONSULT_DAYS,
    "other_agency": rules.number("other_agency_days"),
}


class OpenConsultation(NamedTuple):
    """A consultation under way: when its 15 working days end and what silence means then."""

    ref: str | None
    party: Party
    reply_by: date
    silence: Silence


class Clock(NamedTuple):
    """Where the clock stands. `working_days_left` counts (today, due_on], negative for working days past.

    It is 0 on the last day, and still on the rest days right after it, when `state` is overdue already.
    """

    state: State
    due_on: date | None
    provisional: bool
    clarify_by: date
    pay_by: date | None
    working_days_left: int | None
    answered_in_time: bool | None
    consultations: tuple[OpenConsultation, ...]
    steps: tuple[Reckoned, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form of docs/contract.md §5, steps as sentences."""
        optional: dict[str, Any] = {}
        if self.answered_in_time is not None:
            optional["answered_in_time"] = self.answered_in_time
        if self.consultations:
            optional["consultations"] = [
                {"ref": c.ref, "party": c.party, "reply_by": c.reply_by.isoformat(), "silence": c.silence}
                for c in self.consultations
            ]
        return {
            "state": self.state,
            "due_on": _iso(self.due_on),
            "provisional": self.provisional,
            "clarify_by": self.clarify_by.isoformat(),
            "pay_by": _iso(self.pay_by),
            "working_days_left": self.working_days_left,
            **optional,
            "steps": [
                {"on": step.on.isoformat(), "why": in_words(step), "due_on": _iso(step.due_on)} for step in self.steps
            ],
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def due(
    events: Iterable[ClockEvent], calendar: Calendar, today: date, *, late_clarification_restarts: bool = False
) -> Clock:
    """Compute the clock of a case from its events, in whatever order they were recorded.

    Events count in the order of their days, those of one day in the order given. `today` decides only `overdue`,
    `working_days_left` and the closing warnings. `late_clarification_restarts` is the office's reading of a 补正 asked
    after its 7 working days: by default it is a violation that does not move the date.
    Raises StatuteError for a history that cannot be (docs/contract.md §5).
    """
    standing = sorted(events, key=_ON)
    voided: dict[str | None, ClockEvent] = {}
    if Voided in map(type, standing):
        voided = _voided(standing)
        standing = [event for event in standing if event.id not in voided]
    if not standing or type(standing[0]) is not Received:
        _refuse_without_receipt(standing)
    run = _Run(calendar, calendar.rank, calendar.at, late_clarification_restarts)
    for event in standing:
        if type(event) is Voided:
            run.note(event, "voided", {"event": voided[event.ref].type, "day": voided[event.ref].on})
        elif run.stopped is None:
            _HANDLERS[type(event)](run, event)
        else:
            raise refusal("already_stopped", stopped=EVENT_LABELS[run.stopped], event=EVENT_LABELS[event.type])
    return run.clock(today)


def pay_until(noticed_on: date, calendar: Calendar) -> date:
    """Return the last day to pay after a fee notice was received (国办函〔2020〕109号)."""
    return calendar.at(calendar.rank(noticed_on) + PAY_DAYS)


def _refuse_without_receipt(standing: list[ClockEvent]) -> None:
    first = next((event for event in standing if type(event) is not Voided), None)
    if type(first) is Received:
        return
    if first is None or Received not in map(type, standing):
        raise refusal("no_receipt")
    raise refusal("before_receipt", on=chinese_day(first.on), event=EVENT_LABELS[first.type])


def _voided(events: list[ClockEvent]) -> dict[str | None, ClockEvent]:
    voids = [event for event in events if type(event) is Voided]
    known = {event.id: event for event in events if event.id is not None}
    voided: dict[str | None, ClockEvent] = {}
    for void in voids:
        if void.ref not in known:
            raise refusal("ref_unknown", ref=void.ref[:40])
        if void.ref in voided:
            raise refusal("already_voided", ref=void.ref[:40])
        if type(known[void.ref]) is Voided:
            raise refusal("void_of_void")
        voided[void.ref] = known[void.ref]
    return voided


def _overdue(party: Party, reply_by: date) -> dict[str, date | int | str | None]:
    return {"party": party, "reply_by": reply_by, "days": REPLY_DAYS[party]}


class _Consultation(NamedTuple):
    event: ConsultationStarted
    rank: int
    reply_by: date


@dataclass(slots=True)
class _Run:
    """The clock as it is walked through the events. Days are compared as ranks, the number of working days so far."""

    calendar: Calendar
    rank: Callable[[date], int]
    at: Callable[[int], date]
    late_restarts: bool
    received: date | None = None
    begin: date = IN_FORCE  # the day the term runs from: the receipt, then every restart
    extension: int = 0
    fixed: date | None = None  # art. 35
    due_on: date | None = None
    clarify_by: date = IN_FORCE
    request: ClarificationRequested | None = None
    asked: bool = False
    clarifying: bool = False
    fee_noticed: date | None = None
    pay_by: date | None = None
    paying: bool = False
    stopped: str | None = None
    in_time: bool | None = None
    steps: list[Reckoned] = field(default_factory=list)
    consulting: list[_Consultation] = field(default_factory=list)  # the earliest first
    excluded: list[tuple[int, int]] = field(default_factory=list)

    # --- the walk

    def note(self, event: ClockEvent, code: str, data: Mapping[str, date | int | str | None]) -> None:
        self.steps.append(Reckoned(event.on, code, data, self.due_on))

    def recount(self) -> None:
        if self.clarifying or self.paying:
            self.due_on = None
        elif self.fixed is not None:
            self.due_on = self.fixed
        else:
            target = self.target()
            # a consultation that began before the last day and has not ended keeps that day open
            waiting = self.consulting and self.consulting[0].rank < target
            self.due_on = None if waiting else self.at(target)

    def target(self, *under_way: tuple[int, int]) -> int:
        """Rank of the last day of the term: the days in an excluded (a, b] do not count, overlaps not twice."""
        edge = self.rank(self.begin)
        target = edge + ANSWER_DAYS + self.extension
        if not (self.excluded or under_way):
            return target
        for start, end in sorted([*self.excluded, *under_way]):
            first = max(start, edge)
            if first >= target:
                break
            if end > first:
                target += end - first
                edge = end
        return target

    def restart(self, on: date) -> None:
        """Begin the whole term again; what lengthened the old one is gone with it."""
        self.begin = on
        self.extension = 0
        self.fixed = None
        self.excluded.clear()
        self.recount()

    def stop(self, event: ClockEvent, code: str, data: Mapping[str, date | int | str | None]) -> None:
        self.stopped = event.type
        self.note(event, code, data)

    # --- receipt and clarification (arts 30, 31)

    def on_received(self, event: Received) -> None:
        if self.received is not None:
            raise refusal("received_twice")
        if event.on < IN_FORCE:
            raise refusal("before_statute", law="《政府信息公开条例》（2019年修订）", since=chinese_day(IN_FORCE))
        self.received = event.on
        self.clarify_by = self.at(self.rank(event.on) + CLARIFY_DAYS)
        self.begin = event.on
        self.recount()
        self.note(event, "received", {"basis": event.basis})

    def on_clarification_requested(self, event: ClarificationRequested) -> None:
        if self.asked:
            raise refusal("clarification_repeated")
        if event.reply_by is not None and event.reply_by < event.on:
            raise refusal("reply_by_too_early")
        late = event.on > self.clarify_by
        self.request = event
        self.asked = True
        self.clarifying = self.late_restarts or not late
        self.recount()
        code = "clarification_requested" + ("_late" * late) + ("_void" * (not self.clarifying))
        self.note(event, code, {"reply_by": event.reply_by, "clarify_by": self.clarify_by})

    def on_clarification_received(self, event: ClarificationReceived) -> None:
        if self.request is None:
            raise refusal("clarification_not_requested")
        self.request = None
        if not self.clarifying:
            self.note(event, "clarification_received_void", {})
            return
        self.clarifying = False
        self.restart(event.on)
        self.note(event, "clarification_received", {})

    def on_clarification_lapsed(self, event: ClarificationLapsed) -> None:
        if self.request is None:
            raise refusal("clarification_not_requested")
        self.refuse_early_lapse(event, self.request.reply_by)
        self.stop(event, "clarification_lapsed", {})

    def refuse_early_lapse(self, event: ClockEvent, deadline: date | None) -> None:
        if deadline is not None and event.on <= deadline:
            raise refusal("lapse_too_early", deadline=chinese_day(deadline))

    # --- consultation (arts 32-34)

    def on_consultation_started(self, event: ConsultationStarted) -> None:
        if event.ref is not None and any(c.event.ref == event.ref for c in self.consulting):
            raise refusal("consultation_repeated", ref=event.ref[:40])
        if event.delivered_on is not None and event.delivered_on < event.on:
            raise refusal("delivered_before_sent")
        rank = self.rank(event.on)
        reply_by = self.at((self.rank(event.delivered_on) if event.delivered_on else rank) + REPLY_DAYS[event.party])
        self.consulting.append(_Consultation(event, rank, reply_by))
        self.recount()
        code = "consultation_started" if self.due_on is None else "consultation_started_void"
        self.note(event, code, {"party": event.party})

    def under_way(self, event: ConsultationDelivered | ConsultationEnded) -> _Consultation:
        matching = [
            c for c in self.consulting if event.ref in (None, c.event.ref) and event.party in (None, c.event.party)
        ]
        if len(matching) != 1:
            raise refusal("consultation_ambiguous" if matching else "consultation_not_open")
        return matching[0]

    def on_consultation_delivered(self, event: ConsultationDelivered) -> None:
        found = self.under_way(event)
        if found.event.delivered_on is not None:
            raise refusal("delivered_twice")
        reply_by = self.at(self.rank(event.on) + REPLY_DAYS[found.event.party])
        known = replace(found.event, delivered_on=event.on)
        self.consulting[self.consulting.index(found)] = found._replace(event=known, reply_by=reply_by)
        self.note(event, "consultation_delivered", {"party": known.party, "reply_by": reply_by})

    def on_consultation_ended(self, event: ConsultationEnded) -> None:
        found = self.under_way(event)
        (started, rank, reply_by) = found
        self.consulting.remove(found)
        end = self.rank(event.on)
        self.excluded.append((rank, end))
        self.recount()
        if event.on > reply_by:
            self.note(event, "consultation_overdue", _overdue(started.party, reply_by))
        start = max(started.on, self.begin)
        spent = self.due_on is not None and (self.fixed is not None or self.due_on <= started.on)
        code = "consultation_ended_void" if spent else "consultation_ended"
        self.note(event, code, {"party": started.party, "start": start, "days": end - self.rank(start)})

    # --- extension and delay (arts 33, 35)

    def on_extended(self, event: Extended) -> None:
        if not 1 <= event.days <= EXTENSION_DAYS:
            raise refusal("extension_days", most=EXTENSION_DAYS)
        if self.extension:
            raise refusal("extended_twice")
        if self.fixed is not None:
            raise refusal("extended_after_delay")
        self.refuse_late(event, "extended_late")
        self.extension = event.days
        self.recount()
        self.note(event, "extended", {"days": event.days})

    def on_delayed(self, event: Delayed) -> None:
        self.refuse_late(event, "delayed_late")
        now = self.rank(event.on)
        floor = self.due_on or self.at(self.target(*((started.rank, now) for started in self.consulting)))
        if event.until < floor:
            raise refusal("delayed_earlier", due_on=chinese_day(floor))
        self.fixed = event.until
        self.recount()
        self.note(event, "delayed", {})

    def refuse_late(self, event: ClockEvent, code: str) -> None:
        if self.clarifying or self.paying:
            raise refusal("clock_not_running")
        if self.due_on is not None and event.on > self.due_on:
            raise refusal(code, due_on=chinese_day(self.due_on))

    # --- fee (art. 42)

    def on_fee_noticed(self, event: FeeNoticed) -> None:
        if self.fee_noticed is not None:
            raise refusal("fee_repeated")
        if event.on < FEES_IN_FORCE:
            raise refusal("before_statute", law="《政府信息公开信息处理费管理办法》", since=chinese_day(FEES_IN_FORCE))
        late = self.due_on is not None and event.on > self.due_on
        self.fee_noticed = event.on
        self.pay_by = pay_until(event.on, self.calendar)
        self.paying = True
        self.recount()
        self.note(event, "fee_noticed" + "_late" * late, {"pay_by": self.pay_by, "after": AFTER_PAYMENT})

    def on_fee_paid(self, event: FeePaid) -> None:
        self.refuse_unpayable()
        self.paying = False
        self.pay_by = None
        if AFTER_PAYMENT == "restart":
            self.restart(event.on)
            self.note(event, "fee_paid", {})
            return
        assert self.fee_noticed is not None, "only a notice makes one pay"
        self.excluded.append((self.rank(self.fee_noticed), self.rank(event.on)))
        self.recount()
        self.note(event, "fee_paid_resumed", {})

    def on_fee_lapsed(self, event: FeeLapsed) -> None:
        self.refuse_unpayable()
        self.refuse_early_lapse(event, self.pay_by)
        self.stop(event, "fee_lapsed", {"pay_by": self.pay_by})

    def refuse_unpayable(self) -> None:
        if not self.paying:
            raise refusal("fee_not_noticed")

    # --- the end

    def on_answered(self, event: Answered) -> None:
        self.in_time = self.due_on is None or event.on <= self.due_on
        self.stop(event, "answered" if self.in_time else "answered_late", {"delivery": event.delivery})

    def on_withdrawn(self, event: Withdrawn) -> None:
        self.stop(event, "withdrawn", {})

    def clock(self, today: date) -> Clock:
        state, left = self.state_on(today)
        consultations: tuple[OpenConsultation, ...] = ()
        if self.stopped is None and (self.consulting or self.request or self.paying):
            consultations = tuple(
                OpenConsultation(c.ref, c.party, reply_by, SILENCE[c.party]) for c, _, reply_by in self.consulting
            )
            self.warn(today, consultations)
        return Clock(
            state,
            self.due_on,
            self.provisional(),
            self.clarify_by,
            self.pay_by,
            left,
            self.in_time,
            consultations,
            tuple(self.steps),
        )

    def state_on(self, today: date) -> tuple[State, int | None]:
        if self.stopped is not None:
            return "stopped", None
        if self.due_on is None:
            return "paused", None
        left = self.rank(self.due_on) - self.rank(today)
        return ("overdue" if today > self.due_on else "running"), left

    def warn(self, today: date, consultations: Iterable[OpenConsultation]) -> None:
        """Say which time given to others has passed: nothing lapses by itself."""
        if self.request is not None and self.request.reply_by is not None and self.request.reply_by < today:
            self.steps.append(Reckoned(self.request.reply_by, "reply_by_passed", {}, self.due_on))
        if self.paying and self.pay_by is not None and self.pay_by < today:
            self.steps.append(Reckoned(self.pay_by, "pay_by_passed", {"after": AFTER_PAYMENT}, self.due_on))
        for c in consultations:
            if c.reply_by < today:
                self.steps.append(
                    Reckoned(c.reply_by, "consultation_overdue", _overdue(c.party, c.reply_by), self.due_on)
                )

    def provisional(self) -> bool:
        """Whether any date shown was counted into a year that is not announced."""
        sure = self.calendar.sure_until
        if self.clarify_by <= sure and (self.due_on or sure) <= sure and (self.pay_by or sure) <= sure:
            return False
        touches = self.calendar.provisional
        if self.received is not None and touches(self.received, self.clarify_by):
            return True
        if self.due_on is not None and self.fixed is None:
            return touches(self.begin, self.due_on)
        return self.fee_noticed is not None and self.pay_by is not None and touches(self.fee_noticed, self.pay_by)


_HANDLERS: dict[type[ClockEvent], Callable[[_Run, Any], None]] = {
    Received: _Run.on_received,
    ClarificationRequested: _Run.on_clarification_requested,
    ClarificationReceived: _Run.on_clarification_received,
    ClarificationLapsed: _Run.on_clarification_lapsed,
    ConsultationStarted: _Run.on_consultation_started,
    ConsultationDelivered: _Run.on_consultation_delivered,
    ConsultationEnded: _Run.on_consultation_ended,
    Extended: _Run.on_extended,
    FeeNoticed: _Run.on_fee_noticed,
    FeePaid: _Run.on_fee_paid,
    FeeLapsed: _Run.on_fee_lapsed,
    Delayed: _Run.on_delayed,
    Answered: _Run.on_answered,
    Withdrawn: _Run.on_withdrawn,
}
