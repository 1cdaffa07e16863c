"""The reports as .docx: A4, the margins of GB/T 9704, Chinese fonts named for Chinese text."""

from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from intake_api.kit.text import writable
from intake_api.reports.layout import (
    SCORES,
    Grid,
    assessment_grid,
    bulletin_grid,
    formula,
    table_four,
    table_three,
    table_two,
)
from intake_api.reports.report import AnnualReport, Bulletin, Section
from intake_api.statute.annual import form_of

_TITLE, _HEADING, _BODY, _TABLE = "方正小标宋简体", "黑体", "仿宋", "宋体"
_LATIN = "Times New Roman"
_WIDTH = Mm(210 - 28 - 26)
_BORDERS = "Table Grid"


def annual(report: AnnualReport) -> bytes:
    """The six chapters of the official form; what still has to be written is marked, and a draft says it is one."""
    paper = _paper()
    _title(paper, f"{report.agency_name}{report.year}年政府信息公开工作年度报告")
    if report.before_publishing:
        _line(paper, f"（草稿：尚有 {len(report.before_publishing)} 项待补，公布前请删去本行）", centred=True)
    one, two, three, four, five, six = form_of(report.year).chapters
    _heading(paper, one)
    _sections(paper, report.text["one"])
    for heading, grid, size in (
        (two, table_two(report), 10.5),
        (three, table_three(report), 9),
        (four, table_four(report), 9),
    ):
        _heading(paper, heading)
        _table(paper, grid, size)
    _heading(paper, five)
    _sections(paper, report.text["five"])
    _heading(paper, six)
    _sections(paper, report.text["six"])
    return _saved(paper)


def bulletin(made: Bulletin) -> bytes:
    """The month, quarter, half-year or year in a sentence and a table."""
    paper, total = _paper(), made.total
    _title(paper, f"{made.label} 政府信息公开申请办理情况通报")
    _line(
        paper,
        f"{made.label}收到申请{total.received}件，办结{total.answered}件，其中按期答复{total.on_time}件、"
        f"超期答复{total.late}件；期末超期未答复{total.overdue}件。",
    )
    _table(paper, bulletin_grid(made), 9)
    if made.assessment:
        _heading(paper, SCORES)
        _line(paper, formula(made))
        _table(paper, assessment_grid(made), 9)
    return _saved(paper)


def _paper() -> Paper:
    paper = Document()
    page = paper.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    normal = paper.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    normal.font.name, normal.font.size = _LATIN, Pt(16)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _BODY)
    normal.paragraph_format.line_spacing = Pt(28)
    normal.paragraph_format.space_after = Pt(0)
    return paper


def _run(paragraph: Paragraph, text: str, font: str, size: float, *, bold: bool = False) -> None:
    run = paragraph.add_run(writable(text))
    run.font.name, run.font.size, run.bold = _LATIN, Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # font.name is for Latin letters


def _title(paper: Paper, text: str) -> None:
    paragraph = paper.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(16)
    _run(paragraph, text, _TITLE, 22)


def _heading(paper: Paper, text: str) -> None:
    paragraph = paper.add_paragraph(style="Heading 1")
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(8), Pt(4)
    _run(paragraph, text, _HEADING, 16)
    paragraph.runs[0].font.color.rgb = RGBColor(0, 0, 0)  # the style's own is blue


def _line(paper: Paper, text: str, *, centred: bool = False, bold: bool = False) -> None:
    paragraph = paper.add_paragraph()
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        paragraph.paragraph_format.first_line_indent = Pt(32)  # two characters
    _run(paragraph, text, _BODY, 16, bold=bold)


def _sections(paper: Paper, sections: Sequence[Section]) -> None:
    for section in sections:
        _line(paper, section.title, bold=True)
        for text in section.paragraphs:
            _line(paper, text)


def _table(paper: Paper, grid: Grid, size: float) -> None:
    table = paper.add_table(grid.height, len(grid.widths), style=_BORDERS)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    widths = [Length(int(_WIDTH * width / sum(grid.widths))) for width in grid.widths]
    cells = [list(row.cells) for row in table.rows]  # table.cell() would walk the whole table each time
    for row in cells:
        for cell, width in zip(row, widths, strict=True):
            cell.width = width
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for span in grid.spans:
        first = cells[span.row][span.column]
        last = cells[span.row + span.rows - 1][span.column + span.columns - 1]
        number = isinstance(span.value, int | float)
        _fill(first if first is last else first.merge(last), str(span.value), size, span.head, span.centred or number)
    _repeat_heads(table, grid)


def _fill(cell: _Cell, text: str, size: float, head: bool, centred: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing = 1.0
    if head or centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, _TABLE, size, bold=head)


def _repeat_heads(table: Table, grid: Grid) -> None:
    """Head rows at the top of a table stand on every page it runs over."""
    heads = {span.row + below for span in grid.spans if span.head for below in range(span.rows)}
    for place, row in enumerate(table.rows):
        if place not in heads:
            return
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _saved(paper: Paper) -> bytes:
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()
