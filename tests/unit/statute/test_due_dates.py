"""The clock, rule by rule: arts 30-36 and 42 of the 条例, docs/contract.md §5."""

from datetime import date
from typing import Any

import pytest

from intake_api.statute.calendar import Calendar, parse_notice
from intake_api.statute.deadlines import Clock, due
from intake_api.statute.errors import StatuteError
from intake_api.statute.events import TYPES, parse_events
from tests.samples import STATUTORY_2027

CALENDAR = Calendar.shipped()
RECEIVED = {"type": "received", "on": "2026-09-18", "basis": "counter"}  # due 2026-10-22
Json = dict[str, Any]


def clock(*events: Json, today: str = "2026-09-21", **setting: bool) -> Clock:
    return due(parse_events(events), CALENDAR, date.fromisoformat(today), **setting)


def event(kind: str, on: str, **fields: Any) -> Json:
    return {"type": kind, "on": on, **fields}


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_twenty_working_days_after_receipt() -> None:
    result = clock(RECEIVED)
    assert result.state == "running"
    assert result.due_on == day("2026-10-22")
    assert result.clarify_by == day("2026-09-29")
    assert result.working_days_left == 18
    assert not result.provisional


def test_receipt_on_a_rest_day_is_not_rolled() -> None:
    saturday, friday = event("received", "2026-09-19"), RECEIVED
    assert clock(saturday).due_on == clock(friday).due_on


@pytest.mark.parametrize(
    ("today", "state", "left"),
    [("2026-10-21", "running", 1), ("2026-10-22", "running", 0), ("2026-10-23", "overdue", -1)],
)
def test_the_last_day_is_still_in_time(today: str, state: str, left: int) -> None:
    result = clock(RECEIVED, today=today)
    assert (result.state, result.working_days_left) == (state, left)


def test_clarification_pauses_and_its_receipt_restarts_the_whole_term() -> None:
    asked = event("clarification_requested", "2026-09-29", reply_by="2026-10-20")
    waiting = clock(RECEIVED, asked)
    assert (waiting.state, waiting.due_on, waiting.working_days_left) == ("paused", None, None)
    assert clock(RECEIVED, asked, event("clarification_received", "2026-10-12")).due_on == day("2026-11-09")


def test_clarification_asked_late_is_a_violation_that_does_not_restart() -> None:
    asked = event("clarification_requested", "2026-09-30", reply_by="2026-10-20")
    supplied = event("clarification_received", "2026-10-12")
    late = clock(RECEIVED, asked, supplied)
    assert late.due_on == day("2026-10-22")
    assert "不符合条例第三十条" in late.as_dict()["steps"][1]["why"]
    lenient = clock(RECEIVED, asked, supplied, late_clarification_restarts=True)
    assert lenient.due_on == day("2026-11-09")
    assert clock(RECEIVED, asked).state == "running"
    assert clock(RECEIVED, asked, late_clarification_restarts=True).state == "paused"


def test_nothing_lapses_by_itself() -> None:
    asked = event("clarification_requested", "2026-09-22", reply_by="2026-10-12")
    waiting = clock(RECEIVED, asked, today="2026-12-01")
    assert waiting.state == "paused"
    assert waiting.steps[-1].code == "reply_by_passed"
    assert clock(RECEIVED, asked, event("clarification_received", "2026-11-20")).due_on == day("2026-12-18")
    assert clock(RECEIVED, asked, event("clarification_lapsed", "2026-10-13")).state == "stopped"


def test_consultation_excludes_the_working_days_after_its_start_to_its_end() -> None:
    started = event("consultation_started", "2026-09-22", party="third_party", ref="a")
    ended = event("consultation_ended", "2026-10-12", ref="a")  # 23, 24, 28, 29, 30, 8, 9, 10, 12: nine days
    result = clock(RECEIVED, started, ended)
    assert result.due_on == CALENDAR.add_workdays(day("2026-09-18"), 29).date == day("2026-11-04")
    assert result.steps[-1].data["days"] == 9


def test_overlapping_consultations_are_excluded_once() -> None:
    one = clock(
        RECEIVED,
        event("consultation_started", "2026-09-22", party="third_party", ref="a"),
        event("consultation_ended", "2026-10-12", ref="a"),
    )
    both = clock(
        RECEIVED,
        event("consultation_started", "2026-09-22", party="third_party", ref="a"),
        event("consultation_started", "2026-09-24", party="co_agency", ref="b"),
        event("consultation_ended", "2026-10-09", ref="b"),
        event("consultation_ended", "2026-10-12", ref="a"),
    )
    assert one.due_on == both.due_on


@pytest.mark.parametrize(
    ("party", "silence"),
    [("third_party", "office_decides"), ("co_agency", "deemed_consent"), ("other_agency", "no_rule")],
)
def test_an_open_consultation_pauses_and_says_what_silence_means(party: str, silence: str) -> None:
    started = event("consultation_started", "2026-09-18", party=party, ref="a", delivered_on="2026-09-18")
    result = clock(RECEIVED, started)
    assert (result.state, result.due_on) == ("paused", None)
    assert result.as_dict()["consultations"] == [
        {"ref": "a", "party": party, "reply_by": "2026-10-15", "silence": silence}
    ]


def test_the_other_sides_fifteen_days_run_from_delivery_and_their_end_is_a_warning() -> None:
    started = event("consultation_started", "2026-09-18", party="third_party", delivered_on="2026-09-20")
    assert clock(RECEIVED, started, today="2026-10-16").consultations[0].reply_by == day("2026-10-16")
    assert [s.code for s in clock(RECEIVED, started, today="2026-10-16").steps][-1] == "consultation_started"
    warned = clock(RECEIVED, started, today="2026-10-17")
    assert warned.state == "paused"
    assert warned.steps[-1].code == "consultation_overdue"


def test_the_fifteen_days_run_from_a_delivery_recorded_later() -> None:
    started = event("consultation_started", "2026-09-18", party="third_party", ref="a")
    delivered = event("consultation_delivered", "2026-09-22", ref="a")
    told = clock(RECEIVED, started, delivered)
    assert told.consultations[0].reply_by == day("2026-10-20")
    assert told.due_on is None, "the clock itself waits from the sending on"
    assert "2026年10月20日" in told.as_dict()["steps"][-1]["why"]
    ended = event("consultation_ended", "2026-10-12", ref="a")
    assert clock(RECEIVED, started, delivered, ended).due_on == clock(RECEIVED, started, ended).due_on


def consulted(received: str, *asked: str, **ended: Any) -> list[Json]:
    """Received, a third party asked (`asked`: when, and perhaps when it got the letter), perhaps `ended`."""
    on, *delivered = asked
    history = [event("received", received), event("consultation_started", on, party="third_party", ref="a")]
    history += [event("consultation_delivered", got, ref="a") for got in delivered]
    return history + ([event("consultation_ended", ref="a", **ended)] if ended else [])


def test_a_consultation_begun_on_the_last_day_keeps_it_open_until_it_ends() -> None:
    asked = consulted("2026-03-02", "2026-03-30")  # day 20
    waiting = clock(*asked, today="2026-04-10")
    assert (waiting.state, waiting.due_on) == ("paused", None)
    answered = event("answered", "2026-04-20")
    done = clock(*consulted("2026-03-02", "2026-03-30", on="2026-04-20"), answered, today="2026-05-01")
    assert (done.due_on, done.answered_in_time) == (day("2026-04-20"), True)
    late = clock(*consulted("2026-03-02", "2026-03-30", on="2026-04-20"), event("answered", "2026-04-21"))
    assert late.answered_in_time is False
    day_before = clock(*consulted("2026-03-02", "2026-03-27", on="2026-04-20"))  # day 19
    assert day_before.due_on == day("2026-04-21")
    too_late = clock(*consulted("2026-03-02", "2026-03-31", on="2026-04-20"))
    assert too_late.due_on == day("2026-03-30"), "no day is left to exclude"


def test_an_opinion_on_a_rest_day_after_a_consultation_of_the_last_day_is_answered_on_the_next_working_day() -> None:
    assert clock(*consulted("2026-03-02", "2026-03-30", on="2026-04-04")).due_on == day("2026-04-07")  # 清明


@pytest.mark.parametrize("ended", [{}, {"on": "2026-11-30"}])
def test_what_the_law_gives_the_other_side_is_what_is_excluded_at_most(ended: Json) -> None:
    history = consulted("2026-09-01", "2026-09-07", "2026-09-08", **ended)
    done = clock(*history, event("answered", "2026-11-30"), today="2026-12-01")
    assert (done.due_on, done.answered_in_time) == (day("2026-10-27"), False)


def test_an_office_that_had_to_wait_longer_says_so_and_all_of_it_is_excluded() -> None:
    waited = clock(*consulted("2026-09-01", "2026-09-07", "2026-09-08", on="2026-11-27", waited=True))
    assert waited.due_on == CALENDAR.add_workdays(day("2026-09-01"), 20 + 55).date == day("2026-12-21")
    assert "必须等待更久" in waited.as_dict()["steps"][-1]["why"]


def test_without_the_day_of_delivery_both_dates_are_said() -> None:
    told = clock(*consulted("2026-09-01", "2026-09-07", on="2026-11-27"), today="2026-11-27")
    assert told.due_on == day("2026-12-21")
    warning = next(s["why"] for s in told.as_dict()["steps"] if "送达日期未记录" in s["why"])
    assert "届满日为2026年10月26日" in warning  # as if delivered on 2026-09-07
    assert "届满日为2026年12月21日" in warning


def test_another_agency_has_no_term_in_law_that_would_end_the_exclusion() -> None:
    asked = event("consultation_started", "2026-09-07", party="other_agency", ref="a", delivered_on="2026-09-08")
    ended = event("consultation_ended", "2026-11-27", ref="a")
    assert clock(event("received", "2026-09-01"), asked, ended).due_on == day("2026-12-21")


def test_an_open_consultation_past_its_term_says_which_day_is_the_last_without_a_reason() -> None:
    told = clock(*consulted("2026-09-01", "2026-09-07", "2026-09-08"), today="2026-11-02")
    assert (told.state, told.due_on) == ("paused", None)
    assert "届满日为2026年10月27日" in told.as_dict()["steps"][-1]["why"]
    extended = event("extended", "2026-10-28", days=5)
    with pytest.raises(StatuteError, match="extended_late"):
        clock(*consulted("2026-09-01", "2026-09-07", "2026-09-08"), extended)


def test_the_silence_of_a_co_agency_means_nothing_before_its_letter_is_known_to_have_arrived() -> None:
    asked = event("consultation_started", "2026-09-01", party="co_agency", ref="a")
    told = clock(event("received", "2026-09-01"), asked, today="2026-11-02")
    assert told.consultations[0].silence == "undelivered"
    assert "送达日期未记录" in told.as_dict()["steps"][-1]["why"]
    assert "视为同意" not in "".join(step["why"] for step in told.as_dict()["steps"])
    delivered = event("consultation_delivered", "2026-09-02", ref="a")
    known = clock(event("received", "2026-09-01"), asked, delivered, today="2026-11-02")
    assert known.consultations[0].silence == "deemed_consent"


def test_a_period_that_ends_on_a_rest_day_ends_on_the_next_working_day() -> None:
    asked = event("clarification_requested", "2026-04-08", reply_by="2026-05-03")
    history = (event("received", "2026-04-01"), asked)
    assert [s.code for s in clock(*history, today="2026-05-06").steps][-1] == "clarification_requested"
    assert clock(*history, today="2026-05-07").steps[-1].on == day("2026-05-06")
    assert clock(*history, event("clarification_lapsed", "2026-05-07")).state == "stopped"
    for early in ("2026-05-03", "2026-05-04", "2026-05-06"):
        with pytest.raises(StatuteError, match="lapse_too_early"):
            clock(*history, event("clarification_lapsed", early))
    assert clock(event("received", "2026-04-01"), event("delayed", "2026-04-08", until="2026-05-03")).due_on == day(
        "2026-05-06"
    )


def test_what_an_earlier_version_put_on_record_still_counts() -> None:
    asked = event("clarification_requested", "2026-04-08", reply_by="2026-05-03")
    lapsed = event("clarification_lapsed", "2026-05-04", id="e3")
    history = parse_events([event("received", "2026-04-01"), asked, lapsed])
    assert due(history, CALENDAR, day("2026-06-01"), settled={"e3"}).state == "stopped"
    with pytest.raises(StatuteError, match="lapse_too_early"):
        due(history, CALENDAR, day("2026-06-01"))


def test_a_fee_notice_must_be_sent_in_time_and_the_payment_runs_from_its_receipt() -> None:
    sent = clock(RECEIVED, event("fee_noticed", "2026-10-26", sent_on="2026-10-22"))
    assert (sent.steps[-1].code, sent.pay_by) == ("fee_noticed", day("2026-11-23"))
    assert "2026年10月22日发出" in sent.as_dict()["steps"][-1]["why"]
    assert (
        clock(RECEIVED, event("fee_noticed", "2026-10-26", sent_on="2026-10-23")).steps[-1].code == "fee_noticed_late"
    )
    assert clock(RECEIVED, event("fee_noticed", "2026-10-23")).steps[-1].code == "fee_noticed_late"


def test_extension_adds_up_to_twenty_working_days() -> None:
    assert clock(RECEIVED, event("extended", "2026-10-22", days=20)).due_on == day("2026-11-19")


def test_a_restart_drops_the_extension_and_earlier_exclusions() -> None:
    result = clock(
        RECEIVED,
        event("extended", "2026-09-21", days=20),
        event("consultation_started", "2026-09-21", party="third_party"),
        event("consultation_ended", "2026-09-24"),
        event("fee_noticed", "2026-09-28"),
        event("fee_paid", "2026-10-12"),
    )
    assert result.due_on == day("2026-11-09")
    assert result.pay_by is None


def test_fee_waits_twenty_working_days_and_payment_restarts() -> None:
    noticed = event("fee_noticed", "2026-09-18")
    waiting = clock(RECEIVED, noticed, today="2026-10-23")
    assert (waiting.state, waiting.pay_by) == ("paused", day("2026-10-22"))
    assert waiting.steps[-1].code == "pay_by_passed"
    assert clock(RECEIVED, noticed, event("fee_lapsed", "2026-10-23")).state == "stopped"
    assert clock(RECEIVED, noticed, event("fee_paid", "2026-11-20")).due_on == day("2026-12-18")


def test_delay_under_article_35_fixes_the_date() -> None:
    delayed = event("delayed", "2026-10-20", until="2026-12-30")
    assert clock(RECEIVED, delayed).due_on == day("2026-12-30")
    assert not clock(RECEIVED, event("delayed", "2026-10-20", until="2027-03-01")).provisional


@pytest.mark.parametrize(("on", "in_time"), [("2026-10-22", True), ("2026-10-23", False)])
def test_the_day_of_posting_decides(on: str, in_time: bool) -> None:
    result = clock(RECEIVED, event("answered", on, delivery="post"), today="2026-12-01")
    assert (result.state, result.answered_in_time, result.due_on) == ("stopped", in_time, day("2026-10-22"))


def test_withdrawal_stops() -> None:
    result = clock(RECEIVED, event("withdrawn", "2026-09-25"), today="2027-01-01")
    assert (result.state, result.answered_in_time, result.working_days_left) == ("stopped", None, None)


def test_a_voided_event_leaves_the_calculation_but_not_the_record() -> None:
    mistake = event("extended", "2026-10-09", days=15, id=7)
    voided = event("voided", "2026-10-10", ref=7, reason="wrong_case")
    result = clock(RECEIVED, mistake, voided)
    assert result.due_on == day("2026-10-22")
    assert "2026年10月9日的“延长答复期限”记录有误" in result.as_dict()["steps"][-1]["why"]
    assert clock(RECEIVED, mistake, voided, event("extended", "2026-10-12", days=5)).due_on == day("2026-10-29")


def test_a_corrected_receipt_counts_from_the_right_day() -> None:
    wrong = event("received", "2026-09-01", id="e1")
    assert clock(wrong, event("voided", "2026-09-21", ref="e1"), RECEIVED).due_on == day("2026-10-22")


def test_a_term_into_an_unannounced_year_is_provisional_until_the_notice() -> None:
    received = parse_events([event("received", "2026-12-04")])
    assert due(received, CALENDAR, day("2026-12-05")).provisional
    notice = "date,is_workday,name\n" + "\n".join(
        f"2027-{md},{flag},示例"
        for md, flag in [("01-02", 1), *((day.removeprefix("2027-"), 0) for day, _ in STATUTORY_2027)]
    )
    final = due(received, CALENDAR.with_notice(parse_notice(notice.splitlines())), day("2026-12-05"))
    assert (final.due_on, final.provisional) == (day("2027-01-02"), False)


def test_the_law_in_force_on_its_first_day() -> None:
    assert clock(event("received", "2019-05-15")).due_on == day("2019-06-13")
    noticed = clock(event("received", "2020-12-31"), event("fee_noticed", "2021-01-01"))
    assert noticed.pay_by == day("2021-01-29")


def test_output_is_the_contracts() -> None:
    assert clock(RECEIVED).as_dict() == {
        "state": "running",
        "due_on": "2026-10-22",
        "provisional": False,
        "clarify_by": "2026-09-29",
        "pay_by": None,
        "working_days_left": 18,
        "steps": [
            {
                "on": "2026-09-18",
                "why": "2026年9月18日收到申请（当面提交，以提交之日为收到日，条例第三十一条第一项）。收到当日不计，"
                "自次日起二十个工作日内答复（条例第三十三条第二款），届满日为2026年10月22日。",
                "due_on": "2026-10-22",
            }
        ],
    }


HISTORIES: list[list[Json]] = [
    *([event("received", "2026-09-18", basis=basis)] for basis in ("mail_signed", "mail_unsigned", "internet", "fax")),
    [RECEIVED, event("answered", "2026-10-23")],
    [RECEIVED, event("answered", "2026-10-22", delivery="electronic")],
    [RECEIVED, event("clarification_requested", "2026-09-22"), event("clarification_lapsed", "2026-10-30")],
    [RECEIVED, event("clarification_requested", "2026-10-09"), event("clarification_received", "2026-10-12")],
    [
        RECEIVED,
        event("consultation_started", "2026-09-18", party="other_agency"),
        event("delayed", "2026-10-20", until="2026-11-30"),
        event("consultation_ended", "2026-11-02"),
    ],
    [RECEIVED, event("fee_noticed", "2026-10-26"), event("fee_paid", "2026-10-27"), event("withdrawn", "2026-10-28")],
    [RECEIVED, event("fee_noticed", "2026-09-21"), event("fee_lapsed", "2026-10-30")],
    [
        event("received", "2026-09-17", id="x"),
        event("voided", "2026-09-19", ref="x"),
        RECEIVED,
        event("consultation_started", "2026-09-21", party="co_agency"),
        event("extended", "2026-09-22", days=3),
    ],
]


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("lenient", [True, False])
def test_every_step_is_a_finished_sentence(history: list[Json], lenient: bool) -> None:
    for step in clock(*history, today="2026-12-01", late_clarification_restarts=lenient).as_dict()["steps"]:
        assert step["why"].endswith("。")
        assert "{" not in step["why"]
        assert "None" not in step["why"]
        assert not any(kind in step["why"] for kind in TYPES)
