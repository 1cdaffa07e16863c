"""Whatever text is stored, every kind of file is written whole and read back as the text that files can hold."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from intake_api.kit.terminal import written
from intake_api.kit.text import writable
from intake_api.ledger import files
from intake_api.notices import render_docx, render_pdf
from intake_api.notices.document import Document, Paragraph, TableRow

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ODD = st.sampled_from("\x00\r\n\t\x85\u2028\ufffe\uffff\ufdd0\u200b\u3164\ud800=+-@＝＋－＠'_x0041#N/A😀")
TRAPS = ["=1+1", "＝cmd|' /C calc'!A0", "＠SUM(1)", "'=1", "_x0041_", "__x0041_", "#N/A", "#REF!", "1e5", "007", "TRUE"]
ANY = st.text(st.characters(codec=None, categories=None) | ODD, max_size=60) | st.sampled_from(TRAPS)
FORMULA = tuple("=+-@＝＋－＠\t\r")


async def table(kind: str, rows: list[list[str]]) -> bytes:
    async def lines() -> AsyncIterator[list[str]]:
        for row in rows:
            yield row

    file = io.BytesIO()
    await files.write(file, f"台账.{kind}", lines())
    return file.getvalue()


@given(st.lists(ANY, min_size=1, max_size=5))
@settings(deadline=None)
async def test_a_csv_is_read_back_and_no_cell_of_it_is_a_formula(cells: list[str]) -> None:
    raw = await table("csv", [["编号", *cells]])
    [[_, *read]] = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    assert not [cell for cell in read if cell.startswith(FORMULA)]
    marked = [cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(FORMULA) else cell for cell in read]
    assert marked == [writable(cell) for cell in cells]


@given(st.lists(ANY, min_size=1, max_size=5))
@settings(deadline=None)
async def test_a_workbook_is_read_back_and_holds_nothing_but_text(cells: list[str]) -> None:
    raw = await table("xlsx", [["编号", *cells]])
    [row] = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0].iter_rows()
    assert {cell.data_type for cell in row if cell.value is not None} == {"s"}
    [[_, *read]] = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python()
    assert (read + [""] * len(cells))[: len(cells)] == [writable(cell) for cell in cells]


def notice(text: str) -> Document:
    return Document(
        "N2",
        "补正告知书",
        "示政公开告〔2026〕1号",
        f"{text}：",
        (Paragraph("ask", text), Paragraph("more", f"一{text}二")),
        (text,),
        text,
        "示例市人民政府",
        "2026年11月20日",
        (text,),
        text,
        (TableRow("栏目", text),),
    )


def words(text: str) -> str:
    return "".join(writable(text).split())


@given(ANY)
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_letter_in_docx_is_read_back(tmp_path: Path, text: str) -> None:
    shown = dict.fromkeys(render_docx.fields("N2"), text)
    paper = docx.Document(io.BytesIO(render_docx.render(notice(text), shown, AT, "0" * 32, tmp_path)))
    read = "".join("".join(paragraph.text.split()) for paragraph in paper.paragraphs)
    assert f"一{words(text)}二" in read


@given(ANY)
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_letter_in_pdf_is_set_whatever_characters_the_fonts_lack(tmp_path: Path, text: str) -> None:
    assert render_pdf.render(notice(text), AT, "0" * 32, tmp_path).startswith(b"%PDF")


def test_a_file_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "台账.xlsx"
    file.write_bytes(b"the one before")
    with pytest.raises(TypeError), written(file) as stream:
        stream.writelines([b"half of the n", None])  # type: ignore[list-item]  # what fails half-way
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("台账.xlsx", b"the one before")]
    with written(file) as stream:
        stream.write(b"the new one")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("台账.xlsx", b"the new one")]
