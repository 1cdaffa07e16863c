"""How notices lie on paper (GB/T 9704): title, head, enclosures, signature, tables; drawn by LibreOffice too."""

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import docx
import pypdfium2
import pytest
from docx.document import Document as DocxDocument
from docx.oxml.ns import qn
from docx.table import Table

from intake_api.notices import render_docx, render_pdf, texts
from intake_api.notices.document import Document, NoticeDraft, broken, signed
from intake_api.statute.notices import NOTICES
from tests.unit.notices.drafts import document_of, first_draft

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
OFFICE = shutil.which("soffice")
ENCLOSED = "甲村2025年征地批复文件\n乙村2025年征收土地预公告及其附图、附表，附勘测定界图和土地利用现状图的说明"


def letter(code: str, *, head: str = "", seal: bool = True, lines: int = 2) -> tuple[NoticeDraft, Document]:
    draft = first_draft(code)
    known = {e.code for e in NOTICES[code].elements}
    long = {name: "\n".join(f"第{n}项" for n in range(lines)) for name in ("information", "reasons") if name in known}
    values = {**draft.values, **long} | ({"enclosures": ENCLOSED} if "enclosures" in known else {})
    draft = replace(draft, values=values)
    return draft, replace(document_of(draft), head=head, seal=seal)


def word(made: tuple[NoticeDraft, Document], folder: Path) -> bytes:
    draft, document = made
    return render_docx.render(document, draft.shown | {"citation": ""}, AT, "0" * 32, folder)


def pages(pdf: bytes) -> list[str]:
    return ["".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(pdf)]


def grids_are_their_cells(paper: DocxDocument) -> bool:
    return all(_columns(table) == _cells(table, row._tr) for table in paper.tables for row in table.rows)


def _columns(table: Table) -> list[int]:
    return [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.iterchildren()]


def _cells(table: Table, row: object) -> list[int]:
    found: list[int] = []
    for cell in row.tc_lst:  # type: ignore[attr-defined]
        span = cell.grid_span
        width = int(cell.tcPr.find(qn("w:tcW")).get(qn("w:w")))
        place = len(found)
        assert abs(width - sum(_columns(table)[place : place + span])) <= 20 * span
        found += _columns(table)[place : place + span]
    return found


def test_a_long_title_is_broken_before_what_it_is_about() -> None:
    assert broken("政府信息公开申请答复书（不属于本机关负责公开）") == (
        "政府信息公开申请答复书",
        "（不属于本机关负责公开）",
    )
    assert broken("政府信息公开申请答复书（予以公开）") == ("政府信息公开申请答复书（予以公开）",)
    assert all(len(line) <= 18 for notice in NOTICES.values() for line in broken(notice.title))


def test_the_signature_stands_where_the_standard_has_it() -> None:
    day = "2026年11月20日"  # seven characters wide
    assert signed("示例市人民政府", day, seal=True) == (4.0, 4.0)
    assert signed("示例市人民政府办公室", day, seal=True) == (2.5, 4.0), "centred over the day"
    assert signed("示例市人民政府", day, seal=False) == (4.0, 2.0), "the day two characters further right"
    assert signed("示例市人民政府办公室及有关部门", day, seal=False) == (2.0, 8.0)


@pytest.mark.parametrize("seal", [True, False])
def test_enclosures_stand_below_the_text_and_above_the_signature(seal: bool, tmp_path: Path) -> None:
    made = letter("N11", seal=seal)
    printed = "".join(pages(render_pdf.render(made[1], AT, "0" * 32, tmp_path)))
    written = "".join(p.text for p in docx.Document(io.BytesIO(word(made, tmp_path))).paragraphs)
    for text in (printed, written):
        assert (
            text.index("特此告知")
            < text.index("附件：")
            < text.rindex("示例市人民政府")
            < text.rindex("2026年11月20日")
        )


def test_a_red_head_carries_the_number_above_its_rule(tmp_path: Path) -> None:
    made = letter("N11", head="示例市人民政府办公室")
    first, *_ = pages(render_pdf.render(made[1], AT, "0" * 32, tmp_path))
    assert first.startswith("示例市人民政府办公室示政公开答〔2026〕7号政府信息公开申请答复书")
    head, number, *_ = docx.Document(io.BytesIO(word(made, tmp_path))).paragraphs
    assert (head.text, str(head.runs[0].font.color.rgb)) == ("示例市人民政府办公室", "D7000F")
    assert number._p.pPr.find(qn("w:pBdr")) is not None
    plain = docx.Document(io.BytesIO(word(letter("N11"), tmp_path))).paragraphs
    assert plain[0].text.startswith("政府信息公开申请答复书")


@pytest.mark.parametrize("lines", range(5, 16))
def test_a_signature_is_never_alone_on_a_page(lines: int, tmp_path: Path) -> None:
    """However long the letter: the last lines of its text go with it."""
    *_, last = pages(render_pdf.render(letter("N18", lines=lines)[1], AT, "0" * 32, tmp_path))
    assert "特此告知" in last
    assert last.index("特此告知") > 0, "not the closing alone"


@pytest.mark.parametrize("lines", range(1, 25, 4))
def test_a_form_is_signed_below_its_last_row(lines: int, tmp_path: Path) -> None:
    draft = first_draft("N27")
    draft = replace(draft, values={**draft.values, "draft": "\n".join(f"第{n}项" for n in range(lines))})
    *_, last = pages(render_pdf.render(document_of(draft), AT, "0" * 32, tmp_path))
    assert "机关负责人签名：" in last
    paper = docx.Document(io.BytesIO(word((draft, document_of(draft)), tmp_path)))
    assert all(p.paragraph_format.keep_with_next for c in paper.tables[-1].rows[-1].cells for p in c.paragraphs)


@pytest.mark.parametrize("code", ["N4", "N26", "N27"])
def test_tables_have_the_widths_of_their_cells_and_rows_that_do_not_split(code: str, tmp_path: Path) -> None:
    paper = docx.Document(io.BytesIO(word(letter(code), tmp_path)))
    assert paper.tables
    assert grids_are_their_cells(paper)
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for table in paper.tables for row in table.rows)


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice (soffice) is not installed: Word files are not drawn here")
@pytest.mark.parametrize("code", ["N11", "N15", "N4", "N27"])
def test_a_word_file_is_drawn_as_it_is_written(code: str, tmp_path: Path) -> None:
    made = letter(code, head="示例市人民政府" if code == "N11" else "", lines=9)
    (tmp_path / "letter.docx").write_bytes(word(made, tmp_path))
    profile = f"-env:UserInstallation=file://{tmp_path}/office"
    command = [
        str(OFFICE),
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        tmp_path,
        tmp_path / "letter.docx",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    drawn = pages((tmp_path / "letter.pdf").read_bytes())
    written = "".join(
        "".join(
            block.text for block in (*paper.paragraphs, *(c for t in paper.tables for r in t.rows for c in r.cells))
        )
        for paper in [docx.Document(tmp_path / "letter.docx")]
    )
    assert sorted("".join(drawn).replace("—", "")) == sorted(
        "".join(written.split()) + "".join(map(str, range(1, len(drawn) + 1)))
    )
    if code not in texts.PARTS:
        return  # a form of the office's own
    signed_on = next(page for page in reversed(drawn) if "2026年11月20日" in page)
    assert len(signed_on) > len("示例市人民政府2026年11月20日—1—"), "the signature is not alone"
