"""The course of a case over HTTP: returned, split, linked, consulted, approved, delivered, reviewed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from intake_api.cases.acts import Letter
from intake_api.cases.audit import rebuild_projections
from intake_api.office import Office
from intake_api.people.service import Account
from tests.conftest import SettableClock
from tests.contract.test_staff import confirm, submitted
from tests.samples import application

Json = dict[str, Any]
Hire = Callable[..., Awaitable[httpx2.AsyncClient]]


@pytest.fixture
async def hire(office: Office, client: httpx2.AsyncClient) -> Any:
    """Signs another member of staff in; the application as they see it."""
    opened: list[httpx2.AsyncClient] = []

    async def signed_in(name: str, role: str, department: str | None = None) -> httpx2.AsyncClient:
        password = await office.people.add(name, role, department, "a long password")
        answer = await client.post("/api/v1/staff/tokens", json={"username": name, "password": password})
        headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        opened.append(httpx2.AsyncClient(transport=client._transport, base_url="http://test", headers=headers))
        return opened[-1]

    yield signed_in
    for one in opened:
        await one.aclose()


async def step(staff: httpx2.AsyncClient, number: str, kind: str, /, **fields: object) -> httpx2.Response:
    return await staff.post(f"/api/v1/staff/cases/{number}/events", json={"type": kind, **fields})


async def taken(staff: httpx2.AsyncClient, number: str, kind: str, /, **fields: object) -> Json:
    answer = await step(staff, number, kind, **fields)
    assert answer.status_code == 200, answer.text
    case: Json = answer.json()
    return case


async def view(staff: httpx2.AsyncClient, number: str) -> Json:
    case: Json = (await staff.get(f"/api/v1/staff/cases/{number}")).json()
    return case


async def handled(client: httpx2.AsyncClient, staff: httpx2.AsyncClient, **changes: object) -> str:
    number = await submitted(client, **changes)
    assert (await confirm(staff, number)).status_code == 200
    return number


def error_of(answer: httpx2.Response) -> Json:
    assert answer.status_code == 409, answer.text
    error: Json = answer.json()["error"]
    return error


# --- what may be done


async def test_allowed_steps_say_what_they_ask_and_what_follows(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    allowed = {s["code"]: s for s in (await view(staff, await handled(client, staff)))["allowed"]}
    asked = {field["name"]: field for field in allowed["consultation_started"]["fields"]}
    assert asked["party"]["values"] == ["third_party", "co_agency", "other_agency"]
    assert not asked["delivered_on"]["required"]
    assert asked["on"] == {
        **{"name": "on", "required": False, "values": [], "asked": True, "default": "今天"},
        **{"label": "发出日期", "kind": "day", "longest": 0, "words": {}, "explained": False},
    }
    answer = {field["name"]: field for field in allowed["answered"]["fields"]}
    assert (answer["delivery"]["required"], answer["delivery"]["asked"], answer["outcome"]["asked"]) == (
        False,
        True,
        False,
    )
    assert allowed["consultation_started"]["clock"] == "pauses"
    assert allowed["consultation_started"]["notices"] == ["N4", "N5", "N7"]
    assert allowed["split"]["call"] == "children"
    assert "rated" not in allowed


@pytest.mark.parametrize("kind", ["split", "rated", "confirm", "nonsense"])
async def test_what_has_a_call_of_its_own_is_no_event(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, kind: str
) -> None:
    error = error_of(await step(staff, await handled(client, staff), kind))
    assert error["code"] == "step_not_allowed"


# --- a second click


async def test_of_two_clicks_on_one_page_the_second_is_told_that_the_case_has_moved_on(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await handled(client, staff)
    seen = (await view(staff, number))["seq"]
    click = {"party": "third_party", "after": seen}
    answers = await asyncio.gather(*(step(staff, number, "consultation_started", **click) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    error = next(a.json()["error"] for a in answers if a.status_code == 409)
    assert (error["code"], error["status"], error["seq"]) == ("case_moved_on", "consulting", seen + 1)
    assert "consultation_ended" in {s["code"] for s in error["allowed"]}
    assert (await step(staff, number, "consultation_ended", after=error["seq"])).status_code == 200


async def test_looking_at_particulars_moves_nothing_on(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = await handled(client, staff)
    seen = (await view(staff, number))["seq"]
    await staff.post(f"/api/v1/staff/cases/{number}/particulars")
    await taken(staff, number, "withdrawn", after=seen)


async def test_a_confirmation_may_say_what_it_has_seen(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = await submitted(client)
    seen = (await view(staff, number))["seq"]
    await taken(staff, number, "clarification_requested")
    assert error_of(await confirm(staff, number, after=seen))["code"] == "case_moved_on"


# --- returned


async def test_a_department_gives_a_case_back_and_the_office_decides_again(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, hire: Hire
) -> None:
    number = await handled(client, staff)
    due = (await view(staff, number))["due_on"]
    wrong = (await view(staff, number))["decision"]["id"]
    department = await hire("ziran", "officer", "natural-resources")
    back = await taken(department, number, "returned", reason="张三要的是学校用地，不归本局")
    assert (back["status"], back["department"], back["decision"], back["due_on"]) == ("received", None, None, due)
    assert back["decisions"][0]["returned"]
    assert (back["events"][-1]["data"], back["events"][-1]["note"]) == (
        {"decision": wrong},
        "张三要的是学校用地，不归本局",
    )
    assert (await department.get(f"/api/v1/staff/cases/{number}")).status_code == 404
    again = (await confirm(staff, number, department="education")).json()
    assert (again["status"], again["department"]) == ("handling", "education")
    assert again["decision"]["supersedes"] == wrong
    assert again["events"][-1]["type"] == "confirmed"
    assert error_of(await confirm(staff, number))["code"] == "already_decided"


async def test_a_return_needs_a_reason_and_more_than_a_clerk(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, hire: Hire
) -> None:
    number = await handled(client, staff)
    assert error_of(await step(staff, number, "returned"))["reason"] == "missing_field"
    clerk = await hire("jingban", "clerk")
    assert error_of(await step(clerk, number, "returned", reason="不归我们"))["code"] == "step_not_allowed"


async def test_after_a_return_only_the_last_decision_can_be_named(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await handled(client, staff)
    wrong = (await view(staff, number))["decision"]["id"]
    await taken(staff, number, "returned", reason="不归本局")
    assert error_of(await confirm(staff, number, supersedes=wrong + 1000))["code"] == "superseded"
    assert (await confirm(staff, number, supersedes=wrong)).status_code == 200


# --- several matters


MATTERS = {"children": [{"description": "征地批复文件", "title": "批复"}, {"description": "教育经费决算"}]}


async def test_a_request_of_two_matters_becomes_two_cases_with_its_clock(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    receipt = (await client.post("/api/v1/requests", json=application())).json()
    number = receipt["number"]
    await taken(staff, number, "clarification_requested", on="2026-11-20")
    answer = await staff.post(f"/api/v1/staff/cases/{number}/children", json=MATTERS)
    assert error_of(answer)["code"] == "step_not_allowed", "first the applicant's supplement"
    before = await taken(staff, number, "clarification_received", on="2026-11-20")
    answer = await staff.post(f"/api/v1/staff/cases/{number}/children", json=MATTERS)
    assert answer.status_code == 201
    children = answer.json()["children"]
    assert [child["number"] for child in children] == ["SF-2026-00002", "SF-2026-00003"]
    assert {(c["received_on"], c["due_on"]) for c in children} == {(receipt["received_on"], before["due_on"])}
    parent = await view(staff, number)
    assert (parent["status"], parent["due_on"], parent["clock"]) == ("split", None, None)
    assert {s["code"] for s in parent["allowed"]} == {"linked", "voided"}, "no part was acted on yet"
    assert [(r["relation"], r["title"]) for r in parent["family"]] == [("child", "批复"), ("child", "教育经费决算")]
    child = await view(staff, children[0]["number"])
    assert [(r["relation"], r["number"]) for r in child["family"]] == [
        ("parent", number),
        ("sibling", "SF-2026-00003"),
    ]
    assert child["events"][0]["data"]["parent"] == number
    assert child["applicant"]["name"] == "张三"
    assert child["suggestion"]["departments"][0]["code"] == "natural-resources"
    own = await client.get(
        f"/api/v1/requests/{children[1]['number']}", headers={"X-Query-Code": children[1]["query_code"]}
    )
    assert own.json()["title"] == "教育经费决算"
    whole = await client.get(f"/api/v1/requests/{number}", headers={"X-Query-Code": receipt["query_code"]})
    assert [c["number"] for c in whole.json()["children"]] == [c["number"] for c in children]
    assert await office.verified() == (3, None)


async def test_one_matter_is_no_split(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = await submitted(client)
    body = {"children": MATTERS["children"][:1]}
    answer = await staff.post(f"/api/v1/staff/cases/{number}/children", json=body)
    assert answer.status_code == 422


async def test_of_two_splits_at_once_one_is_made(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = await submitted(client)
    path = f"/api/v1/staff/cases/{number}/children"
    answers = await asyncio.gather(*(staff.post(path, json=MATTERS) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len((await view(staff, number))["family"]) == 2


async def test_a_split_is_taken_back_while_no_part_was_acted_on(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    async def received() -> int:
        report = (await staff.get("/api/v1/staff/reports/annual?year=2026&agency=city")).json()
        return next(row["cells"][-1] for row in report["table3"]["rows"] if row["code"] == "1")

    receipt = (await client.post("/api/v1/requests", json=application())).json()
    number, due = receipt["number"], receipt["due_on"]
    path = f"/api/v1/staff/cases/{number}/children"
    parts = (await staff.post(path, json=MATTERS)).json()["children"]
    assert await received() == 2
    await staff.post(f"/api/v1/staff/cases/{parts[0]['number']}/particulars")  # a look is no act
    case = await taken(staff, number, "voided", ref=(await view(staff, number))["undoable"], reason="其实是一件事")
    assert (case["status"], case["due_on"], await received()) == ("received", due, 1)
    assert [(r["relation"], r["status_label"]) for r in case["family"]] == [("child", "已并回")] * 2
    part = await view(staff, parts[0]["number"])
    assert (part["status"], part["due_on"], part["events"][-1]["data"]) == ("merged", None, {"parent": number})
    assert [r["number"] for r in part["family"] if r["relation"] == "parent"] == [number]
    own = {one["number"]: {"X-Query-Code": one["query_code"]} for one in (receipt, parts[0])}
    told = [(await client.get(f"/api/v1/requests/{one}", headers=code)).json() for one, code in own.items()]
    assert (told[0]["children"], told[0]["status"]) == ([], "received")
    assert "已经并回原来的申请" in told[1]["sentence"]
    assert await office.verified() == (3, None)
    assert await rebuild_projections(office.db, office.calendar, office.clock.today()) == (3, 0)
    again = (await staff.post(path, json=MATTERS)).json()["children"]
    assert (await client.get(f"/api/v1/requests/{number}", headers=own[number])).json()["children"][0]["number"] == (
        again[0]["number"]
    )


@pytest.mark.parametrize("late", ["confirmed", "withdrawn"])
async def test_a_split_stands_once_a_part_was_acted_on(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, late: str
) -> None:
    number = await submitted(client)
    parts = (await staff.post(f"/api/v1/staff/cases/{number}/children", json=MATTERS)).json()["children"]
    if late == "confirmed":
        await confirm(staff, parts[1]["number"])
    else:
        code = {"X-Query-Code": parts[1]["query_code"]}
        await client.post(f"/api/v1/requests/{parts[1]['number']}/withdrawal", headers=code, json={})
    split = (await view(staff, number))["undoable"]
    error = error_of(await step(staff, number, "voided", ref=split, reason="其实是一件事"))
    assert (error["reason"], parts[1]["number"] in error["message"]) == ("part_acted_on", True)
    assert [(await view(staff, one))["status"] for one in (number, parts[0]["number"])] == ["split", "received"]


# --- links


async def test_a_link_stands_on_both_sides_and_is_undone_on_both(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    one, two = await submitted(client), await submitted(client)
    case = await taken(staff, one, "linked", number=two.lower().replace("-", " "), relation="repeat")
    assert [(r["relation"], r["number"]) for r in case["family"]] == [("repeat", two)]
    assert [(r["relation"], r["number"]) for r in (await view(staff, two))["family"]] == [("repeat", one)]
    link = next(e for e in case["events"] if e["type"] == "linked")
    assert link["voidable"]
    assert (await taken(staff, one, "voided", ref=f"e{link['seq']}", reason="不是同一人"))["family"] == []
    assert (await view(staff, two))["family"] == []


@pytest.mark.parametrize("other", ["SF-2026-99999", "SF-2026-00001"])
async def test_a_link_needs_another_case(client: httpx2.AsyncClient, staff: httpx2.AsyncClient, other: str) -> None:
    number = await submitted(client)
    answer = await step(staff, number, "linked", number=other, relation="related")
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"][0]["name"] == "number"


async def test_two_cases_linked_to_each_other_at_once_wait_for_each_other(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    one, two = await submitted(client), await submitted(client)
    answers = await asyncio.gather(
        step(staff, one, "linked", number=two, relation="campaign"),
        step(staff, two, "linked", number=one, relation="campaign"),
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert await office.verified() == (2, None)


# --- consultation


async def test_the_meaning_of_silence_depends_on_who_is_silent(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, clock: SettableClock
) -> None:
    number = await handled(client, staff)
    await taken(staff, number, "consultation_started", party="third_party")
    case = await taken(staff, number, "consultation_started", party="co_agency", delivered_on="2026-11-20")
    third, other = (one["ref"] for one in case["clock"]["consultations"])
    clock.moment = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    told = (await taken(staff, number, "consultation_delivered", ref=third, on="2026-11-23"))["clock"]
    assert [one["reply_by"] for one in told["consultations"]] == ["2026-12-14", "2026-12-11"]
    clock.moment = datetime(2026, 12, 14, 2, 0, tzinfo=UTC)
    early = await step(staff, number, "consultation_ended", ref=third, opinion="silent")
    assert error_of(early)["reason"] == "silence_too_early"
    ended = await taken(staff, number, "consultation_ended", ref=other, opinion="silent")
    assert "视为同意公开" in ended["events"][-1]["meaning"]
    clock.moment = datetime(2026, 12, 15, 2, 0, tzinfo=UTC)
    ended = await taken(staff, number, "consultation_ended", ref=third, opinion="silent")
    assert "不等于同意" in ended["events"][-1]["meaning"]
    assert (ended["status"], ended["clock"]["state"]) == ("handling", "running")


# --- approvals


@pytest.fixture
def two_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office that wants every approval."""
    monkeypatch.setenv("GONGKAI_SECRECY_REVIEW", "two")
    monkeypatch.setenv("GONGKAI_SIGN_OFF", "office")


@pytest.mark.usefixtures("two_levels")
async def test_nothing_is_released_before_two_have_reviewed_it_and_two_have_signed(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, hire: Hire
) -> None:
    number = await handled(client, staff)
    reviewer = await hire("shenhe", "reviewer")
    error = error_of(await step(staff, number, "answered", delivery="post"))
    assert error["code"] == "secrecy_review_missing"
    assert "承办部门的保密审查、办公室的保密审查" in error["message"]
    assert "secrecy_reviewed" in {s["code"] for s in error["allowed"]}
    await taken(staff, number, "secrecy_reviewed", level=1, result="releasable")
    assert error_of(await step(staff, number, "secrecy_reviewed", level=2, result="releasable"))["reason"] == (
        "office_only"
    )
    await taken(reviewer, number, "secrecy_reviewed", level=2, result="partly")
    assert error_of(await step(staff, number, "answered"))["code"] == "secrecy_review_forbids"
    assert error_of(await step(staff, number, "answered", outcome="3.2"))["code"] == "sign_off_missing"
    await taken(staff, number, "signed_off")
    await taken(reviewer, number, "reviewed")
    assert (await taken(staff, number, "answered", outcome="3.2", delivery="post"))["status"] == "answered"


@pytest.mark.usefixtures("two_levels")
async def test_an_approval_is_taken_back_while_nothing_is_out(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await handled(client, staff)
    signed = (await taken(staff, number, "signed_off"))["events"][-1]["seq"]
    await taken(staff, number, "voided", ref=f"e{signed}", reason="签错了")
    error = error_of(await step(staff, number, "answered", outcome="3.4.1"))
    assert "部门负责人签批" in error["message"]


async def test_an_office_without_approvals_answers_directly(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await handled(client, staff)
    for kind, setting in (
        ("secrecy_reviewed", "GONGKAI_SECRECY_REVIEW"),
        ("signed_off", "GONGKAI_SIGN_OFF"),
        ("reviewed", "GONGKAI_SIGN_OFF=office"),
    ):
        error = error_of(await step(staff, number, kind))
        assert (error["reason"], setting in error["message"]) == ("approval_off", True)
    assert (await taken(staff, number, "answered", delivery="post"))["status"] == "answered"


async def test_once_a_notice_is_out_only_a_reviewer_takes_back_what_it_was_built_on(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, hire: Hire
) -> None:
    number = await handled(client, staff)
    asked = (await taken(staff, number, "clarification_requested", reply_by="2026-12-04"))["events"][-1]["seq"]
    reviewer = await hire("shenhe", "reviewer")
    async with office.db.write() as session:
        account = Account(1, "chengban", "officer", None)
        seen = len((await office.cases.record_of(account, number)).entries)
        letter = Letter({"notice": "N2", "id": 1, "number": "1"}, seen)  # as one before letters took steps
        assert await office.cases.issue(session, account, number, letter)
    error = error_of(await step(staff, number, "voided", ref=f"e{asked}", reason="不用补正"))
    assert error["reason"] == "notice_is_out"
    assert (await taken(reviewer, number, "voided", ref=f"e{asked}", reason="不用补正"))["status"] == "handling"


async def test_an_entry_that_puts_a_notice_on_record_is_taken_back_by_a_reviewer_only(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, hire: Hire
) -> None:
    number = await handled(client, staff)
    reviewer = await hire("shenhe", "reviewer")
    async with office.db.write() as session:
        account = Account(1, "chengban", "officer", None)
        seen = len((await office.cases.record_of(account, number)).entries)
        letter = Letter({"notice": "N3", "id": 1, "number": "1"}, seen)  # as one before letters took steps
        assert await office.cases.issue(session, account, number, letter)
    extended = (await taken(reviewer, number, "extended", days=15))["events"][-1]["seq"]
    error = error_of(await step(staff, number, "voided", ref=f"e{extended}", reason="天数记错"))
    assert error["reason"] == "notice_is_out"
    await taken(staff, number, "linked", number=await handled(client, staff), relation="related")
    link = (await taken(reviewer, number, "voided", ref=f"e{extended}", reason="天数记错"))["events"][-2]["seq"]
    await taken(staff, number, "voided", ref=f"e{link}", reason="不相关")  # the notice has nothing to do with it


# --- undone by the hand that made it


async def test_a_slip_is_undone_by_the_hand_that_made_it_until_something_is_built_on_it(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, hire: Hire
) -> None:
    clerk, other = await hire("jingban", "clerk"), await hire("jingban2", "clerk")
    number = await handled(client, staff)
    case = await taken(clerk, number, "clarification_requested", reply_by="2026-12-04")
    slip = case["undoable"]
    assert slip == f"e{case['events'][-1]['seq']}"
    assert "voided" in {s["code"] for s in case["allowed"]}
    theirs = await view(other, number)
    assert (theirs["undoable"], "voided" in {s["code"] for s in theirs["allowed"]}) == (None, False)
    assert error_of(await step(other, number, "voided", ref=slip, reason="记错"))["code"] == "step_not_allowed"
    await clerk.post(f"/api/v1/staff/cases/{number}/particulars")  # to look is to build nothing
    case = await taken(clerk, number, "voided", ref=slip, reason="记错")
    assert (case["status"], case["undoable"]) == ("handling", None)
    assert error_of(await step(clerk, number, "voided", ref=slip, reason="记错"))["code"] == "step_not_allowed"
    first = (await taken(clerk, number, "consultation_started", party="third_party"))["undoable"]
    await taken(clerk, number, "consultation_started", party="other_agency")
    assert error_of(await step(clerk, number, "voided", ref=first, reason="记错"))["reason"] == "own_last_only"
    await taken(staff, number, "voided", ref=first, reason="记错")  # an officer, as ever


async def test_an_officer_undoes_an_answer_just_recorded_and_no_letter(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    number = await handled(client, staff)
    answer = (await taken(staff, number, "answered", delivery="post"))["undoable"]
    assert (await taken(staff, number, "voided", ref=answer, reason="记错"))["status"] == "handling"
    asked = (await taken(staff, number, "clarification_requested", reply_by="2026-12-04"))["undoable"]
    async with office.db.write() as session:
        account = Account(1, "chengban", "officer", None)
        seen = len((await office.cases.record_of(account, number)).entries)
        letter = Letter({"notice": "N2", "id": 1, "number": "1"}, seen)
        assert await office.cases.issue(session, account, number, letter)
    assert (await view(staff, number))["undoable"] is None
    assert error_of(await step(staff, number, "voided", ref=asked, reason="记错"))["reason"] == "notice_is_out"


async def test_the_page_has_one_button_for_it(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, hire: Hire
) -> None:
    clerk = await hire("jingban", "clerk")
    number = await handled(client, staff)
    seq = (await taken(clerk, number, "clarification_requested", reply_by="2026-12-04"))["seq"]
    opened = await office.people.sign_in("jingban", "a long password", kind="web")
    cookie = {"Cookie": f"gongkai_staff={opened.token}"}
    page = (await client.get(f"/staff/cases/{number}", headers=cookie)).text
    assert page.count("撤销刚才这一步（要求补正）") == 1
    form = {
        "csrf": opened.account.csrf,
        "type": "voided",
        "ref": f"e{seq}",
        "reason": "刚才记错，当即撤销",
        "after": seq,
    }
    answer = await client.post(f"/staff/cases/{number}/events", data=form, headers=cookie)
    assert answer.status_code == 303, answer.text
    assert "撤销刚才这一步" not in (await client.get(f"/staff/cases/{number}", headers=cookie)).text


# --- the end


async def test_delivery_archive_review_and_suit_are_recorded_after_the_end(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await handled(client, staff)
    await taken(staff, number, "answered", delivery="post")
    sent = await taken(staff, number, "delivered", way="post", tracking="EA123456789CN")
    assert (sent["events"][-1]["data"], sent["events"][-1]["note"]) == ({"way": "post"}, "EA123456789CN")
    closed = await taken(staff, number, "closed", archive_number="示政公开〔2026〕1号")
    assert (closed["status"], closed["events"][-1]["data"]) == ("closed", {})
    for result in ("pending", "corrected"):
        case = await taken(staff, number, "review", result=result)
    case = await taken(staff, number, "litigation", route="after_review", result="pending")
    assert case["status"] == "closed"
    assert {s["code"] for s in case["allowed"]} == {
        *("proceeding_opened", "defended", "heard", "review", "litigation", "linked"),
        "voided",  # one's own
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"way": "post", "tracking": "12345"},
        {"way": "counter", "tracking": "EA123456789CN"},
        {"way": "post", "on": "2026-11-19"},
        {"tracking": "EA123456789CN"},
    ],
)
async def test_a_proof_of_delivery_that_cannot_be_is_refused(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, fields: Json
) -> None:
    number = await handled(client, staff)
    await taken(staff, number, "answered", delivery="post")
    assert error_of(await step(staff, number, "delivered", **fields))["code"] == "impossible_event"


async def test_review_and_suit_wait_for_the_end(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = await handled(client, staff)
    for kind in ("review", "delivered", "closed"):
        assert error_of(await step(staff, number, kind, result="upheld"))["code"] == "step_not_allowed"


@pytest.mark.parametrize(
    ("before", "late"),
    [
        ([], {"type": "clarification_received"}),
        ([], {"type": "consultation_ended"}),
        ([{"type": "withdrawn"}], {"type": "answered"}),
        ([{"type": "withdrawn"}, {"type": "closed"}], {"type": "closed"}),
        ([{"type": "withdrawn"}, {"type": "closed"}], {"type": "withdrawn"}),
    ],
)
async def test_a_step_out_of_order_or_on_a_closed_case_is_refused_and_leaves_no_trace(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, before: list[Json], late: Json
) -> None:
    number = await handled(client, staff)
    for entry in before:
        await taken(staff, number, entry["type"])
    case = await view(staff, number)
    error = error_of(await step(staff, number, late["type"]))
    assert (error["code"], error["allowed"]) == ("step_not_allowed", case["allowed"])
    assert await view(staff, number) == case
