"""From text to search terms: what is written into the index, and what a question looks for in it.

Every term is made of letters and digits only, whatever was typed; that is why no question can upset a search engine.
"""

import re
import unicodedata
from collections.abc import Callable
from itertools import groupby, pairwise
from typing import NamedTuple

from intake_api.kit.text import legible

Segment = Callable[[str], list[str]]

LONGEST_QUESTION = 500
LONGEST_INDEXED = 50_000  # characters: well below PostgreSQL's limit of 1 MB for one tsvector
MOST_TERMS = 40
_LONGEST_WORD = 40
# 文号: year and serial are one term, since apart they meet any other number, e.g. 〔2021〕21号; between brackets people
# leave 号 away
_DOCUMENT_NUMBER = re.compile(
    r"([\u4e00-\u9fff]{0,10})\s{0,4}(?:[〔\[(【<]\s{0,4}(\d{4})\s{0,4}[〕\])】>]\s{0,4}(?:第\s{0,4})?(\d{1,5})(?!\d)\s{0,4}号?"
    r"|(?<!\d)(\d{4})\s{0,4}[〕\])】年]\s{0,4}(?:第\s{0,4})?(\d{1,5})\s{0,4}号)"
)
# how people ask, not what they ask for
_ASKING = """
    我们 你们 他们 我家 自己 这个 那个 这些 那些 哪个 哪些 哪里 哪儿 什么 怎么 怎么样 怎样 如何 为什么 多少 是否 能否
    可以 能够 想要 需要 希望 麻烦 请问 谢谢 你好 您好 一下 看看 知道 了解 查看 查到 有没有 没有 关于 有关 相关 以及 或者
    可否 就是 还是 因为 所以
"""
_PARTICLES = "的了着吗呢吧啊呀我你您他她它这那是在和与或都也就还很不要想请看查找到有没把被给从对个年月日号第"
_ASIDE = frozenset([*_ASKING.split(), *_PARTICLES])


def normal(text: str) -> str:
    """One form for what people take as the same: width and case, nothing invisible; no lone surrogates."""
    return legible(unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode())).lower()


def indexed(text: str, segment: Segment) -> str:
    """Cut a text into terms, joined by blanks: its characters in order, its words, its document numbers (文号).

    The characters serve names that no dictionary knows: they are found as two characters side by side.
    """
    text = normal(text[:LONGEST_INDEXED])
    characters = [c for c in text if _is_character(c)]
    words = [word for word in _words(text, segment) if not _is_character(word)]
    return " ".join([*characters, *words, *_document_numbers(text)])


def asked(question: str, segment: Segment) -> list[str]:
    """Cut a question into distinct terms to look for, at most 40; a term with a blank in it is characters side by side.

    A character left over by the segmenter says little alone (年, 号), so that it counts only beside another one, as in
    a name, or where there is nothing else.
    """
    text = normal(question[:LONGEST_QUESTION])
    words = [word for word in _words(text, segment) if word not in _ASIDE]
    terms = _document_numbers(text)
    for single, run in groupby(words, key=_is_character):
        terms += [f"{left} {right}" for left, right in pairwise(run)] if single else list(run)
    return list(dict.fromkeys(terms or words))[:MOST_TERMS]


def _is_character(word: str) -> bool:
    return len(word) == 1 and word.isalnum() and not word.isascii()


def _words(text: str, segment: Segment) -> list[str]:
    return [word[:_LONGEST_WORD] for word in segment(text) if word.isalnum()]


def _document_numbers(text: str) -> list[str]:
    return [number.term for number in document_numbers(text)]


class DocumentNumber(NamedTuple):
    """A 文号: `term` is year and serial as in the index; `sign` what stands before (示政办发), if anything."""

    sign: str
    term: str


def document_numbers(text: str) -> list[DocumentNumber]:
    """The document numbers in a text in its normal form, in any brackets."""
    return [
        DocumentNumber(sign, f"{first or second}号{int(serial or other)}")
        for sign, first, serial, second, other in _DOCUMENT_NUMBER.findall(text)
    ]


def without_numbers(text: str) -> str:
    """A text without its document numbers."""
    return _DOCUMENT_NUMBER.sub(" ", text)
