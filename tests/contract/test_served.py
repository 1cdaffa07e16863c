"""送达: what was sent, what came back, what the applicant fetched, in one place; fetching moves no date."""

from typing import Any

import httpx2

from intake_api.office import Office
from tests.contract.test_attachments import PDF
from tests.contract.test_notices import issued
from tests.contract.test_papers import ELSEWHERE, keep, listed, taken
from tests.contract.test_rights import Person, people
from tests.contract.test_staff import confirm
from tests.samples import application


async def handled(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> dict[str, str]:
    receipt: dict[str, str] = (await client.post("/api/v1/requests", json=application())).json()
    await confirm(staff, receipt["number"], department="education")
    return receipt


async def fetch(client: httpx2.AsyncClient, case: dict[str, str], what: str) -> httpx2.Response:
    return await client.get(f"/api/v1/requests/{case['number']}/{what}", headers={"X-Query-Code": case["query_code"]})


async def view(staff: httpx2.AsyncClient, case: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = (await staff.get(f"/api/v1/staff/cases/{case['number']}")).json()
    return found


async def clerk_of(office: Office) -> Person:
    """A clerk of the whole office."""
    return next(one for one in await people(office, "a long password") if one.role == "clerk" and not one.department)


async def panel(client: httpx2.AsyncClient, clerk: Person, case: dict[str, str]) -> str:
    """The words under 送达 on the page of the case."""
    page = await client.get(f"/staff/cases/{case['number']}", headers={"Cookie": f"gongkai_staff={clerk.web.token}"})
    return page.text.partition('id="served"')[2].partition('id="files"')[0]


async def test_the_first_download_of_the_answer_is_on_record_and_moves_no_date(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    case = await handled(client, staff)
    receipt_slip = await issued(staff, case["number"], "N1")
    answer = await issued(staff, case["number"], "N10", place="网站")
    before = await view(staff, case)
    for what in (f"notices/{receipt_slip['id']}", f"notices/{answer['id']}?format=docx", f"notices/{answer['id']}"):
        assert (await fetch(client, case, what)).status_code == 200
    after = await view(staff, case)
    [entry] = after["events"][len(before["events"]) :]
    assert (entry["type"], entry["by"], entry["data"]["number"]) == ("downloaded", "申请人", answer["number"])
    for name in ("status", "due_on", "clock", "allowed"):
        assert after[name] == before[name], name
    said = await panel(client, await clerk_of(office), case)
    assert f"申请人在网上下载了答复文书 {answer['number']}" in said
    assert "还没有送达的凭证" not in said
    assert await office.verified() == (1, None)


async def test_an_answer_written_elsewhere_is_fetched_as_one_of_ours(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    case = await handled(client, staff)
    ref = await taken(staff, case, type="answered", outcome="3.1", delivery="electronic", **ELSEWHERE)
    await keep(staff, case, visible="applicant", ref=ref)
    await keep(staff, case, PDF + b"\n", paper="released", visible="applicant")
    for item in [*(await listed(client, case))] * 2:
        assert (await fetch(client, case, f"attachments/{item['id']}")).status_code == 200
    fetched = [event["data"] for event in (await view(staff, case))["events"] if event["type"] == "downloaded"]
    assert fetched == [{"ref": ref, "number": "示办函〔2026〕7号"}]


async def test_mail_number_and_receipt_slip_stand_beside_the_step_they_prove(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    case, clerk = await handled(client, staff), await clerk_of(office)
    await taken(staff, case, type="answered", outcome="3.1", delivery="post", reason="当面")
    assert "还没有送达的凭证" in await panel(client, clerk, case)
    ref = await taken(staff, case, type="delivered", way="post", tracking="EA123456789CN")
    await keep(staff, case, paper="proof", ref=ref)
    await keep(staff, case, PDF + b"\n", paper="proof")
    said = await panel(client, clerk, case)
    assert "还没有送达的凭证" not in said
    for one in ("邮件号 EA123456789CN", "凭证：答复书.pdf", "送达凭证 <span"):
        assert one in said, one


async def test_an_opinion_is_a_file_of_the_step_that_ends_the_consultation(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    case = await handled(client, staff)
    await taken(staff, case, type="consultation_started", party="third_party", delivered_on="2026-11-20")
    clerk = next(one for one in await people(office, "a long password") if one.role == "clerk" and one.department)
    form = {"csrf": clerk.web.account.csrf, "type": "consultation_ended", "on": "2026-11-20", "opinion": "object"}
    form |= {"ref": next(e["data"]["ref"] for e in (await view(staff, case))["events"] if e["data"].get("ref"))}
    posted = await client.post(
        f"/staff/cases/{case['number']}/events",
        headers={"Cookie": f"gongkai_staff={clerk.web.token}"},
        data=form,
        files={"file": ("意见书.pdf", PDF, "application/pdf")},
    )
    assert posted.status_code == 303, posted.text
    [item] = (await staff.get(f"/api/v1/staff/cases/{case['number']}/attachments")).json()["items"]
    ended = next(e for e in (await view(staff, case))["events"] if e["type"] == "consultation_ended")
    assert (item["paper"], item["visible"], item["ref"]) == ("opinion", "department", f"e{ended['seq']}")
    assert await listed(client, case) == []
