"""Use cases of published information: search it, bring it in."""

import asyncio
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

from intake_api.kit.db import Database
from intake_api.published import repository, terms
from intake_api.published.files import ImportedItem, parse_items
from intake_api.published.models import PublishedItem
from intake_api.published.segment import cut_for_search

MOST_FOUND = 50
# An item is shown where it holds a fifth of what the question's heaviest words weigh: one common word of a long
# question is chance, and eight words are as much as one title can answer.
_SHARE, _HEAVIEST = 0.2, 8
_MANY = 500


@dataclass(frozen=True)
class Found:
    """A published item; `source` is the code of the department that published it, empty where it is not known."""

    title: str
    url: str
    summary: str
    published_on: date
    source: str

    @classmethod
    def of(cls, item: PublishedItem) -> Self:
        """A row, without what only the search needs."""
        return cls(item.title, item.url, item.summary, item.published_on, item.source)


class PublishedService:
    """Search and import; index and question are cut by the same `segment`."""

    def __init__(self, db: Database, segment: terms.Segment = cut_for_search) -> None:
        self._db = db
        self._segment = segment

    async def search(self, q: str, limit: int = 10) -> list[Found]:
        """Find published items near a question in people's own words, best first, exactly this title before all.

        Never fails on what was typed: a question without a word in it finds nothing, of a long one the first 500
        characters count. `limit` is 1–50.
        """
        asked, title = await asyncio.to_thread(self._understand, q)
        if not asked:
            return []
        async with self._db.read() as session:
            held = await repository.held_by(session, asked)
            total = await repository.count(session)
            weights = _weights(held, total)
            floor = _SHARE * sum(sorted(weights.values())[-_HEAVIEST:])
            sought = {term: weights[term] for term in _telling(held, total)}
            items = await repository.best(session, sought, floor, title, limit)
        return [Found.of(item) for item in items]

    def _understand(self, q: str) -> tuple[list[str], str]:
        return terms.asked(q, self._segment), terms.indexed(q[: terms.LONGEST_QUESTION], self._segment)

    async def listing(self) -> list[Found]:
        """Everything published, the newest first."""
        async with self._db.read() as session:
            return [Found.of(item) for item in await repository.everything(session)]

    async def import_items(self, rows: Iterable[str]) -> int:
        """Add the items of JSON lines, or replace those with the same `url`; the number of items read.

        All or nothing: Failure `published_file_invalid` names the bad lines and nothing is stored.
        """
        return await self._store(rows, afresh=False)

    async def replace_all(self, rows: Iterable[str]) -> int:
        """Import in the same way, but remove what the lines do not hold."""
        return await self._store(rows, afresh=True)

    async def reindex(self) -> None:
        """Make the index anew from the items: a backup holds the items only."""
        async with self._db.read() as session:
            items = await repository.texts(session)
        index = await asyncio.to_thread(self._index, items)
        async with self._db.write() as session:
            await repository.put(session, [item._asdict() for item in items], index)

    async def _store(self, rows: Iterable[str], *, afresh: bool) -> int:
        items, index = await asyncio.to_thread(self._prepare, rows)
        async with self._db.write() as session:
            if afresh:
                await repository.clear(session)
            await repository.put(session, [item.model_dump() for item in items], index)
        return len(items)

    def _prepare(self, rows: Iterable[str]) -> tuple[list[ImportedItem], dict[str, tuple[str, str]]]:
        items = parse_items(rows)
        return items, self._index(items)

    def _index(self, items: Iterable[ImportedItem | repository.Text]) -> dict[str, tuple[str, str]]:
        return {
            item.url: (
                terms.indexed(item.title, self._segment),
                terms.indexed(f"{item.summary}\n{item.body}", self._segment),
            )
            for item in items
        }


def _weights(held: dict[str, int], total: int) -> dict[str, float]:
    """How much each term tells: idf of BM25 (Robertson and Zaragoza 2009) in the form that is never negative.

    A term found nowhere tells no more than one found once: people's own words are often simply not the office's.
    """
    return {term: math.log1p((total - n + 0.5) / (max(n, 1) + 0.5)) for term, n in held.items()}


def _telling(held: dict[str, int], total: int) -> list[str]:
    """Terms worth looking up: a word in more than half of many items tells little and costs a pass over all of them."""
    found = sorted((n, term) for term, n in held.items() if n)
    return [term for n, term in found if n <= max(total / 2, _MANY)] or [term for _, term in found[:1]]
