"""卷宗: everything that is kept on a case as one numbered PDF, opened and read back."""

import re
from typing import Any

import httpx2
import pypdfium2 as pdfium
import pytest
import typst
from sqlalchemy import text

from intake_api.office import Office
from tests.contract.test_attachments import docx, send
from tests.contract.test_notices import issued
from tests.contract.test_papers import ELSEWHERE, keep, taken
from tests.contract.test_rights import people
from tests.contract.test_staff import confirm
from tests.samples import application
from tests.unit.dossier.test_binding import photo

NAME = "李小明"


def scan(*pages: str) -> bytes:
    """A PDF with these words, a page each."""
    return typst.compile(" #pagebreak() ".join(pages).encode(), format="pdf")


@pytest.fixture
async def case(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> dict[str, str]:
    """A case that was made clear, answered here and elsewhere, with papers of every kind, one of them damaged."""
    applicant = application()["applicant"] | {"name": NAME}
    receipt: dict[str, str] = (await client.post("/api/v1/requests", json=application(applicant=applicant))).json()
    await send(client, receipt, photo(), "身份证.png")
    await taken(staff, receipt, type="clarification_requested", reply_by="2026-12-04", **ELSEWHERE)
    asked = f"/api/v1/requests/{receipt['number']}/supplements"
    await client.post(asked, headers={"X-Query-Code": receipt["query_code"]}, json={"text": "要二〇二五年的批复"})
    await confirm(staff, receipt["number"], department="education")
    await issued(staff, receipt["number"], "N10", place="网站首页")
    await keep(staff, receipt, scan("RELEASED ONE", "RELEASED TWO"), paper="released", visible="applicant")
    await keep(staff, receipt, docx(), paper="other")
    await keep(staff, receipt, b"%PDF-1.7\nnothing in it\n%%EOF\n", paper="proof")
    return receipt


async def made(staff: httpx2.AsyncClient, case: dict[str, str]) -> pdfium.PdfDocument:
    answer = await staff.get(f"/api/v1/staff/cases/{case['number']}/dossier")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return pdfium.PdfDocument(answer.content)


def words(document: pdfium.PdfDocument) -> list[str]:
    """The text of each page, without blanks."""
    return [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in document]


async def test_everything_is_in_it_under_a_number_on_numbered_pages(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, case: dict[str, str]
) -> None:
    document = await made(staff, case)
    pages = words(document)
    assert [page for place, page in enumerate(pages, 1) if f"—{place}—" not in page] == []
    assert case["number"] in pages[0]
    assert NAME in pages[0], "whole: it is for a court"
    outline = {mark.get_title(): mark.get_dest().get_index() for mark in document.get_toc()}
    titles = [title for title in outline if title[0].isdigit()]
    numbers = [int(title.partition("\u3000")[0]) for title in titles]
    assert numbers == list(range(1, len(titles) + 1))
    contents = "".join(pages[outline["卷内目录"] : outline[titles[0]]])
    for title in titles:
        called = re.sub(r"\s", "", title.partition("\u3000")[2])
        assert called in pages[outline[title]]
        assert called in contents
        assert re.search(rf"{re.escape(called)}\d{{4}}-\d\d-\d\d{outline[title] + 1}(?!\d{{3}}-)", contents), called
    whole = "".join(pages)
    said = (
        "要二〇二五年的批复",
        "网站首页",
        "RELEASEDONE",
        "RELEASEDTWO",
        "授权委托书（示例）",
        "示办函〔2026〕7号",
        "卷内备考表",
    )
    assert [one for one in said if one not in whole] == []
    damaged = next(page for page in pages if "已经损坏或者加密" in page)
    assert "答复书.pdf" in damaged
    assert f"本卷共{len(titles)}件，{len(pages)}页" in pages[-1]
    assert "查看申请人信息" not in whole, "who looked is nothing of the course"
    event = (await staff.get(f"/api/v1/staff/cases/{case['number']}")).json()["events"][-1]
    assert (event["type"], event["by"], event["data"]["pages"]) == ("dossier_made", "chengban", len(pages))
    assert await office.verified() == (1, None)


async def test_an_erased_file_leaves_a_page_that_says_so(
    staff: httpx2.AsyncClient, office: Office, case: dict[str, str]
) -> None:
    async with office.db.write() as session:
        await session.execute(text("UPDATE attachment SET sealed = NULL WHERE paper = 'released'"))
    whole = "".join(words(await made(staff, case)))
    assert "这个文件的内容已按规定删除" in whole
    assert "RELEASEDONE" not in whole


async def test_who_is_limited_to_a_department_makes_none(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office, case: dict[str, str]
) -> None:
    reached: dict[Any, int] = {}
    for person in await people(office, "a long password"):
        if person.role in ("clerk", "reviewer"):
            headers = {"Authorization": f"Bearer {person.api.token}"}
            answer = await client.get(f"/api/v1/staff/cases/{case['number']}/dossier", headers=headers)
            reached[person.role, person.department] = answer.status_code
    assert reached == {
        ("clerk", None): 200, ("clerk", "education"): 403, ("reviewer", None): 200, ("reviewer", "education"): 403,
    }  # fmt: skip
    assert (await staff.get("/api/v1/staff/cases/SF-2026-99999/dossier")).status_code == 404
