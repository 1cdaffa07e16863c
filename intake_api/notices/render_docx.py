"""A notice as .docx: filled into the office's own template where it has one, else into the shipped one.

The fields are those of docs/notices.md. A template may have come by mail from anywhere, so it runs in Jinja's
sandbox, and what is filled in is escaped.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Pt
from docxtpl import DocxTemplate, Listing
from jinja2 import StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from intake_api.kit.apart import Broken, Limits, TooMuch, values_apart
from intake_api.kit.errors import Failure
from intake_api.kit.text import writable
from intake_api.notices import texts, unseen
from intake_api.notices.document import Document, Paragraph, TableRow, signed, with_texts
from intake_api.statute import remedies
from intake_api.statute.notices import NOTICES

SHIPPED = Path(__file__).parent / "templates"
BOUNDS = Limits(memory=1024, computing=10, seconds=60.0, output=1)  # a letter takes a second and 200 MiB
# Styles of the lines that stand at a width from the right edge (GB/T 9704), in templates that have them.
SIGNED = ("署名", "成文日期")
# What the parts of a document are called in a template.
PARTS = {
    "head": "发文机关标志（版头），没有的为空",
    "title": "标题",
    "title_lines": "标题，按词意分行（列表）",
    "number": "文号",
    "salutation": "称谓",
    "body": "正文，逐段（列表）",
    "remedy": "救济告知，逐段（列表）",
    "closing": "结语",
    "agency": "落款机关",
    "date": "落款日期",
    "seal": "是否加盖印章",
    "enclosures": "附件（列表）",
    "table_title": "附表的标题",
    "rows": "表格的行：row.label 栏目，row.value 内容（列表）",
}
# Facts of every case, beside the elements of the notice.
FACTS = {
    "case_number": "登记编号",
    "applicant": "申请人",
    "you": "您，或者贵单位",
    "asked": "申请内容",
    "document_number": "申请人写明的文号",
    "received_on": "收到申请之日",
    "due_on": "答复期限的届满日",
    "channel": "提交渠道",
    "form": "提供形式和获取方式",
    "department": "承办部门",
    "office": "政府信息公开工作机构",
    "contact": "承办机构及联系方式",
    "citation": "所依据的条款",
}


def fields(code: str) -> dict[str, str]:
    """What a template of this notice may name: parts of the document, facts of the case, elements of the notice."""
    places = {name: name for name in remedies.Places._fields}
    return PARTS | FACTS | places | {element.code: element.label for element in NOTICES[code].elements}


def template_of(code: str, own: Path) -> Path:
    """The office's template `own/N11.docx`, else the shipped one."""
    mine = own / f"{code}.docx"
    return mine if mine.is_file() else SHIPPED / ("letter.docx" if code in texts.PARTS else "form.docx")


def check(path: Path) -> None:
    """Fill a template with samples of every field.

    Failure `template_name_unknown`, `template_invalid` (also for what paper does not show: tracked changes, comments,
    hidden text), `template_field_unknown` (naming the fields).
    """
    if path.stem not in NOTICES:
        raise Failure("template_name_unknown", file=path.name)
    _try(path)
    _fill_sample(path)


def _try(path: Path) -> None:
    """Fill an office's own template in a child once, before this process opens it. Failure `template_invalid`."""
    if path.parent != SHIPPED:
        _tried(path, path.stat().st_mtime_ns)


@lru_cache(64)
def _tried(path: Path, _stamp: int) -> None:
    try:
        list(values_apart(f"{__name__}:try_out", str(path).encode(), BOUNDS))
    except TooMuch:
        raise Failure("template_invalid", file=path.name, reason=texts.TOO_MUCH_REASON) from None
    except Broken:
        pass  # within the limits: what is wrong with it is told where it is opened


def try_out(path: bytes) -> Iterator[None]:
    """What the child does: fill the template with samples."""
    _fill_sample(Path(path.decode()))
    yield from ()


def _fill_sample(path: Path) -> None:
    code = path.stem
    title, some = NOTICES[code].title, ("示例",)
    body = (Paragraph("sample", "示例"),)
    sample = Document(
        code, title, "示例", "示例：", body, some, "示例", "示例", "示例", some, "示例", (TableRow("示例", "示例"),)
    )
    _fill(path, sample, fields(code))


def render(document: Document, shown: Mapping[str, str], at: datetime, identifier: str, own: Path) -> bytes:
    """Fill the template of this notice. `shown` holds the facts and elements as text; failures as of `check`."""
    document = with_texts(document, writable)
    path = template_of(document.code, own)
    _try(path)
    template = _fill(path, document, shown)
    unseen.clear(template.docx)
    for style, width in zip(SIGNED, signed(document.agency, document.date, seal=document.seal), strict=True):
        for paragraph in template.docx.paragraphs:
            if paragraph.style and paragraph.style.name == style:
                paragraph.paragraph_format.right_indent = Pt(round(width * 16, 1))
    if document.rows and not document.table_title:
        _keep_signed(template.docx)
    properties = template.docx.core_properties
    properties.title, properties.author, properties.identifier = document.title, document.agency, identifier
    properties.created = properties.modified = at
    written = io.BytesIO()
    template.save(written)
    return written.getvalue()


def _keep_signed(paper: Any) -> None:
    """A form is signed below its last row, which goes to the next page with the signature."""
    for table in paper.tables[-1:]:
        for cell in table.rows[-1].cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True
    for paragraph in paper.paragraphs:
        if not paragraph.text.strip():
            paragraph.paragraph_format.keep_with_next = True


def _fill(path: Path, document: Document, shown: Mapping[str, str]) -> DocxTemplate:
    template = _opened(path)
    try:
        unknown = _names(template) - set(fields(document.code)) if path.parent != SHIPPED else ()
        if unknown:
            raise Failure("template_field_unknown", file=path.name, fields_named="、".join(sorted(unknown)))
        template.render(_context(document, shown), _environment(), autoescape=True)
    except UndefinedError as error:
        raise Failure("template_field_unknown", file=path.name, fields_named=str(error)[:100]) from None
    except TemplateError as error:
        raise Failure("template_invalid", file=path.name, reason=str(error)[:200]) from None
    return template


def _names(template: DocxTemplate) -> set[str]:
    found: set[str] = template.get_undeclared_template_variables(_environment())
    return found


def _opened(path: Path) -> DocxTemplate:
    try:
        template = DocxTemplate(path)
        template.init_docx()
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError):
        raise Failure("template_invalid", file=path.name, reason="不是 Word 文档（.docx）") from None
    if hidden := unseen.found(template.docx):
        reason = texts.UNSEEN_REASON.format(found="、".join(hidden))
        raise Failure("template_invalid", file=path.name, reason=reason)
    return template


def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def _context(document: Document, shown: Mapping[str, str]) -> dict[str, Any]:
    named = {name: Listing(writable(shown.get(name, ""))) for name in fields(document.code)}
    body = [line for paragraph in document.paragraphs for line in paragraph.text.splitlines()]
    return named | {
        "head": document.head,
        "title": document.title,
        "title_lines": document.title_lines or (document.title,),
        "number": document.number,
        "salutation": document.salutation,
        "body": body,
        "remedy": document.remedy,
        "closing": document.closing,
        "agency": document.agency,
        "date": document.date,
        "seal": document.seal,
        "enclosures": [f"{place}．{name}" for place, name in enumerate(document.enclosures, 1)],
        "table_title": document.table_title,
        "rows": [{"label": row.label, "value": Listing(row.value)} for row in document.rows],
    }
