"""Finding the header of a table: among the first rows, one row or two of them where cells are merged."""

import re
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from intake_api.ledger.columns import COLUMNS, HEADERS, REQUIRED, plain
from intake_api.ledger.files import Cell, text_of
from intake_api.ledger.mapping import Mapping
from intake_api.ledger.problems import RowProblem, problem

SEARCHED = 10  # rows in which the header may stand
TALLEST = 3  # rows that it may have
ENOUGH = 2  # known headers that make a row one


@dataclass(frozen=True)
class HeaderRow:
    """Where each column stands (from 0), how many rows of the sheet end with it, and the word over every column."""

    places: dict[str, int]
    rows: int
    words: list[str]
    problems: list[RowProblem]

    def repeated(self, texts: list[str]) -> bool:
        """Whether a row is the header once more, as at the top of each printed page."""
        found = [text for text, word in zip(texts, self.words, strict=False) if text and word == text]
        return len(found) >= ENOUGH and len(found) == len([text for text in texts if text])


def find_header(rows: list[list[Cell]], mapping: Mapping) -> HeaderRow | None:
    """The header that knows most columns, with the fewest rows; None where no row is one.

    A cell merged over several columns stands in a row of its own above their names: the name next to the data counts.
    """
    best: tuple[int, int, int, list[str]] = (0, 0, 0, [])
    for start in range(min(SEARCHED, len(rows))):
        for height in range(1, TALLEST + 1):
            words = _words(rows[start : start + height], mapping)
            known = len({_column(word, mapping) for word in words} - {None})
            best = max(best, (known, -height, start + height, words), key=lambda found: found[:2])
    known, _, last, words = best
    if known < ENOUGH:
        return None
    return _placed(words, last, mapping)


def _column(word: str, mapping: Mapping) -> str | None:
    """The column that a header names; what follows it in brackets (必填) does not matter."""
    whole = plain(word)
    for form in (whole, re.sub(r"（[^（）]*）$", "", whole)):
        if name := mapping.columns.get(form) or HEADERS.get(form):
            return name
    return None


def _words(rows: list[list[Cell]], mapping: Mapping) -> list[str]:
    """The word of each column: the lowest one known, alone or after its group's (办理 over 结果), else the lowest."""
    columns = zip_longest(*([text_of(cell) for cell in row] for row in rows), fillvalue="")
    found: list[str] = []
    groups = [""] * len(rows)  # a merged cell has its word in the first of its columns
    for column in columns:
        groups = [word or group for word, group in zip(column, groups, strict=True)]
        words = [word for word in reversed(column) if word]
        joined = ("".join(pair) for pair in pairwise(groups) if pair[1] in words)
        known = (word for word in (*words, *joined) if _column(word, mapping))
        found.append(next(known, words[0] if words else ""))
    return found


def _placed(words: list[str], last: int, mapping: Mapping) -> HeaderRow:
    places: dict[str, int] = {}
    problems: list[RowProblem] = []
    for place, word in enumerate(words):
        name = _column(word, mapping)
        if name is None and word:
            problems.append(problem(None, word[:40], "column_ignored", given=word[:40]))
        elif name in places:
            first, second = places[name] + 1, place + 1
            problems.append(problem(None, name, "column_twice", label=COLUMNS[name].label, first=first, second=second))
        elif name:
            places[name] = place
    missing = [name for name in REQUIRED if name not in places]
    problems += [problem(None, name, "column_missing", label=COLUMNS[name].label) for name in missing]
    return HeaderRow(places, last, words, problems)
