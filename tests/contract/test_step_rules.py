"""Rules of single steps over HTTP: what lapses when, whose silence counts, what overrides an objection, which hands."""

from datetime import UTC, datetime

import httpx2
import pytest

from tests.conftest import SettableClock
from tests.contract.test_notices import issued
from tests.contract.test_workflow import Hire, Json, error_of, handled, hire, step, taken, two_levels, view  # noqa: F401  # the fixtures

DECEMBER = datetime(2026, 12, 16, 2, 0, tzinfo=UTC)


# --- 补正 (art. 30)


async def test_nobody_lets_a_term_lapse_that_they_were_never_given(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, clock: SettableClock
) -> None:
    number = await handled(client, staff)
    asked = (await taken(staff, number, "clarification_requested"))["events"][-1]["seq"]
    clock.moment = DECEMBER
    error = error_of(await step(staff, number, "clarification_lapsed"))
    assert error["reason"] == "reply_by_missing"
    assert "先作废“要求补正”" in error["message"]
    await taken(staff, number, "voided", ref=f"e{asked}", reason="没有写补正期限")
    await taken(staff, number, "clarification_requested", on="2026-11-20", reply_by="2026-12-04")
    assert (await taken(staff, number, "clarification_lapsed"))["status"] == "lapsed"


@pytest.mark.parametrize("kind", ["disclosure", "correction"])
async def test_a_term_to_supplement_runs_to_the_end_of_its_last_day(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, clock: SettableClock, kind: str
) -> None:
    number = await handled(client, staff, kind=kind)
    await taken(staff, number, "clarification_requested", reply_by="2026-12-16")
    clock.moment = DECEMBER
    assert error_of(await step(staff, number, "clarification_lapsed"))["reason"] == "lapse_too_early"
    clock.moment = DECEMBER.replace(day=17)
    assert (await taken(staff, number, "clarification_lapsed"))["status"] == "lapsed"


async def test_nobody_lapses_before_the_last_day_that_the_letter_names(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, clock: SettableClock
) -> None:
    number = await handled(client, staff)
    told = {"unclear": "没有写明年份", "needed": "年份"}
    await issued(staff, number, "N2", **told | {"clarify_by": "2026-12-05"})  # a Saturday
    clock.moment = DECEMBER.replace(day=7)
    error = error_of(await step(staff, number, "clarification_lapsed"))
    assert (error["reason"], "2026年12月7日" in error["message"]) == ("lapse_too_early", True)
    clock.moment = DECEMBER.replace(day=8)
    assert (await taken(staff, number, "clarification_lapsed"))["status"] == "lapsed"


@pytest.mark.parametrize("kind", ["extended", "delayed", "fee_noticed"])
async def test_a_request_for_correction_has_no_term_to_lengthen_and_no_fee(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, kind: str
) -> None:
    number = await handled(client, staff, kind="correction")
    assert kind not in {step["code"] for step in (await view(staff, number))["allowed"]}
    error = error_of(await step(staff, number, kind, days=5, until="2027-01-05"))
    assert (error["reason"], "第四十一条" in error["message"]) == ("no_term", True)


@pytest.mark.parametrize(("outcome", "status"), [("3.3.4", 409), ("3.2", 409), ("3.5.2", 409), ("3.1", 200)])
async def test_a_request_for_correction_is_not_refused_as_one_for_information(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, outcome: str, status: int
) -> None:
    number = await handled(client, staff, kind="correction")
    answer = await step(staff, number, "answered", delivery="post", outcome=outcome)
    assert answer.status_code == status, answer.text
    if status == 409:
        assert error_of(answer)["reason"] == "not_for_correction"


# --- 征求意见 (arts 32, 34)


async def test_waiting_beyond_the_fifteen_days_needs_its_reason(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, clock: SettableClock
) -> None:
    number = await handled(client, staff)
    await taken(staff, number, "consultation_started", party="third_party", delivered_on="2026-11-20")
    clock.moment = DECEMBER
    assert error_of(await step(staff, number, "consultation_ended", opinion="agree", waited=True))["reason"] == (
        "waited_unreasoned"
    )
    case = await taken(staff, number, "consultation_ended", opinion="agree", waited=True, reason="对方要查档案")
    ended = case["events"][-1]
    assert (ended["data"]["waited"], ended["note"], "reason" in ended["data"]) == (True, "对方要查档案", False)


@pytest.mark.parametrize("party", ["third_party", "co_agency"])
async def test_silence_counts_from_the_day_the_letter_was_received(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, clock: SettableClock, party: str
) -> None:
    number = await handled(client, staff)
    await taken(staff, number, "consultation_started", party=party)
    clock.moment = DECEMBER
    error = error_of(await step(staff, number, "consultation_ended", opinion="silent"))
    assert error["reason"] == "silence_undelivered"
    assert "先记录“对方收到征求意见书”" in error["message"]
    await taken(staff, number, "consultation_delivered", party=party, on="2026-11-23")
    assert (await taken(staff, number, "consultation_ended", opinion="silent"))["status"] == "handling"


async def test_another_agency_has_no_term_and_may_be_silent_at_any_time(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await handled(client, staff)
    await taken(staff, number, "consultation_started", party="other_agency")
    assert (await taken(staff, number, "consultation_ended", opinion="silent"))["status"] == "handling"


async def test_an_answer_cannot_stand_before_the_day_of_a_later_entry(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, clock: SettableClock
) -> None:
    number = await handled(client, staff)
    clock.moment = DECEMBER
    await taken(staff, number, "consultation_started", party="other_agency", on="2026-11-24")
    await taken(staff, number, "consultation_ended", opinion="agree", on="2026-11-27")
    error = error_of(await step(staff, number, "answered", delivery="post", on="2026-11-26"))
    assert error["reason"] == "before_later_entry"
    assert "2026年11月27日已有“征求意见结束”的记录，“答复”不能写成更早的2026年11月26日" in error["message"]
    assert (await taken(staff, number, "answered", delivery="post", on="2026-11-27"))["status"] == "answered"


# --- an objection overridden (art. 32)


async def objected(client: httpx2.AsyncClient, staff: httpx2.AsyncClient, party: str, opinion: str) -> str:
    number = await handled(client, staff)
    await taken(staff, number, "consultation_started", party=party)
    await taken(staff, number, "consultation_ended", opinion=opinion)
    return number


async def test_all_is_disclosed_over_a_reasoned_objection_only_with_a_reason_on_record(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await objected(client, staff, "third_party", "object_with_reason")
    for reason in (None, "  "):
        error = error_of(await step(staff, number, "answered", delivery="post", reason=reason))
        assert error["reason"] == "override_unreasoned"
        assert "政府信息公开决定告知书（告知第三方）" in error["message"]
    case = await taken(staff, number, "answered", delivery="post", reason="涉及饮用水安全，不公开影响重大")
    assert case["events"][-1]["note"] == "涉及饮用水安全，不公开影响重大"
    assert "reason" not in case["events"][-1]["data"]
    notices = f"/api/v1/staff/cases/{number}/notices"
    draft = (await staff.post(notices, json={"code": "N6"})).json()
    told = {element["code"]: element["value"] for element in draft["elements"]}
    assert (told["opinion"], told["reasons"]) == ("objected", "涉及饮用水安全，不公开影响重大")


@pytest.mark.parametrize(
    ("party", "opinion", "outcome"),
    [
        ("third_party", "object_with_reason", "3.2"),
        ("third_party", "object_with_reason", "3.3.4"),
        ("third_party", "object", "3.1"),
        ("third_party", "agree", "3.1"),
        ("co_agency", "object_with_reason", "3.1"),
    ],
)
async def test_other_answers_need_no_such_reason(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, party: str, opinion: str, outcome: str
) -> None:
    number = await objected(client, staff, party, opinion)
    assert (await taken(staff, number, "answered", outcome=outcome))["status"] == "answered"


# --- the hands of an answer (art. 17)


@pytest.mark.usefixtures("approvals")
@pytest.mark.parametrize("secrecy", ["one", "two"])
@pytest.mark.parametrize("sign_off", ["department", "office"])
async def test_every_level_of_approval_in_and_out_of_order(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    hire: Hire,  # noqa: F811
    secrecy: str,
    sign_off: str,
) -> None:
    number = await handled(client, staff)
    reviewer = await hire("shenhe", "reviewer")
    second = {"level": 2, "result": "releasable"}
    early = error_of(await step(reviewer, number, "secrecy_reviewed", **second))
    assert early["reason"] == ("secrecy_review_order" if secrecy == "two" else "approval_off")
    early = error_of(await step(reviewer, number, "reviewed"))
    assert early["reason"] == ("sign_off_missing" if sign_off == "office" else "approval_off")
    await taken(staff, number, "secrecy_reviewed", level=1, result="releasable")
    await taken(staff, number, "signed_off")
    if secrecy == "two":
        assert error_of(await step(staff, number, "answered"))["code"] == "secrecy_review_missing"
        await taken(reviewer, number, "secrecy_reviewed", **second)
    if sign_off == "office":
        assert error_of(await step(staff, number, "answered"))["code"] == "sign_off_missing"
        await taken(reviewer, number, "reviewed")
    assert (await taken(staff, number, "answered"))["status"] == "answered"


@pytest.fixture
def approvals(monkeypatch: pytest.MonkeyPatch, secrecy: str, sign_off: str) -> None:
    """An office that wants the approvals of the test."""
    monkeypatch.setenv("GONGKAI_SECRECY_REVIEW", secrecy)
    monkeypatch.setenv("GONGKAI_SIGN_OFF", sign_off)


@pytest.mark.usefixtures("two_levels")
async def test_a_new_first_round_has_to_be_followed_anew_and_by_another_hand(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    hire: Hire,  # noqa: F811
) -> None:
    number = await handled(client, staff)
    reviewer = await hire("shenhe", "reviewer")
    fits = {"result": "releasable"}
    await taken(staff, number, "secrecy_reviewed", level=1, **fits)
    await taken(reviewer, number, "secrecy_reviewed", level=2, **fits)
    await taken(reviewer, number, "secrecy_reviewed", level=1, **fits)
    error = error_of(await step(staff, number, "answered"))
    assert "还缺：办公室的保密审查" in error["message"]
    again = await step(reviewer, number, "secrecy_reviewed", level=2, **fits)
    assert error_of(again)["reason"] == "second_person"
