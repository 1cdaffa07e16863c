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


# --- letters written elsewhere

ELSEWHERE = {"letter_number": "示办函〔2026〕7号", "letter_on": "2026-11-20"}


async def taken(staff: httpx2.AsyncClient, case: dict[str, str], **step: Any) -> str:
    """Take a step; the name of its entry."""
    answer = await staff.post(f"/api/v1/staff/cases/{case['number']}/events", json=step)
    assert answer.status_code in (200, 201), answer.text
    return f"e{answer.json()['seq']}"


async def missing(staff: httpx2.AsyncClient) -> dict[str, int]:
    report = (await staff.get("/api/v1/staff/reports/annual?year=2026")).json()
    return {one["code"]: one["count"] for one in report["before_publishing"] if one["code"].startswith("letter")}


async def test_a_letter_written_elsewhere_is_downloaded_like_one_of_ours(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, case: dict[str, str]
) -> None:
    ref = await taken(staff, case, type="answered", outcome="3.1", delivery="electronic", **ELSEWHERE)
    assert await missing(staff) == {"letter_file": 1}
    cell = "/staff/reports/cases?year=2026&row=letter_file&column=total"
    reviewer = next(one for one in await people(office, "a long password") if one.may("answerable"))
    page = await client.get(cell, headers={"Cookie": f"gongkai_staff={reviewer.web.token}"})
    assert case["number"] in page.text
    await keep(staff, case, paper="proof", visible="applicant", ref=ref)
    assert await missing(staff) == {"letter_file": 1}, "a proof of delivery is no letter"
    written = docx()
    kept = (await keep(staff, case, written, visible="applicant", ref=ref)).json()
    assert await missing(staff) == {}
    letter = next(item for item in await listed(client, case) if item["id"] == kept["id"])
    assert letter | {"size": 0} == {
        "id": kept["id"], "name": "答复书.docx", "kind": "docx", "size": 0, "on": "2026-11-20", "paper": "letter",
        "title": "政府信息公开申请答复书", "number": "示办函〔2026〕7号", "issued_on": "2026-11-20", "in_force": True,
    }  # fmt: skip
    assert (await fetched(client, case, kept["id"])).content == written
    assert await office.verified() == (1, None)
    await staff.post(f"/api/v1/staff/cases/{case['number']}/events", json={"type": "voided", "ref": ref})
    voided = next(item for item in await listed(client, case) if item["id"] == kept["id"])
    assert voided["in_force"] is False


async def test_a_step_and_the_file_that_proves_it_are_one_act(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, case: dict[str, str]
) -> None:
    officer = next(one for one in await people(office, "a long password") if one.role == "officer" and one.department)
    where, headers = f"/staff/cases/{case['number']}/events", {"Cookie": f"gongkai_staff={officer.web.token}"}
    form = {"csrf": officer.web.account.csrf, "type": "answered", "on": "2026-11-20", "outcome": "3.1"}
    form |= {"delivery": "post", **ELSEWHERE}
    before = (await staff.get(f"/api/v1/staff/cases/{case['number']}")).json()
    bad = await client.post(where, headers=headers, data=form, files={"file": ("a.pdf", b"<html>", "text/html")})
    assert bad.status_code == 415
    assert (await staff.get(f"/api/v1/staff/cases/{case['number']}")).json() == before, "neither of the two"
    big = png() + b"\0" * (3 * 1024 * 1024)
    good = await client.post(where, headers=headers, data=form, files={"file": ("答复书.png", big, "image/png")})
    assert good.status_code == 303, good.text
    events = (await staff.get(f"/api/v1/staff/cases/{case['number']}")).json()["events"]
    assert [event["type"] for event in events[-2:]] == ["answered", "paper_added"]
    [letter] = await listed(client, case)
    assert (letter["number"], letter["in_force"]) == ("示办函〔2026〕7号", True)
    assert (await fetched(client, case, letter["id"])).content == big


async def test_a_letter_to_a_third_party_is_not_the_applicants(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, case: dict[str, str]
) -> None:
    clerk = next(one for one in await people(office, "a long password") if one.role == "clerk" and not one.department)
    form = {"csrf": clerk.web.account.csrf, "type": "consultation_started", "on": "2026-11-20"}
    form |= {"party": "third_party", **ELSEWHERE}
    posted = await client.post(
        f"/staff/cases/{case['number']}/events",
        headers={"Cookie": f"gongkai_staff={clerk.web.token}"},
        data=form,
        files={"file": ("征求意见书.pdf", PDF, "application/pdf")},
    )
    assert posted.status_code == 303, posted.text
    assert await listed(client, case) == []
    [item] = (await staff.get(f"/api/v1/staff/cases/{case['number']}/attachments")).json()["items"]
    assert (item["paper"], item["visible"], item["title"]) == ("letter", "department", "政府信息公开征求意见书")
