"""What speaks for and against an item being what was asked: numbers for the judge, the same when it is fitted."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from intake_api.published import words
from intake_api.published.terms import normal

NAMES = (
    "cosine", "below_best", "above_rest", "held", "heaviest_missing", "of_title", "same_held", "same_missing",
    "kind", "other_kind", "clash", "opposed",
    "year", "other_year", "for_another_year", "published_then", "published_otherwise", "no_year",
    "part", "other_part", "no_part",
    "place", "other_place", "more_place", "department", "other_department", "contradicted",
)  # fmt: skip
# one of these is reason enough to doubt all that agrees: `contradicted`
_AGAINST = [NAMES.index(f"other_{what}") for what in ("year", "part", "place", "department")]
_AGAINST += [NAMES.index("clash")]


@dataclass(frozen=True)
class Candidate:
    """An item that might be what was asked; `cosine` of question and item."""

    title: str
    text: str  # summary and the beginning of the body
    source: str
    published_on: date
    cosine: float

    @cached_property
    def head(self) -> str:
        """The title as it is compared."""
        return normal(self.title)

    @cached_property
    def whole(self) -> str:
        """All that is compared."""
        return f"{self.head}\n{normal(self.text)}"


@dataclass(frozen=True)
class Sought:
    """A question as it is compared; `weights`: its terms and how much each of them tells (idf)."""

    text: str
    weights: Mapping[str, float]
    today: date
    departments: words.Departments

    @cached_property
    def meant(self) -> str:
        """The question without what it says it does not mean."""
        return words.meant(self.text)

    @cached_property
    def years(self) -> set[int]:
        """Years asked for."""
        return words.years_asked(self.text, self.today)

    @cached_property
    def parts(self) -> set[tuple[str, int]]:
        """Months, quarters, issues, batches asked for."""
        return words.parts_of(self.meant, self.today)

    @cached_property
    def kinds(self) -> set[tuple[str, str]]:
        """Kinds of documents asked for."""
        return words.kinds_asked(self.meant)

    @cached_property
    def groups(self) -> list[frozenset[str]]:
        """Groups of words that mean the same, of which the question has one."""
        return list(words.same_in(self.text))


def weigh(asked: Sought, candidates: Sequence[Candidate]) -> list[list[float]]:
    """The evidence for each candidate, in the order of NAMES."""
    if not candidates:
        return []
    cosines = sorted((one.cosine for one in candidates), reverse=True)
    best, rest = cosines[0], cosines[len(cosines) // 2]
    vocabulary = {place for one in candidates for place in words.places_of(one.head)}
    places = words.places_of(asked.meant) | {place for place in vocabulary if place in asked.meant}
    named = asked.departments.named(asked.meant)
    found = [
        [
            10 * (one.cosine - 0.85),
            10 * (best - one.cosine),
            10 * (one.cosine - rest),
            *_words(asked, one),
            *_kinds(asked, one),
            *_years(asked, one),
            *_agreeing(asked.parts, words.parts_of(one.head) or words.parts_of(one.whole)),
            *_places(places, one),
            *_departments(asked, named, one),
        ]
        for one in candidates
    ]
    return [[*each, float(any(each[place] for place in _AGAINST))] for each in found]


def _words(asked: Sought, one: Candidate) -> list[float]:
    total = sum(asked.weights.values()) or 1.0
    held = {
        term: any(word in one.whole for word in words.meaning_the_same(term.replace(" ", ""))) for term in asked.weights
    }
    missing = max((asked.weights[term] for term, there in held.items() if not there), default=0.0)
    pairs = {one.head[at : at + 2] for at in range(len(one.head) - 1)}
    of_title = sum(pair in asked.text for pair in pairs) / math.sqrt(len(pairs) or 1)
    groups = [any(word in one.whole for word in group) for group in asked.groups]
    return [
        sum(asked.weights[term] for term, there in held.items() if there) / total,
        missing / max(asked.weights.values(), default=1.0),
        of_title,
        float(min(sum(groups), 2)),
        float(min(len(groups) - sum(groups), 2)),
    ]


def _kinds(asked: Sought, one: Candidate) -> list[float]:
    kinds = words.kinds_of(one.head)
    families = {family for family, _ in kinds}
    clash = {
        family
        for family, _ in asked.kinds
        if family in families and not {k for k in kinds if k[0] == family} & asked.kinds
    }
    both = asked.kinds & kinds
    return [
        float(bool(both)),
        float(bool(asked.kinds and not both)),
        float(bool(clash - {"names"})),
        float(words.opposed(asked.meant, one.head)),
    ]


def _years(asked: Sought, one: Candidate) -> list[float]:
    named, published = words.years_of(one.head), one.published_on.year
    if not asked.years:
        return [0.0, 0.0, 0.0, 0.0, 0.0, float(bool(named)) * (asked.today.year - published) / 3]
    agrees = bool(asked.years & named)
    then = published in asked.years
    return [
        float(agrees),
        float(bool(named) and not agrees and not then),
        float(bool(named) and not agrees and then),
        float(then),
        float(not named and not then),
        0.0,
    ]


def _agreeing(asked: set[tuple[str, int]], has: set[tuple[str, int]]) -> list[float]:
    units, there = {unit for unit, _ in asked}, {unit for unit, _ in has}
    absent = (units - there) & {"期", "批", "季度", "号"}
    return [float(bool(asked & has)), float(bool(units & there) and not asked & has), float(bool(absent))]


def _places(asked: set[str], one: Candidate) -> list[float]:
    there = [place in one.whole or place in one.source for place in asked]
    more = words.places_of(one.head) and not asked
    return [float(any(there)), float(not all(there)), float(bool(more))]


def _departments(asked: Sought, named: set[str], one: Candidate) -> list[float]:
    its = asked.departments.named(f"{one.source}\n{one.head}") | {one.source}
    return [float(bool(named & its)), float(bool(named) and not named & its)]
