"""Queue, case, confirmation and events over HTTP (docs/contract.md §3)."""

import asyncio
import re
from datetime import timedelta

import httpx2
import pytest

from intake_api.office import Office
from intake_api.web.security import STAFF_COOKIE
from tests.conftest import SettableClock
from tests.samples import APPLICATION, applicant, application

CONFIRM = {"department": "natural-resources", "disposition": "public"}


async def submitted(client: httpx2.AsyncClient, **changes: object) -> str:
    answer = await client.post("/api/v1/requests", json=application(**changes))
    number: str = answer.json()["number"]
    return number


async def confirm(staff: httpx2.AsyncClient, number: str, **body: object) -> httpx2.Response:
    return await staff.post(f"/api/v1/staff/cases/{number}/confirmation", json=CONFIRM | body)


async def test_the_line_to_a_close_second_stands_in_the_suggestion(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await submitted(client, description="申请公开征地建学校、划学区的材料")
    suggestion = (await staff.get(f"/api/v1/staff/cases/{number}")).json()["suggestion"]
    assert suggestion["department_set"] == ["natural-resources", "education"]
    assert {one["code"]: one.get("line") for one in suggestion["departments"]} == {
        "natural-resources": None,
        "education": "学校用地的审批归自然资源和规划局，学校的设置归教育局",
        "housing": None,
        "tax": None,
    }


async def test_the_suggestion_is_kept_as_it_was_shown_beside_the_decision(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await submitted(client)
    shown = (await staff.get(f"/api/v1/staff/cases/{number}")).json()
    assert shown["suggestion"]["departments"][0]["code"] == "natural-resources"
    assert shown["decision"] is None
    answer = await confirm(staff, number, department="education", note="涉及学校用地")
    case = answer.json()
    assert answer.status_code == 200
    assert case["status"] == "handling"
    assert case["department"] == "education"
    assert case["suggestion"] == shown["suggestion"]
    assert case["decision"]["followed_suggestion"] is False
    assert case["decision"]["note"] == "涉及学校用地"


async def test_of_two_who_confirm_the_second_is_told_what_the_first_decided(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await submitted(client)
    answers = await asyncio.gather(confirm(staff, number), confirm(staff, number, department="education"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    first = next(a.json()["decision"] for a in answers if a.status_code == 200)
    error = next(a.json()["error"] for a in answers if a.status_code == 409)
    assert error["code"] == "already_decided"
    assert error["decision"]["id"] == first["id"]
    assert error["decision"]["department"] == first["department"]


async def test_a_decision_is_replaced_only_by_naming_it(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = await submitted(client)
    first = (await confirm(staff, number)).json()["decision"]["id"]
    second = await confirm(staff, number, department="education", supersedes=first)
    assert second.status_code == 200
    assert [d["department"] for d in second.json()["decisions"]] == ["natural-resources", "education"]
    stale = await confirm(staff, number, supersedes=first)
    assert stale.status_code == 409
    assert stale.json()["error"]["code"] == "superseded"


@pytest.mark.parametrize("outside", ["tax", "sample-district"])
async def test_what_another_agency_holds_is_answered_never_silently_transferred(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, outside: str
) -> None:
    number = await submitted(client)
    case = (await confirm(staff, number, department=outside)).json()
    assert case["decision"]["disposition"] == "not_this_agency"
    assert case["agency"] == "city"


@pytest.mark.parametrize(("outside", "named"), [("tax", "税务局（电话 0000-7654321）"), ("sample-district", "示例区")])
async def test_the_applicant_is_told_who_answers_and_whom_to_turn_to(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, clock: SettableClock, outside: str, named: str
) -> None:
    receipt = (await client.post("/api/v1/requests", json=application())).json()
    await confirm(staff, receipt["number"], department=outside)
    address, key = f"/api/v1/requests/{receipt['number']}", {"X-Query-Code": receipt["query_code"]}
    view = (await client.get(address, headers=key)).json()
    assert f"由{named}" in view["sentence"]
    assert "本机关会在答复期限内书面答复您" in view["sentence"]
    assert view["department"] is None
    assert "开始办理" not in "".join(entry["title"] for entry in view["timeline"])
    clock.moment += timedelta(days=60)
    late = (await client.get(address, headers=key)).json()["sentence"]
    assert "已经超过答复期限" in late
    assert "会在答复期限内" not in late


async def test_an_unknown_department_is_refused(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = await submitted(client)
    answer = await confirm(staff, number, department="moon")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "unknown_department"


async def test_the_queue_is_ordered_by_due_date_and_pages_without_loss(
    staff: httpx2.AsyncClient,
) -> None:
    for received in ("2026-11-19", "2026-11-11", "2026-11-17", "2026-10-21", "2026-11-13"):
        body = application(channel="counter", receipt_basis="counter", received_on=received)
        assert (await staff.post("/api/v1/staff/cases", json=body)).status_code == 201
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await staff.get("/api/v1/staff/cases", params=params)).json()
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert len({item["number"] for item in seen}) == 5
    assert [item["due_on"] for item in seen] == sorted(item["due_on"] for item in seen)
    assert set(seen[0]) == {"number", "status", "received_on", "due_on", "department", "title"}
    overdue = (await staff.get("/api/v1/staff/cases", params={"due": "overdue"})).json()["items"]
    assert [item["due_on"] for item in overdue] == [seen[0]["due_on"]]


@pytest.mark.parametrize("word", ["张三", "138 0000 0000", "11010519491231002x", "sf-2026-00001"])
async def test_a_case_is_found_by_number_name_telephone_and_identity_number(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, word: str
) -> None:
    number = await submitted(client)
    await client.post(
        "/api/v1/requests", json=applicant(name="李四", phone="13900000000", id_number="110101199003074557")
    )
    found = (await staff.get("/api/v1/staff/cases", params={"q": word})).json()["items"]
    assert [item["number"] for item in found] == [number]


async def test_particulars_are_masked_and_each_look_is_an_event(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await submitted(client)
    masked = (await staff.get(f"/api/v1/staff/cases/{number}")).text
    assert "11010519491231002X" not in masked
    assert "13800000000" not in masked
    full = (await staff.post(f"/api/v1/staff/cases/{number}/particulars")).json()
    assert full["id_number"] == "11010519491231002X"
    events = (await staff.get(f"/api/v1/staff/cases/{number}")).json()["events"]
    assert (events[-1]["type"], events[-1]["by"]) == ("particulars_viewed", "chengban")


async def test_a_clerk_enters_what_came_over_the_counter(staff: httpx2.AsyncClient) -> None:
    body = application(channel="counter", receipt_basis="counter", received_on="2026-11-19")
    receipt = (await staff.post("/api/v1/staff/cases", json=body)).json()
    assert (receipt["received_on"], receipt["due_on"]) == ("2026-11-19", "2026-12-17")
    late = await staff.post("/api/v1/staff/cases", json=body | {"received_on": "2026-11-21"})
    assert late.json()["error"]["code"] == "date_invalid"
    wrong = await staff.post("/api/v1/staff/cases", json=body | {"received_on": "2026-02-30"})
    assert wrong.json()["error"]["code"] == "date_invalid"


async def test_a_confirmed_receipt_starts_the_clock(staff: httpx2.AsyncClient) -> None:
    body = application(channel="email", receipt_basis="internet")
    number = (await staff.post("/api/v1/staff/cases", json=body)).json()["number"]
    event = {"type": "received", "on": "2026-11-18", "basis": "internet"}
    case = (await staff.post(f"/api/v1/staff/cases/{number}/events", json=event)).json()
    assert (case["status"], case["received_on"], case["due_on"]) == ("received", "2026-11-18", "2026-12-16")


async def test_a_step_that_does_not_fit_is_refused_with_those_that_do(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await submitted(client)
    answer = await staff.post(f"/api/v1/staff/cases/{number}/events", json={"type": "fee_paid"})
    error = answer.json()["error"]
    assert answer.status_code == 409
    assert error["code"] == "step_not_allowed"
    assert "confirm" in {step["code"] for step in error["allowed"]}


async def test_an_impossible_history_is_refused_and_leaves_no_trace(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await submitted(client)
    await confirm(staff, number)
    before = (await staff.get(f"/api/v1/staff/cases/{number}")).json()["events"]
    answer = await staff.post(
        f"/api/v1/staff/cases/{number}/events",
        json={"type": "consultation_started", "on": "2026-11-01", "party": "third_party"},
    )
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "impossible_event"
    assert (await staff.get(f"/api/v1/staff/cases/{number}")).json()["events"] == before


async def test_an_account_of_a_department_sees_only_its_cases(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    mine, other = await submitted(client), await submitted(client)
    await confirm(staff, mine, department="education")
    password = await office.people.add("jiaoyu", "officer", "education", "a long password")
    token = (await client.post("/api/v1/staff/tokens", json={"username": "jiaoyu", "password": password})).json()
    client.headers["Authorization"] = f"Bearer {token['token']}"
    listed = (await client.get("/api/v1/staff/cases")).json()["items"]
    assert [item["number"] for item in listed] == [mine]
    assert (await client.get(f"/api/v1/staff/cases/{other}")).status_code == 404


async def test_five_wrong_passwords_lock_the_account(client: httpx2.AsyncClient, office: Office) -> None:
    password = await office.people.add("zhang", "clerk", None, None)

    async def attempt(word: str, name: str = "zhang") -> httpx2.Response:
        return await client.post("/api/v1/staff/tokens", json={"username": name, "password": word})

    wrong = [await attempt("wrong") for _ in range(5)]
    assert {answer.json()["error"]["code"] for answer in wrong} == {"wrong_credentials"}
    assert (await attempt("wrong", "nobody")).json() == wrong[0].json()
    locked = await attempt(password)
    assert locked.status_code == 429
    assert locked.json()["error"]["code"] == "account_locked"


async def test_a_token_ends_when_it_is_given_back(staff: httpx2.AsyncClient) -> None:
    assert (await staff.get("/api/v1/staff/cases")).status_code == 200
    assert (await staff.delete("/api/v1/staff/tokens")).status_code == 204
    answer = await staff.get("/api/v1/staff/cases")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "sign_in_required"


async def test_citizens_who_applied_by_chat_are_told_once(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    key = {"X-Service-Key": office.vault.service_key}
    number = (await client.post("/api/v1/requests", json=application(channel="chat"), headers=key)).json()["number"]
    await confirm(staff, number)
    assert (await client.get("/api/v1/service/outbox")).status_code == 401
    items = (await client.get("/api/v1/service/outbox", headers=key)).json()["items"]
    assert [item["number"] for item in items] == [number]
    assert "自然资源和规划局" in items[0]["sentence"]
    assert (await client.get("/api/v1/service/outbox", headers=key)).json()["items"] == []
    await client.post(f"/api/v1/service/outbox/{items[0]['id']}/delivered", headers=key)
    assert APPLICATION["description"] not in items[0]["sentence"]


async def test_the_tabs_of_the_queue_count_no_further_than_they_tell(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake_api.cases.views.MOST_COUNTED", 2)
    for place in range(4):
        await submitted(client)
        account = (await office.people.sign_in("chengban", "a long password")).account
        page = await office.case_views.queue(account, counted=True)
        assert page.counts["all"] == page.counts["new"] == min(place + 1, page.most + 1)
        assert page.counts["overdue"] == 0
    session = await office.people.sign_in("chengban", "a long password")
    client.cookies.set(STAFF_COOKIE, session.token)
    shown = await client.get("/staff")
    assert re.findall(r'<span class="count">(.*?)</span>', shown.text) == ["2+", "2+", "0", "0", "2+"]


async def test_where_nobody_has_applied_yet_the_first_page_leads_to_the_ledger_and_on_to_training(
    client: httpx2.AsyncClient, office: Office
) -> None:
    await office.people.add("guanli", "admin", None, "a long password")
    client.cookies.set(STAFF_COOKIE, (await office.people.sign_in("guanli", "a long password")).token)
    shown = (await client.get("/staff")).text
    assert 'href="/staff/ledger">导入台账</a>；导入之后就用它训练模型' in shown
    await submitted(client)
    assert "first-run" not in (await client.get("/staff")).text
