"""What the applicant does with number and query code: supplement, withdraw, rate (docs/contract.md §3)."""

from typing import Any

import httpx2
import pytest

from intake_api.office import Office
from tests.contract.test_notices import issued
from tests.contract.test_staff import confirm
from tests.contract.test_workflow import taken, view
from tests.samples import application

Json = dict[str, Any]


async def filed(client: httpx2.AsyncClient, **changes: object) -> tuple[str, str]:
    receipt = (await client.post("/api/v1/requests", json=application(**changes))).json()
    return receipt["number"], receipt["query_code"]


async def call(client: httpx2.AsyncClient, own: tuple[str, str], what: str, body: Json) -> httpx2.Response:
    number, code = own
    return await client.post(f"/api/v1/requests/{number}/{what}", json=body, headers={"X-Query-Code": code})


async def test_a_supplement_restarts_the_term_and_staff_read_it(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    own = await filed(client)
    await taken(staff, own[0], "clarification_requested", reply_by="2026-12-04")
    answers = [await call(client, own, "supplements", {"text": "是甲村东侧地块的批复"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert (answers[0].json()["status"], answers[0].json()["due_on"]) == ("received", "2026-12-18")
    event = (await view(staff, own[0]))["events"][-1]
    assert (event["type"], event["by"], event["note"]) == ("clarification_received", "申请人", "是甲村东侧地块的批复")
    assert len(event["data"]["text"]) == 64, "the chain holds a digest only"
    assert await office.verified() == (1, None)


async def test_a_supplement_nobody_asked_for_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await call(client, await filed(client), "supplements", {"text": "再补充一点"})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "step_not_allowed"


async def test_another_supplement_after_the_first_is_refused(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    own = await filed(client)
    await taken(staff, own[0], "clarification_requested")
    await call(client, own, "supplements", {"text": "是甲村东侧地块的批复"})
    assert (await call(client, own, "supplements", {"text": "还有西侧地块"})).status_code == 409


async def test_a_withdrawal_stands_however_often_it_is_sent(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    own = await filed(client)
    first = await call(client, own, "withdrawal", {})
    again = await call(client, own, "withdrawal", {"reason": "已经在网上找到了"})
    assert (first.status_code, first.json()["status"]) == (200, "withdrawn")
    assert again.json() == first.json()
    case = await view(staff, own[0])
    assert [e["type"] for e in case["events"]][-1] == "withdrawn"
    assert case["clock"]["state"] == "stopped"
    assert first.json()["allowed"] == ["rated"]


async def test_what_is_withdrawn_before_its_receipt_is_confirmed_counts_nowhere(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    from sqlalchemy import select

    from intake_api.cases.models import Case

    body = application(channel="email", receipt_basis="internet")
    receipt = (await staff.post("/api/v1/staff/cases", json=body)).json()
    own = receipt["number"], receipt["query_code"]
    assert (await call(client, own, "withdrawal", {})).status_code == 200
    async with office.db.read() as session:
        case = (await session.scalars(select(Case))).one()
    assert (case.received_on, case.outcome, case.open) == (None, None, False)


async def test_a_rating_follows_the_end_and_the_last_one_counts(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    own = await filed(client)
    assert (await call(client, own, "rating", {"rating": 5})).status_code == 409
    await confirm(staff, own[0])
    await taken(staff, own[0], "answered", delivery="electronic")
    for rating, comment in ((2, "等得太久"), (2, "等得太久"), (4, None)):
        answer = await call(client, own, "rating", {"rating": rating, "comment": comment})
    assert answer.json()["rating"] == 4
    events = [e for e in (await view(staff, own[0]))["events"] if e["type"] == "rated"]
    assert [(e["data"]["rating"], e["note"]) for e in events] == [(2, "等得太久"), (4, None)]
    assert (await call(client, own, "rating", {"rating": 6})).status_code == 422


@pytest.mark.parametrize(
    ("what", "body"), [("supplements", {"text": "补充"}), ("withdrawal", {}), ("rating", {"rating": 3})]
)
async def test_a_wrong_number_and_a_wrong_code_are_the_same_answer(
    client: httpx2.AsyncClient, what: str, body: Json
) -> None:
    number, code = await filed(client)
    answers = [await call(client, own, what, body) for own in ((number, "AAAA-AAAA-AAAA"), ("SF-2026-09999", code))]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text


async def test_calls_are_limited_by_address(client: httpx2.AsyncClient) -> None:
    own = await filed(client)
    answers = [await call(client, own, "rating", {"rating": 3}) for _ in range(61)]
    assert answers[-1].status_code == 429


async def test_every_answer_to_a_step_holds_the_notices_as_a_look_does(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    own = await filed(client)
    await issued(staff, own[0], "N1")
    await taken(staff, own[0], "clarification_requested", reply_by="2026-12-04")
    for what, body in (
        ("supplements", {"text": "是甲村东侧地块的批复"}),
        ("withdrawal", {}),
        ("rating", {"rating": 4}),
    ):
        answer = (await call(client, own, what, body)).json()
        looked = await client.get(f"/api/v1/requests/{own[0]}", headers={"X-Query-Code": own[1]})
        assert [one["number"] for one in answer["notices"]] == ["示政公开收〔2026〕1号"], what
        assert answer == looked.json()
