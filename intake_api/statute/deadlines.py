"""The statutory clock (《政府信息公开条例》 arts 30-36, 42): a pure function from a case's events to its due date.

The term is 20 working days after the receipt; every day that counts is a working day outside a consultation. A
supplement (补正) or a paid fee starts it anew. Facts that cannot be are refused; the steps say how each date came.
Only what was read in the original is a constant here; the rest comes from `rules`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
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

Span = tuple[date, date]  # the days after the first to the second
State = Literal["running", "paused", "stopped", "overdue"]
Silence = Literal["office_decides", "deemed_consent", "no_rule", "undelivered"]
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
    """A consultation under way: when its 15 working days end and what silence means then.

    The consent of a co-agency is deemed only from the day it got the letter: without that day silence means nothing.
    """

    ref: str | None
    party: Party
    reply_by: date
    silence: Silence
    since: date
    delivered: bool


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
    events: Iterable[ClockEvent],
    calendar: Calendar,
    today: date,
    *,
    late_clarification_restarts: bool = False,
    settled: Collection[str] = (),
) -> Clock:
    """Compute the clock of a case from its events, in whatever order they were recorded.

    Events count in the order of their days, those of one day in the order given. `today` decides only `overdue`,
    `working_days_left` and the closing warnings. `late_clarification_restarts` is the office's reading of a 补正 asked
    after its 7 working days: by default it is a violation that does not move the date. `settled` names events that are
    on record already: what an earlier version let in and this one would refuse stays as it is.
    Raises StatuteError for a history that cannot be (docs/contract.md §5).
    """
    standing = sorted(events, key=_ON)
    voided: dict[str | None, ClockEvent] = {}
    if Voided in map(type, standing):
        voided = _voided(standing)
        standing = [event for event in standing if event.id not in voided]
    if not standing or type(standing[0]) is not Received:
        _refuse_without_receipt(standing)
    run = _Run(calendar, calendar.rank, calendar.at, late_clarification_restarts, settled)
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


def last_day(day: date, calendar: Calendar) -> date:
    """Return the last day of a period that ends on a day: of a rest day the next working day (民法典 art. 203)."""
    return calendar.at(calendar.rank(day - timedelta(1)) + 1)


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


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The same days in spans that do not touch, the earliest first."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        merged.append((start, end))
    return merged


class _Consultation(NamedTuple):
    """A consultation under way. `reply_by` counts from the delivery; while that is unknown, from the sending."""

    event: ConsultationStarted
    reply_by: date

    @property
    def silence(self) -> Silence:
        silence = SILENCE[self.event.party]
        return "undelivered" if silence == "deemed_consent" and not self.event.delivered_on else silence

    @property
    def bounded(self) -> bool:
        """Whether the law ends it: a term is set (arts 32, 34), and the day it runs from is known."""
        return self.event.party != "other_agency" and self.event.delivered_on is not None

    def span(self, on: date, *, waited: bool = False) -> Span:
        """The days (a, b] that it excludes where it ends on a day."""
        return self.event.on, on if waited or not self.bounded else min(on, self.reply_by)

    def past(self, due_on: date | None) -> tuple[str, dict[str, date | int | str | None]]:
        """The step that says that the time for an opinion is over; `due_on`: the date, if the term ran on from then."""
        party = self.event.party
        told: dict[str, date | int | str | None]
        told = {"party": party, "reply_by": self.reply_by, "days": REPLY_DAYS[party]}
        if party == "other_agency":
            return "consultation_overdue", told
        return "consultation_overdue" if self.bounded else "consultation_undelivered", told | {"bounded": due_on}


@dataclass(slots=True)
class _Run:
    """The clock as it is walked through the events. Days are compared as ranks, the number of working days so far."""

    calendar: Calendar
    rank: Callable[[date], int]
    at: Callable[[int], date]
    late_restarts: bool
    settled: Collection[str]
    received: date | None = None
    begin: date = IN_FORCE  # the day the term runs from: the receipt, then every restart
    extension: int = 0
    fixed: date | None = None  # art. 35
    rolled: bool = False  # that day was a rest day, so that the calendar decides
    due_on: date | None = None
    clarify_by: date = IN_FORCE
    request: ClarificationRequested | None = None
    reply_by: date | None = None
    asked: bool = False
    clarifying: bool = False
    fee_noticed: date | None = None
    pay_by: date | None = None
    paying: bool = False
    stopped: str | None = None
    in_time: bool | None = None
    steps: list[Reckoned] = field(default_factory=list)
    consulting: list[_Consultation] = field(default_factory=list)  # the earliest first
    excluded: list[Span] = field(default_factory=list)

    # --- the walk

    def refuse(self, event: ClockEvent, code: str, **facts: object) -> None:
        """Refuse by a rule that earlier versions did not know; what is on record by them stands."""
        if event.id is None or event.id not in self.settled:
            raise refusal(code, **facts)

    def note(self, event: ClockEvent, code: str, data: Mapping[str, date | int | str | None]) -> None:
        self.steps.append(Reckoned(event.on, code, data, self.due_on))

    def recount(self) -> None:
        if self.clarifying or self.paying:
            self.due_on = None
        elif self.fixed is not None:
            self.due_on = self.fixed
        else:
            last = self.last_day()
            # a consultation that began by the last day and has not ended keeps that day open
            self.due_on = None if self.consulting and self.consulting[0].event.on <= last else last

    def last_day(self, *under_way: Span) -> date:
        """The last day of the term: the days in an excluded (a, b] do not count, overlaps not twice.

        What begins on the last day itself leaves no day to count after it: the term ends with it, on the day b.
        """
        target, spent = self.rank(self.begin) + ANSWER_DAYS + self.extension, False
        if not (self.excluded or under_way):
            return self.at(target)
        for span in _merged([*self.excluded, *under_way]):
            start, end = max(span[0], self.begin), span[1]
            if start > self.at(target):
                break
            spent = spent or self.rank(start) == target
            target = self.rank(last_day(end, self.calendar)) if spent else target + self.rank(end) - self.rank(start)
        return self.at(target)

    def ended_by(self, on: date) -> date:
        """The last day of the term if what is under way ended on this day, or earlier where the law ends it."""
        return self.last_day(*(one.span(on) for one in self.consulting))

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
        self.reply_by = last_day(event.reply_by, self.calendar) if event.reply_by else None
        self.asked = True
        self.clarifying = self.late_restarts or not late
        self.recount()
        code = "clarification_requested" + ("_late" * late) + ("_void" * (not self.clarifying))
        named = event.reply_by if event.reply_by != self.reply_by else None
        self.note(event, code, {"reply_by": self.reply_by, "named": named, "clarify_by": self.clarify_by})

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
        self.refuse_early_lapse(event, self.request.reply_by, self.reply_by)
        self.stop(event, "clarification_lapsed", {})

    def refuse_early_lapse(self, event: ClockEvent, named: date | None, last: date | None) -> None:
        if named is None or last is None or event.on > last:
            return
        if event.on <= named:
            raise refusal("lapse_too_early", deadline=chinese_day(last))
        self.refuse(event, "lapse_too_early", deadline=chinese_day(last))

    # --- consultation (arts 32-34)

    def on_consultation_started(self, event: ConsultationStarted) -> None:
        if event.ref is not None and any(c.event.ref == event.ref for c in self.consulting):
            raise refusal("consultation_repeated", ref=event.ref[:40])
        if event.delivered_on is not None and event.delivered_on < event.on:
            raise refusal("delivered_before_sent")
        reply_by = self.at(self.rank(event.delivered_on or event.on) + REPLY_DAYS[event.party])
        self.consulting.append(_Consultation(event, reply_by))
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
        bounded = self.bounded_by(found, event.on)
        self.consulting.remove(found)
        start, end = found.span(event.on, waited=event.waited)
        self.excluded.append((start, end))
        self.recount()
        if event.on > found.reply_by and not event.waited:
            self.note(event, *found.past(bounded))
        spent = self.due_on is not None and (self.fixed is not None or self.due_on < start)
        code = "void" if spent else "waited" if event.waited and event.on > found.reply_by else ""
        start = max(start, self.begin)
        days = self.rank(end) - self.rank(start)
        told = {"party": found.event.party, "start": start, "end": end, "days": days}
        self.note(event, "consultation_ended" + f"_{code}" * bool(code), told)

    def bounded_by(self, found: _Consultation, on: date) -> date | None:
        """The last day of the term if this one ended with its own term, and what else is under way on the day `on`."""
        if self.clarifying or self.paying or self.fixed:
            return None
        spans = ((one.event.on, one.reply_by) if one is found else one.span(on) for one in self.consulting)
        return self.last_day(*spans)

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
        floor = self.due_on or self.ended_by(event.on)
        if event.until < floor:
            raise refusal("delayed_earlier", due_on=chinese_day(floor))
        self.fixed = last_day(event.until, self.calendar)
        self.rolled = self.fixed != event.until
        self.recount()
        self.note(event, "delayed", {"named": event.until if self.rolled else None})

    def refuse_late(self, event: ClockEvent, code: str) -> None:
        if self.clarifying or self.paying:
            raise refusal("clock_not_running")
        if self.due_on is not None and event.on > self.due_on:
            raise refusal(code, due_on=chinese_day(self.due_on))
        if self.due_on is None and event.on > (last := self.ended_by(event.on)):
            self.refuse(event, code, due_on=chinese_day(last))

    # --- fee (art. 42)

    def on_fee_noticed(self, event: FeeNoticed) -> None:
        if self.fee_noticed is not None:
            raise refusal("fee_repeated")
        sent = event.sent_on or event.on
        if sent < FEES_IN_FORCE:
            raise refusal("before_statute", law="《政府信息公开信息处理费管理办法》", since=chinese_day(FEES_IN_FORCE))
        if sent > event.on:
            raise refusal("delivered_before_sent")
        if self.request is not None:
            self.refuse(event, "fee_while_clarifying")
        late = self.due_on is not None and sent > self.due_on
        self.fee_noticed = event.on
        self.pay_by = pay_until(event.on, self.calendar)
        self.paying = True
        self.recount()
        told = {"sent": event.sent_on, "pay_by": self.pay_by, "after": AFTER_PAYMENT}
        self.note(event, "fee_noticed" + "_late" * late, told)

    def on_fee_paid(self, event: FeePaid) -> None:
        self.refuse_unpayable()
        self.paying = False
        self.pay_by = None
        if AFTER_PAYMENT == "restart":
            self.restart(event.on)
            self.note(event, "fee_paid", {})
            return
        assert self.fee_noticed is not None, "only a notice makes one pay"
        self.excluded.append((self.fee_noticed, event.on))
        self.recount()
        self.note(event, "fee_paid_resumed", {})

    def on_fee_lapsed(self, event: FeeLapsed) -> None:
        self.refuse_unpayable()
        self.refuse_early_lapse(event, self.pay_by, self.pay_by)
        self.stop(event, "fee_lapsed", {"pay_by": self.pay_by})

    def refuse_unpayable(self) -> None:
        if not self.paying:
            raise refusal("fee_not_noticed")

    # --- the end

    def on_answered(self, event: Answered) -> None:
        waiting = self.clarifying or self.paying
        if self.due_on is None and not waiting and event.on > (last := self.ended_by(event.on)):
            self.due_on = last  # the law had ended what the answer still waited for
        self.in_time = self.due_on is None or event.on <= self.due_on
        self.stop(event, "answered" if self.in_time else "answered_late", {"delivery": event.delivery})

    def on_withdrawn(self, event: Withdrawn) -> None:
        self.stop(event, "withdrawn", {})

    def clock(self, today: date) -> Clock:
        state, left = self.state_on(today)
        consultations: tuple[OpenConsultation, ...] = ()
        if self.stopped is None and (self.consulting or self.request or self.paying):
            consultations = tuple(
                OpenConsultation(c.ref, c.party, one.reply_by, one.silence, c.on, c.delivered_on is not None)
                for one in self.consulting
                for c in (one.event,)
            )
            self.warn(today)
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

    def warn(self, today: date) -> None:
        """Say which time given to others has passed: nothing lapses by itself."""
        if self.request is not None and self.reply_by is not None and self.reply_by < today:
            self.steps.append(Reckoned(self.reply_by, "reply_by_passed", {}, self.due_on))
        if self.paying and self.pay_by is not None and self.pay_by < today:
            self.steps.append(Reckoned(self.pay_by, "pay_by_passed", {"after": AFTER_PAYMENT}, self.due_on))
        for one in self.consulting:
            if one.reply_by < today:
                self.steps.append(Reckoned(one.reply_by, *one.past(self.bounded_by(one, today)), self.due_on))

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
        if self.due_on is not None and self.rolled and touches(self.due_on - timedelta(1), self.due_on):
            return True
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
