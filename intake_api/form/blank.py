"""The application as a blank form (政府信息公开申请表), to be printed or filled in with a word processor.

Drawn from the same description as the page: a field that is added there stands here as well.
"""

import io
from dataclasses import dataclass

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from intake_api.form.application import Submission
from intake_api.form.fields import Item, fields
from intake_api.terms.applicant import ID_TYPES

TITLE = "政府信息公开申请表"
KINDS = {"natural": "公民", "organisation": "法人或者其他组织"}
PARTS = {
    "applicant": "申请人",
    "contact": "联系方式（至少填一种）",
    "agent": "代理人（没有的不填）",
    "content": "所需信息",
    "delivery": "怎样得到信息",
}
_ASKED_BY_THE_PAGE = ("addressee",)  # the form's head names the agency
_TALL = "description"
BOX = "□"
SIGNED = "申请人（签名或者盖章）：                    申请日期：      年    月    日"
ENCLOSED = "请附身份证件或者登记证书的复印件；由代理人办理的，另附授权委托书和代理人的身份证件复印件。"


@dataclass(frozen=True)
class Blank:
    """A line of the form: its label, the choices to tick, whether much is written into it."""

    label: str
    choices: tuple[str, ...] = ()
    tall: bool = False


def blank(kind: str) -> list[tuple[str, list[Blank]]]:
    """The parts of the form for a kind of applicant (`KINDS`), each with its lines."""
    natural = kind == "natural"
    asked = [
        item
        for item in fields(Submission).values()
        if item.name not in _ASKED_BY_THE_PAGE and not (natural and item.ask.only == "organisation")
    ]
    return [(word, [_line(item, natural) for item in asked if item.ask.group == part]) for part, word in PARTS.items()]


def _line(item: Item, natural: bool) -> Blank:
    choices = dict(item.ask.options)
    if item.name == "applicant.type":
        choices.pop("natural", None)
    if item.name == "applicant.id_type":
        whose = [proof.code for proof in ID_TYPES.values() if (proof.natural if natural else proof.organisation)]
        choices = {code: word for code, word in choices.items() if code in whose}
    label = "姓名" if item.name == "applicant.name" and natural else "名称" if item.name == "applicant.name" else ""
    return Blank(label or item.ask.label, tuple(choices.values()), item.name == _TALL)


def as_docx(kind: str, agency: str) -> bytes:
    """The form as a .docx of A4, addressed to an agency."""
    paper = Document()
    for section in paper.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(25)
        section.top_margin = section.bottom_margin = Mm(20)
    _write(paper.add_paragraph(), f"{TITLE}（{KINDS[kind]}）", 18, centred=True)
    _write(paper.add_paragraph(), f"向：{agency}", 12)
    for part, lines in blank(kind):
        _write(paper.add_paragraph(), part, 12, bold=True)
        table = paper.add_table(rows=0, cols=2, style="Table Grid")
        for line in lines:
            label, space = table.add_row().cells
            _cell(label, line.label, Mm(40))
            _cell(space, "　".join(f"{BOX} {choice}" for choice in line.choices) + "\n" * (8 * line.tall), Mm(120))
    _write(paper.add_paragraph(), ENCLOSED, 10)
    _write(paper.add_paragraph(), SIGNED, 12)
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


def _cell(cell: _Cell, text: str, width: Mm) -> None:
    cell.width = width
    _write(cell.paragraphs[0], text, 11)


def _write(paragraph: Paragraph, text: str, size: int, *, bold: bool = False, centred: bool = False) -> None:
    run = paragraph.add_run(text)
    run.bold, run.font.size, run.font.name = bold, Pt(size), "宋体"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
    paragraph.paragraph_format.space_after = Pt(4)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
