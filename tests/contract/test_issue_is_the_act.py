"""Issuing a letter is the step: number, files, event, days, outcome, projection and message at once, or none of it."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from intake_api.office import Office
from tests.conftest import SettableClock
from tests.contract.test_notices import STAFF, begun, event, issued, reviewer_of, submitted
from tests.contract.test_staff import CONFIRM

Json = dict[str, Any]
ASKED = {"unclear": "没有写明年份", "needed": "所需文件的年份", "clarify_by": "2026-12-11"}
TO_THIRD = {"recipient": "示例公司", "information": "批复", "interests": "商业秘密"}
FEE = {"scale": "items", "count": "35", "items": "2", "pay_how": "政务大厅3号窗口"}


async def handled(client: httpx2.AsyncClient, staff: httpx2.AsyncClient, **changes: object) -> str:
    number: str = (await submitted(client, **changes))["number"]
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    return number


async def case(staff: httpx2.AsyncClient, number: str) -> Json:
    found: Json = (await staff.get(f"{STAFF}/{number}")).json()
    return found


async def refused(staff: httpx2.AsyncClient, number: str, draft: Json) -> Json:
    """What issuing is refused with; nothing of it is done."""
    before = await case(staff, number)
    answer = await staff.post(f"{STAFF}/{number}/notices/{draft['id']}/issue")
    assert answer.status_code == 409, answer.text
    assert await case(staff, number) == before
    assert (await staff.get(f"{STAFF}/{number}/notices/{draft['id']}")).json()["number"] is None
    error: Json = answer.json()["error"]
    return error


@pytest.mark.parametrize(
    ("code", "elements", "step", "data", "status"),
    [
        ("N2", ASKED, "clarification_requested", {"reply_by": "2026-12-11"}, "clarifying"),
        ("N3", {"days": "10", "approved_on": "2026-11-20"}, "extended", {"days": 10}, "handling"),
        ("N4", TO_THIRD, "consultation_started", {"party": "third_party"}, "consulting"),
        (
            "N7",
            {"recipient": "示例委员会", "information": "批复", "party": "co_agency"},
            "consultation_started",
            {"party": "co_agency"},
            "consulting",
        ),
        ("N9", FEE, "fee_noticed", {}, "awaiting_fee"),
        ("N23", {"reasons": "数量较多", "until": "2027-02-26"}, "delayed", {"until": "2027-02-26"}, "handling"),
        ("N10", {"place": "网站"}, "answered", {"outcome": "3.1", "delivery": "electronic"}, "answered"),
        (
            "N13",
            {"outcome": "3.3.1", "reasons": "定为秘密。", "delivery": "post"},
            "answered",
            {"outcome": "3.3.1", "delivery": "post"},
            "answered",
        ),
        ("N21", {"place": "图书馆"}, "answered", {"outcome": "3.5.3", "delivery": "electronic"}, "answered"),
    ],
)
async def test_a_letter_takes_its_step_with_what_it_says(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    office: Office,
    code: str,
    elements: dict[str, str],
    step: str,
    data: Json,
    status: str,
) -> None:
    number = await handled(client, staff)
    staff.headers |= await reviewer_of(office, client)
    out = await issued(staff, number, code, **elements)
    now = await case(staff, number)
    taken, letter = now["events"][-2:]
    assert (taken["type"], taken["data"] | data, now["status"]) == (step, taken["data"], status)
    assert (letter["type"], letter["data"]["for"]) == ("notice_issued", f"e{taken['seq']}")
    assert letter["data"]["number"] == out["number"]
    assert await office.verified() == (1, None)


async def test_a_letter_that_only_tells_takes_no_step(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = await handled(client, staff)
    before = await case(staff, number)
    await issued(staff, number, "N1")
    now = await case(staff, number)
    assert [e["type"] for e in now["events"][len(before["events"]) :]] == ["notice_issued"]


async def test_what_lapses_is_told_and_recorded_by_one_letter(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, clock: SettableClock
) -> None:
    number = await handled(client, staff)
    await issued(staff, number, "N2", **ASKED)
    draft = await begun(staff, number, "N24")
    assert draft["missing"] == []
    error = await refused(staff, number, draft)
    assert error["reason"] == "lapse_too_early"
    clock.moment += timedelta(days=25)
    staff.headers |= await reviewer_of(office, client)  # the session of that day has ended
    answer = await staff.post(f"{STAFF}/{number}/notices/{draft['id']}/issue")
    assert answer.status_code == 200, answer.text
    assert (await case(staff, number))["status"] == "lapsed"


async def test_nothing_is_issued_that_the_workflow_would_refuse(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submitted(client))["number"]
    error = await refused(staff, number, await begun(staff, number, "N10", place="网站"))
    assert error["code"] == "step_not_allowed"
    assert {step["code"] for step in error["allowed"]} >= {"confirm"}


async def test_a_case_has_one_standing_answer_and_another_only_in_its_place(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    number = await handled(client, staff)
    first = await issued(staff, number, "N11", information="批复", access="随附")
    other = await begun(staff, number, "N13", outcome="3.3.1", reasons="定为秘密。")
    error = await refused(staff, number, other)
    assert error["code"] == "answer_stands"
    assert first["number"] in error["message"]
    body = {"elements": {"replaces": first["number"]}}
    other = (await staff.put(f"{STAFF}/{number}/notices/{other['id']}", json=body)).json()
    assert (await refused(staff, number, other))["code"] == "step_not_allowed"  # an officer takes nothing back
    staff.headers |= await reviewer_of(office, client)
    second = await staff.post(f"{STAFF}/{number}/notices/{other['id']}/issue")
    assert second.status_code == 200, second.text
    items = {one["id"]: one for one in (await staff.get(f"{STAFF}/{number}/notices")).json()["items"]}
    assert items[first["id"]]["replaced_by"] == second.json()["number"]
    now = await case(staff, number)
    assert [e["type"] for e in now["events"][-3:]] == ["voided", "answered", "notice_issued"]
    assert now["events"][-2]["data"]["outcome"] == "3.3.1"
    assert now["status"] == "answered"


async def test_a_letter_corrected_without_another_outcome_leaves_the_answer_on_its_day(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await handled(client, staff)
    first = await issued(staff, number, "N10", place="网站")
    await issued(staff, number, "N11", information="批复", access="随附", replaces=first["number"])
    assert [e["type"] for e in (await case(staff, number))["events"]].count("answered") == 1


async def test_a_step_recorded_first_gets_its_letter_and_no_other(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    number = await handled(client, staff)
    staff.headers |= await reviewer_of(office, client)
    await event(staff, number, type="extended", days=10)
    different = await begun(staff, number, "N3", approved_on="2026-11-20", days="20")
    assert (await refused(staff, number, different))["code"] == "letter_differs"
    await issued(staff, number, "N3", approved_on="2026-11-20")
    await event(staff, number, type="answered", outcome="3.1", delivery="post")
    wrong = await begun(staff, number, "N13", outcome="3.3.1", reasons="定为秘密。")
    assert (await refused(staff, number, wrong))["code"] == "letter_differs"
    await issued(staff, number, "N10", place="网站")
    assert [e["type"] for e in (await case(staff, number))["events"]].count("answered") == 1


async def test_a_posted_fee_notice_counts_from_the_day_it_arrived(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await handled(client, staff)
    await issued(staff, number, "N9", **FEE, delivery="post")
    assert (await case(staff, number))["status"] == "handling"
    await event(staff, number, type="fee_noticed")
    assert (await case(staff, number))["status"] == "awaiting_fee"


async def test_two_people_issue_different_answers_at_once_and_one_stands(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    number = await handled(client, staff)
    drafts = [
        await begun(staff, number, "N10", place="网站"),
        await begun(staff, number, "N13", outcome="3.3.1", reasons="定为秘密。"),
        await begun(staff, number, "N11", information="批复", access="随附"),
    ]
    answers = await asyncio.gather(*(staff.post(f"{STAFF}/{number}/notices/{draft['id']}/issue") for draft in drafts))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {answer.json()["error"]["code"] for answer in answers if answer.status_code == 409} == {"answer_stands"}
    types = [e["type"] for e in (await case(staff, number))["events"]]
    assert (types.count("answered"), types.count("notice_issued")) == (1, 1)
    assert await office.verified() == (1, None)


async def test_an_objection_is_overridden_in_the_draft_that_is_issued(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await handled(client, staff)
    await issued(staff, number, "N4", **TO_THIRD)
    await event(staff, number, type="consultation_ended", opinion="object_with_reason")
    draft = await begun(staff, number, "N11", information="批复", access="随附")
    assert [gap["code"] for gap in (await refused(staff, number, draft))["missing"]] == ["override_reason"]
    body = {"elements": {"override_reason": "涉及饮用水安全"}}
    await staff.put(f"{STAFF}/{number}/notices/{draft['id']}", json=body)
    out = await staff.post(f"{STAFF}/{number}/notices/{draft['id']}/issue")
    assert out.status_code == 200, out.text
    answered = (await case(staff, number))["events"][-2]
    assert (answered["note"], "涉及饮用水安全" in str(answered["data"])) == ("涉及饮用水安全", False)


async def test_a_correction_is_answered_by_its_letter_and_counts_in_no_row(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await handled(client, staff, kind="correction")
    await issued(staff, number, "N25", findings="记录有误", result="corrected", corrected="门牌号更正为12号")
    now = await case(staff, number)
    assert now["status"] == "answered"
    assert "outcome" not in now["events"][-2]["data"]


# --- where an office writes its letters (setting LETTERS)


@pytest.fixture
async def strict(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The office has said that its letters are written here."""
    monkeypatch.setattr(office.cases, "_letters", "here")
    return office


async def test_a_step_without_its_letter_is_refused_once_the_office_has_said_where_it_writes_them(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, strict: Office
) -> None:
    number = await handled(client, staff)
    answer = await staff.post(f"{STAFF}/{number}/events", json={"type": "answered", "outcome": "3.1"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "letter_missing")
    elsewhere = {"letter_number": "示办函〔2026〕7号", "letter_on": "2026-11-20"}
    await event(staff, number, type="clarification_requested", reply_by="2026-12-11", **elsewhere)
    other = await handled(client, staff)
    await event(staff, other, type="answered", outcome="3.1", reason="当面答复，申请人不要书面")
    entry = (await case(staff, other))["events"][-1]
    assert (entry["note"], "reason" in entry["data"]) == ("当面答复，申请人不要书面", False)
    await issued(staff, await handled(client, staff), "N10", place="网站")  # with its letter it asks nothing


async def test_an_answer_without_any_letter_stands_in_what_is_missing_before_publication(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    async def missing() -> int | None:
        report = (await staff.get("/api/v1/staff/reports/annual?year=2026")).json()
        return next((one["count"] for one in report["before_publishing"] if one["code"] == "letter"), None)

    await issued(staff, await handled(client, staff), "N10", place="网站")
    elsewhere = {"letter_number": "示办函〔2026〕7号", "letter_on": "2026-11-20"}
    await event(staff, await handled(client, staff), type="answered", outcome="3.1", **elsewhere)
    assert await missing() is None
    number = await handled(client, staff)
    await event(staff, number, type="answered", outcome="3.1")
    assert await missing() == 1
    await issued(staff, number, "N10", place="网站")
    assert await missing() is None
