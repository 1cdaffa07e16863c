"""Use cases of published information: search it, bring it in, give each item its vector."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.jobs.service import enqueue, report
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.kit.text import tidy
from intake_api.published import repository, terms
from intake_api.published.files import OWN_PAGE, ImportedItem, parse_items
from intake_api.published.meaning import MODEL, Meaning
from intake_api.published.models import PublishedItem
from intake_api.published.search import Fit, Search
from intake_api.published.segment import cut_for_search
from intake_api.published.words import Departments

MOST_FOUND = 50
PAGE = 30  # items of a page of the listing
SHELVES = 100
VECTORS = "published_vectors"
_BATCH = 16  # items a transaction: one or two seconds


@dataclass(frozen=True)
class Found:
    """A published item; `source` is the code of the department that published it, empty where it is not known.

    `fit`: `right` where it surely is what was asked, `perhaps` where it may be; empty where nobody has judged.
    """

    id: int
    title: str
    url: str
    summary: str
    published_on: date
    source: str
    fit: Fit = ""

    @classmethod
    def of(cls, item: PublishedItem, fit: Fit = "") -> Self:
        """A row, without what only the search needs."""
        return cls(item.id, item.title, item.url, item.summary, item.published_on, item.source, fit)


Whole = repository.Text  # an item with all that is known of it


@dataclass(frozen=True)
class Searchable:
    """How far the search by meaning is: `missing` says why there is none on this machine, empty where there is."""

    items: int
    without_vector: int
    missing: str


class PublishedService:
    """Search and import; index and question are cut by the same `segment`."""

    def __init__(
        self,
        db: Database,
        segment: terms.Segment = cut_for_search,
        clock: Clock | None = None,
        departments: Departments | None = None,
        meaning: Meaning | None = None,
    ) -> None:
        self._db = db
        self._segment = segment
        self._clock = clock or Clock()
        self._meaning = meaning or Meaning()
        self._search = Search(db, self._clock, segment, departments or Departments([]), self._meaning)

    async def search(self, q: str, limit: int = 10) -> list[Found]:
        """Find published items near a question in people's own words, best first; none where nothing fits.

        An exact document number, then an exact title are before all. Never fails on what was typed: a question without
        a word in it finds nothing, of a long one the first 500 characters count. `limit` is 1–50.
        """
        return [Found.of(item, fit) for item, fit in await self._search.find(q, limit)]

    async def listing(self) -> list[Found]:
        """Everything published, the newest first."""
        async with self._db.read() as session:
            return [Found.of(item) for item in await repository.everything(session)]

    async def page(self, number: int = 1, source: str = "", topic: str = "", most: int = PAGE) -> list[Found]:
        """The items of a page of the listing, the newest first, and one more where there is another page.

        Only those of a department (code), on a topic.
        """
        wanted = repository.Wanted(source=tidy(source), topic=tidy(topic), state="held")
        async with self._db.read() as session:
            items = await repository.some(session, wanted, self._clock.today(), most * (number - 1), most + 1)
            return [Found.of(item) for item in items]

    async def shelves(self) -> dict[repository.Shelf, dict[str, int]]:
        """Departments (codes) and topics with the number of their items, those with most first, SHELVES of each."""
        today = self._clock.today()
        async with self._db.read() as session:
            shelves: tuple[repository.Shelf, ...] = ("source", "topic")
            return {shelf: await repository.shelves(session, shelf, today, SHELVES) for shelf in shelves}

    async def own_pages(self, most: int) -> list[tuple[str, date]]:
        """Address and day of the items that open as pages of this office's own, the newest first."""
        async with self._db.read() as session:
            return await repository.own_pages(session, OWN_PAGE, self._clock.today(), most)

    async def address(self, item: int) -> str:
        """Where an item is to be read; Failure `not_found`."""
        async with self._db.read() as session:
            found = await repository.these(session, [item])
        if not found:
            raise Failure("not_found")
        return found[0].url

    async def one(self, key: str) -> Whole:
        """The item of an own page; Failure `not_found`."""
        if not re.fullmatch("[0-9a-f]{12}", key):
            raise Failure("not_found")
        async with self._db.read() as session:
            item = await repository.at(session, OWN_PAGE + key)
        if item is None:
            raise Failure("not_found")
        return Whole(**{name: getattr(item, name) for name in Whole._fields})

    async def standing(self) -> Searchable:
        """How many items there are and how many of them are found by words only (for `gongkai doctor`)."""
        async with self._db.read() as session:
            items = await repository.count(session)
            return Searchable(items, await repository.count_without_vector(session, MODEL), self._meaning.missing)

    async def import_items(self, rows: Iterable[str], *, vectors_after: timedelta = timedelta()) -> int:
        """Add the items of JSON lines, or replace those with the same `url`; the number of items read.

        All or nothing: Failure `published_file_invalid` names the bad lines and nothing is stored. The worker gives the
        items their vectors, not before `vectors_after`; until then they are found by words.
        """
        return await self._store(rows, vectors_after, afresh=False)

    async def replace_all(self, rows: Iterable[str]) -> int:
        """Import in the same way, but remove what the lines do not hold."""
        return await self._store(rows, timedelta(), afresh=True)

    async def reindex(self) -> None:
        """Make the index anew from the items: a backup holds the items only."""
        async with self._db.read() as session:
            items = await repository.texts(session)
        index = await asyncio.to_thread(self.index, items)
        async with self._db.write() as session:
            await repository.put(session, [item._asdict() for item in items], index, _digests(items))
            self._ask_for_vectors(session, timedelta())

    async def make_vectors(self, most: int | None = None, tell: Callable[[int, int], None] | None = None) -> int:
        """Give items their vectors, the newest first, `most` of them; how many are still without.

        `tell` takes (done, of all). Each batch is stored as it is made: whoever goes on later begins where this ended.
        """
        async with self._db.read() as session:
            left = await repository.count_without_vector(session, MODEL)
        total = left if most is None else min(left, most)
        done = 0
        while done < total and not self._meaning.missing:
            made = await self._make_some()
            if not made:
                break
            done += made
            if tell:
                tell(min(done, total), total)
        return max(left - done, 0)

    async def _make_some(self) -> int:
        async with self._db.read() as session:
            items = await repository.without_vector(session, MODEL, _BATCH)
        packed = await asyncio.to_thread(self._meaning.items, [f"{title}。{summary}" for _, title, summary in items])
        made = {
            item: (repository.digest_of(title, summary), vector)
            for (item, title, summary), vector in zip(items, packed, strict=True)
        }
        async with self._db.write() as session:
            await repository.keep_vectors(session, MODEL, made)
        return len(made)

    async def vectors_job(self, payload: Mapping[str, Any]) -> None:
        """Job: vectors for all items without one; says how far it is."""
        left = 1
        while left:
            before, left = left, await self.make_vectors(_BATCH * 20)
            async with self._db.write() as session:
                items = await repository.count(session)
                await report(session, payload["job"], 100 - 100 * left // max(items, 1), f"还有 {left} 条")
            if left == before:
                break

    async def _store(self, rows: Iterable[str], vectors_after: timedelta, *, afresh: bool) -> int:
        items, index = await asyncio.to_thread(self._prepare, rows)
        async with self._db.write() as session:
            if afresh:
                await repository.clear(session)
            await self.put(session, items, index, vectors_after)
            if afresh:
                await repository.unlink(session)
        return len(items)

    async def put(
        self,
        session: AsyncSession,
        items: Sequence[ImportedItem],
        index: Mapping[str, tuple[str, str]],
        vectors_after: timedelta = timedelta(),
    ) -> None:
        """Add or, by `url`, replace items in the caller's transaction; `index` made before it."""
        await repository.put(session, [item.model_dump() for item in items], index, _digests(items))
        self._ask_for_vectors(session, vectors_after)

    def _ask_for_vectors(self, session: AsyncSession, after: timedelta) -> None:
        if not self._meaning.missing:
            enqueue(session, VECTORS, {}, self._clock.now() + after)

    def _prepare(self, rows: Iterable[str]) -> tuple[list[ImportedItem], dict[str, tuple[str, str]]]:
        items = parse_items(rows)
        return items, self.index(items)

    def index(self, items: Iterable[ImportedItem | repository.Text]) -> dict[str, tuple[str, str]]:
        """The terms of title and text of items, by `url`; slow for many."""
        return {
            item.url: (
                terms.indexed(item.title, self._segment),
                terms.indexed(f"{item.number}\n{item.summary}\n{item.body}", self._segment),
            )
            for item in items
        }


def _digests(items: Iterable[ImportedItem | repository.Text]) -> dict[str, str]:
    return {item.url: repository.digest_of(item.title, item.summary) for item in items}
