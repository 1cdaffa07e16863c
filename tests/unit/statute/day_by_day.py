"""A second clock, written to be obvious: it walks the calendar one day at a time and counts on its fingers.

Working days come from chinesecalendar itself, not from the product's table. Within a day, the day is counted first and
the events of the day happen after it: so the day of receipt does not count, and a consultation excludes (a, b].

When a term set by law for the other side is over and the day it began is known, the counting goes on, though the
consultation is still open; what was counted then is taken back if the office had to wait.
"""

import random
from datetime import date, timedelta
from functools import cache
from typing import Any

import chinese_calendar
import holidays

DAY = timedelta(days=1)
ENDINGS = ("answered", "withdrawn", "clarification_lapsed", "fee_lapsed")
Json = dict[str, Any]


class Impossible(Exception):
    """This cannot have happened; the message is the code of the refusal."""


@cache
def works(day: date) -> bool:
    if day.year <= 2026:
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5 and day not in statutory(day.year)


@cache
def statutory(year: int) -> holidays.HolidayBase:
    return holidays.China(years=year, observed=True)


def working(day: date) -> date:
    """The day itself or the first working day after it."""
    while not works(day):
        day += DAY
    return day


def count_on(day: date, n: int) -> date:
    while n:
        day += DAY
        n -= works(day)
    return day


class Fingers:
    """Facts known so far."""

    def __init__(self) -> None:
        self.receipt = self.begin = self.fixed = self.pay_by = None
        self.waiting: set[str] = set()
        self.need = 20
        self.asked = self.late_ask = self.noticed = False
        self.reply_by = None
        self.open: dict[str, Json] = {}
        self.out: list[tuple[date, date]] = []
        self.ended = self.in_time = self.late_since = self.rolled = None

    def last(self, *more: tuple[date, date]) -> date:
        """The last day of the term: count the days that are worked and in no consultation."""
        spans, day, used = [*self.out, *more], self.begin, 0
        while used < self.need:
            day += DAY
            used += works(day) and not any(start < day <= end for start, end in spans)
        while longer := [end for start, end in spans if start <= day < end]:  # begun when the days were used up
            day = working(max(longer))
        return day

    def until(self, now: date) -> date:
        """The same, if what is open ended now, or when the law ended it."""
        return self.last(*((one["on"], self.end(one, now)) for one in self.open.values()))

    def end(self, one: Json, now: date) -> date:
        return min(now, one["reply_by"]) if one["delivered"] and one["party"] != "other_agency" else now

    @property
    def due(self) -> date | None:
        if self.late_since or self.fixed or self.waiting:
            return self.late_since or (None if self.waiting else self.fixed)
        last = self.last()
        return None if any(one["on"] <= last for one in self.open.values()) else last

    def restart(self, day: date) -> None:
        self.begin, self.need, self.fixed = day, 20, None
        self.out.clear()

    def happen(self, e: Json, day: date) -> None:
        if self.receipt is None and e["type"] != "received":
            raise Impossible("before_receipt")
        if self.ended:
            raise Impossible("already_stopped")
        getattr(self, e["type"])(e, day)

    def received(self, e: Json, day: date) -> None:
        if self.receipt:
            raise Impossible("received_twice")
        self.receipt = self.begin = day

    def clarification_requested(self, e: Json, day: date) -> None:
        if self.asked:
            raise Impossible("clarification_repeated")
        self.asked, self.reply_by = True, working(date.fromisoformat(e["reply_by"]))
        if day > count_on(self.receipt, 7):
            self.late_ask = True
        else:
            self.waiting.add("supplement")

    def outstanding(self) -> None:
        if "supplement" not in self.waiting and not self.late_ask:
            raise Impossible("clarification_not_requested")

    def clarification_received(self, e: Json, day: date) -> None:
        self.outstanding()
        if not self.late_ask:
            self.waiting.remove("supplement")
            self.restart(day)
        self.late_ask = False

    def clarification_lapsed(self, e: Json, day: date) -> None:
        self.outstanding()
        if day <= self.reply_by:
            raise Impossible("lapse_too_early")
        self.ended = "lapsed"

    def consultation_started(self, e: Json, day: date) -> None:
        if e["ref"] in self.open:
            raise Impossible("consultation_repeated")
        self.open[e["ref"]] = {"party": e["party"], "on": day, "delivered": False, "reply_by": count_on(day, 15)}

    def under_way(self, e: Json) -> Json:
        if e["ref"] not in self.open:
            raise Impossible("consultation_not_open")
        return self.open[e["ref"]]

    def consultation_delivered(self, e: Json, day: date) -> None:
        if self.under_way(e)["delivered"]:
            raise Impossible("delivered_twice")
        self.open[e["ref"]] |= {"delivered": True, "reply_by": count_on(day, 15)}

    def consultation_ended(self, e: Json, day: date) -> None:
        one = self.under_way(e)
        del self.open[e["ref"]]
        self.out.append((one["on"], day if e.get("waited") else self.end(one, day)))

    def changeable(self, day: date, late: str) -> None:
        if self.waiting:
            raise Impossible("clock_not_running")
        if day > (self.due or self.until(day)):
            raise Impossible(late)

    def extended(self, e: Json, day: date) -> None:
        if not 1 <= e["days"] <= 20:
            raise Impossible("extension_days")
        if self.need > 20:
            raise Impossible("extended_twice")
        if self.fixed:
            raise Impossible("extended_after_delay")
        self.changeable(day, "extended_late")
        self.need += e["days"]

    def delayed(self, e: Json, day: date) -> None:
        self.changeable(day, "delayed_late")
        until = date.fromisoformat(e["until"])
        if until < (self.due or self.until(day)):
            raise Impossible("delayed_earlier")
        self.fixed = working(until)
        self.rolled = self.fixed != until

    def fee_noticed(self, e: Json, day: date) -> None:
        if self.noticed:
            raise Impossible("fee_repeated")
        if day < date(2021, 1, 1):
            raise Impossible("before_statute")
        if self.asked and ("supplement" in self.waiting or self.late_ask):
            raise Impossible("fee_while_clarifying")
        self.noticed, self.pay_by = True, count_on(day, 20)
        self.waiting.add("payment")

    def fee_paid(self, e: Json, day: date) -> None:
        if "payment" not in self.waiting:
            raise Impossible("fee_not_noticed")
        self.waiting.remove("payment")
        self.pay_by = None
        self.restart(day)

    def fee_lapsed(self, e: Json, day: date) -> None:
        if "payment" not in self.waiting:
            raise Impossible("fee_not_noticed")
        if day <= self.pay_by:
            raise Impossible("lapse_too_early")
        self.ended = "lapsed"

    def answered(self, e: Json, day: date) -> None:
        self.ended = "answered"
        if not self.waiting and not self.due and day > (last := self.until(day)):
            self.late_since = last
        self.in_time = self.due is None or day <= self.due

    def withdrawn(self, e: Json, day: date) -> None:
        self.ended = "withdrawn"


def clock_by_days(events: list[Json], today: date) -> Json:
    """The part of the output of docs/contract.md §5 that is dates and numbers; raises Impossible."""
    by_day: dict[str, list[Json]] = {}
    for e in events:
        by_day.setdefault(e["on"], []).append(e)
    fingers = Fingers()
    for day in sorted(by_day):
        for e in by_day[day]:
            fingers.happen(e, date.fromisoformat(day))
    due = fingers.due
    state = "stopped" if fingers.ended else "paused" if due is None else "overdue" if today > due else "running"
    left = None
    if state in ("running", "overdue"):
        early, late = sorted((today, due))
        left = sum(works(early + DAY * n) for n in range(1, (late - early).days + 1)) * (1 if today <= due else -1)
    clarify_by = count_on(fingers.receipt, 7)
    counted = (clarify_by, fingers.pay_by, None if fingers.fixed and not fingers.rolled else due)
    return {
        "state": state,
        "provisional": any(d and d.year > 2026 for d in counted),
        "due_on": due and due.isoformat(),
        "clarify_by": clarify_by.isoformat(),
        "pay_by": fingers.pay_by and fingers.pay_by.isoformat(),
        "working_days_left": left,
        "answered_in_time": fingers.in_time,
    }


def random_history(rng: random.Random) -> list[Json]:
    """One to seven events on days from 2019-05-15 to 2027; mostly possible, sometimes not."""
    day = date(2019, 5, 15) + DAY * rng.randrange(2780)
    events: list[Json] = [{"type": "received", "on": day.isoformat()}]
    following = {
        "received": ["clarification_requested", "consultation_started", "extended", "fee_noticed", "answered"],
        "clarification_requested": ["clarification_received", "clarification_received", "clarification_lapsed"],
        "consultation_started": ["consultation_ended", "consultation_delivered", "consultation_started", "extended"],
        "consultation_delivered": ["consultation_ended", "consultation_ended", "answered", "extended"],
        "fee_noticed": ["fee_paid", "fee_paid", "fee_lapsed", "consultation_started"],
    }
    anything = ["consultation_started", "consultation_ended", "extended", "delayed", "fee_noticed", "answered"]
    anything += ["withdrawn", "clarification_requested", "clarification_received", "fee_paid"]
    for _ in range(rng.randrange(7)):
        if events[-1]["type"] in ENDINGS and rng.random() < 0.95:
            break
        day += DAY * rng.choice((0, 1, 2, 3, 5, 8, 13, 30))
        usual = following.get(events[-1]["type"], following["received"])
        kind = rng.choice(usual if rng.random() < 0.85 else anything)
        e: Json = {"type": kind, "on": day.isoformat()}
        if kind.startswith("consultation"):
            e["ref"] = rng.choice("AB")
        if kind == "consultation_started":
            e["party"] = rng.choice(("third_party", "third_party", "co_agency", "other_agency"))
        elif kind == "consultation_ended" and rng.random() < 0.2:
            e["waited"] = True
        elif kind == "extended":
            e["days"] = rng.randint(1, 21)
        elif kind == "delayed":
            e["until"] = (day + DAY * rng.randrange(90)).isoformat()
        elif kind == "clarification_requested":
            e["reply_by"] = (day + DAY * 14).isoformat()
        events.append(e)
    return events
