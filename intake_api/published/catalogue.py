"""The catalogue as an office keeps it: list, change, expire, remove, tables in and out, a look at its links."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, NamedTuple

from pydantic import ValidationError

from intake_api.directory import Directory
from intake_api.jobs.service import enqueue_one, latest, report
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.problems import problems_in
from intake_api.kit.text import tidy
from intake_api.ledger import files as tables
from intake_api.published import repository
from intake_api.published.files import OWN_PAGE, ImportedItem, ReadItems, Refusal, format_of, read_file, rows_of
from intake_api.published.links import May, is_public, look_at
from intake_api.published.repository import Text, Wanted
from intake_api.published.service import PublishedService
from intake_api.terms.catalogue import BROKEN, COLUMNS

__all__ = ["Catalogue", "CatalogueItem", "Changes", "LinkLook", "Wanted"]

PAGE = 50
LINKS_JOB = "published_links"
MOST_LINKS = 1_000  # of one look; the next one goes on with the others
_BATCH = 20
_LONGEST_CELL = 32_767  # characters, of a workbook
SAID = "查了 {done} 条，{broken} 条打不开"
_TAKEN = "已经有一条用这个网址：{title}"


@dataclass(frozen=True)
class CatalogueItem:
    """An item as the console shows it; `link` and `looked_on` as in the model."""

    id: int
    text: Text
    link: str
    looked_on: date | None

    @property
    def values(self) -> dict[str, str]:
        """As the fields of a form."""
        return {name: "" if value is None else str(value) for name, value in self.text._asdict().items()}


@dataclass(frozen=True)
class Changes:
    """What importing a file would do: items that are new, that replace what is there, that are there as they are."""

    added: list[ImportedItem]
    changed: list[ImportedItem]
    unchanged: int
    refused: list[Refusal]


class LinkLook(NamedTuple):
    """The last look at links: asked for, when it ended, what it said; and how many links are broken now."""

    asked: bool
    finished_at: datetime | None
    said: str
    broken: int


class Catalogue:
    """What staff do with published items; `may`: which network addresses a look at links may reach."""

    def __init__(
        self, db: Database, clock: Clock, directory: Directory, published: PublishedService, may: May = is_public
    ) -> None:
        self._db = db
        self._clock = clock
        self._directory = directory
        self._codes = {name: code for code, names in directory.known_names() for name in (*names, code)}
        self._codes |= {name: each.code for each in directory.agencies for name in (each.name, each.code)}
        self._published = published
        self._may = may

    async def listing(self, wanted: Wanted, page: int) -> tuple[list[CatalogueItem], int]:
        """The items of a page, the newest first, and how many are wanted in all."""
        today = self._clock.today()
        async with self._db.read() as session:
            total = await repository.count_of(session, wanted, today)
            items = await repository.some(session, wanted, today, PAGE * (page - 1), PAGE)
            return [_kept(item, body=False) for item in items], total

    async def one(self, item: int) -> CatalogueItem:
        """An item; Failure `not_found`."""
        async with self._db.read() as session:
            found = await repository.by_id(session, item)
            if found is None:
                raise Failure("not_found")
            return _kept(found)

    async def save(self, item: int | None, values: Mapping[str, str]) -> None:
        """Add an item, or change one; Failure `invalid_request` names the fields at fault, `not_found`."""
        was = (await self.one(item)).text if item is not None else None
        new = _parsed(values, was)
        index = await asyncio.to_thread(self._published.index, [new])
        async with self._db.write() as session:
            taken = (await repository.known(session, [new.url])).get(new.url)
            if taken and (was is None or was.url != new.url):
                raise Failure("invalid_request", fields=[FieldProblem("url", _TAKEN.format(title=taken.title[:60]))])
            if item is not None and was and was.url != new.url:
                await repository.move(session, item, new.url)
            await self._published.put(session, [new], index)

    async def expire(self, item: int) -> None:
        """From today on the item is offered to nobody; its page says that it has expired."""
        kept = await self.one(item)
        await self.save(item, kept.values | {"expires_on": str(self._clock.today() - timedelta(days=1))})

    async def remove(self, item: int) -> None:
        """Remove an item; Failure `not_found`."""
        await self.one(item)
        async with self._db.write() as session:
            await repository.remove(session, item)

    # --- files

    async def preview(self, name: str, raw: bytes) -> Changes:
        """What importing a file would do; nothing is stored. Failures as `read_file`."""
        read = await asyncio.to_thread(read_file, name, raw, self._source_of)
        return await self._changes(read)

    async def _changes(self, read: ReadItems) -> Changes:
        async with self._db.read() as session:
            there = await repository.known(session, [item.url for item in read.items])
        changes = Changes([], [], sum(_same(item, there.get(item.url)) for item in read.items), read.refused)
        for item in read.items:
            if item.url not in there:
                changes.added.append(item)
            elif not _same(item, there[item.url]):
                changes.changed.append(item)
        return changes

    async def bring_in(self, changes: Changes) -> int:
        """Store what a preview would add and change; how many items that is."""
        items = [*changes.added, *changes.changed]
        index = await asyncio.to_thread(self._published.index, items)
        async with self._db.write() as session:
            await self._published.put(session, items, index)
        return len(items)

    async def export(self, file: BinaryIO, name: str) -> int:
        """Write all items as .csv, .xlsx or .jsonl, whichever the name ends with; how many they are.

        Failure `published_cell_too_long` where a text does not fit a cell of a workbook.
        """
        async with self._db.read() as session:
            items = [one._asdict() for one in await repository.texts(session)]
        kind = format_of(name)
        if kind == "jsonl":
            for item in items:
                file.write(f"{ImportedItem.model_validate(item).line}\n".encode())
            return len(items)
        long = next((item for item in items if len(item["body"]) > _LONGEST_CELL), None)
        if long and kind == "xlsx":
            raise Failure("published_cell_too_long", title=long["title"][:60], most=_LONGEST_CELL)
        await tables.write(file, name, _stream(rows_of(items, self._directory.name_of)), "公开目录")
        return len(items)

    def _source_of(self, given: str) -> str | None:
        """The code of a department or agency that a table names."""
        return self._codes.get(given)

    # --- links

    async def ask_for_links(self) -> None:
        """Ask the worker to look at the links; one look at a time."""
        async with self._db.write() as session:
            await enqueue_one(session, LINKS_JOB, {}, self._clock.now())

    async def links_job(self, payload: Mapping[str, Any]) -> None:
        """Job: look at the links nobody has looked at for longest, at most MOST_LINKS; says how far it is.

        What was looked at today already is left out.
        """
        today, done, broken = self._clock.today(), 0, 0
        while done < MOST_LINKS:
            async with self._db.read() as session:
                items = await repository.unlooked(session, OWN_PAGE, today, _BATCH)
            if not items:
                break
            states = await look_at([url for _, url in items], self._may)
            found = {item: (url, state) for (item, url), state in zip(items, states, strict=True)}
            done, broken = done + len(items), broken + sum(state in BROKEN for state in states)
            async with self._db.write() as session:
                await repository.looked(session, found, today)
                await report(session, payload["job"], 100 * done // MOST_LINKS, SAID.format(done=done, broken=broken))
        async with self._db.write() as session:
            await report(session, payload["job"], 100, SAID.format(done=done, broken=broken))

    async def link_look(self) -> LinkLook:
        """How the last look at links stands."""
        async with self._db.read() as session:
            job = await latest(session, LINKS_JOB)
            broken = await repository.count_of(session, Wanted(state="broken"), self._clock.today())
            if job is None:
                return LinkLook(asked=False, finished_at=None, said="", broken=broken)
            return LinkLook(asked=True, finished_at=job.finished_at, said=job.said or "", broken=broken)


def _kept(item: Any, *, body: bool = True) -> CatalogueItem:
    values = {name: getattr(item, name) for name in Text._fields if body or name != "body"}
    return CatalogueItem(item.id, Text(**({"body": ""} | values)), item.link, item.looked_on)


def _parsed(values: Mapping[str, str], was: Text | None) -> ImportedItem:
    """A form as an item; an own page keeps its address, whatever becomes of its title."""
    given = {name: tidy(values.get(name, "")) for name in COLUMNS}
    if was and was.url.startswith(OWN_PAGE) and not given["url"]:
        given["url"] = was.url
    required = ("title", "published_on")
    payload = {name: value for name, value in given.items() if value or name in required or name == "summary"}
    try:
        return ImportedItem.model_validate_json(json.dumps(payload))
    except ValidationError as error:
        raise Failure("invalid_request", fields=problems_in(error)) from None


def _same(item: ImportedItem, there: Text | None) -> bool:
    return there is not None and item.model_dump() == there._asdict()


async def _stream(rows: Iterator[list[str]]) -> AsyncIterator[list[str]]:
    for row in rows:
        yield row
