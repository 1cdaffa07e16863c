"""What the office keeps on a case: which paper, who may see it, which entry it proves; examined, sealed, on record."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from intake_api.office import Office
from intake_api.terms.papers import VISIBILITY
from tests.contract.test_attachments import PDF, docx, png, send
from tests.contract.test_rights import Person, people
from tests.contract.test_staff import confirm
from tests.samples import application


@pytest.fixture
async def case(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> dict[str, str]:
    receipt: dict[str, str] = (await client.post("/api/v1/requests", json=application())).json()
    await confirm(staff, receipt["number"], department="education")
    return receipt


async def keep(
    client: httpx2.AsyncClient, case: dict[str, str], content: bytes = PDF, who: Person | None = None, **said: Any
) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {who.api.token}"} if who else {}
    file = {"file": ("答复书.html", content, "text/html")}
    body = {"paper": "letter"} | said
    return await client.post(
        f"/api/v1/staff/cases/{case['number']}/attachments", headers=headers, data=body, files=file
    )


async def listed(client: httpx2.AsyncClient, case: dict[str, str]) -> list[dict[str, Any]]:
    headers = {"X-Query-Code": case["query_code"]}
    items = (await client.get(f"/api/v1/requests/{case['number']}/attachments", headers=headers)).json()["items"]
    assert (await client.get(f"/api/v1/requests/{case['number']}", headers=headers)).json()["attachments"] == items
    return items


async def fetched(client: httpx2.AsyncClient, case: dict[str, str], attachment_id: int) -> httpx2.Response:
    headers = {"X-Query-Code": case["query_code"]}
    return await client.get(f"/api/v1/requests/{case['number']}/attachments/{attachment_id}", headers=headers)


async def test_a_paper_is_examined_sealed_and_on_record_with_what_it_proves(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, case: dict[str, str]
) -> None:
    kept = await keep(staff, case, visible="applicant", ref="e3")
    assert kept.status_code == 201, kept.text
    assert kept.json() | {"id": 0} == {
        "id": 0, "name": "答复书.pdf", "kind": "pdf", "size": len(PDF), "on": "2026-11-20",
        "paper": "letter", "visible": "applicant", "by": "chengban", "ref": "e3",
    }  # fmt: skip
    assert (await keep(staff, case, visible="applicant", ref="e3")).json() == kept.json(), "the same paper is one"
    event = (await staff.get(f"/api/v1/staff/cases/{case['number']}")).json()["events"][-1]
    assert (event["type"], event["by"]) == ("paper_added", "chengban")
    assert {name: event["data"][name] for name in ("paper", "visible", "ref")} == {
        "paper": "letter", "visible": "applicant", "ref": "e3",
    }  # fmt: skip
    got = await staff.get(f"/api/v1/staff/cases/{case['number']}/attachments/{kept.json()['id']}")
    assert got.content == PDF
    events = (await staff.get(f"/api/v1/staff/cases/{case['number']}")).json()["events"]
    assert events[-1]["type"] == "paper_viewed"
    assert await office.verified() == (1, None)


async def test_who_may_see_what(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, case: dict[str, str]
) -> None:
    ids = {visible: (await keep(staff, case, visible=visible)).json()["id"] for visible in VISIBILITY}
    hidden = (await keep(staff, case, png(), paper="other")).json()
    assert hidden["visible"] == "office", "unless it is said, as few as can be"
    where = f"/api/v1/staff/cases/{case['number']}/attachments"
    for person in await people(office, "a long password"):
        headers = {"Authorization": f"Bearer {person.api.token}"}
        seen = {item["id"] for item in (await client.get(where, headers=headers)).json()["items"]}
        own = {ids["department"], ids["applicant"]}
        assert seen == (own if person.department else {*ids.values(), hidden["id"]}), (person.role, person.department)
        for one in (*ids.values(), hidden["id"]):
            status = (await client.get(f"{where}/{one}", headers=headers)).status_code
            assert status == (200 if one in seen else 404)
    assert [item["id"] for item in await listed(client, case)] == [ids["applicant"]]
    for visible, one in ids.items():
        assert (await fetched(client, case, one)).status_code == (200 if visible == "applicant" else 404)
    assert (await fetched(client, case, ids["applicant"])).content == PDF
    assert (await fetched(client, case | {"query_code": "WRONG"}, ids["applicant"])).status_code == 404


async def test_an_applicant_reads_nothing_of_who_keeps_a_paper_and_is_told_that_it_is_there(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, case: dict[str, str]
) -> None:
    await keep(staff, case, visible="department")
    headers = {"X-Query-Code": case["query_code"]}
    before = (await client.get(f"/api/v1/requests/{case['number']}", headers=headers)).json()["timeline"]
    await keep(staff, case, visible="applicant")
    [item] = await listed(client, case)
    assert set(item) == {"id", "name", "kind", "size", "on", "paper"}
    after = (await client.get(f"/api/v1/requests/{case['number']}", headers=headers)).json()["timeline"]
    assert [line["title"] for line in after[len(before) :]] == ["有给您的材料，可以在本页下载"]


async def test_an_applicants_own_files_and_the_offices_do_not_stand_for_each_other(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, case: dict[str, str]
) -> None:
    await keep(staff, case, visible="office")
    sent = (await send(client, case, PDF)).json()
    assert [item["id"] for item in await listed(client, case)] == [sent["id"]], "the same content, another's file"
    assert (await fetched(client, case, sent["id"])).status_code == 404, "identity papers are not given out"
    assert await office.verified() == (1, None)


async def test_a_department_keeps_papers_that_the_office_sees(
    client: httpx2.AsyncClient, office: Office, case: dict[str, str]
) -> None:
    clerk = next(one for one in await people(office, "a long password") if one.department)
    assert (await keep(client, case, who=clerk)).json()["visible"] == "department"
    refused = await keep(client, case, who=clerk, visible="office")
    assert (refused.status_code, refused.json()["error"]["fields"][0]["name"]) == (422, "visible")


async def test_what_is_no_paper_is_refused(staff: httpx2.AsyncClient, office: Office, case: dict[str, str]) -> None:
    for content, said, status in (
        (b"<html>", {}, 415),
        (docx({"word/vbaProject.bin": b"x"}), {}, 415),
        (PDF, {"paper": "secret"}, 422),
        (PDF, {"visible": "everybody"}, 422),
        (PDF, {"ref": "e99"}, 422),
        (PDF, {"ref": "x" * 41}, 422),
    ):
        assert (await keep(staff, case, content, **said)).status_code == status, said
    assert (await keep(staff, case | {"number": "SF-2026-99999"})).status_code == 404
    assert (await staff.get(f"/api/v1/staff/cases/{case['number']}/attachments")).json() == {"items": []}


async def test_a_row_of_the_version_before_is_the_applicants(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, case: dict[str, str]
) -> None:
    sent = (await send(client, case, PDF)).json()
    async with office.db.read() as session:
        row = (await session.execute(text("SELECT paper, visible, ref, account_id FROM attachment"))).one()
    assert tuple(row) == (None, None, None, None), "as migration 0019 leaves those that were there"
    listed_to_staff = (await staff.get(f"/api/v1/staff/cases/{case['number']}/attachments")).json()["items"]
    assert listed_to_staff == [sent]
