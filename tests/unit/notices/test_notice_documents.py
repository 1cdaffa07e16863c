"""Every notice says what it must, and says it in .docx and in .pdf."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import docx
import pypdfium2
import pytest
from docx.document import Document as DocxDocument
from docx.text.paragraph import Paragraph as DocxParagraph

from intake_api.notices import render_docx, render_pdf
from intake_api.notices.document import Document, NoticeDraft, missing
from intake_api.notices.drafting import remedy_of
from intake_api.statute.notices import NOTICES
from intake_api.statute.outcomes import OUTCOMES, Remedy
from tests.unit.notices.drafts import document_of, draft_of, every_draft, first_draft, pieces, variants

_PAGE = re.compile(r"—\d+—")
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def plain(text: str) -> str:
    return "".join(text.split())


def words_of_pdf(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    return plain("".join(page.get_textpage().get_text_range() for page in pages))


def paragraphs_of(document: DocxDocument) -> Iterator[str]:
    for one in document.iter_inner_content():
        yield from [one.text] if isinstance(one, DocxParagraph) else (c.text for row in one.rows for c in row.cells)


def words_of_docx(content: bytes) -> str:
    return plain("".join(paragraphs_of(docx.Document(io.BytesIO(content)))))


@pytest.mark.parametrize("code", NOTICES)
def test_each_notice_is_read_back_from_pdf_and_docx_as_it_was_written(code: str, tmp_path: Path) -> None:
    draft = first_draft(code)
    document = document_of(draft)
    pdf = words_of_pdf(render_pdf.render(document, AT, "0" * 32, tmp_path))
    word = words_of_docx(render_docx.render(document, draft.shown | {"citation": ""}, AT, "0" * 32, tmp_path))
    for piece in pieces(draft, document):
        assert plain(piece) in pdf, piece
        assert plain(piece) in word, piece
    assert "\ufffd" not in pdf


@pytest.mark.parametrize("code", NOTICES)
def test_both_files_of_a_notice_carry_the_same_text_whatever_it_tells(code: str, tmp_path: Path) -> None:
    """Over all outcomes and choices: what stands in one file and not in the other could be read as another decision."""
    for values in variants(NOTICES[code]):
        if any("-" in str(value) for name, value in values.items() if name.startswith("withheld_as")):
            continue  # one word more or less in the same sentence
        draft = draft_of(code, values)
        document = document_of(draft)
        pdf = words_of_pdf(render_pdf.render(document, AT, "0" * 32, tmp_path))
        word = words_of_docx(render_docx.render(document, draft.shown | {"citation": ""}, AT, "0" * 32, tmp_path))
        assert _PAGE.sub("", pdf) == _PAGE.sub("", word), (code, values.get("outcome"))


@pytest.mark.parametrize("code", NOTICES)
def test_a_remedy_stands_in_the_letter_whose_outcome_it_is_and_in_no_other_of_the_case(code: str) -> None:
    for outcome in OUTCOMES:
        for chosen in (Remedy.REVIEW_FIRST, Remedy.CHOICE, Remedy.SPLIT):
            told = remedy_of(NOTICES[code], outcome, {"3.2": chosen, "3.3.8": chosen})
            own = NOTICES[code].rests_on(outcome)[1]
            chooses = outcome in ("3.2", "3.3.8") and outcome in NOTICES[code].grounds
            assert told == (chosen if chooses else own), (code, outcome)
    if not NOTICES[code].grounds and code not in ("N6", "N25"):
        assert NOTICES[code].remedy is Remedy.NONE


def test_letters_speak_the_words_of_the_law_and_not_those_of_the_report() -> None:
    for code in ("N12", "N13"):
        for values in variants(NOTICES[code]):
            said = document_of(draft_of(code, values)).text()
            assert not [word for word in ("三安全一稳定", "三类", "四类") if word in said], said
    first = next(variants(NOTICES["N13"]))
    report = document_of(draft_of("N13", first | {"outcome": "3.3.6", "withheld_as": "3.3.6-report"})).text()
    assert "形成的请示报告这类过程性信息" in report
    assert "讨论记录" not in report
    assert "第三十六条第（三）项、第十六条第二款" in report
    other = document_of(draft_of("N13", first | {"outcome": "3.3.3", "withheld_as": "3.3.6-report"})).text()
    assert "可能危及国家安全、公共安全、经济安全、社会稳定" in other, "a reason of another row says nothing"


def test_places_withheld_for_several_reasons_each_name_their_article() -> None:
    first = next(variants(NOTICES["N12"]))
    several = {"withheld_as": "3.3.4-privacy", "withheld_as_2": "3.3.5-personnel", "withheld_as_3": "3.3.6-draft"}
    said = document_of(draft_of("N12", first | several)).text()
    for words, article in (
        ("涉及个人隐私", "第十五条"),
        ("人事管理方面的信息", "第十六条第一款"),
        ("过程稿这类过程性信息", "第十六条第二款"),
    ):
        assert f"{words}" in said
        assert f"第三十六条第（三）项、{article}的规定，不予公开" in said


def test_a_complete_notice_lacks_nothing_in_any_variant_of_its_choices() -> None:
    for draft in every_draft():
        document = document_of(draft)
        assert missing(draft, document) == (), draft.notice.code
        assert "〔" not in document.text().replace("〔2026〕", "").replace("〔2020〕", ""), document.text()


def test_each_required_element_is_missed_by_its_name_and_marked_in_the_draft() -> None:
    for code, notice in NOTICES.items():
        for values in variants(notice):
            for element in draft_of(code, values).elements:
                without = draft_of(code, {name: value for name, value in values.items() if name != element.code})
                document = document_of(without)
                gaps = {gap.code: gap.label for gap in missing(without, document)}
                if element.required and element.applies(without.values):
                    assert gaps[element.code] == element.label, code
            break


def test_every_element_can_be_read_in_the_notice() -> None:
    for code in NOTICES:
        for draft in map(lambda values, code=code: draft_of(code, values), variants(NOTICES[code])):
            document = document_of(draft)
            said = document.text() + document.salutation
            for element in draft.elements:
                if element.kind != "choice":
                    assert all(line in said for line in draft.shown[element.code].splitlines()), (code, element.code)


def test_what_must_be_said_cannot_be_edited_away() -> None:
    draft = replace(first_draft("N2"), edits={"needed": "请补正。"})
    gaps = missing(draft, document_of(draft))
    assert [gap.code for gap in gaps] == ["needed"]
    reworded = replace(draft, edits={"lapse": "逾期不补正又没有正当理由的，不再处理。"})
    document = document_of(reworded)
    assert missing(reworded, document) == ()
    assert [p.key for p in document.paragraphs if p.edited] == ["lapse"]


def test_silence_means_different_things_to_a_third_party_and_to_a_co_making_agency() -> None:
    third, co_agency, other = (
        document_of(draft).text()
        for draft in (first_draft("N4"), *(draft_of("N7", values) for values in variants(NOTICES["N7"])))
    )
    assert "逾期未提出意见的，由本机关依照《条例》的规定决定是否公开" in third
    assert "张三" not in third  # the applicant is not disclosed to a third party
    assert "逾期未提出意见的，视为同意公开" in co_agency
    assert "视为同意" not in other


def test_history_is_told_only_where_it_happened() -> None:
    draft = first_draft("N10")
    assert "补正" not in document_of(draft).text()
    asked = {"clarification_requested_on": AT.date(), "clarification_received_on": AT.date()}
    assert "告知您补正申请内容" in document_of(replace(draft, values={**draft.values, **asked})).text()


def test_one_line_is_not_counted_and_several_are() -> None:
    draft = first_draft("N10")
    one = document_of(replace(draft, values={**draft.values, "place": "市政府网站"}))
    assert one.paragraphs[-1].text.endswith("\n市政府网站")
    two = document_of(replace(draft, values={**draft.values, "place": "市政府网站\n政府公报"}))
    assert two.paragraphs[-1].text.endswith("\n1．市政府网站\n2．政府公报")


def test_a_pdf_is_tagged_and_made_again_is_the_same(tmp_path: Path) -> None:
    document = document_of(first_draft("N13"))
    pdf = render_pdf.render(document, AT, "0" * 32, tmp_path)
    assert pdf == render_pdf.render(document, AT, "0" * 32, tmp_path)
    assert pdf != render_pdf.render(document, AT, "1" * 32, tmp_path)
    assert b"/MarkInfo" in pdf
    assert b"pdfuaid" in pdf


def called(name: str) -> tuple[NoticeDraft, Document]:
    draft = first_draft("N10")
    draft = replace(draft, values={**draft.values, "applicant": name})
    return draft, document_of(draft)


@pytest.mark.parametrize(
    ("name", "printed", "boxed"),
    [
        ("张\U0002a6a5", "张□：", ("\U0002a6a5",)),
        ("😀张三", "□张三：", ("😀",)),
        ("👨\u200d👩\u200d👧张三", "□□□张三：", ("👨", "👩", "👧")),
        ("བོད", "□□：", ("བ", "ད")),
        ("葛\U000e0100三", "葛三：", ()),
        ("张三\uffff", "张三：", ()),
        ("张\ud800三", "张□三：", ("\ufffd",)),
        ("张\x00\x01三", "张三：", ()),
        ("张\u2800三", "张三：", ()),
    ],
)
def test_a_character_that_no_font_has_is_a_box_and_is_named(
    name: str, printed: str, boxed: tuple[str, ...], tmp_path: Path
) -> None:
    draft, document = called(name)
    assert printed in words_of_pdf(render_pdf.render(document, AT, "0" * 32, tmp_path))
    assert sorted(render_pdf.boxed(document, AT, tmp_path)) == sorted(boxed)
    kept = words_of_docx(render_docx.render(document, draft.shown, AT, "0" * 32, tmp_path))
    assert all(one in kept for one in boxed)


def test_what_is_never_asked_of_the_fonts_they_have(tmp_path: Path) -> None:
    sure = "".join(ch for ch in map(chr, range(0x10000)) if render_pdf._SURE.fullmatch(ch))
    _, document = called(sure)
    assert render_pdf._set(document, AT, "", tmp_path)[1] == ()


def test_a_word_file_is_a4_and_names_chinese_fonts(tmp_path: Path) -> None:
    draft = first_draft("N10")
    content = render_docx.render(document_of(draft), draft.shown, AT, "0" * 32, tmp_path)
    document = docx.Document(io.BytesIO(content))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 'w:eastAsia="仿宋"' in document.element.xml
    assert document.core_properties.title == draft.notice.title
