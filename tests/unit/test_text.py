"""Text at the door: what it loses, and that it loses nothing else."""

import re
import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_api.kit.text import folded, legible, tidy, writable

ODD = st.sampled_from("\r\n\x85\u2028\ufffe\uffff\ufdd0\u200b\u3164")
ANY = st.text(st.characters(codec=None, categories=None) | ODD)
BLANK = " \u3000\u200b\ufeff\u3164\u2800\u034f\u00ad\u061c\ufe0f\U000e0100\x00\uffff\ufff9\u2028"


@pytest.mark.parametrize("blank", ["", *BLANK, BLANK])
def test_what_is_blank_to_the_eye_is_blank(blank: str) -> None:
    assert tidy(blank) == ""
    assert tidy(f"{blank}张三{blank}").removesuffix("\ufe0f").removesuffix("\U000e0100") == "张三"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("一\r\n二\r三\x85四\u2028五", "一\n二\n三\n四\n五"),
        ("一\x00二\x1f三\x7f", "一 二 三"),
        ("示例\uffff路\ufffe改\U0001fffe造\ufdd0", "示例路改造"),
        ("\ud83d\ude00半\ud83d", "😀半\ufffd"),
        ("辻\U000e0100", "辻\U000e0100"),  # the variant belongs to its character
        ("❤\ufe0f\u200b", "❤\ufe0f"),
        ("نامه\u200cای", "نامه\u200cای"),
        ("\u0600\u0661", "\u0600\u0661"),  # a format character that is seen
    ],
)
def test_what_is_kept(written: str, kept: str) -> None:
    assert tidy(written) == kept


@given(ANY)
def test_whatever_is_stored_can_be_written_as_xml_and_stays_as_it_is(text: str) -> None:
    stored = tidy(text)
    assert tidy(stored) == stored
    element = ElementTree.Element("t")
    element.text = stored
    assert (ElementTree.fromstring(ElementTree.tostring(element, "utf-8")).text or "") == stored
    assert not re.match(r"\s|\u200b|\u3164", stored)


@given(ANY)
def test_nothing_that_is_seen_is_lost(text: str) -> None:
    def seen(given: str) -> list[str]:
        return [c for c in given if unicodedata.category(c)[0] in "LNPS" and legible(c)]

    assert seen(tidy(text)) == seen(writable(text))
    assert [c for c in seen(writable(text)) if c != "\ufffd"] == [
        c for c in seen(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")) if c != "\ufffd"
    ]


@given(ANY, ANY)
def test_a_key_is_the_same_with_and_without_what_nobody_sees(left: str, right: str) -> None:
    left, right = tidy(left), tidy(right)
    if left.isascii() and right.isascii():
        assert folded(f"{left} \u200b\u3164{right}") == folded(left + right)
