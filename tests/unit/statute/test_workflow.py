"""The table of steps: what it says of the clock is so, who may do what, which fields, which approvals."""

import re
from datetime import date
from typing import Any

import pytest

from intake_api.statute import entries, sentences, workflow
from intake_api.statute.approval import refuse_answer, refuse_hand, refuse_unwanted
from intake_api.statute.calendar import Calendar
from intake_api.statute.deadlines import Clock, due
from intake_api.statute.effective import Entry
from intake_api.statute.errors import StatuteError
from intake_api.statute.events import TYPES, parse_events
from intake_api.statute.steps import Demands
from intake_api.terms.course import STATUSES

Json = dict[str, Any]
RECEIVED = {"type": "received", "on": "2026-09-18"}
ASKED = {"type": "clarification_requested", "on": "2026-09-21", "reply_by": "2026-09-25"}
CONSULTED = {"type": "consultation_started", "on": "2026-09-21", "party": "third_party", "ref": "a"}
FEE = {"type": "fee_noticed", "on": "2026-09-21"}
# What the clock has gone through before a step, and the fields of the step.
BEFORE: dict[str, tuple[list[Json], Json]] = {
    "received": ([], {}),
    "clarification_requested": ([RECEIVED], {}),
    "clarification_received": ([RECEIVED, ASKED], {}),
    "clarification_lapsed": ([RECEIVED, ASKED], {}),
    "consultation_started": ([RECEIVED], {"party": "third_party"}),
    "consultation_delivered": ([RECEIVED, CONSULTED], {}),
    "consultation_ended": ([RECEIVED, CONSULTED], {}),
    "extended": ([RECEIVED], {"days": 5}),
    "delayed": ([RECEIVED], {"until": "2026-12-01"}),
    "fee_noticed": ([RECEIVED], {}),
    "fee_paid": ([RECEIVED, FEE], {}),
    "fee_lapsed": ([RECEIVED, {**FEE, "on": "2026-09-18"}], {}),
    "answered": ([RECEIVED], {}),
    "withdrawn": ([RECEIVED], {}),
}
BOTH = Demands("two", "office")


def clock(events: list[Json]) -> Clock:
    return due(parse_events(events), Calendar.shipped(), date(2026, 9, 22))


def effect(before: Clock | None, after: Clock, base: date) -> str:
    """What has happened to the term, seen from outside."""
    if before is None:
        return "starts"
    if after.state == "stopped":
        return "stops"
    if after.due_on is None:
        return "none" if before.due_on is None else "pauses"
    if before.due_on is None:
        return "restarts" if after.due_on == Calendar.shipped().add_workdays(base, 20).date else "resumes"
    return "lengthens" if after.due_on < date(2026, 12, 1) else "fixes"


@pytest.mark.parametrize("code", BEFORE)
def test_the_clock_does_what_the_table_says(code: str) -> None:
    earlier, fields = BEFORE[code]
    on = "2026-10-26" if code.endswith("_lapsed") else "2026-09-28"
    after = clock([*earlier, {"type": code, "on": on, **fields}])
    assert effect(clock(earlier) if earlier else None, after, date.fromisoformat(on)) == workflow.STEPS[code].clock
    assert set(BEFORE) == set(TYPES) - {"voided"}


def test_every_step_outside_the_clock_leaves_it_alone_or_ends_the_case() -> None:
    for step in workflow.STEPS.values():
        if step.event not in TYPES:
            assert step.clock == ("stops" if step.code == "split" else "none"), step.code


def test_notices_have_numbers_of_the_set_and_every_answer_has_its_own() -> None:
    for step in workflow.STEPS.values():
        for notice in step.notices:
            assert re.fullmatch(r"N([1-9]|1\d|2[0-7]|20-2|27-3)", notice)
    assert workflow.STEPS["answered"].notices == (*(f"N{n}" for n in range(10, 21)), "N20-2", "N21", "N22")


def test_every_field_has_a_name_that_errors_can_say() -> None:
    for step in workflow.STEPS.values():
        for field in step.fields:
            assert sentences.word_of(field.name) != field.name, (step.code, field.name)


SOMETHING: Json = {"reply_by": "2026-10-12", "days": 5, "until": "2026-12-01", "delivered_on": "2026-09-22"}


@pytest.mark.parametrize("code", [s.code for s in workflow.STEPS.values() if s.call == "events"])
def test_what_a_step_says_it_requires_is_what_it_is_refused_without(code: str) -> None:
    fields = workflow.STEPS[code].fields
    full = {f.name: f.values[0] if f.values else SOMETHING.get(f.name, "x") for f in fields if f.name != "on"}
    needed = {f.name for f in fields if f.required}
    entries.check_fields(code, date(2026, 9, 22), {name: full[name] for name in needed})
    for name in needed:
        with pytest.raises(StatuteError) as refused:
            entries.check_fields(code, date(2026, 9, 22), {n: full[n] for n in needed - {name}})
        assert refused.value.code == "missing_field"
    assert not any(f.required and (f.asked or f.default) for f in fields), "what can be left out is not required"


# --- the course


def test_a_department_gives_a_case_back_and_it_is_confirmed_again() -> None:
    path = ["received", "confirmed", "returned"]
    assert workflow.state_of(path) == "received"
    assert workflow.state_of([*path, "confirmed"]) == "handling"
    assert workflow.state_of([*path, "confirmed", "returned", "clarification_requested"]) == "clarifying"
    assert not workflow.can_be_voided("returned"), "who confirms again has the last word"


def test_a_split_request_is_closed_for_work() -> None:
    assert workflow.state_of(["received", "confirmed", "split"]) == "split"
    assert not workflow.is_open("split")


def test_only_the_office_routes_splits_and_reviews() -> None:
    office = {s.code for s in workflow.allowed("handling", "reviewer", demands=BOTH)}
    department = {s.code for s in workflow.allowed("handling", "reviewer", office=False, demands=BOTH)}
    assert office - department == {"correct", "split", "reviewed"}


def test_approvals_have_a_place_only_where_the_office_wants_them() -> None:
    def offered(demands: Demands) -> set[str]:
        approvals = {"secrecy_reviewed", "signed_off", "reviewed"}
        return approvals & {s.code for s in workflow.allowed("handling", "admin", demands=demands)}

    assert offered(Demands()) == set()
    assert offered(Demands("one")) == {"secrecy_reviewed"}
    assert offered(Demands("off", "department")) == {"signed_off"}
    assert offered(BOTH) == {"secrecy_reviewed", "signed_off", "reviewed"}


def test_what_the_applicant_may_do() -> None:
    may = {state: [s.code for s in workflow.allowed_to_citizen(state)] for state in STATUSES}
    assert may["clarifying"] == ["clarification_received", "withdrawn"]
    assert may["handling"] == ["withdrawn"]
    assert may["answered"] == may["closed"] == ["rated", "filed_on"]
    assert may["lapsed"] == ["rated"]
    assert may["split"] == []
    assert all("rated" not in {s.code for s in workflow.allowed(state, "admin")} for state in may)


# --- fields


@pytest.mark.parametrize(
    ("event", "values", "code"),
    [
        ("returned", {}, "missing_field"),
        ("review", {}, "missing_field"),
        ("review", {"result": "releasable"}, "bad_value"),
        ("litigation", {"route": "sideways", "result": "upheld"}, "bad_value"),
        ("secrecy_reviewed", {"level": 3, "result": "not"}, "bad_value"),
        ("closed", {"days": 3}, "unknown_field"),
        ("withdrawn", {"ref": "x"}, "unknown_field"),
        ("answered", {"outcome": "9.9"}, "bad_value"),
        ("extended", {}, "missing_field"),
        ("voided", {}, "missing_field"),
    ],
)
def test_fields_that_do_not_fit_are_refused(event: str, values: Json, code: str) -> None:
    with pytest.raises(StatuteError) as refused:
        entries.check_fields(event, date(2026, 9, 22), values)
    assert refused.value.code == code
    assert refused.value.message.endswith("。")


@pytest.mark.parametrize(
    ("event", "values"),
    [
        ("returned", {"reason": "不属于本部门职责"}),
        ("secrecy_reviewed", {"level": 1, "result": "partly"}),
        ("answered", {"outcome": "3.3.4", "delivery": "post"}),
        ("consultation_ended", {"ref": "a", "opinion": "silent"}),
        ("withdrawn", {"reason": "当面说明"}),
    ],
)
def test_fields_that_fit_are_taken(event: str, values: Json) -> None:
    entries.check_fields(event, date(2026, 9, 22), values)


def test_words_are_sealed_codes_are_not() -> None:
    assert entries.sealed_fields("delivered") == ("tracking", "reason")
    assert entries.sealed_fields("clarification_received") == ("text", "reason")
    assert entries.sealed_fields("review") == ("reason",)


# --- opinions


def test_silence_means_one_thing_under_article_32_and_another_under_article_34() -> None:
    assert "不等于同意" in sentences.opinion("third_party", "silent")
    assert "第三十二条" in sentences.opinion("third_party", "silent")
    assert "视为同意公开" in sentences.opinion("co_agency", "silent")
    assert "第三十四条" in sentences.opinion("co_agency", "silent")
    for party in ("third_party", "co_agency", "other_agency"):
        for given in workflow.OPINIONS:
            assert sentences.opinion(party, given).endswith("。")


# --- approvals


def entry(kind: str, data: dict[str, object], by: str) -> Entry:
    return Entry(1, kind, date(2026, 11, 20), data, by)


def review(level: int, result: str = "releasable", by: str = "a") -> Entry:
    return entry("secrecy_reviewed", {"level": level, "result": result}, by)


CONFIRMED, SIGNED, REVIEWED = (entry(kind, {}, "a") for kind in ("confirmed", "signed_off", "reviewed"))


@pytest.mark.parametrize(
    ("past", "outcome", "demands", "code"),
    [
        ([], "3.1", Demands("one"), "secrecy_review_missing"),
        ([review(1)], "3.1", Demands("two"), "secrecy_review_missing"),
        ([review(1), review(2, "partly")], "3.1", Demands("two"), "secrecy_review_forbids"),
        ([review(1), review(2, by="b"), review(1, by="b")], "3.1", Demands("two"), "secrecy_review_missing"),
        ([SIGNED, REVIEWED, SIGNED], "3.4.1", Demands("off", "office"), "sign_off_missing"),
        ([review(1, "not")], "3.2", Demands("one"), "secrecy_review_forbids"),
        ([review(1), entry("corrected", {}, "a")], "3.1", Demands("one"), "secrecy_review_missing"),
        ([], "3.4.1", Demands("off", "department"), "sign_off_missing"),
        ([SIGNED], "3.4.1", Demands("off", "office"), "sign_off_missing"),
        (
            [SIGNED, REVIEWED, entry("returned", {}, "a"), CONFIRMED],
            "3.1",
            Demands("off", "office"),
            "sign_off_missing",
        ),
    ],
)
def test_an_answer_without_its_approvals_is_refused(
    past: list[Entry], outcome: str, demands: Demands, code: str
) -> None:
    with pytest.raises(StatuteError) as refused:
        refuse_answer([CONFIRMED, *past], outcome, demands)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("past", "outcome", "demands"),
    [
        ([], "3.1", Demands()),
        ([], "3.3.1", Demands("two")),  # nothing is released
        ([review(1, "partly"), review(2)], "3.2", Demands("two")),
        ([review(1, "not"), review(1)], "3.1", Demands("one")),  # reviewed again: the last counts
        ([SIGNED, REVIEWED], "3.1", Demands("off", "office")),
    ],
)
def test_an_answer_with_its_approvals_may_go_out(past: list[Entry], outcome: str, demands: Demands) -> None:
    refuse_answer([CONFIRMED, *past], outcome, demands)


@pytest.mark.parametrize(
    ("past", "entry", "role", "office", "code"),
    [
        ([], review(2, by="b"), "reviewer", True, "secrecy_review_order"),
        ([review(1)], review(2, by="a"), "reviewer", True, "second_person"),
        ([review(1)], review(2, by="b"), "officer", True, "office_only"),
        ([review(1)], review(2, by="b"), "reviewer", False, "office_only"),
        ([], entry("reviewed", {}, "b"), "reviewer", True, "sign_off_missing"),
        ([SIGNED], entry("reviewed", {}, "a"), "reviewer", True, "second_person"),
    ],
)
def test_the_second_level_needs_the_first_and_another_hand(
    past: list[Entry], entry: Entry, role: str, office: bool, code: str
) -> None:
    with pytest.raises(StatuteError) as refused:
        refuse_hand([CONFIRMED, *past], entry, role, office=office, demands=BOTH)
    assert refused.value.code == code


def test_an_approval_that_the_office_does_not_want_names_the_setting() -> None:
    with pytest.raises(StatuteError) as refused:
        refuse_unwanted(workflow.STEPS["reviewed"], Demands("two", "department"))
    assert (refused.value.code, "GONGKAI_SIGN_OFF=office" in refused.value.message) == ("approval_off", True)
    with pytest.raises(StatuteError) as refused:
        refuse_hand([CONFIRMED, review(1)], review(2, by="b"), "reviewer", office=True, demands=Demands("one"))
    assert (refused.value.code, "GONGKAI_SECRECY_REVIEW=two" in refused.value.message) == ("approval_off", True)
    for kind in ("secrecy_reviewed", "signed_off", "reviewed", "answered"):
        refuse_unwanted(workflow.STEPS[kind], BOTH)


def test_two_hands_in_order_are_fine() -> None:
    refuse_hand([CONFIRMED], review(1), "officer", office=False, demands=BOTH)
    refuse_hand([CONFIRMED, review(1)], review(2, by="b"), "reviewer", office=True, demands=BOTH)
    refuse_hand([CONFIRMED, SIGNED], entry("reviewed", {}, "b"), "reviewer", office=True, demands=BOTH)
