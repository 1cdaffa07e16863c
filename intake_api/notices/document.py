"""A notice as a document: what its elements say, put into paragraphs and tables; and what is still missing from it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from string import Formatter
from typing import Any
from unicodedata import east_asian_width

from intake_api.notices import texts
from intake_api.statute import remedies
from intake_api.statute.elements import REPLACES, Element
from intake_api.statute.notices import Notice
from intake_api.statute.outcomes import WITHHELD, Remedy, citation_of, row_of
from intake_api.statute.sentences import chinese_day

Value = str | int | date
TITLE_LINE = 18  # characters of 22 pt that stand in a line, and leave it a title
LONGEST_NUMBER = 6  # digits
_COUNTED = re.compile(r"[（(]?[\d一二三四五六七八九十]+[）).．、]")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the body; its text may have several lines. `edited`: a clerk wrote it anew."""

    key: str
    text: str
    edited: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a notice's table; an empty value is filled in by hand."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Document:
    """A notice ready to be set: 标题, 文号, 称谓, 正文, 救济, 落款, 日期, 附件, and its table where it has one.

    `title_lines`: the title as it is broken, by its sense. `head`: the 发文机关标志 in red, empty for none. `seal`:
    space is left for one.
    """

    code: str
    title: str
    number: str
    salutation: str
    paragraphs: tuple[Paragraph, ...]
    remedy: tuple[str, ...]
    closing: str
    agency: str
    date: str
    enclosures: tuple[str, ...]
    table_title: str
    rows: tuple[TableRow, ...]
    title_lines: tuple[str, ...] = ()
    head: str = ""
    seal: bool = False

    def text(self) -> str:
        """Everything the notice says about its matter."""
        return "\n".join(
            (*(p.text for p in self.paragraphs), *self.remedy, *self.enclosures, *(r.value for r in self.rows))
        )


def with_texts(document: Document, change: Callable[[str], str]) -> Document:
    """The same document with each of its texts changed."""
    return Document(*(_changed(getattr(document, field.name), change) for field in fields(document)))


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_changed(one, change) for one in value)
    if isinstance(value, Paragraph):
        return replace(value, text=change(value.text))
    return TableRow(change(value.label), change(value.value))


@dataclass(frozen=True, slots=True)
class Gap:
    """A required element that is not there yet."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """All that a notice is made from: its kind, remedy, what is known, and paragraphs as a clerk rewrote them."""

    notice: Notice
    remedy: Remedy
    agency_kind: str
    electronic: bool
    values: Mapping[str, Value]
    edits: Mapping[str, str]
    acting: tuple[Element, ...] = ()  # what only the step needs that the letter takes: it is not printed
    provisional: frozenset[str] = frozenset()  # days by name that may move, because their year is not announced

    @property
    def elements(self) -> tuple[Element, ...]:
        """The elements that apply, those of the remedy paragraph and the notice that is corrected among them."""
        own = tuple(e for e in self.notice.elements if e.applies(self.values))
        own += (REPLACES,) if "replaces" in self.values else ()
        places = remedies.needed(self.remedy, self.agency_kind, electronic=self.electronic)
        return own + self.acting + tuple(Element(place.code, place.label, "text") for place in places)

    @property
    def shown(self) -> dict[str, str]:
        """What is known, as the notice writes it."""
        elements = {e.code: e for e in self.elements}
        said = {code: written(value, elements.get(code)) for code, value in self.values.items()}
        return said | {code: said[code] + texts.PROVISIONAL for code in self.provisional}


def parse(element: Element, given: str) -> Value:
    """Read what a clerk entered; ValueError with the sentence that says what is wrong."""
    if element.kind == "date":
        try:
            return date.fromisoformat(given) if len(given) == len("2026-11-22") else date.fromisoformat("")
        except ValueError:
            raise ValueError("请填写一个真实的日期，例如 2026-11-22。") from None
    if element.kind == "number":
        if not (given.isascii() and given.isdigit() and len(given) <= LONGEST_NUMBER):
            raise ValueError("请填写一个整数。")
        return int(given)
    if element.options is not None and given not in element.options:
        raise ValueError("请从给出的选项中选择。")
    return given


def written(value: Value, element: Element | None) -> str:
    """Write a value as the notice says it: days in Chinese, choices in words, several lines counted."""
    if isinstance(value, date):
        return chinese_day(value)
    if element and element.options is not None:
        return element.options.get(str(value), "")
    lines = [line.strip() for line in str(value).splitlines() if line.strip()]
    if element and element.kind == "text":
        return "，".join(lines).rstrip("。")
    if len(lines) > 1 and element and element.code != "enclosures" and not any(map(_COUNTED.match, lines)):
        lines = [f"{place}．{line}" for place, line in enumerate(lines, 1)]
    return "\n".join(lines)


def compose(draft: NoticeDraft, number: str, agency: str, today: date) -> Document:
    """Put a draft into words; what is required and missing stands as 〔label〕."""
    notice, shown = draft.notice, _Words(draft, number)
    rows = tuple(
        TableRow(label, filled)
        for label, text in texts.ROWS.get(notice.code, ())
        if (filled := shown.fill(text)) is not None
    )
    is_letter = notice.code in texts.PARTS
    to = draft.shown.get("applicant" if notice.addressee == "applicant" else "recipient", "")
    places = remedies.Places(*(shown.known.get(name) or shown.blank(name) for name in remedies.Places._fields))
    return Document(
        code=notice.code,
        title=notice.title,
        number=number,
        salutation=f"{to or shown.blank('recipient')}：" if is_letter else "",
        paragraphs=tuple(_paragraphs(draft, shown)),
        remedy=remedies.paragraphs(draft.remedy, places, texts.noun(notice.code, notice.title)),
        closing=texts.CLOSINGS.get(notice.code, texts.CLOSING) if is_letter else "",
        agency=agency,
        date=chinese_day(today),
        enclosures=tuple(shown.known.get("enclosures", "").splitlines()),
        table_title=texts.SLIP if is_letter and rows else "",
        rows=rows,
        title_lines=broken(notice.title),
    )


def broken(title: str) -> tuple[str, ...]:
    """Break a title by its sense where it does not fit a line: what it is about stands in a line of its own."""
    head, bracket, rest = title.partition("（")
    return (title,) if len(title) <= TITLE_LINE or not bracket else (head, bracket + rest)


def ems(text: str) -> float:
    """The width of a text in characters: digits and Latin letters take half of one."""
    return sum(1.0 if east_asian_width(ch) in "WFA" else 0.5 for ch in text)


def signed(agency: str, day: str, *, seal: bool) -> tuple[float, float]:
    """Return how far 署名 and 成文日期 stand from the right edge, in characters (GB/T 9704 7.3.5).

    With a seal the day stands four characters from the edge and the name centred over it; without one two, the day two
    characters further right than the name begins.
    """
    name, on = ems(agency), ems(day)
    if seal:
        return max(0.0, 4 - (name - on) / 2), max(4.0, (name - on) / 2)
    width = max(name, on + 2)
    return 2 + width - name, width - on


def missing(draft: NoticeDraft, document: Document) -> tuple[Gap, ...]:
    """Return what the notice must say and does not: not known, or no longer in the text after a clerk's edits."""
    gaps = [e for e in draft.elements if e.required and not draft.shown.get(e.code)]
    said, edited = document.text(), any(p.edited for p in document.paragraphs)
    for element in draft.elements if edited else ():
        lines = draft.shown.get(element.code, "").splitlines()
        printed = element not in draft.acting and _quoted(element)
        if element.required and element not in gaps and printed and not all(line in said for line in lines):
            gaps.append(element)
    return tuple(Gap(e.code, e.label) for e in gaps)


def _quoted(element: Element) -> bool:
    """What stands in the text as it is, not as a sentence chosen, the salutation, or a request in other words."""
    return element.kind != "choice" and element.code not in ("applicant", "asked")


def _paragraphs(draft: NoticeDraft, words: "_Words") -> Iterator[Paragraph]:
    correcting = (texts.REPLACES,) if "replaces" in draft.values else ()
    for part in (*correcting, *texts.PARTS.get(draft.notice.code, ())):
        if part.when and draft.values.get(part.when[0]) not in part.when[1]:
            continue
        text = words.fill(part.text)
        edit = draft.edits.get(part.key)
        if text is not None:
            yield Paragraph(part.key, edit or text, edited=bool(edit) and edit != text)


class _Words:
    """Fills the texts of one draft."""

    def __init__(self, draft: NoticeDraft, number: str) -> None:
        self._labels = {e.code: e.label for e in draft.elements}
        self._required = {e.code for e in draft.elements if e.required}
        self.known = texts.HANDS | {code: value for code, value in draft.shown.items() if value}
        citation, _ = draft.notice.rests_on(str(draft.values.get("outcome", "")))
        outcome, reason = str(draft.values.get("outcome", "")), str(draft.values.get("withheld_as", ""))
        refused = reason if row_of(reason) == outcome else outcome
        self.known |= {
            "law": texts.LAW,
            "citation": citation or self.blank("outcome"),
            "withheld_citation": self.blank("withheld_as"),
            "refused_as": WITHHELD.get(refused) or self.blank("outcome"),
            "number": number,
        }
        for place in ("", "_2", "_3"):
            if (given := str(draft.values.get(f"withheld_as{place}", ""))) in WITHHELD:
                self.known[f"withheld_citation{place}"] = citation_of(given)

    def blank(self, code: str) -> str:
        """What stands where a required element is missing; empty for one that is not required."""
        return texts.BLANK.format(label=self._labels[code].partition("（")[0]) if code in self._labels else ""

    def fill(self, text: str) -> str | None:
        """The text with its facts; None where one is unknown that the notice need not say."""
        names = _names(text)
        if any(name not in self.known and name not in self._required for name in names):
            return None
        return text.format_map({name: self.known.get(name) or self.blank(name) for name in names})


def _names(text: str) -> Iterable[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def as_entered(value: Value | None) -> str:
    """A value as forms and programs write it: ISO days, choices by code; empty where it is not known."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
