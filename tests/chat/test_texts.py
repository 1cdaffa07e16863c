"""Wording and the order of questions, without a conversation."""

import re

import pytest

from bot import keyboards, texts
from bot.draft import STEPS, Draft, kind_of, step_of
from bot.states import Apply, state_of
from tests.fakes.form import FORM


@pytest.mark.parametrize(
    "html", ["", "短", "行\n" * 3_000, "长" * 10_000, "&lt;" * 3_000, ("<b>粗</b>" + "字" * 90 + "\n") * 99]
)
def test_a_long_text_is_split_without_losing_or_tearing_anything(html: str) -> None:
    pieces = texts.split(html)
    assert all(len(piece) <= texts.LIMIT for piece in pieces)
    assert "".join(pieces).replace("\n", "") == html.replace("\n", "")
    assert all(not re.search(r"&[a-z]*$|<[^>]*$", piece) for piece in pieces)


def test_only_an_address_on_the_web_becomes_a_link() -> None:
    bad = {"title": "没有网址的一条", "url": "javascript:alert(1)", "published_on": None}
    html = texts.understood(Draft("示例", FORM), None, [bad])
    assert "没有网址的一条" in html
    assert "javascript" not in html


def test_every_step_has_its_state_question_and_label() -> None:
    for step in STEPS:
        assert state_of(step).state == f"Apply:{step}"
        draft = Draft("示例", FORM)
        if step != "understood":
            assert texts.question(step, draft)
        if step not in ("understood", "summary", "correct", "contact"):
            assert texts.label(step, draft)
    assert len(Apply.__states__) == len(STEPS) + 1, "one more for whatever else the office asks"


def test_no_button_carries_more_than_telegram_takes() -> None:
    for kind in ("natural", "organisation"):
        draft = Draft(
            "示例", FORM, answers={"type": kind, "id_type": "other", "phone": "13800000000", "medium": "paper"}
        )
        boards = [keyboards.of_step(step, draft) for step in STEPS]
        for board in boards:
            for row in board.inline_keyboard:
                for button in row:
                    assert len((button.callback_data or "").encode()) <= 64


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("13800000000", "phone"),
        ("+86 138 0000 0000", "phone"),
        ("0000-1234567转801", "phone"),
        ("１３８００００００００", "phone"),
        ("zhangsan@example.com", "email"),
        ("示例市示例路1号 13800000000 张三收", "address"),
        ("示例村", "address"),
    ],
)
def test_a_means_of_contact_is_recognised(typed: str, kind: str) -> None:
    assert kind_of("contact", typed) == kind


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("applicant.id_number", "id_number"),
        ("applicant.type", "organisation"),
        ("applicant.phone", "phone"),
        ("applicant", "contact"),
        ("delivery.way", "way"),
        ("document_number", "document"),
        ("description", "description"),
        ("channel", "summary"),
        ("applicant.agent.name", "summary"),
    ],
)
def test_a_field_the_office_complains_of_leads_to_its_question(name: str, step: str) -> None:
    assert step_of(name, Draft("示例", FORM)) == step


@pytest.mark.parametrize("document", ["示政发〔2025〕12号", "示建[2024]3号", "示府办（2023）101号"])
def test_a_document_number_is_told_from_a_title(document: str) -> None:
    draft = Draft("示例", FORM, answers={"document": document})
    assert draft.submission()["document_number"] == document
    draft.answer("document", "《示例办法》")
    assert draft.submission()["title"] == "《示例办法》"


def test_a_draft_of_an_older_version_is_taken_up_at_the_next_open_question() -> None:
    old = {"description": "示例", "id": "00000000", "step": "gone", "answers": {"type": "natural"}, "more": 1}
    assert Draft.from_json(old, FORM).step == "name"
