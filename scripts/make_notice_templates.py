"""Write the notice templates of intake_api/notices/templates: A4 after GB/T 9704, fields of docs/notices.md."""

from pathlib import Path

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.shared import OxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

FOLDER = Path(__file__).parents[1] / "intake_api" / "notices" / "templates"
BODY, HEADING, SMALL, TITLE = "仿宋", "黑体", "宋体", "方正小标宋简体"
RED = RGBColor(0xD7, 0x00, 0x0F)


def blank() -> DocxDocument:
    """An A4 page with the margins and the 16 pt 仿宋 body of GB/T 9704."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = BODY, Pt(16)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    normal.paragraph_format.line_spacing = Pt(28)
    normal.paragraph_format.space_after = Pt(0)
    return document


def line(
    paragraph: Paragraph,
    text: str,
    *,
    font: str = BODY,
    size: int = 16,
    indent: bool = False,
    where: str = "LEFT",
    kept: bool = False,
) -> None:
    """Fill a paragraph with one run; Word takes the font of Chinese from w:eastAsia alone.

    `kept`: on one page with what follows, so that the signature never stands alone.
    """
    paragraph.paragraph_format.keep_with_next = kept or None
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    paragraph.alignment = WD_ALIGN_PARAGRAPH[where]
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(32)


def head(document: DocxDocument) -> None:
    """The red head with the number over its rule, where there is one; the title, broken by its sense."""
    line(document.add_paragraph(), "{%p if head %}")
    red = document.add_paragraph()
    line(red, "{{ head }}", font=TITLE, size=34, where="CENTER")
    red.runs[0].font.color.rgb = RED
    red.paragraph_format.line_spacing = 1.0
    under = document.add_paragraph()
    line(under, "{{ number }}", where="CENTER")
    under._p.get_or_add_pPr().append(rule())
    document.add_paragraph()
    line(document.add_paragraph(), "{%p endif %}")
    line(document.add_paragraph(), "{%p for line in title_lines %}")
    line(document.add_paragraph(), "{{ line }}", font=TITLE, size=22, where="CENTER")
    line(document.add_paragraph(), "{%p endfor %}")
    line(document.add_paragraph(), "{%p if not head %}")
    line(document.add_paragraph(), "{{ number }}", where="CENTER")
    line(document.add_paragraph(), "{%p endif %}")
    document.add_paragraph()


def rule() -> OxmlElement:
    """A red rule below a paragraph."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "6"), ("color", str(RED))):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    return borders


def each(document: DocxDocument, name: str, last: str) -> None:
    """A paragraph for each line of a list; where `last` holds, it is not parted from the signature."""
    line(document.add_paragraph(), f"{{%p for line in {name} %}}")
    line(document.add_paragraph(), f"{{%p if {last} %}}")
    line(document.add_paragraph(), "{{ line }}", indent=True, kept=True)
    line(document.add_paragraph(), "{%p else %}")
    line(document.add_paragraph(), "{{ line }}", indent=True)
    line(document.add_paragraph(), "{%p endif %}")
    line(document.add_paragraph(), "{%p endfor %}")


def signature(document: DocxDocument) -> None:
    """Who answers for the notice, and the day; two lines of room for the seal."""
    line(document.add_paragraph(), "", kept=True)
    line(document.add_paragraph(), "{%p if seal %}")
    line(document.add_paragraph(), "", kept=True)
    line(document.add_paragraph(), "{%p endif %}")
    for style, text in (("署名", "{{ agency }}"), ("成文日期", "{{ date }}")):
        document.styles.add_style(style, WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles["Normal"]
        line(document.add_paragraph(style=style), text, where="RIGHT", kept=style == "署名")


def table(document: DocxDocument) -> None:
    """Rows of label and value."""
    grid = document.add_table(rows=3, cols=2, style="Table Grid")
    line(grid.cell(0, 0).paragraphs[0], "{%tr for row in rows %}", size=14)
    line(grid.cell(1, 0).paragraphs[0], "{{ row.label }}", font=HEADING, size=14)
    line(grid.cell(1, 1).paragraphs[0], "{{ row.value }}", font=SMALL, size=14)
    line(grid.cell(2, 0).paragraphs[0], "{%tr endfor %}", size=14)
    grid.autofit = False
    for column, width in zip(grid.columns, (Mm(48), Mm(108)), strict=True):
        column.width = width  # the grid and the cells: what draws by one and not by the other draws the same
    for row in grid.rows:
        row.cells[0].width, row.cells[1].width = Mm(48), Mm(108)
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def letter() -> DocxDocument:
    """A notice to somebody: salutation, text, remedy, signature, enclosures, and the slip of a consultation."""
    document = blank()
    head(document)
    line(document.add_paragraph(), "{{ salutation }}")
    each(document, "body", "loop.last and not remedy")
    each(document, "remedy", "loop.last")
    line(document.add_paragraph(), "{{ closing }}", indent=True, kept=True)
    line(document.add_paragraph(), "{%p if enclosures %}")
    line(document.add_paragraph(), "", kept=True)
    line(document.add_paragraph(), "{%p for line in enclosures %}")
    enclosure = document.add_paragraph()
    line(enclosure, "{{ '附件：' if loop.first else '　　　' }}{{ line }}", kept=True)
    enclosure.paragraph_format.left_indent, enclosure.paragraph_format.first_line_indent = Pt(104), Pt(-72)
    line(document.add_paragraph(), "{%p endfor %}")
    line(document.add_paragraph(), "{%p endif %}")
    signature(document)
    line(document.add_paragraph(), "{%p if rows %}")
    slip = document.add_paragraph()
    slip.paragraph_format.page_break_before = True
    line(slip, "{{ table_title }}", font=HEADING, size=18, where="CENTER")
    table(document)
    line(document.add_paragraph(), "{%p endif %}")
    return document


def form() -> DocxDocument:
    """A table under a title: proof of service and the internal forms."""
    document = blank()
    head(document)
    table(document)
    signature(document)
    return document


def page_number(document: DocxDocument) -> None:
    """The page's number at its foot."""
    paragraph = document.sections[0].footer.paragraphs[0]
    line(paragraph, "— ", font=SMALL, size=14, where="CENTER")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
    line(paragraph, " —", font=SMALL, size=14, where="CENTER")


def main() -> None:
    """Write both files."""
    for name, document in (("letter", letter()), ("form", form())):
        page_number(document)
        document.save(str(FOLDER / f"{name}.docx"))


if __name__ == "__main__":
    main()
