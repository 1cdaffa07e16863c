"""Templates: the shipped ones are what the script writes, an office's own are checked and used."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from typer.testing import CliRunner

from intake_api.commands.notices import notices
from intake_api.kit.errors import Failure
from intake_api.notices import render_docx
from intake_api.statute.notices import NOTICES
from scripts import make_notice_templates
from tests.unit.notices.drafts import document_of, first_draft

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
DOCS = Path(__file__).parents[3] / "docs" / "notices.md"


def template(folder: Path, name: str, *paragraphs: str) -> Path:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    path = folder / name
    document.save(str(path))
    return path


def rendered(code: str, folder: Path) -> list[str]:
    draft = first_draft(code)
    content = render_docx.render(document_of(draft), draft.shown, AT, "0" * 32, folder)
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def test_the_shipped_templates_are_what_the_script_writes() -> None:
    for name, made in (("letter", make_notice_templates.letter()), ("form", make_notice_templates.form())):
        make_notice_templates.page_number(made)
        shipped = docx.Document(str(render_docx.SHIPPED / f"{name}.docx"))
        assert shipped.element.xml == made.element.xml, "run scripts/make_notice_templates.py"


def test_an_office_puts_its_own_template_in_place_of_one(tmp_path: Path) -> None:
    template(tmp_path, "N10.docx", "示例市红头 {{ number }}", "{{ applicant }}：{{ place }}")
    own = rendered("N10", tmp_path)
    assert own[0].startswith("示例市红头 示政公开答〔2026〕7号")
    assert own[1].startswith("张三：1．place：甲村 & 乙村 <b>2025</b> 年")
    assert "示例市红头" not in rendered("N11", tmp_path)[0]


def test_a_template_with_an_unknown_field_is_refused_by_its_name(tmp_path: Path) -> None:
    path = template(tmp_path, "N10.docx", "{{ title }} {{ 机关名称 }} {{ aplicant }}")
    with pytest.raises(Failure) as refused:
        render_docx.check(path)
    assert refused.value.code == "template_field_unknown"
    assert "aplicant、机关名称" in refused.value.message
    with pytest.raises(Failure, match="template_field_unknown"):
        rendered("N10", tmp_path)


def test_an_element_of_another_notice_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="searched_in"):
        render_docx.check(template(tmp_path, "N10.docx", "{{ searched_in }}"))
    render_docx.check(template(tmp_path, "N14.docx", "{{ searched_in }}"))


@pytest.mark.parametrize(
    "text", ["{{ title", "{% for x in body %}", "{{ ''.__class__.__mro__ }}", "{{ title | moon }}"]
)
def test_a_template_that_cannot_run_is_refused_with_a_sentence(text: str, tmp_path: Path) -> None:
    with pytest.raises(Failure) as refused:
        render_docx.check(template(tmp_path, "N10.docx", text))
    assert refused.value.code in ("template_invalid", "template_field_unknown")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04broken"])
def test_what_is_no_word_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "N10.docx"
    path.write_bytes(content)
    with pytest.raises(Failure, match="template_invalid"):
        render_docx.check(path)


def test_a_zip_that_is_no_word_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "N10.docx"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.txt", "a")
    with pytest.raises(Failure, match="template_invalid"):
        render_docx.check(path)


def test_a_template_that_would_never_end_is_tried_in_a_child_and_refused(tmp_path: Path) -> None:
    template(tmp_path, "N10.docx", "{% for x in range(99999) %}" * 4 + "x" + "{% endfor %}" * 4)
    with pytest.raises(Failure, match="template_invalid") as refused:
        rendered("N10", tmp_path)
    assert "内存或者时间超过了限度" in refused.value.message


def test_the_check_command_names_every_bad_template(tmp_path: Path) -> None:
    template(tmp_path, "N1.docx", "{{ title }}")
    template(tmp_path, "N10.docx", "{{ moon }}")
    template(tmp_path, "答复书.docx", "{{ title }}")
    result = CliRunner().invoke(notices, ["check", str(tmp_path)])
    assert result.exit_code == 1
    assert "N1.docx ok" in result.stdout
    assert "error template_field_unknown: 文书模板 N10.docx 中有系统不认识的字段：moon" in result.stderr
    assert "error template_name_unknown: 答复书.docx" in result.stderr


def test_the_check_command_looks_into_the_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DATA", str(tmp_path))
    own = tmp_path / "notice_templates"
    own.mkdir()
    template(own, "N1.docx", "{{ title }}")
    result = CliRunner().invoke(notices, ["check"])
    assert (result.exit_code, result.stdout) == (0, "fonts shipped Noto Serif SC、Noto Sans SC\nN1.docx ok\n")


def test_every_field_is_documented() -> None:
    page = DOCS.read_text("utf-8")
    for name, meaning in (render_docx.PARTS | render_docx.FACTS).items():
        assert f"| `{name}` | {meaning} |" in page, name
    for code, notice in NOTICES.items():
        assert f"| {code} | {notice.title} |" in page, code
        assert all(f"`{element.code}`" in page for element in notice.elements)
