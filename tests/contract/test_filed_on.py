"""What another agency holds is answered under art. 36(5), and filed there with the applicant's consent."""

import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
from docx import Document

from intake_api.office import Office
from intake_api.settings import Settings
from tests.conftest import SettableClock
from tests.contract.test_applicant_steps import call, filed
from tests.contract.test_attachments import PDF, send
from tests.contract.test_notices import issued
from tests.contract.test_staff import confirm
from tests.contract.test_workflow import taken, view
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import BUREAUX
from tests.fakes.office import build_office
from tests.samples import application

Json = dict[str, Any]
Own = tuple[str, str]


@pytest.fixture
def db_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """What is filed where does not depend on the database: one kind is enough."""
    shutil.copy(migrated_sqlite, tmp_path / "test.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
async def office(db_url: str, tmp_path: Path, clock: SettableClock) -> Any:
    """An installation whose housing bureau is an agency of its own, beside a district that is one by its entry."""
    settings = Settings.load({"data": tmp_path / "data", "database_url": db_url})
    office = build_office(settings, BUREAUX, KeywordClassifier, clock)
    await office.triage.start()
    yield office
    await office.db.dispose()


async def answered(client: httpx2.AsyncClient, staff: httpx2.AsyncClient, holder: str, **changes: object) -> Own:
    """A case of the city, answered: another agency is responsible."""
    own = await filed(client, **changes)
    assert (await confirm(staff, own[0], department=holder)).json()["decision"]["disposition"] == "not_this_agency"
    await taken(staff, own[0], "answered", delivery="electronic")
    return own


async def file_on(client: httpx2.AsyncClient, own: Own) -> httpx2.Response:
    return await client.post(f"/api/v1/requests/{own[0]}/filed-on", headers={"X-Query-Code": own[1]})


async def looked(client: httpx2.AsyncClient, own: Own) -> Json:
    answer = await client.get(f"/api/v1/requests/{own[0]}", headers={"X-Query-Code": own[1]})
    return dict(answer.json())


@pytest.mark.parametrize(("holder", "number"), [("housing", "ZJ-2026-00001"), ("sample-district", "SQ-2026-00001")])
async def test_the_same_application_is_a_case_of_the_agency_named_with_number_and_clock_of_its_own(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, holder: str, number: str
) -> None:
    own = await answered(client, staff, holder)
    before = await looked(client, own)
    assert "filed_on" in before["allowed"]
    assert before["elsewhere"]["filed"] is None
    answer = await file_on(client, own)
    receipt = answer.json()
    assert answer.status_code == 201
    assert receipt | {"query_code": ""} == {
        "number": number,
        "query_code": "",
        "status": "received",
        "received_on": "2026-11-20",
        "receipt_basis": "internet",
        "due_on": "2026-12-18",
        "due_provisional": False,
    }
    there, here = await view(staff, number), await view(staff, own[0])
    assert (there["agency"], here["agency"]) == (holder, "city")
    for name in ("title", "description", "document_number", "delivery", "applicant"):
        assert there[name] == here[name], name
    links = [{e["data"]["number"] for e in case["events"] if e["type"] == "linked"} for case in (there, here)]
    assert links == [{own[0]}, {number}]
    assert [(one["relation"], one["number"]) for one in here["family"]] == [("filed_on", number)]
    assert [(one["relation"], one["number"]) for one in there["family"]] == [("filed_from", own[0])]
    mine = await looked(client, own)
    assert mine["elsewhere"]["filed"]["number"] == number
    assert "filed_on" not in mine["allowed"]
    assert "经您同意" in mine["timeline"][-1]["title"]
    assert (await looked(client, (number, receipt["query_code"])))["filed_from"] == own[0]
    assert await office.verified() == (2, None)


async def test_the_same_call_again_gives_the_same_receipt_and_opens_nothing(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    own = await answered(client, staff, "housing")
    first, again = [(await file_on(client, own)) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert await office.cases.total() == 2


async def test_files_and_what_was_made_clear_are_taken_along(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    own = await filed(client)
    await send(client, dict(zip(("number", "query_code"), own, strict=True)), PDF, "身份证.pdf")
    await taken(staff, own[0], "clarification_requested", reply_by="2026-12-04")
    await call(client, own, "supplements", {"text": "是甲村东侧地块的批复"})
    await confirm(staff, own[0], department="housing")
    await taken(staff, own[0], "answered", delivery="electronic")
    receipt = (await file_on(client, own)).json()
    there = await view(staff, receipt["number"])
    assert there["description"].endswith("\n\n补正：是甲村东侧地块的批复")
    listed = (await staff.get(f"/api/v1/staff/cases/{receipt['number']}/attachments")).json()["items"]
    assert [one["name"] for one in listed] == ["身份证.pdf"]
    file = await staff.get(f"/api/v1/staff/cases/{receipt['number']}/attachments/{listed[0]['id']}")
    assert file.content == PDF
    assert await office.verified() == (2, None)


async def test_each_agencys_letters_and_report_are_its_own(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    own = await answered(client, staff, "housing")
    number = (await file_on(client, own)).json()["number"]
    await confirm(staff, number, department="housing")
    letter = await issued(staff, number, "N14", searched_on="2026-11-20", searched_in="档案室", searched_by="按名称")
    assert letter["number"].startswith("示建公开")
    file = await staff.get(f"/api/v1/staff/cases/{number}/notices/{letter['id']}?format=docx")
    text = "\n".join(p.text for p in Document(BytesIO(file.content)).paragraphs)
    assert "示例市住房和城乡建设局" in text
    assert "示例市人民政府\n" not in text, "the agency that answers signs"
    assert "向示例市人民政府申请行政复议" in text
    assert "示例市示例区人民法院" in text
    reports = {code: await office.reports.annual(2026, code) for code in ("city", "housing")}
    received = {code: report.table3.rows[0].cells[-1] for code, report in reports.items()}
    assert received == {"city": 1, "housing": 1}


@pytest.mark.parametrize(
    ("holder", "code", "told"),
    [
        (None, "not_elsewhere", "没有“不属于本机关负责公开”的答复"),
        ("natural-resources", "not_elsewhere", "没有“不属于本机关负责公开”的答复"),
        ("tax", "agency_outside", "请直接向它申请：地址示例路2号，电话0000-7654321，网址http://tax.invalid"),
    ],
)
async def test_without_such_an_answer_or_with_an_agency_outside_it_is_refused_with_where_to_turn(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, holder: str | None, code: str, told: str
) -> None:
    own = await filed(client)
    if holder:
        await confirm(staff, own[0], department=holder)
        await taken(staff, own[0], "answered", delivery="electronic")
    answer = await file_on(client, own)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, code)
    assert told in answer.json()["error"]["message"]
    assert "filed_on" not in (await looked(client, own))["allowed"]
    staffs = await staff.post(f"/api/v1/staff/cases/{own[0]}/filed-on", json={"channel": "oral"})
    assert staffs.json()["error"]["code"] == code


async def test_before_the_answer_is_out_nothing_is_filed(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    own = await filed(client)
    await confirm(staff, own[0], department="housing")
    assert (await file_on(client, own)).json()["error"]["code"] == "not_elsewhere"
    assert (await file_on(client, (own[0], "AAAA-AAAA-AAAA"))).json()["error"]["code"] == "case_not_found"


async def test_a_clerk_records_the_consent_with_its_day_and_how(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    own = await answered(client, staff, "housing")
    address = f"/api/v1/staff/cases/{own[0]}/filed-on"
    assert "filed_on" in [step["code"] for step in (await view(staff, own[0]))["allowed"]]
    for body in (
        {},
        {"channel": "web"},
        {"channel": "oral", "on": "2026-11-21"},
        {"channel": "oral", "on": "2026-1-1"},
    ):
        assert (await staff.post(address, json=body)).status_code == 422, body
    answer = await staff.post(address, json={"channel": "oral", "on": "2026-11-20"})
    assert (answer.status_code, answer.json()["number"]) == (201, "ZJ-2026-00001")
    assert answer.json()["receipt_basis"] == "oral"
    entry = next(e for e in (await view(staff, own[0]))["events"] if e["type"] == "filed_on")
    assert (entry["on"], entry["by"]) == ("2026-11-20", "chengban")
    assert entry["data"] == {"number": "ZJ-2026-00001", "channel": "oral"}
    again = await staff.post(address, json={"channel": "oral"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "filed_on_already")
    assert (await file_on(client, own)).json()["query_code"] == answer.json()["query_code"], "its own applicant sees it"


async def test_an_account_of_a_bureau_sees_what_its_agency_was_asked_and_is_its_office(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    own = await answered(client, staff, "housing")
    password = await office.people.add("zhujian", "clerk", "housing", "a long password")
    token = (await client.post("/api/v1/staff/tokens", json={"username": "zhujian", "password": password})).json()
    headers = {"Authorization": f"Bearer {token['token']}"}

    async def seen() -> list[str]:
        return [one["number"] for one in (await client.get("/api/v1/staff/cases", headers=headers)).json()["items"]]

    assert await seen() == [], "a matter of the bureau that the city answered is not the bureau's case"
    number = (await file_on(client, own)).json()["number"]
    assert await seen() == [number]
    case = (await client.get(f"/api/v1/staff/cases/{number}", headers=headers)).json()
    assert {"confirm", "split"} <= {step["code"] for step in case["allowed"]}
    assert case["family"] == [], "nor is the city's case shown to it"
    entered = application(channel="counter", receipt_basis="counter", received_on="2026-11-20")
    mine = await client.post("/api/v1/staff/cases", json=entered, headers=headers)
    assert mine.json()["number"] == "ZJ-2026-00002"
    other = await client.post("/api/v1/staff/cases", json=entered | {"addressee": "city"}, headers=headers)
    assert other.json()["error"]["code"] == "not_allowed"
    assert (await client.get(f"/api/v1/staff/cases/{own[0]}", headers=headers)).status_code == 404
