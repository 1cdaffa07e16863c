"""What holds for every history: against a model that counts day by day, and as laws of the clock."""

import random
from datetime import date, timedelta
from typing import Any

from day_by_day import Impossible, clock_by_days, random_history
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from intake_api.statute.calendar import Calendar
from intake_api.statute.deadlines import Clock, due
from intake_api.statute.errors import StatuteError
from intake_api.statute.events import parse_events

CALENDAR = Calendar.shipped()
Json = dict[str, Any]
HISTORIES = st.randoms(use_true_random=False).map(random_history)
RECEIPTS = st.dates(date(2019, 5, 15), date(2026, 12, 31))
GAPS = st.integers(0, 40)
LAW = settings(deadline=None)  # the first example builds the calendar, and tests share two cores


def clock(events: list[Json], today: date = date(2026, 11, 22)) -> Clock:
    return due(parse_events(events), CALENDAR, today)


def possible(events: list[Json]) -> Clock:
    try:
        return clock(events)
    except StatuteError:
        assume(False)
        raise


def brought_to_a_halt(history: list[Json]) -> list[Json]:
    """The longest beginning of the history that can be, withdrawn where its clock still runs."""
    try:
        state = clock(history).state
    except StatuteError:
        return brought_to_a_halt(history[:-1])
    return history if state in ("paused", "stopped") else [*history, {"type": "withdrawn", "on": history[-1]["on"]}]


def due_on(events: list[Json]) -> date:
    found = possible(events).due_on
    assume(found is not None)
    assert found is not None
    return found


def event(kind: str, on: date, **fields: Any) -> Json:
    return {"type": kind, "on": on.isoformat(), **fields}


def test_five_thousand_random_histories_agree_with_counting_day_by_day() -> None:
    rng = random.Random(20261122)
    for _ in range(5000):
        history = random_history(rng)
        today = date.fromisoformat(history[-1]["on"]) + timedelta(rng.randrange(-20, 80))
        try:
            expected: object = clock_by_days(history, today)
        except Impossible as refusal:
            expected = str(refusal)
        try:
            shown = clock(history, today).as_dict()
            found: object = {name: shown.get(name) for name in expected} if isinstance(expected, dict) else shown
        except StatuteError as error:
            found = error.code
        assert found == expected, history


@LAW
@given(HISTORIES)
def test_never_earlier_than_the_plain_rule(history: list[Json]) -> None:
    received = date.fromisoformat(history[0]["on"])
    assert due_on(history) >= CALENDAR.add_workdays(received, 20).date


@LAW
@given(HISTORIES, st.randoms(use_true_random=False))
def test_the_order_of_recording_does_not_matter(history: list[Json], rng: random.Random) -> None:
    by_day: dict[str, list[Json]] = {}
    for entry in history:
        by_day.setdefault(entry["on"], []).append(entry)
    days = list(by_day)
    rng.shuffle(days)
    assert possible([entry for day in days for entry in by_day[day]]) == possible(history)


@LAW
@given(HISTORIES.map(brought_to_a_halt), RECEIPTS, RECEIPTS)
def test_a_clock_that_does_not_run_stands_still(history: list[Json], one: date, other: date) -> None:
    first, second = clock(history, one), clock(history, other)
    warned = len(clock(history, date(2019, 5, 15)).steps)
    assert first._replace(steps=first.steps[:warned]) == second._replace(steps=second.steps[:warned])


@LAW
@given(RECEIPTS, GAPS)
def test_received_later_is_due_no_earlier(received: date, gap: int) -> None:
    later = received + timedelta(gap)
    assert due_on([event("received", received)]) <= due_on([event("received", later)])


@LAW
@given(RECEIPTS, st.integers(1, 20), st.integers(1, 20))
def test_a_longer_extension_is_due_later(received: date, days: int, more: int) -> None:
    short, long = sorted((days, more))
    dates = [due_on([event("received", received), event("extended", received, days=n)]) for n in (short, long)]
    assert dates[0] <= dates[1]
    assert CALENDAR.workdays_between(*dates) == long - short


@LAW
@given(RECEIPTS, GAPS, GAPS, GAPS)
def test_a_consultation_moves_the_date_by_its_own_working_days(
    received: date, gap: int, length: int, more: int
) -> None:
    start = received + timedelta(gap)
    plain = due_on([event("received", received)])
    assume(start < plain)
    ends = [start + timedelta(length), start + timedelta(length + more)]
    shorter, longer = (
        due_on(
            [
                event("received", received),
                event("consultation_started", start, party="third_party"),
                event("consultation_ended", end),
            ]
        )
        for end in ends
    )
    assert CALENDAR.workdays_between(plain, shorter) == CALENDAR.workdays_between(start, ends[0])
    assert shorter <= longer


@LAW
@given(RECEIPTS, GAPS)
def test_a_restart_counts_as_if_received_that_day(received: date, gap: int) -> None:
    asked = CALENDAR.add_workdays(received, 7).date
    supplied = asked + timedelta(gap)
    restarted = [
        event("received", received),
        event("clarification_requested", asked),
        event("clarification_received", supplied),
    ]
    assert due_on(restarted) == due_on([event("received", supplied)])
