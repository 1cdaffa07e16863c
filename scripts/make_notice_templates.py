"""Write the notice templates of intake_api/notices/templates: A4 after GB/T 9704, fields of docs/notices.md."""

from pathlib import Path

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.shared import OxmlElement
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

FOLDER = Path(__file__).parents[1] / "intake_api" / "notices" / "templates"
BODY, HEADING, SMALL = "仿宋", "黑体", "宋体"


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
    paragraph: Paragraph, text: str, *, font: str = BODY, size: int = 16, indent: bool = False, where: str = "LEFT"
) -> None:
    """Fill a paragraph with one run; Word takes the font of Chinese from w:eastAsia alone."""
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    paragraph.alignment = WD_ALIGN_PARAGRAPH[where]
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(32)


def head(document: DocxDocument) -> None:
    """Title and number."""
    line(document.add_paragraph(), "{{ title }}", font=HEADING, size=22, where="CENTER")
    line(document.add_paragraph(), "{{ number }}", size=14, where="CENTER")
    document.add_paragraph()


def each(document: DocxDocument, name: str, *, indent: bool = True) -> None:
    """A paragraph for each line of a list."""
    line(document.add_paragraph(), f"{{%p for line in {name} %}}")
    line(document.add_paragraph(), "{{ line }}", indent=indent)
    line(document.add_paragraph(), "{%p endfor %}")


def signature(document: DocxDocument) -> None:
    """Who answers for the notice, and the day."""
    document.add_paragraph()
    line(document.add_paragraph(), "{{ agency }}　　", where="RIGHT")
    line(document.add_paragraph(), "{{ date }}　　", where="RIGHT")


def table(document: DocxDocument) -> None:
    """Rows of label and value."""
    grid = document.add_table(rows=3, cols=2, style="Table Grid")
    line(grid.cell(0, 0).paragraphs[0], "{%tr for row in rows %}", size=14)
    line(grid.cell(1, 0).paragraphs[0], "{{ row.label }}", font=HEADING, size=14)
    line(grid.cell(1, 1).paragraphs[0], "{{ row.value }}", font=SMALL, size=14)
    line(grid.cell(2, 0).paragraphs[0], "{%tr endfor %}", size=14)
    for row in grid.rows:
        row.cells[0].width, row.cells[1].width = Mm(48), Mm(108)


def letter() -> DocxDocument:
    """A notice to somebody: salutation, text, remedy, signature, enclosures, and the slip of a consultation."""
    document = blank()
    head(document)
    line(document.add_paragraph(), "{{ salutation }}")
    each(document, "body")
    each(document, "remedy")
    line(document.add_paragraph(), "{{ closing }}", indent=True)
    signature(document)
    line(document.add_paragraph(), "{%p if enclosures %}")
    line(document.add_paragraph(), "附件：")
    each(document, "enclosures", indent=False)
    line(document.add_paragraph(), "{%p endif %}")
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
