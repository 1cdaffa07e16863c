"""Submission and status over HTTP (docs/contract.md §3)."""

import asyncio
import json
from datetime import UTC, datetime

import httpx2
import pytest
from sqlalchemy import func, select

from intake_api.cases.models import Case
from intake_api.office import Office
from tests.conftest import SettableClock
from tests.samples import APPLICATION, applicant, application


async def submit(client: httpx2.AsyncClient, body: object, key: str | None = None) -> httpx2.Response:
    return await client.post("/api/v1/requests", json=body, headers={"Idempotency-Key": key} if key else {})


async def cases(office: Office) -> int:
    async with office.db.read() as session:
        return await session.scalar(select(func.count()).select_from(Case)) or 0


async def test_a_submission_is_answered_with_number_code_and_due_date(client: httpx2.AsyncClient) -> None:
    answer = await submit(client, APPLICATION)
    assert answer.status_code == 201
    receipt = answer.json()
    assert receipt.pop("query_code").count("-") == 2
    assert receipt == {
        "number": "SF-2026-00001",
        "status": "received",
        "received_on": "2026-11-20",
        "receipt_basis": "internet",
        "due_on": "2026-12-18",
        "due_provisional": False,
    }


async def test_a_due_date_in_a_year_without_a_notice_is_provisional(
    client: httpx2.AsyncClient, clock: SettableClock
) -> None:
    clock.moment = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    before_midnight = (await submit(client, APPLICATION)).json()
    clock.moment = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    after_midnight = (await submit(client, APPLICATION)).json()
    assert before_midnight["number"] == "SF-2026-00001"
    assert before_midnight["received_on"] == "2026-12-31"
    assert after_midnight["number"] == "SF-2027-00001"
    assert after_midnight["received_on"] == "2027-01-01"
    assert before_midnight["due_provisional"]
    assert after_midnight["due_provisional"]


async def test_the_same_submission_twice_is_one_case(client: httpx2.AsyncClient, office: Office) -> None:
    first = await submit(client, APPLICATION, "once")
    again = await submit(client, APPLICATION, "once")
    assert again.status_code == 201
    assert again.json() == first.json()
    assert await cases(office) == 1


async def test_the_same_submission_by_twenty_clients_at_once_is_one_case(
    client: httpx2.AsyncClient, office: Office
) -> None:
    answers = await asyncio.gather(*(submit(client, APPLICATION, "race") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await cases(office) == 1


async def test_a_key_used_for_another_body_is_a_conflict(client: httpx2.AsyncClient) -> None:
    await submit(client, APPLICATION, "mine")
    answer = await submit(client, application(description="申请公开另一份文件。"), "mine")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "idempotency_conflict"


async def test_numbers_have_no_gap_after_a_refused_submission(client: httpx2.AsyncClient) -> None:
    await submit(client, APPLICATION)
    await submit(client, application(addressee="nowhere"))
    await submit(client, applicant(id_number="110105194912310021"))
    assert (await submit(client, APPLICATION)).json()["number"] == "SF-2026-00002"


async def test_each_agency_and_kind_has_numbers_of_its_own(client: httpx2.AsyncClient) -> None:
    numbers = [
        (await submit(client, body)).json()["number"]
        for body in (APPLICATION, application(addressee="sample-district"), application(kind="correction"))
    ]
    assert numbers == ["SF-2026-00001", "SQ-2026-00001", "SF-GZ-2026-00001"]


@pytest.mark.parametrize(("channel", "basis"), [("email", "internet"), ("fax", "fax"), ("post", "mail_signed")])
async def test_channels_that_need_a_confirmation_start_no_clock(
    staff: httpx2.AsyncClient, channel: str, basis: str
) -> None:
    body = application(channel=channel, receipt_basis=basis)
    receipt = (await staff.post("/api/v1/staff/cases", json=body)).json()
    assert receipt["status"] == "registered"
    assert receipt["received_on"] is receipt["due_on"] is None


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (application(description=""), "description_required", "description"),
        (application(description="要"), "description_required", "description"),
        (application(description="\x00\x01\x02"), "description_required", "description"),
        (application(description="长" * 10_001), "description_too_long", "description"),
        (application(colour="red"), "invalid_request", "colour"),
        (application(delivery={"medium": "stone", "way": "post"}), "invalid_request", "delivery.medium"),
        (applicant(id_number="110105194912310021"), "id_number_invalid", "applicant.id_number"),
        (applicant(phone="123"), "phone_invalid", "applicant.phone"),
        (applicant(phone=None), "no_contact", "applicant.phone"),
        (applicant(phone=None, email="nobody"), "email_invalid", "applicant.email"),
        ({}, "invalid_request", "applicant"),
    ],
)
async def test_bad_input_is_told_by_field(client: httpx2.AsyncClient, body: object, code: str, field: str) -> None:
    answer = await submit(client, body)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == code
    assert field in {problem["name"] for problem in error["fields"]}
    assert any("一" <= ch <= "鿿" for ch in error["message"])


@pytest.mark.parametrize(
    "description",
    [
        "😀🎉😀",
        "<script>alert(1)</script>",
        "'; DROP TABLE cases; --",
        "申请\ud800公开",
        "{{7*7}} ${7*7}",
        "ｆｕｌｌ　ｗｉｄｔｈ",
    ],
)
async def test_content_never_causes_a_refusal(client: httpx2.AsyncClient, description: str) -> None:
    body = json.dumps(application(description=description))  # a lone surrogate travels as an escape
    answer = await client.post("/api/v1/requests", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 201


async def test_a_body_of_fifty_megabytes_is_refused_without_being_read(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/v1/requests", content=b"x" * 50_000_000)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "body_too_large"


async def test_broken_json_is_said_to_be_so(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/v1/requests", content=b"{", headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid_json"


async def test_without_proof_of_identity_the_case_is_accepted_and_flagged(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submit(client, applicant(id_number=None))).json()["number"]
    case = (await staff.get(f"/api/v1/staff/cases/{number}")).json()
    assert "missing_particulars" in case["flags"]


async def test_the_citizen_sees_where_the_case_stands(client: httpx2.AsyncClient) -> None:
    receipt = (await submit(client, APPLICATION)).json()
    typed = receipt["query_code"].replace("-", " ").lower()
    answer = await client.get(f"/api/v1/requests/{receipt['number']}", headers={"X-Query-Code": typed})
    view = answer.json()
    assert answer.status_code == 200
    assert view["status"] == "received"
    assert view["due_on"] == "2026-12-18"
    assert "2026年12月18日" in view["clock_steps"][0]["why"]
    assert "suggestion" not in answer.text


async def test_a_wrong_number_and_a_wrong_code_are_the_same_answer(client: httpx2.AsyncClient) -> None:
    receipt = (await submit(client, APPLICATION)).json()
    wrong_code = await client.get(f"/api/v1/requests/{receipt['number']}", headers={"X-Query-Code": "AAAA-AAAA-AAAA"})
    wrong_number = await client.get("/api/v1/requests/SF-2026-99999", headers={"X-Query-Code": receipt["query_code"]})
    no_code = await client.get(f"/api/v1/requests/{receipt['number']}")
    assert wrong_code.status_code == wrong_number.status_code == no_code.status_code == 404
    assert wrong_code.text == wrong_number.text == no_code.text


async def test_submissions_are_limited_by_address(client: httpx2.AsyncClient) -> None:
    answers = [await submit(client, application(description="好的")) for _ in range(121)]
    assert answers[-1].status_code == 429
    assert answers[-1].json()["error"]["code"] == "rate_limited"
    assert int(answers[-1].headers["Retry-After"]) >= 1


async def test_a_half_filled_application_is_judged_only_by_what_is_there(client: httpx2.AsyncClient) -> None:
    partial = {"applicant": {"id_type": "resident_id", "id_number": "123"}, "description": "要"}
    answer = await client.post("/api/v1/requests/check", json=partial)
    assert {p["name"] for p in answer.json()["problems"]} == {"applicant.id_number", "description"}
    fine = await client.post("/api/v1/requests/check", json={"applicant": {"phone": "0000-1234567"}})
    assert fine.json() == {"problems": []}


async def test_a_suggestion_is_given_without_storing_anything(client: httpx2.AsyncClient, office: Office) -> None:
    answer = await client.post("/api/v1/suggestions", json={"text": "征地批复"})
    assert answer.json()["departments"][0]["code"] == "natural-resources"
    assert answer.json()["similar"] == []
    assert await cases(office) == 0
