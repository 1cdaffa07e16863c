"""A template with what paper does not show is refused, when it is checked and when a notice is made; no .docx that goes
out says who worked on it."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.parser import parse_xml
from docx.shared import RGBColor

from intake_api.kit.errors import Failure
from intake_api.notices import render_docx, texts
from tests.unit.notices.drafts import document_of, first_draft
from tests.unit.notices.test_notice_documents import AT

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SECRET = "示例公司的报价"
WHO = 'w:id="7" w:author="王五" w:date="2026-01-05T09:00:00Z"'


def body(xml: str) -> Callable[[Document], None]:
    return lambda document: document.add_paragraph()._p.append(parse_xml(xml))


def comment(document: Document) -> None:
    document.add_comment(document.add_paragraph("{{ title }}").runs, SECRET, author="王五", initials="王")


def in_header(document: Document) -> None:
    document.sections[0].header.paragraphs[0]._p.append(
        parse_xml(f"<w:ins {W} {WHO}><w:r><w:t>{SECRET}</w:t></w:r></w:ins>")
    )


def by_style(document: Document) -> None:
    hidden = document.styles.add_style("隐藏", docx.enum.style.WD_STYLE_TYPE.CHARACTER)
    hidden.font.hidden = True
    derived = document.styles.add_style("再隐藏", docx.enum.style.WD_STYLE_TYPE.CHARACTER)
    derived.base_style = hidden
    document.add_paragraph().add_run(SECRET, style="再隐藏")


def embedded(document: Document) -> None:
    package = document.part.package
    part = Part(PackURI("/word/embeddings/oleObject1.bin"), "application/octet-stream", SECRET.encode(), package)
    document.part.relate_to(part, RT.OLE_OBJECT)


def footnote(document: Document) -> None:
    deleted = f"<w:p><w:del {WHO}><w:r><w:delText>{SECRET}</w:delText></w:r></w:del></w:p>"
    xml = f"<w:footnotes {W}><w:footnote w:id='2'>{deleted}</w:footnote></w:footnotes>"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, xml.encode(), document.part.package)
    document.part.relate_to(part, RT.FOOTNOTES)


RUN = f"<w:r><w:t>{SECRET}</w:t></w:r>"
HIDDEN: dict[str, tuple[str, Callable[[Document], None]]] = {
    "inserted": ("revision", body(f"<w:ins {W} {WHO}>{RUN}</w:ins>")),
    "deleted": ("revision", body(f"<w:del {W} {WHO}><w:r><w:delText>{SECRET}</w:delText></w:r></w:del>")),
    "moved": ("revision", body(f"<w:moveFrom {W} {WHO}>{RUN}</w:moveFrom>")),
    "reformatted": ("revision", body(f"<w:r {W}><w:rPr><w:rPrChange {WHO}><w:rPr/></w:rPrChange></w:rPr></w:r>")),
    "in the header": ("revision", in_header),
    "in a footnote": ("revision", footnote),
    "comment": ("comment", comment),
    "hidden run": ("hidden", body(f"<w:r {W}><w:rPr><w:vanish/></w:rPr><w:t>{SECRET}</w:t></w:r>")),
    "hidden by its style": ("hidden", by_style),
    "embedded": ("embedded", embedded),
}


@pytest.fixture(params=HIDDEN)
def hiding(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A template with something hidden, and the word for it."""
    kind, hide = HIDDEN[request.param]
    document = docx.Document()
    document.add_paragraph("{{ title }}")
    hide(document)
    path = tmp_path / "N10.docx"
    document.save(str(path))
    return path, texts.UNSEEN[kind]


def made(folder: Path) -> bytes:
    draft = first_draft("N10")
    return render_docx.render(document_of(draft), draft.shown, AT, "0" * 32, folder)


def test_what_paper_does_not_show_is_refused_at_the_check_and_when_a_notice_is_made(hiding: tuple[Path, str]) -> None:
    path, word = hiding
    for use in (lambda: render_docx.check(path), lambda: made(path.parent)):
        with pytest.raises(Failure) as refused:
            use()
        assert refused.value.code == "template_invalid"
        assert f"其中有{word}，" in refused.value.message
        assert SECRET not in refused.value.message


def test_what_is_shown_is_no_reason_to_refuse(tmp_path: Path) -> None:
    document = docx.Document()
    hidden = document.styles.add_style("没有用到", docx.enum.style.WD_STYLE_TYPE.CHARACTER)
    hidden.font.hidden = True
    document.add_paragraph("{{ title }}").add_run("不隐藏").font.hidden = False
    document.add_paragraph().add_run("红头").font.color.rgb = RGBColor(0xB3, 0x26, 0x1E)
    document.save(str(tmp_path / "N10.docx"))
    render_docx.check(tmp_path / "N10.docx")
    assert SECRET not in docx.Document(io.BytesIO(made(tmp_path))).element.xml


def traced(folder: Path) -> None:
    """A template as an office program leaves it: who, when, how often, from where."""
    document = docx.Document()
    paragraph = document.add_paragraph("{{ title }}")
    paragraph._p.set(docx.oxml.ns.qn("w:rsidR"), "00AB12CD")
    properties = document.core_properties
    properties.author, properties.last_modified_by, properties.comments = "王五", "赵六", "王五的草稿"
    properties.revision, properties.keywords, properties.category = 17, "王五", "王五"
    for xml in (
        f'<w:rsids {W}><w:rsid w:val="00AB12CD"/></w:rsids>',
        f"<w:trackRevisions {W}/>",
        f'<w:docVars {W}><w:docVar w:name="经办" w:val="王五"/></w:docVars>',
    ):
        document.settings.element.append(parse_xml(xml))
    package, kind = document.part.package, "application/vnd.openxmlformats-officedocument"
    for name, content_type, reltype in (
        ("/docProps/custom.xml", f"{kind}.custom-properties+xml", RT.CUSTOM_PROPERTIES),
        ("/word/people.xml", f"{kind}.wordprocessingml.people+xml", "http://example.invalid/2011/relationships/people"),
    ):
        part = Part(PackURI(name), content_type, "<x>王五</x>".encode(), package)
        (package if name.startswith("/docProps") else document.part).relate_to(part, reltype)
    document.save(str(folder / "N10.docx"))


@pytest.mark.parametrize("own", [True, False], ids=["the office's own", "shipped"])
def test_no_file_that_goes_out_says_who_worked_on_its_template(own: bool, tmp_path: Path) -> None:
    if own:
        traced(tmp_path)
        render_docx.check(tmp_path / "N10.docx")
    content = made(tmp_path)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = package.namelist()
        whole = "".join(package.read(name).decode("utf-8", "replace") for name in names)
    assert not re.search(r"王五|赵六|rsid|trackRevisions|python-docx|Macintosh", whole)
    assert not {name for name in names if re.search(r"app\.xml|custom|people|thumbnail|comments", name)}
    properties = docx.Document(io.BytesIO(content)).core_properties
    assert (properties.author, properties.last_modified_by, properties.identifier) == ("示例市人民政府", "", "0" * 32)
    assert properties.created == properties.modified == AT
