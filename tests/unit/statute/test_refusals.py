"""Histories and inputs that cannot be: each is refused with its code and a Chinese sentence, nothing guessed."""

import inspect
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from intake_api.statute import deadlines, events
from intake_api.statute.calendar import Calendar
from intake_api.statute.deadlines import due
from intake_api.statute.errors import CATALOGUE, StatuteError
from intake_api.statute.events import parse_events

R = {"type": "received", "on": "2026-09-18"}  # 7 days to 09-29, 20 to 10-22
ASK = {"type": "clarification_requested", "on": "2026-09-22", "reply_by": "2026-10-12"}
FEE = {"type": "fee_noticed", "on": "2026-09-18"}  # to be paid by 10-22
CONSULT = {"type": "consultation_started", "on": "2026-09-22", "party": "third_party", "ref": "a"}
ANSWER = {"type": "answered", "on": "2026-10-20"}


def e(kind: str, on: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "on": on, **fields}


IMPOSSIBLE: list[tuple[str, list[dict[str, Any]]]] = [
    ("no_receipt", []),
    ("before_receipt", [e("extended", "2026-09-17", days=5), R]),
    ("no_receipt", [ANSWER]),
    ("no_receipt", [e("received", "2026-09-18", id="r"), e("voided", "2026-09-19", ref="r")]),
    ("before_statute", [e("received", "2019-05-14")]),
    ("before_statute", [e("received", "2020-12-30"), e("fee_noticed", "2020-12-31")]),
    ("received_twice", [R, e("received", "2026-09-20")]),
    ("already_stopped", [R, ANSWER, e("answered", "2026-10-21")]),
    ("already_stopped", [R, e("withdrawn", "2026-09-20"), ASK]),
    ("clarification_repeated", [R, ASK, e("clarification_received", "2026-09-23"), {**ASK, "on": "2026-09-24"}]),
    ("clarification_not_requested", [R, e("clarification_received", "2026-09-23")]),
    ("clarification_not_requested", [R, e("clarification_lapsed", "2026-09-23")]),
    ("reply_by_too_early", [R, {**ASK, "reply_by": "2026-09-21"}]),
    ("lapse_too_early", [R, ASK, e("clarification_lapsed", "2026-10-12")]),
    ("lapse_too_early", [R, FEE, e("fee_lapsed", "2026-10-22")]),
    ("consultation_repeated", [R, CONSULT, CONSULT]),
    ("consultation_not_open", [R, e("consultation_ended", "2026-09-23")]),
    ("consultation_not_open", [R, CONSULT, e("consultation_ended", "2026-09-23", ref="b")]),
    ("consultation_not_open", [R, CONSULT, e("consultation_ended", "2026-09-23", party="co_agency")]),
    ("consultation_ambiguous", [R, CONSULT, {**CONSULT, "ref": "b"}, e("consultation_ended", "2026-09-23")]),
    ("delivered_before_sent", [R, {**CONSULT, "delivered_on": "2026-09-21"}]),
    ("delivered_twice", [R, CONSULT, *[e("consultation_delivered", "2026-09-24", ref="a")] * 2]),
    ("consultation_not_open", [R, e("consultation_delivered", "2026-09-24", ref="a")]),
    ("extension_days", [R, e("extended", "2026-09-22", days=21)]),
    ("extension_days", [R, e("extended", "2026-09-22", days=0)]),
    ("extended_twice", [R, e("extended", "2026-09-22", days=5), e("extended", "2026-09-23", days=5)]),
    ("extended_late", [R, e("extended", "2026-10-23", days=5)]),
    ("extended_after_delay", [R, e("delayed", "2026-09-22", until="2026-12-01"), e("extended", "2026-09-23", days=5)]),
    ("clock_not_running", [R, ASK, e("extended", "2026-09-23", days=5)]),
    ("clock_not_running", [R, FEE, e("delayed", "2026-09-23", until="2026-12-01")]),
    ("delayed_earlier", [R, e("delayed", "2026-09-22", until="2026-10-21")]),
    ("delayed_late", [R, e("delayed", "2026-10-23", until="2026-12-01")]),
    ("fee_repeated", [R, FEE, e("fee_paid", "2026-09-20"), {**FEE, "on": "2026-09-21"}]),
    ("fee_while_clarifying", [R, ASK, e("fee_noticed", "2026-09-23")]),
    ("delivered_before_sent", [R, {**FEE, "sent_on": "2026-09-19"}]),
    ("extended_late", [R, {**CONSULT, "delivered_on": "2026-09-22"}, e("extended", "2026-12-01", days=5)]),
    ("delayed_late", [R, {**CONSULT, "delivered_on": "2026-09-22"}, e("delayed", "2026-12-01", until="2026-12-31")]),
    ("fee_not_noticed", [R, e("fee_paid", "2026-09-20")]),
    ("fee_not_noticed", [R, e("fee_lapsed", "2026-09-20")]),
    ("ref_unknown", [R, e("voided", "2026-09-20", ref="x")]),
    ("already_voided", [R, {**ASK, "id": 1}, e("voided", "2026-09-23", ref=1), e("voided", "2026-09-24", ref=1)]),
    ("void_of_void", [R, {**ASK, "id": 1}, e("voided", "2026-09-23", ref=1, id=2), e("voided", "2026-09-24", ref=2)]),
    ("date_out_of_range", [e("received", "2049-01-01")]),
    ("duplicate_id", [{**R, "id": "x"}, {**ASK, "id": "x"}]),
]

UNREADABLE: list[tuple[str, object]] = [
    ("bad_events", None),
    ("bad_events", "received"),
    ("bad_events", {"type": "received"}),
    ("bad_events", ["received"]),
    ("unknown_event", [{"on": "2026-09-18"}]),
    ("unknown_event", [e("recieved", "2026-09-18")]),
    ("unknown_event", [{"type": ["received"], "on": "2026-09-18"}]),
    ("unknown_field", [{**R, "days": 3}]),
    ("missing_field", [{"type": "received"}]),
    ("missing_field", [e("extended", "2026-09-22")]),
    ("missing_field", [e("delayed", "2026-09-22", until=None)]),
    ("missing_field", [e("voided", "2026-09-22")]),
    ("missing_field", [e("consultation_started", "2026-09-22")]),
    ("bad_date", [e("received", "2026-02-30")]),
    ("bad_date", [e("received", "20260918")]),
    ("bad_date", [e("received", "２０２６-09-18")]),
    ("bad_date", [e("received", "2026-09-18T08:00:00Z")]),
    ("bad_date", [{"type": "received", "on": 20260918}]),
    ("bad_date", [e("delayed", "2026-09-22", until="soon")]),
    ("bad_value", [e("received", "2026-09-18", basis="pigeon")]),
    ("bad_value", [e("received", "2026-09-18", basis=["counter"])]),
    ("bad_value", [e("extended", "2026-09-22", days="5")]),
    ("bad_value", [e("extended", "2026-09-22", days=True)]),
    ("bad_value", [e("received", "2026-09-18", id={"a": 1})]),
    ("bad_value", [e("voided", "2026-09-22", ref="")]),
    ("bad_value", [e("consultation_ended", "2026-09-22", waited="yes")]),
]


def refusal_of(raw: object) -> StatuteError:
    with pytest.raises(StatuteError) as refused:
        due(parse_events(raw), Calendar.shipped(), date(2026, 11, 22))
    return refused.value


@pytest.mark.parametrize(("code", "history"), IMPOSSIBLE)
def test_a_history_that_cannot_be_is_refused(code: str, history: list[dict[str, Any]]) -> None:
    refused = refusal_of(history)
    assert refused.code == code
    assert refused.message.endswith("。")


@pytest.mark.parametrize(("code", "raw"), UNREADABLE)
def test_an_event_that_cannot_be_read_is_refused(code: str, raw: object) -> None:
    refused = refusal_of(raw)
    assert refused.code == code
    assert refused.message.endswith("。")


def test_every_code_of_the_clock_is_proved_here() -> None:
    of_the_clock = "".join(Path(inspect.getfile(part)).read_text("utf-8") for part in (deadlines, events))
    proved = {code for code, _ in [*IMPOSSIBLE, *UNREADABLE]}
    raised = set(re.findall(r'"([a-z_]+)"', of_the_clock)) & CATALOGUE.keys()
    assert raised | {"date_out_of_range"} == proved
