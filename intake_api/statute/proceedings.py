"""Reviews (行政复议) and suits (行政诉讼) over a case: one fold of its entries, and the days the office answers by.

The entries `review` and `litigation` are what 表四 counts; that a notice to answer came opens a proceeding, in which
they are then the result. One recorded without such a notice is a proceeding too, without a clock.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from intake_api.statute import rules, workflow
from intake_api.statute.calendar import Calendar
from intake_api.statute.deadlines import last_day
from intake_api.statute.effective import Entry
from intake_api.statute.errors import refusal
from intake_api.statute.sentences import chinese_day
from intake_api.terms.handling import PROCEEDINGS, RESULTS, VERDICTS

Kind = Literal["review", "first", "second", "retrial"]
PENDING = "pending"
OPENED, DEFENDED, HEARD, REVIEW, SUIT = "proceeding_opened", "defended", "heard", "review", "litigation"
TYPES = (OPENED, DEFENDED, HEARD, REVIEW, SUIT)
_DIRECT = "direct"
# Days to answer by kind: of a review working days (行政复议法 art. 88), of a suit calendar days.
_DAYS = {
    "review": rules.number("review_answer"),
    "first": rules.number("suit_answer"),
    "second": rules.number("appeal_answer"),
    "retrial": rules.number("retrial_answer"),
}
_SIMPLIFIED = rules.number("review_answer_simplified")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proceeding:
    """A review or a suit. `ref` and `seq` name the entry that begins it; `route` is that of a suit.

    `served_on`: when the notice to answer came; None: it was recorded without, and has no clock. `counted_on`: the day
    whose year 表四 counts it in. `redo_by`: the day by which a new answer was ordered; `redone`: one was given since.
    `refs`: every entry that is part of it, the first one among them.
    """

    ref: str
    seq: int
    kind: Kind
    counted_on: date
    route: str = ""
    body: str = ""
    about: str = ""
    simplified: bool = False
    served_on: date | None = None
    answered_on: date | None = None
    hearings: tuple[date, ...] = ()
    result: str = PENDING
    verdict: str = ""
    redo_by: date | None = None
    redone: bool = False
    refs: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it is not decided yet."""
        return self.result == PENDING

    @property
    def owed(self) -> bool:
        """Whether something is still to be done about it."""
        return self.open or (self.redo_by is not None and not self.redone)

    @property
    def block(self) -> str:
        """The block of 表四 that it counts in."""
        return self.route or REVIEW

    def answer_by(self, calendar: Calendar) -> date | None:
        """The last day to answer; None without a notice. The day it came does not count."""
        if self.served_on is None:
            return None
        if self.kind == "review":
            days = _SIMPLIFIED if self.simplified else _DAYS["review"]
            return calendar.add_workdays(self.served_on, days).date
        return last_day(self.served_on + timedelta(_DAYS[self.kind]), calendar)

    def next_day(self, calendar: Calendar) -> date | None:
        """The day by which the office has to act next: answer, or give the new answer that was ordered."""
        if self.open:
            return None if self.answered_on else self.answer_by(calendar)
        return last_day(self.redo_by, calendar) if self.redo_by and not self.redone else None


def fold(entries: Iterable[Entry]) -> tuple[Proceeding, ...]:
    """Return the proceedings after the entries that count, in the order in which they began."""
    found: dict[str, Proceeding] = {}
    for entry in entries:
        if entry.type == OPENED:
            found[entry.ref] = _with(_opened(entry, tuple(found.values())), entry)
        elif entry.type in (REVIEW, SUIT):
            known = meant([*found.values()], entry.type, entry.data)
            one = known or Proceeding(
                ref=entry.ref, seq=entry.seq, kind="review" if entry.type == REVIEW else "first", counted_on=entry.on
            )
            found[one.ref] = _with(_decided(one, entry), entry)
        elif entry.type in (DEFENDED, HEARD) and (known := meant([*found.values()], entry.type, entry.data)):
            found[known.ref] = _with(_went_on(known, entry), entry)
        elif entry.type == "answered":
            found = {ref: replace(p, redone=p.redone or p.redo_by is not None) for ref, p in found.items()}
    return tuple(found.values())


def meant(known: Collection[Proceeding], type_: str, data: Mapping[str, Any]) -> Proceeding | None:
    """Return the proceeding that an entry is about: as it says, else the last of its sort that is not decided."""
    fitting = [one for one in known if _fits(one, type_)]
    if data.get("ref"):
        return next((one for one in fitting if one.ref == data["ref"]), None)
    return next((one for one in reversed(fitting) if one.open), None)


def under_way(known: Iterable[Proceeding], type_: str) -> list[Proceeding]:
    """Return the proceedings not decided yet that an entry of this type may be about."""
    return [one for one in known if one.open and _fits(one, type_)]


def _fits(one: Proceeding, type_: str) -> bool:
    return type_ in (DEFENDED, HEARD) or (type_ == REVIEW) == (one.kind == "review")


def _with(one: Proceeding, entry: Entry) -> Proceeding:
    return replace(one, refs=(*one.refs, entry.ref))


def _opened(entry: Entry, before: Sequence[Proceeding]) -> Proceeding:
    data = entry.data
    earlier = next((one.route for one in reversed(before) if one.route), _DIRECT)
    return Proceeding(
        ref=entry.ref,
        seq=entry.seq,
        kind=data["kind"],
        route="" if data["kind"] == "review" else data.get("route") or earlier,
        counted_on=entry.on,
        body=data.get("body", ""),
        about=data.get("about", ""),
        simplified=bool(data.get("simplified")),
        served_on=entry.on,
    )


def _decided(one: Proceeding, entry: Entry) -> Proceeding:
    data = entry.data
    return replace(
        one,
        route=data.get("route", ""),
        counted_on=entry.on,
        result=data["result"],
        verdict=data.get("verdict", ""),
        redo_by=date.fromisoformat(data["redo_by"]) if data.get("redo_by") else None,
    )


def _went_on(one: Proceeding, entry: Entry) -> Proceeding:
    if entry.type == DEFENDED:
        return replace(one, answered_on=entry.on)
    return replace(one, hearings=(*one.hearings, date.fromisoformat(entry.data["held_on"])))


def refuse(known: Sequence[Proceeding], type_: str, on: date, data: Mapping[str, Any]) -> None:
    """Refuse an entry of `TYPES` that is about no proceeding, or contradicts it or itself; StatuteError."""
    if type_ == OPENED:
        _refuse_opening(known, data)
    elif type_ in TYPES:
        _refuse_step(known, type_, on, data)


def _refuse_step(known: Sequence[Proceeding], type_: str, on: date, data: Mapping[str, Any]) -> None:
    step, one = workflow.event_label(type_), meant(known, type_, data)
    fitting = under_way(known, type_)
    if data.get("ref") and one is None:
        raise refusal("proceeding_unknown", ref=data["ref"], step=step)
    if one is None and type_ in (DEFENDED, HEARD):
        raise refusal("proceeding_none", step=step)
    if not data.get("ref") and len(fitting) > 1:
        raise refusal("proceeding_ambiguous")
    if one and one.served_on and on < one.served_on:
        raise refusal("proceeding_before", on=chinese_day(on), served=chinese_day(one.served_on))
    if one and one.answered_on and type_ == DEFENDED:
        raise refusal("defended_twice")
    if type_ in (REVIEW, SUIT):
        _refuse_result(data)


def _refuse_opening(known: Sequence[Proceeding], data: Mapping[str, Any]) -> None:
    kind = data["kind"]
    wrong = "route" if kind == "review" else "simplified"
    if data.get(wrong):
        field = {"route": "起诉的途径", "simplified": "简易程序"}[wrong]
        raise refusal("not_of_kind", field=field, kind=PROCEEDINGS[kind].label)
    if kind != "review" and not data.get("route") and (kind == "first" or not any(one.route for one in known)):
        raise refusal("route_missing")


def _refuse_result(data: Mapping[str, Any]) -> None:
    verdict, result = data.get("verdict"), data["result"]
    if verdict and VERDICTS[verdict].result != result:
        counts = RESULTS[VERDICTS[verdict].result].label
        raise refusal("verdict_differs", verdict=VERDICTS[verdict].label, result=counts)
    if data.get("redo_by") and result != "corrected":
        raise refusal("redo_uncorrected")
