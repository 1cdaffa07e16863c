"""Notices and remedies: the tables of the statute."""

import pytest

from intake_api.statute.notices import NOTICES, numbered, proposed
from intake_api.statute.outcomes import OUTCOMES, Remedy
from intake_api.statute.remedies import REVIEWERS, Places, needed, paragraphs

PLACES = Places("示例省人民政府", "示例市中级人民法院", "https://fuyi.example.invalid")
CHOICE = (
    "可以自知道或者应当知道该行政行为之日起60日内向示例省人民政府申请行政复议",
    "6个月内向示例市中级人民法院提起行政诉讼",
)
FIRST = (
    "应当先自知道或者应当知道该行政行为之日起60日内向示例省人民政府申请行政复议",
    "15日内向示例市中级人民法院提起行政诉讼",
)


def test_the_set_is_complete() -> None:
    assert [code for code in NOTICES if "-" not in code] == [f"N{n}" for n in range(1, 28)]
    for notice in NOTICES.values():
        assert notice.title
        assert notice.trigger
        assert notice.sign
        codes = [(element.code, element.when) for element in notice.elements]
        assert len(codes) == len(set(codes))


def test_every_notice_of_an_outcome_exists_and_takes_its_article_and_remedy_from_there() -> None:
    for outcome in OUTCOMES.values():
        for ground in outcome.grounds:
            if ground.notice:
                assert NOTICES[ground.notice].rests_on(outcome.code) == (ground.citation, ground.remedy)
                assert not NOTICES[ground.notice].citation


def test_a_notice_for_several_outcomes_cites_nothing_before_one_is_chosen() -> None:
    assert NOTICES["N13"].rests_on(None) == ("", Remedy.REVIEW_FIRST)
    assert NOTICES["N13"].rests_on("3.3.4") == ("第三十六条第（三）项、第十五条", Remedy.REVIEW_FIRST)
    assert NOTICES["N14"].rests_on(None) == ("第三十六条第（四）项", Remedy.CHOICE)


def test_a_refusal_under_articles_14_to_16_is_reviewed_before_it_is_sued() -> None:
    for code in (f"3.3.{n}" for n in range(1, 8)):
        _, remedy = NOTICES["N13"].rests_on(code)
        (told,) = paragraphs(remedy, PLACES._replace(review_url=""))
        assert all(part in told for part in FIRST)
        assert "或者自知道" not in told


@pytest.mark.parametrize("code", [c for c, o in OUTCOMES.items() if o.grounds[0].remedy is Remedy.CHOICE])
def test_other_answers_leave_the_choice(code: str) -> None:
    for ground in OUTCOMES[code].grounds:
        (told,) = paragraphs(ground.remedy, PLACES._replace(review_url=""), "本告知")
        assert told.startswith("如不服本告知，")
        assert all(part in told for part in CHOICE)
        assert "应当先" not in told


def test_partial_disclosure_tells_both_each_for_its_part() -> None:
    withheld, rest = paragraphs(Remedy.SPLIT, PLACES._replace(review_url=""))
    assert "不予公开部分" in withheld
    assert all(part in withheld for part in FIRST)
    assert "其他部分" in rest
    assert all(part in rest for part in CHOICE)


def test_what_is_served_online_names_the_online_way_to_a_review() -> None:
    assert "https://fuyi.example.invalid" in paragraphs(Remedy.REVIEW_FIRST, PLACES)[-1]
    online = needed(Remedy.CHOICE, "department", electronic=True)
    assert [place.code for place in online] == ["review_body", "court", "review_url"]
    assert len(needed(Remedy.CHOICE, "department", electronic=False)) == 2


def test_a_notice_without_remedy_needs_no_names() -> None:
    assert needed(Remedy.NONE, "department", electronic=True) == ()
    assert paragraphs(Remedy.NONE, Places()) == ()


@pytest.mark.parametrize(("kind", "reviewer"), REVIEWERS.items())
def test_the_label_of_a_missing_reviewing_body_says_who_it_should_be(kind: str, reviewer: str) -> None:
    body, court = needed(Remedy.CHOICE, kind, electronic=False)
    assert reviewer in body.label
    is_government = kind in ("county_government", "prefecture_government", "province_government")
    assert ("中级" in court.label) == is_government


def test_a_departments_decision_is_reviewed_by_its_government_not_by_the_department_above() -> None:
    assert REVIEWERS["department"] == "本级人民政府"
    assert REVIEWERS["vertical"] == "上一级主管部门"


def test_a_number_has_the_form_of_gb_t_9704() -> None:
    assert numbered("示政公开", "答", 2026, 3) == "示政公开答〔2026〕3号"


@pytest.mark.parametrize(
    ("state", "disposition", "outcome", "events", "first"),
    [
        ("received", None, None, ["received"], "N1"),
        ("clarifying", "unclear", None, ["received", "clarification_requested"], "N2"),
        ("handling", "public", None, ["received", "confirmed"], "N11"),
        ("handling", "not_this_agency", None, ["received", "confirmed"], "N15"),
        ("consulting", "public", None, ["received", "consultation_started"], "N4"),
        ("awaiting_fee", "public", None, ["received", "fee_noticed"], "N9"),
        ("answered", "public", "3.3.4", ["received", "answered"], "N13"),
        ("lapsed", None, "3.6.1", ["received", "clarification_lapsed"], "N24"),
    ],
)
def test_what_fits_where_the_case_stands_is_proposed_first(
    state: str, disposition: str | None, outcome: str | None, events: list[str], first: str
) -> None:
    assert proposed("disclosure", state, disposition, outcome, events)[0] == first


SUPPLEMENTED = ["received", "confirmed", "clarification_requested", "clarification_received"]


def test_a_supplement_is_asked_for_once_and_found_wanting_only_after_it_came() -> None:
    before = proposed("disclosure", "handling", "unclear", None, ["received", "confirmed"])
    after = proposed("disclosure", "handling", "unclear", None, SUPPLEMENTED)
    assert ("N2" in before, "N19" in before) == (True, False)
    assert ("N2" in after, after[0]) == (False, "N19")
    assert proposed("disclosure", "answered", None, "3.4.3", ["received", "answered"])[0] == "N19"


@pytest.mark.parametrize(("moved", "code"), [("extended", "N3"), ("delayed", "N23")])
def test_what_lengthened_the_term_before_a_supplement_calls_for_no_notice_after_it(moved: str, code: str) -> None:
    assert code in proposed("disclosure", "handling", "public", None, ["received", "confirmed", moved])
    assert code not in proposed("disclosure", "handling", "public", None, ["received", moved, *SUPPLEMENTED[1:]])
    assert code in proposed("disclosure", "handling", "public", None, [*SUPPLEMENTED, moved])


def test_what_a_case_is_told_once_is_not_proposed_while_it_holds() -> None:
    asked = ["received", "clarification_requested"]
    assert "N2" not in proposed("disclosure", "clarifying", None, None, asked, ["N2"])
    consulting = proposed(
        "disclosure", "consulting", "public", None, ["received", "consultation_started"], ["N4", "N11"]
    )
    assert ("N4" in consulting, "N11" in consulting) == (True, False)  # there may be several third parties


def test_while_an_answer_stands_no_letter_of_another_ground_of_its_row_is_proposed() -> None:
    answered = ["received", "confirmed", "answered"]
    assert proposed("disclosure", "answered", "public", "3.1", answered) == ("N11", "N10", "N26")  # recorded, no letter
    for state in ("answered", "closed"):
        after = proposed("disclosure", state, "public", "3.1", answered, ["N2", "N10"])
        assert not {code for code in after if NOTICES[code].grounds}, after
    assert proposed("disclosure", "handling", "public", None, ["received", "confirmed"], ["N10"])[0] == "N11"


def test_a_request_for_correction_has_its_own_answer() -> None:
    assert proposed("correction", "handling", "public", None, ["received"])[0] == "N25"


def test_an_extension_and_its_approval_are_for_those_who_may_extend() -> None:
    assert [code for code, notice in NOTICES.items() if not notice.may_be_issued_by("officer")] == ["N3", "N23"]
    assert not NOTICES["N13"].may_be_issued_by("clerk")
    assert NOTICES["N1"].may_be_issued_by("clerk")
