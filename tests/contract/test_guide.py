"""The pages that tell how it goes: reachable, drawn from the form's own description, whole with an empty profile."""

import io

import docx
import httpx2
import pytest

from intake_api.form.application import Submission
from intake_api.form.blank import KINDS, blank
from intake_api.form.fields import fields

PAGES = ("/guide", "/forms", "/forms/natural", "/forms/organisation", "/complaint", "/privacy", "/en", "/log")


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_every_page_is_reached_from_the_start_page(client: httpx2.AsyncClient) -> None:
    start = (await client.get("/")).text
    for path in PAGES:
        page = await client.get(path)
        assert page.status_code == 200, path
        assert f'href="{path}"' in start or f'href="{path}"' in (await client.get("/forms")).text, path
    assert "0000-1234567" in (await client.get("/complaint")).text, "the office's own telephone"
    assert "示例省人民政府" in (await client.get("/complaint")).text
    assert 'lang="en"' in (await client.get("/en")).text
    for path in ("/forms/nobody", "/forms/nobody/file.docx"):
        assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_the_flow_chart_is_told_in_words_too(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/guide")).text
    drawing, told = page.split("</svg>")
    for step in ("提出申请", "登记", "书面答复"):
        assert step in drawing
        assert f"<li>{step}：" in told
    assert 'aria-labelledby="flow-title flow-told"' in drawing


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_a_blank_form_asks_what_the_application_asks(client: httpx2.AsyncClient, kind: str) -> None:
    answer = await client.get(f"/forms/{kind}/file.docx")
    paper = docx.Document(io.BytesIO(answer.content))
    written = "\n".join(cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    page = (await client.get(f"/forms/{kind}")).text
    lines = [line for _, lines in blank(kind) for line in lines]
    for line in lines:
        for word in (line.label, *line.choices):
            assert word in written
            assert word in page
    assert ("法定代表人" in written) == (kind == "organisation")
    grouped = {item.ask.label for item in fields(Submission).values() if item.ask.group}
    left = grouped - {line.label for _, lines in (*blank("natural"), *blank("organisation")) for line in lines}
    assert left == {"向哪个机关申请", "姓名或名称"}, "a field of the application stands on no form"


def test_a_blank_form_offers_the_papers_that_its_applicant_can_have() -> None:
    offered = {
        kind: next(
            line.choices
            for _, lines in blank(kind)
            for line in lines
            if "统一社会信用代码" in line.choices or "护照" in line.choices
        )
        for kind in KINDS
    }
    assert "居民身份证" in offered["natural"]
    assert "统一社会信用代码" not in offered["natural"]
    assert offered["organisation"] == ("统一社会信用代码", "其他证件")
