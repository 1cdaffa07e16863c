"""Many patterns looked for in a text, most of them without being tried.

Every match of a pattern contains one of certain strings: 查处 or 严查, whatever stands between. They are read from the
pattern itself, as Cox reads trigrams ("Regular Expression Matching with a Trigram Index", 2012). The strings of all
patterns are found in a text at one go (Aho and Corasick 1975), and of a hundred patterns the few are tried of whose
strings none is missing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from re import _constants as _op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick

# A part that can be one of so many strings is read together with what follows; of more it is not worth knowing which.
_STRINGS = 48
# How much oftener than a longer string a single character stands in a text, about.
_COMMON = 12

Parts = Iterable[tuple[Any, Any]]
"""A parsed pattern, or some of it: operators and what they are given."""
Clause = frozenset[str]
"""Strings of which at least one stands in every match."""
_EMPTY = frozenset([""])
_REPEATS = (_op.MAX_REPEAT, _op.MIN_REPEAT, _op.POSSESSIVE_REPEAT)


class Phrase(NamedTuple):
    """A pattern of some `Phrases`, with the clauses that each of its alternatives needs, as bits."""

    pattern: re.Pattern[str]
    needs: tuple[int, ...]


@dataclass(frozen=True)
class Heard:
    """A text to be asked for phrases; `missing` are the clauses of which it has nothing, as bits."""

    text: str
    missing: int

    def has(self, phrase: Phrase) -> bool:
        """Whether the phrase stands in the text."""
        missing = self.missing
        for needed in phrase.needs:
            if not needed & missing:
                return phrase.pattern.search(self.text) is not None
        return False

    def has_any(self, phrases: Iterable[Phrase]) -> bool:
        """Whether one of the phrases does."""
        return any(map(self.has, phrases))


class Phrases:
    """Patterns that are asked of the same texts."""

    def __init__(self) -> None:
        self._clauses: dict[Clause, int] = {}
        self._bits: dict[str, int] = {}
        self._finder: tuple[AhoCorasick, list[int]] | None = None

    def add(self, pattern: str) -> Phrase:
        """One pattern more. Raises re.error."""
        compiled = re.compile(pattern)
        ways = _alternatives(_parser.parse(pattern)) if compiled.flags == re.UNICODE else [[]]
        self._finder = None
        return Phrase(compiled, tuple({sum(map(self._bit, _required(way))) for way in ways}))

    def hear(self, text: str) -> Heard:
        """Find what stands in a text."""
        finder, bits = self._finder = self._finder or (AhoCorasick(self._bits), list(self._bits.values()))
        there = 0
        for place in {found[0] for found in finder.find_matches_as_indexes(text, overlapping=True)}:
            there |= bits[place]
        return Heard(text, ~there)

    def _bit(self, clause: Clause) -> int:
        if clause not in self._clauses:
            self._clauses[clause] = bit = 1 << len(self._clauses)
            for string in clause:
                self._bits[string] = self._bits.get(string, 0) | bit
        return self._clauses[clause]


def _alternatives(parts: Parts) -> list[Parts]:
    """What a whole pattern may be: each branch of one that is nothing but branches."""
    listed = list(parts)
    if len(listed) == 1 and listed[0][0] is _op.BRANCH:
        return [way for branch in listed[0][1][1] for way in _alternatives(branch)]
    return [listed]


def _required(parts: Parts) -> set[Clause]:
    """Clauses of parts that follow one another: of each run of known strings, and of what stands between them."""
    found, run = set[Clause](), _EMPTY
    for operator, given in parts:
        strings = _strings(operator, given)
        if strings is not None and len(run) * len(strings) <= _STRINGS:
            run = _joined(run, strings)
            continue
        found |= _clause(run)
        run = strings or _EMPTY
        if strings is None:
            found |= _inside(operator, given)
    return found | _clause(run)


def _clause(strings: frozenset[str]) -> set[Clause]:
    """One of the strings; nothing is known where one of them is empty."""
    return {strings} if all(strings) else set()


def _inside(operator: Any, given: Any) -> set[Clause]:
    """Clauses of a part that can be too many strings; of branches one, with what each of them needs."""
    if operator is _op.BRANCH:
        best = [min(_required(branch), key=_often, default=None) for branch in given[1]]
        known = [clause for clause in best if clause]
        return {frozenset[str]().union(*known)} if len(known) == len(best) else set()
    if operator is _op.ASSERT:
        return _required(given[1])
    inner = _grouped(operator, given)
    if inner is None and operator in _REPEATS and given[0] > 0:
        inner = given[2]
    return _required(inner) if inner is not None else set()


def _often(clause: Clause) -> int:
    return sum(1 if len(string) > 1 else _COMMON for string in clause)


def _strings(operator: Any, given: Any) -> frozenset[str] | None:
    """All strings that a part can be, None where they are too many to say."""
    if operator is _op.LITERAL:
        return frozenset([chr(given)])
    if operator in (_op.AT, _op.ASSERT_NOT):
        return _EMPTY
    if operator is _op.IN and all(kind is _op.LITERAL for kind, _ in given):
        return frozenset([chr(code) for _, code in given])
    if operator is _op.BRANCH:
        return _either([_sequence(branch) for branch in given[1]])
    if operator in _REPEATS and given[1] == 1:
        return _either([_sequence(given[2]), *([_EMPTY] if given[0] == 0 else [])])
    inner = _grouped(operator, given)
    return _sequence(inner) if inner is not None else None


def _grouped(operator: Any, given: Any) -> Parts | None:
    """What stands in a group that changes nothing about how it is read; None for any other part."""
    if operator is _op.ATOMIC_GROUP:
        return given  # type: ignore[no-any-return]
    if operator is _op.SUBPATTERN and not given[1] and not given[2]:
        return given[3]  # type: ignore[no-any-return]
    return None


def _either(ways: list[frozenset[str] | None]) -> frozenset[str] | None:
    known = [way for way in ways if way is not None]
    together = frozenset[str]().union(*known)
    return together if len(known) == len(ways) and len(together) <= _STRINGS else None


def _sequence(parts: Parts) -> frozenset[str] | None:
    run = _EMPTY
    for operator, given in parts:
        strings = _strings(operator, given)
        if strings is None or len(run) * len(strings) > _STRINGS:
            return None
        run = _joined(run, strings)
    return run


def _joined(first: frozenset[str], second: frozenset[str]) -> frozenset[str]:
    return frozenset(map("".join, product(first, second)))
