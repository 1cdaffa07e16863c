"""Normalising and segmenting: any text, one form, the same words from both segmenters."""

import unicodedata
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.text.segment import segmenter
from classifier.text.text import normalise

NAMES = ("自然资源和规划局", "国土局", "住建局", "教体局")


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("征 地 补 偿", "征地补偿"),
        ("  第 12　号\r\n文件 ", "第 12 号文件"),
        ("征\u200b地\x00公\ufeff告", "征地公告"),
        ("征地\ud800公告", "征地公告"),
        ("（2024）", "(2024)"),
        ("", ""),
    ],
)
def test_one_form_for_what_looks_alike(written: str, normal: str) -> None:
    assert normalise(written) == normal


@pytest.mark.parametrize(
    "sign",
    "\u034f\u061c\u115f\u17b4\u180b\u180e\u200d\u2065\u2800\u3164\ufe0f\uffa0\ufff0\ufff9\ufffb\uffff"
    "\U0001bca0\U0001d173\U000e0001\U000e0041\U000e0100\U000e01ef\U000e0fff\U0010fffe",
)
def test_what_nobody_can_see_is_not_there(sign: str) -> None:
    assert normalise(f"征{sign}地{sign}补偿 plan{sign}s") == "征地补偿 plans"


@settings(deadline=None)
@given(st.text(st.characters(), max_size=300))
def test_any_text_is_normalised_and_stays_encodable(text: str) -> None:
    normalise(text).encode("utf-8")


def test_a_hostile_run_of_combining_marks_costs_no_more_than_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """NFKC sorts marks by insertion, in the square of a run: what it is handed at once has a bound."""
    handed: list[int] = []
    sort = unicodedata.normalize

    def counted(form: Literal["NFKC"], piece: str) -> str:
        handed.append(len(piece))
        return sort(form, piece)

    monkeypatch.setattr(unicodedata, "normalize", counted)
    for length in (1_000, 100_000):
        handed.clear()
        normalise("\u0316\u0300" * (length // 2))
        assert sum(handed) == length
        assert max(handed) <= 256


@settings(deadline=None)
@given(st.text(max_size=200))
def test_words_join_up_to_the_text(text: str) -> None:
    normal = normalise(text)
    assert "".join(segmenter("rjieba", NAMES).cut(normal)) == normal


def test_a_department_name_is_one_word() -> None:
    words = segmenter("rjieba", NAMES).cut("找国土局和自然资源和规划局要批文")
    assert "国土局" in words
    assert "自然资源和规划局" in words


def test_both_segmenters_cut_alike_with_the_same_user_words() -> None:
    text = normalise("申请公开住建局2024年老旧小区改造项目的中标合同，以及教体局对学区调整的会议纪要。")
    rust, python = segmenter("rjieba", NAMES), segmenter("jieba", NAMES)
    assert rust.cut(text) == python.cut(text)
    assert rust.fingerprint == python.fingerprint


def test_user_words_of_one_segmenter_do_not_reach_another() -> None:
    assert "翠苑一区" in segmenter("jieba", ["翠苑一区"]).cut("翠苑一区改造")
    assert "翠苑一区" not in segmenter("jieba").cut("翠苑一区改造")
