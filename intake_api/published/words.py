"""What stands in words: kinds of documents, years, months and batches, places, departments, words that must occur.

Read from a question and from an item alike; `evidence.py` compares the two.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from intake_api.understanding.years import years as years_wanted

_DATA = files("intake_api.published") / "data" / "words.toml"
_CHINESE = {word: place for place, word in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
_NUMBER = r"(?:\d{1,3}|十[一二]|[一二三四五六七八九十])"
_SPAN = re.compile(rf"({_NUMBER})月?(?:份)?[—\-到至~～]({_NUMBER})(月|季度|期|批)")
_PART = re.compile(rf"(?<![\d.])(?:第)?({_NUMBER})(?=个?(月|季度|期|批|路))(?!个月)")
_HOUSE = re.compile(r"(?:路|街|巷|弄|大道)(\d{1,4})号")
_COMING = {"明年": 1, "后年": 2, "大后年": 3}
_AGO = re.compile(rf"({_NUMBER}|两)年[以之]?前")
_NOT_THIS = re.compile(r"(?:不是|不要|而非|除了)[^，,。；！？?()是要\s]{1,12}")
_HALF = {"上半年": (1, 2), "下半年": (3, 4), "前三季度": (1, 2, 3)}
_CHARACTER = "\u4e00-\u9fff"
_PLACE = re.compile(rf"(?=([{_CHARACTER}]{{2}})(区|县|镇|乡|街道|村|路|大道|巷|湾|桥|片区))")
# 小区, 社区, 这个区: no names
_NO_NAME = re.compile("[我你他们这那哪个的在到去了是各全条一走和与及关于年本市县区镇乡村片小社城新老旧景校学园地农]")
_TITLE_YEAR = re.compile(r"(?<![〔\[（(\d])(20\d{2}|19\d{2})(?!\d)")
_TITLE_SPAN = re.compile(r"(20\d{2})\s{0,4}年?\s{0,4}[—\-–至到~～]{1,4}\s{0,4}(20\d{2})")
_FIVE_YEARS = {"十三": 2016, "十四": 2021, "十五": 2026}
_PLAN = re.compile("(十[三四五])(?:五(?![年月日])|个五年)")


@dataclass(frozen=True)
class Kind:
    """A kind of documents: what stands in its titles, how people ask for it, and whom it is not (`family`)."""

    family: str
    code: str
    title: tuple[str, ...]
    asked: tuple[str, ...]


@cache
def _data() -> tuple[tuple[Kind, ...], dict[str, frozenset[str]], tuple[tuple[str, ...], ...]]:
    data = tomllib.loads(_DATA.read_text("utf-8"))
    kinds = tuple(Kind(k["family"], k["code"], tuple(k["title"]), tuple(k["asked"])) for k in data["kinds"])
    same: dict[str, frozenset[str]] = {}
    for group in data["same"]["groups"]:
        words = frozenset(group.lower().split())
        for word in words:
            same[word] = same.get(word, frozenset()) | words
    return kinds, same, tuple(tuple(line.lower().split()) for line in data["opposed"]["groups"])


def kinds_of(title: str) -> set[tuple[str, str]]:
    """Family and code of the kinds that a title shows."""
    return {(kind.family, kind.code) for kind in _data()[0] if any(word in title for word in kind.title)}


def kinds_asked(question: str) -> set[tuple[str, str]]:
    """Family and code of the kinds that a question asks for."""
    return {
        (kind.family, kind.code) for kind in _data()[0] if any(word in question for word in (*kind.title, *kind.asked))
    }


def meaning_the_same(word: str) -> frozenset[str]:
    """The words that people use for this one, itself among them."""
    return _data()[1].get(word, frozenset()) | {word}


def same_in(text: str) -> Iterator[frozenset[str]]:
    """The groups of which a text has a word."""
    yield from {group for word, group in _data()[1].items() if word in text}


def opposed(question: str, item: str) -> bool:
    """Whether an item is of the other sort than the one asked for: 农村 where 城市 was said."""
    for group in _data()[2]:
        said, found = ({word for word in group if word in text} for text in (question, item))
        if said and found and not said & found:
            return True
    return False


def meant(question: str) -> str:
    """A question without what it says it does not mean: 不是预算."""
    return _NOT_THIS.sub("", question)


def years_asked(question: str, today: date) -> set[int]:
    """The years that a question names, 去年, 明年 and 十四五 among them."""
    coming = {today.year + ahead for word, ahead in _COMING.items() if word in question}
    ago = {today.year - (2 if word == "两" else _number(word)) for word in _AGO.findall(question)}
    return set(years_wanted(question, [], today)[0]) | _plans(question) | coming | ago


def years_of(title: str) -> set[int]:
    """The years that a title names; those of a document number (〔2024〕) are of the letter, not of the matter."""
    spans = {year for first, last in _TITLE_SPAN.findall(title) for year in range(int(first), int(last) + 1)}
    return spans | {int(year) for year in _TITLE_YEAR.findall(title)} | _plans(title)


def _plans(text: str) -> set[int]:
    return {year for plan in _PLAN.findall(text) for year in range(_FIVE_YEARS[plan], _FIVE_YEARS[plan] + 5)}


def parts_of(text: str, today: date | None = None) -> set[tuple[str, int]]:
    """Months, quarters, issues, batches and bus lines: ("月", 9), ("期", 3); with `today` also 上个月."""
    found = {(unit, _number(word)) for word, unit in _PART.findall(text)}
    for first, last, unit in _SPAN.findall(text):
        found |= {(unit, number) for number in range(_number(first), _number(last) + 1)}
    found |= {("季度", quarter) for word, quarters in _HALF.items() if word in text for quarter in quarters}
    found |= {("号", int(number)) for number in _HOUSE.findall(text)}
    if today and re.search("上个?月", text):
        found.add(("月", (today.month - 2) % 12 + 1))
    return found


def _number(word: str) -> int:
    return _CHINESE.get(word) or int(word)


def places_of(text: str) -> set[str]:
    """Names of places by their last two characters before 区, 镇, 村, 路 …: enough to look for in another text."""
    return {name for name, _ in _PLACE.findall(text) if not _NO_NAME.search(name)}


class Departments:
    """The directory's names, and those of bureaus anywhere: which departments a text names."""

    def __init__(self, names: Iterable[tuple[str, Iterable[str]]]) -> None:
        self._codes: dict[str, str] = {}
        for code, known in names:
            for name in known:
                self._codes.setdefault(name.removeprefix("市"), code)
        longest = sorted((name for name in self._codes if len(name) > 1), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest))) if longest else None

    def named(self, text: str) -> set[str]:
        """Codes of the departments that a text names, the longest name at each place."""
        return {self._codes[name] for name in self._pattern.findall(text)} if self._pattern else set()
