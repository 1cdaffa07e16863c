"""What applicants are told of their case, over every state and outcome: nothing that is not so."""

from itertools import product

import pytest

from intake_api.statute.outcomes import OUTCOMES
from intake_api.statute.progress import Progress, sentence
from intake_api.terms.course import STATUSES

TERMS = ("runs", "over", "none")
EVERY = [
    Progress(state, correction, "示例局", elsewhere, term, outcome)  # type: ignore[arg-type]
    for state, correction, elsewhere, term, outcome in product(
        STATUSES, (False, True), ("", "税务局"), TERMS, (None, *OUTCOMES)
    )
]


def test_every_state_says_something_and_nothing_that_a_message_cannot_show() -> None:
    for at in EVERY:
        told = sentence(at)
        assert told.endswith("。"), at
        assert "下面" not in told, at  # the same sentence goes out by chat, with nothing below it


def test_another_agency_is_named_as_whom_to_turn_to_never_as_who_answers() -> None:
    for at in EVERY:
        told = sentence(at)
        if at.elsewhere and at.state == "handling":
            assert "税务局" in told
            assert "本机关会" in told
        else:
            assert "税务局" not in told
        assert "由税务局办理" not in told


def test_no_term_is_promised_where_none_runs() -> None:
    for at in EVERY:
        told = sentence(at)
        if at.correction:
            assert "期限" not in told, at  # art. 41 sets none
        if at.term != "runs":
            assert "会在答复期限内" not in told, at
        if at.term != "none":
            assert "不计入" not in told, at
            assert at.state == "awaiting_fee" or "重新计算" not in told, at


def test_a_case_that_lapsed_says_why() -> None:
    for at in EVERY:
        told = sentence(at)
        if at.outcome in ("3.6.1", "3.6.2") and at.state in ("lapsed", "answered"):
            assert ("未补正" in told, "未缴费" in told) == (at.outcome == "3.6.1", at.outcome == "3.6.2")
        elif at.state != "lapsed":
            assert "逾期" not in told


def test_only_an_answer_with_a_letter_of_the_table_speaks_of_its_remedies() -> None:
    for at in EVERY:
        letter = at.outcome is not None and any(ground.notice for ground in OUTCOMES[at.outcome].grounds)
        lapsed = at.outcome in ("3.6.1", "3.6.2")
        expected = at.state == "answered" and letter and not at.correction and not lapsed
        assert ("救济途径" in sentence(at)) == expected, at


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (Progress("registered"), "您的申请已经登记。工作人员会与您确认收到的日期，答复期限自确认之日起算。"),
        (Progress("received", term="runs"), "您的申请已经收到，正在确定由哪个部门办理。"),
        (Progress("handling", handler="示例局", term="runs"), "您的申请正由示例局办理，会在答复期限内答复您。"),
        (
            Progress("handling", handler="示例局", term="over"),
            "您的申请正由示例局办理，已经超过答复期限，会尽快答复您。",
        ),
        (
            Progress("handling", elsewhere="税务局（电话 0000-7654321）", term="runs"),
            "经核对，您要的信息由税务局（电话 0000-7654321）负责公开。本机关会在答复期限内书面答复您，"
            "写明该向哪个机关申请；您也可以现在就直接向它申请。",
        ),
        (
            Progress("handling", correction=True, elsewhere="税务局"),
            "经核对，您要更正的信息由税务局负责。本机关会书面答复您，写明已经转送或者该向谁提出。",
        ),
        (Progress("clarifying"), "请按补正告知书补充说明您的申请；收到补正之日起，答复期限重新计算。"),
        (Progress("clarifying", term="runs"), "请按补正告知书补充说明您的申请。这次补正不影响答复期限。"),
        (Progress("consulting"), "正在书面征求第三方或者有关机关的意见，所需时间不计入答复期限。"),
        (Progress("consulting", term="runs"), "正在书面征求第三方或者有关机关的意见，答复期限照常计算。"),
        (Progress("lapsed", outcome="3.6.2"), "因逾期未缴费，这件申请不再处理。需要时可以重新提交。"),
        (Progress("answered", outcome="3.1"), "您的申请已经答复，请查看答复书和其中写明的救济途径。"),
        (Progress("answered", correction=True, outcome="3.1"), "您的申请已经答复，请查看给您的答复。"),
    ],
)
def test_sentences_as_they_are_read(at: Progress, told: str) -> None:
    assert sentence(at) == told
