"""Outcomes, workflow, fees and numbers: the tables of the statute."""

import re

import pytest

from intake_api.statute import workflow
from intake_api.statute.errors import CATALOGUE, StatuteError
from intake_api.statute.events import TYPES
from intake_api.statute.fees import by_items, by_pages
from intake_api.statute.numbering import CaseNumber, case_number, parse_number
from intake_api.statute.outcomes import DISPOSITIONS, OUTCOMES, Remedy
from intake_api.terms.course import STATUSES

# --- outcomes


def test_the_report_has_21_leaves_in_the_order_of_the_form() -> None:
    leaves = {"3.3": 8, "3.4": 3, "3.5": 5, "3.6": 3}
    expected = ["3.1", "3.2", *(f"{row}.{n}" for row, count in leaves.items() for n in range(1, count + 1))]
    assert list(OUTCOMES) == expected
    assert len(expected) == 21


def test_only_refusals_under_articles_14_to_16_need_review_first() -> None:
    first = {code for code, outcome in OUTCOMES.items() if outcome.grounds[0].remedy is Remedy.REVIEW_FIRST}
    assert first == {f"3.3.{n}" for n in range(1, 8)}
    assert OUTCOMES["3.2"].grounds[0].remedy is Remedy.SPLIT


def test_every_disposition_rests_on_a_ground_of_its_outcome() -> None:
    assert list(DISPOSITIONS) == ["public", "partially_public", "not_held", "not_this_agency", "unclear"]
    for code, disposition in DISPOSITIONS.items():
        articles = {ground.article for ground in OUTCOMES[disposition.outcome].grounds}
        assert disposition.ground.article in articles, code


def test_articles_and_notices_are_well_formed() -> None:
    for outcome in OUTCOMES.values():
        for ground in outcome.grounds:
            assert re.fullmatch(r"(2|\d\d)(\(\d\))?|", ground.article)
            assert ground.notice is None or re.fullmatch(r"N(1\d|2[0-4]|20-2)", ground.notice)


# --- workflow


def roles_for(step: str, state: str) -> list[str]:
    return [role for role in ("clerk", "officer", "reviewer", "admin") if step in codes(state, role)]


def codes(state: str, role: str) -> list[str]:
    return [step.code for step in workflow.allowed(state, role)]


def test_every_clock_event_is_a_step_of_the_same_name() -> None:
    assert set(TYPES) <= {step.code for step in workflow.STEPS.values() if step.code == step.event}


def test_a_case_runs_from_registration_to_the_archive() -> None:
    path = [
        ("submitted", "registered"),
        ("received", "received"),
        ("clarification_requested", "clarifying"),
        ("clarification_received", "received"),
        ("confirmed", "handling"),
        ("particulars_viewed", "handling"),
        ("consultation_started", "consulting"),
        ("consultation_started", "consulting"),
        ("consultation_ended", "consulting"),
        ("extended", "consulting"),
        ("consultation_ended", "handling"),
        ("corrected", "handling"),
        ("fee_noticed", "awaiting_fee"),
        ("fee_paid", "handling"),
        ("answered", "answered"),
        ("closed", "closed"),
    ]
    for n, (_, state) in enumerate(path, 1):
        assert workflow.state_of(event for event, _ in path[:n]) == state


@pytest.mark.parametrize(
    ("events", "state"),
    [
        (["received", "clarification_requested", "clarification_lapsed"], "lapsed"),
        (["received", "confirmed", "fee_noticed", "fee_lapsed"], "lapsed"),
        (["withdrawn"], "withdrawn"),
        (["confirmed"], "registered"),  # the receipt was voided: it must be confirmed again before anything else
        (["confirmed", "received"], "handling"),
    ],
)
def test_other_ends_and_voided_receipts(events: list[str], state: str) -> None:
    assert workflow.state_of(events) == state


def test_who_may_do_what() -> None:
    assert roles_for("confirm", "received") == ["clerk", "officer", "reviewer", "admin"]
    assert roles_for("answered", "handling") == ["officer", "reviewer", "admin"]
    assert roles_for("extended", "handling") == ["reviewer", "admin"]
    assert roles_for("voided", "handling") == ["officer", "reviewer", "admin"]
    assert roles_for("voided", "answered") == ["reviewer", "admin"], "a notice is out"
    assert roles_for("answered", "clarifying") == []


FOUGHT = ("proceeding_opened", "review", "litigation")


def test_after_the_end_there_are_only_its_proof_its_remedies_and_its_place_in_the_archive() -> None:
    assert codes("closed", "admin") == ["filed_on", *FOUGHT, "linked", "voided"]
    assert codes("answered", "clerk") == ["transferred", "delivered", "filed_on", "closed", "linked"]
    assert codes("answered", "officer") == ["transferred", "delivered", "filed_on", "closed", *FOUGHT, "linked"]
    assert codes("split", "clerk") == ["linked"], "its parts go on, not the whole"


def test_steps_that_do_not_fit_are_refused() -> None:
    assert workflow.apply(["received"], "confirm") == "handling"
    for events, step, code in ((["received"], "answered", "step_not_allowed"), ([], "shred", "unknown_step")):
        with pytest.raises(StatuteError) as refused:
            workflow.apply(events, step)
        assert refused.value.code == code


def test_every_open_state_leads_to_an_end() -> None:
    for state in STATUSES:
        begun = {step.begins for step in workflow.allowed(state, "admin") if step.begins}
        assert workflow.is_open(state) <= bool(begun)
    assert workflow.is_open("consulting")
    assert not workflow.is_open("answered")


def test_words_for_events() -> None:
    assert (workflow.event_label("extended"), workflow.citizen_event("extended")) == ("延长答复期限", "延长答复期限")
    assert (workflow.event_label("submitted"), workflow.citizen_event("submitted")) == ("提交申请", "提交申请")
    assert workflow.citizen_event("particulars_viewed") == workflow.citizen_event("voided") == ""
    assert (workflow.event_label("x"), workflow.citizen_event("x")) == ("x", "")


# --- fees (国办函〔2020〕109号)


@pytest.mark.parametrize(
    ("items", "yuan"),
    [(0, 0), (10, 0), (11, 100), (30, 2000), (31, 2200), (35, 3000), (40, 4000), (41, 4300), (50, 7000)],
)
def test_fee_by_items(items: int, yuan: int) -> None:
    assert by_items(items) == yuan


@pytest.mark.parametrize(
    ("pages", "yuan"), [(0, 0), (30, 0), (31, 10), (100, 700), (101, 720), (200, 2700), (201, 2740), (250, 4700)]
)
def test_fee_by_pages(pages: int, yuan: int) -> None:
    assert by_pages(pages) == yuan


def test_each_further_item_costs_what_its_ten_costs() -> None:
    for n in range(1, 400):
        price = 0 if n <= 10 else 100 if n <= 30 else 100 * ((n - 21) // 10 + 1)
        assert by_items(n) - by_items(n - 1) == price


@pytest.mark.parametrize("scale", [by_items, by_pages])
def test_a_negative_count_is_refused(scale) -> None:
    with pytest.raises(StatuteError) as refused:
        scale(-1)
    assert refused.value.code == "negative_count"


# --- numbers


@pytest.mark.parametrize(
    ("parts", "text"),
    [(("SL", 2026, 1), "SL-2026-00001"), (("SL-GZ", 2026, 99999), "SL-GZ-2026-99999"), (("示例", 2027, 123456), None)],
)
def test_numbers_are_read_as_written(parts: tuple[str, int, int], text: str | None) -> None:
    written = case_number(*parts)
    assert text in (None, written)
    assert parse_number(written) == CaseNumber(*parts)


@pytest.mark.parametrize("text", ["", "SL-2026-1", "SL-2026-00000", "SL-26-00001", "-2026-00001", "SL-2026-012345"])
def test_other_numbers_are_refused(text: str) -> None:
    with pytest.raises(StatuteError) as refused:
        parse_number(text)
    assert refused.value.code == "bad_number"


def test_every_refusal_is_a_chinese_sentence() -> None:
    for code, sentence in CATALOGUE.items():
        assert re.fullmatch(r"[a-z0-9_]+", code)
        assert sentence.endswith("。")
