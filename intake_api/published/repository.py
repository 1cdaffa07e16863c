"""All SQL about published information and its vectors.

The two full-text engines differ in two statements; the rest is shared.

Each term is looked up by itself and its scores are added up, so that a rare word outweighs a common one on both: bm25
of FTS5 sees to that alone, ts_rank of PostgreSQL knows nothing of rarity and is multiplied by the term's weight.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlalchemy import bindparam, case, column, delete, func, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from intake_api.cases.answered import GIVEN
from intake_api.published.models import Deflected, PublishedItem, PublishedVector, Release, published_index
from intake_api.published.nearest import Kept
from intake_api.terms.catalogue import BROKEN

READ_OF_BODY = 500  # characters that are compared with a question
_AT_ONCE = 500  # values of one statement
Shelf = Literal["source", "topic"]


class Text(NamedTuple):
    """An item with all that is known of it."""

    url: str
    title: str
    summary: str
    body: str
    source: str
    published_on: date
    number: str
    topic: str
    expires_on: date | None


@dataclass(frozen=True)
class Wanted:
    """Which items: of a department, on a topic, in a state (terms.catalogue.SHOWN), with `q` in title, 文号 or url."""

    q: str = ""
    source: str = ""
    topic: str = ""
    state: str = "all"


@dataclass(frozen=True)
class _Engine:
    """`counts`: how many items hold each of `:terms`; `hits`: (id, weight, score) of every item with each of them."""

    counts: str
    hits: str


_ENGINES = {
    "sqlite": _Engine(
        counts="""
            SELECT asked.value AS term,
                (SELECT count(*) FROM published_index WHERE published_index MATCH '"' || asked.value || '"') AS held
            FROM json_each(:terms) AS asked""",
        hits="""
            SELECT published_index.rowid AS id, json_extract(asked.value, '$.weight') AS weight,
                -bm25(published_index, 8.0, 1.0) AS score
            FROM json_each(:terms) AS asked
            JOIN published_index ON published_index MATCH '"' || json_extract(asked.value, '$.term') || '"'""",
    ),
    # OFFSET 0 keeps the look-up apart for each term: joined, the planner reads the whole table instead of the index
    "postgresql": _Engine(
        counts="""
            SELECT term,
                (SELECT count(*) FROM published_index WHERE document @@ phraseto_tsquery('simple', term)) AS held
            FROM jsonb_array_elements_text(CAST(:terms AS jsonb)) AS term""",
        hits="""
            SELECT id, weight, weight * ts_rank('{0.12, 0.2, 0.4, 1.0}', document, wanted, 1) AS score
            FROM jsonb_to_recordset(CAST(:terms AS jsonb)) AS asked(term text, weight double precision)
            CROSS JOIN LATERAL phraseto_tsquery('simple', term) AS wanted
            CROSS JOIN LATERAL (
                SELECT rowid AS id, document FROM published_index WHERE document @@ wanted OFFSET 0
            ) AS held""",
    ),
}


def _engine(session: AsyncSession) -> _Engine:
    return _ENGINES[session.get_bind().dialect.name]


async def held_by(session: AsyncSession, terms: Sequence[str]) -> dict[str, int]:
    """How many items hold each term."""
    rows = await session.execute(text(_engine(session).counts), {"terms": json.dumps(terms)})
    return {row.term: row.held for row in rows}


async def count(session: AsyncSession) -> int:
    """How many items there are."""
    return await session.scalar(select(func.count()).select_from(PublishedItem)) or 0


async def best(
    session: AsyncSession, weights: Mapping[str, float], floor: float, title: str, today: date, limit: int
) -> list[PublishedItem]:
    """Items whose terms weigh at least `floor` together: first those of this very title (as indexed), then by score.

    Of two that are equal in both the newer is first. What has expired is left out.
    """
    terms = json.dumps([{"term": term, "weight": weight} for term, weight in weights.items()])
    hits = text(_engine(session).hits).bindparams(terms=terms)
    # materialized: bm25 cannot be computed inside an aggregate
    hit = hits.columns(column("id"), column("weight"), column("score")).cte("hit").prefix_with("MATERIALIZED")
    found = (
        select(hit.c.id, func.sum(hit.c.score).label("score"))
        .group_by(hit.c.id)
        .having(func.sum(hit.c.weight) >= floor)
        .subquery("found")
    )
    query = (
        select(PublishedItem)
        .join(found, found.c.id == PublishedItem.id)
        .join(published_index, published_index.c.rowid == PublishedItem.id)
        .where(_holds(today))
        .order_by(
            case((published_index.c.title == title, 0), else_=1),
            found.c.score.desc(),
            PublishedItem.published_on.desc(),
            PublishedItem.id,
        )
        .limit(limit)
    )
    return list(await session.scalars(query))


def _holds(today: date) -> Any:
    return or_(PublishedItem.expires_on.is_(None), PublishedItem.expires_on >= today)


class Compared(NamedTuple):
    """What is compared of an item with a question; `revision` is that of its vector, 0 where it has none."""

    id: int
    title: str
    number: str
    text: str
    source: str
    published_on: date
    revision: int


async def compared(session: AsyncSession, items: Collection[int], today: date) -> list[Compared]:
    """The items with these ids that have not expired."""
    text_of = PublishedItem.summary + "\n" + func.substr(PublishedItem.body, 1, READ_OF_BODY)
    query = (
        select(
            PublishedItem.id,
            PublishedItem.title,
            PublishedItem.number,
            text_of,
            PublishedItem.source,
            PublishedItem.published_on,
            func.coalesce(PublishedVector.revision, 0),
        )
        .outerjoin(PublishedVector, PublishedVector.item_id == PublishedItem.id)
        .where(PublishedItem.id.in_(items), _holds(today))
    )
    return [Compared(*row) for row in await session.execute(query)]


async def these(session: AsyncSession, items: Sequence[int]) -> list[PublishedItem]:
    """Items by id, in the order given."""
    found = {item.id: item for item in await session.scalars(select(PublishedItem).where(PublishedItem.id.in_(items)))}
    return [found[item] for item in items if item in found]


async def at(session: AsyncSession, url: str) -> PublishedItem | None:
    """The item of an address, with its body."""
    query = select(PublishedItem).where(PublishedItem.url == url).options(undefer(PublishedItem.body))
    found: PublishedItem | None = await session.scalar(query)
    return found


async def everything(session: AsyncSession) -> list[PublishedItem]:
    """All items, the newest first."""
    return list(await session.scalars(_newest()))


async def some(session: AsyncSession, wanted: Wanted, today: date, skipped: int, most: int) -> list[PublishedItem]:
    """Some of the items that are wanted, the newest first."""
    return list(await session.scalars(_newest().where(*_wanted(wanted, today)).offset(skipped).limit(most)))


async def count_of(session: AsyncSession, wanted: Wanted, today: date) -> int:
    """How many items are wanted."""
    return await session.scalar(select(func.count()).select_from(PublishedItem).where(*_wanted(wanted, today))) or 0


async def shelves(session: AsyncSession, shelf: Shelf, today: date, most: int) -> dict[str, int]:
    """How many items that have not expired each department has, or each topic; those with most first."""
    column_of = getattr(PublishedItem, shelf)
    query = (
        select(column_of, func.count())
        .where(_holds(today), column_of != "")
        .group_by(column_of)
        .order_by(func.count().desc(), column_of)
        .limit(most)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def own_pages(session: AsyncSession, own: str, today: date, most: int) -> list[tuple[str, date]]:
    """Address and day of the items that open as pages of this office's own, the newest first."""
    query = (
        select(PublishedItem.url, PublishedItem.published_on)
        .where(PublishedItem.url.startswith(own), _holds(today))
        .order_by(PublishedItem.published_on.desc(), PublishedItem.id.desc())
        .limit(most)
    )
    return [(row.url, row.published_on) for row in await session.execute(query)]


async def by_id(session: AsyncSession, item: int) -> PublishedItem | None:
    """An item with its body."""
    query = select(PublishedItem).where(PublishedItem.id == item).options(undefer(PublishedItem.body))
    found: PublishedItem | None = await session.scalar(query)
    return found


async def known(session: AsyncSession, urls: Sequence[str]) -> dict[str, Text]:
    """The items that have one of these addresses, by address."""
    columns = [getattr(PublishedItem, name) for name in Text._fields]
    found: dict[str, Text] = {}
    for start in range(0, len(urls), _AT_ONCE):
        query = select(*columns).where(PublishedItem.url.in_(urls[start : start + _AT_ONCE]))
        found |= {row.url: Text(*row) for row in await session.execute(query)}
    return found


async def move(session: AsyncSession, item: int, url: str) -> None:
    """Give an item another address, also in what was said of an answered case; the old one tells nothing of it."""
    row = await session.get_one(PublishedItem, item)
    made = (Release.made_item, Release.url == row.url)
    await session.execute(update(Release).where(*made).values(url=url))
    row.url, row.link, row.looked_on = url, "", None
    await session.flush()


async def remove(session: AsyncSession, item: int) -> None:
    """Remove an item with its index, its vector, and the link to it in the public log."""
    await session.execute(delete(published_index).where(published_index.c.rowid == item))
    await session.execute(delete(PublishedVector).where(PublishedVector.item_id == item))
    await session.execute(delete(PublishedItem).where(PublishedItem.id == item))
    await unlink(session)


async def unlink(session: AsyncSession) -> None:
    """Forget that an item was made for an answered case, where it is gone."""
    gone = (Release.made_item, Release.url.not_in(select(PublishedItem.url)))
    await session.execute(update(Release).where(*gone).values(url="", made_item=False))


async def unlooked(session: AsyncSession, own: str, today: date, most: int) -> list[tuple[int, str]]:
    """Id and address of items with an address elsewhere at which nobody has looked today, longest ago first."""
    query = (
        select(PublishedItem.id, PublishedItem.url)
        .where(
            ~PublishedItem.url.startswith(own),
            _holds(today),
            or_(PublishedItem.looked_on.is_(None), PublishedItem.looked_on < today),
        )
        .order_by(func.coalesce(PublishedItem.looked_on, date.min), PublishedItem.id)
        .limit(most)
    )
    return [(row.id, row.url) for row in await session.execute(query)]


async def looked(session: AsyncSession, found: Mapping[int, tuple[str, str]], day: date) -> None:
    """Keep what was found at addresses, by id, for those that still have that address."""
    statement = (
        update(PublishedItem.__table__)  # type: ignore[arg-type]  # a Table
        .where(PublishedItem.id == bindparam("item"), PublishedItem.url == bindparam("address"))
        .values(link=bindparam("state"), looked_on=day)
    )
    rows = [{"item": item, "address": url, "state": state} for item, (url, state) in found.items()]
    if rows:
        await session.execute(statement, rows)


def _newest() -> Any:
    return select(PublishedItem).order_by(PublishedItem.published_on.desc(), PublishedItem.id.desc())


def _wanted(wanted: Wanted, today: date) -> list[Any]:
    states = {
        "held": _holds(today),
        "expired": PublishedItem.expires_on < today,
        "broken": PublishedItem.link.in_(BROKEN),
    }
    conditions = [states[wanted.state]] if wanted.state in states else []
    if wanted.q:
        texts_of = (PublishedItem.title, PublishedItem.number, PublishedItem.url)
        conditions.append(or_(*(each.icontains(wanted.q, autoescape=True) for each in texts_of)))
    shelves = {PublishedItem.source: wanted.source, PublishedItem.topic: wanted.topic}
    return conditions + [shelf == name for shelf, name in shelves.items() if name]


async def texts(session: AsyncSession) -> list[Text]:
    """All items whole."""
    columns = [getattr(PublishedItem, name) for name in Text._fields]
    return [Text(*row) for row in await session.execute(select(*columns).order_by(PublishedItem.id))]


async def clear(session: AsyncSession) -> None:
    """Remove all items."""
    await session.execute(text("DELETE FROM published_index"))
    await session.execute(delete(PublishedVector))
    await session.execute(delete(PublishedItem))


async def put(
    session: AsyncSession,
    rows: Sequence[Mapping[str, Any]],
    index: Mapping[str, tuple[str, str]],
    digests: Mapping[str, str],
) -> None:
    """Insert or, by `url`, replace items; `index` gives the terms of title and text by `url`, `digests` what is meant.

    Vectors made from another text are dropped.
    """
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(PublishedItem.__table__)
    changed = {name: new.excluded[name] for name in Text._fields if name != "url"}
    statement = new.on_conflict_do_update(index_elements=["url"], set_=changed)
    stored = (await session.execute(statement.returning(PublishedItem.id, PublishedItem.url), rows)).all()
    entries = [{"rowid": row.id, "title": index[row.url][0], "terms": index[row.url][1]} for row in stored]
    outdated = delete(published_index).where(published_index.c.rowid == bindparam("item"))
    await session.execute(outdated, [{"item": row.id} for row in stored])
    await session.execute(insert(published_index), entries)
    vectors: Any = PublishedVector.__table__
    other = delete(vectors).where(vectors.c.item_id == bindparam("item"), vectors.c.digest != bindparam("meant"))
    await session.execute(other, [{"item": row.id, "meant": digests[row.url]} for row in stored])


async def without_vector(session: AsyncSession, model: str, most: int) -> list[tuple[int, str, str]]:
    """Id, title and summary of items without a vector of this model, the newest first."""
    columns = (PublishedItem.id, PublishedItem.title, PublishedItem.summary)
    query = _unread(select(*columns), model).order_by(PublishedItem.published_on.desc(), PublishedItem.id).limit(most)
    return [(row.id, row.title, row.summary) for row in await session.execute(query)]


async def count_without_vector(session: AsyncSession, model: str) -> int:
    """How many items have no vector of this model."""
    return await session.scalar(_unread(select(func.count()).select_from(PublishedItem), model)) or 0


def _unread(query: Any, model: str) -> Any:
    has = (PublishedVector.item_id == PublishedItem.id) & (PublishedVector.model == model)
    return query.outerjoin(PublishedVector, has).where(PublishedVector.item_id.is_(None))


async def keep_vectors(session: AsyncSession, model: str, made: Mapping[int, tuple[str, bytes]]) -> None:
    """Store digest and vector of items, but for those whose text has changed or that are gone meanwhile."""
    columns = (PublishedItem.id, PublishedItem.title, PublishedItem.summary)
    there = await session.execute(select(*columns).where(PublishedItem.id.in_(made)).with_for_update())
    current = {row.id for row in there if digest_of(row.title, row.summary) == made[row.id][0]}
    revision = (await session.scalar(select(func.max(PublishedVector.revision))) or 0) + 1
    await session.execute(delete(PublishedVector).where(PublishedVector.item_id.in_(current)))
    rows = [
        {"item_id": item, "model": model, "revision": revision, "digest": digest, "packed": packed}
        for item, (digest, packed) in made.items()
        if item in current
    ]
    if rows:
        await session.execute(insert(PublishedVector), rows)


async def stamp(session: AsyncSession, model: str) -> tuple[int, int]:
    """What changes whenever the vectors do: how many there are, and the newest revision among them."""
    query = select(func.count(), func.max(PublishedVector.revision)).where(PublishedVector.model == model)
    number, newest = (await session.execute(query)).one()
    return number, newest or 0


async def vectors(session: AsyncSession, model: str, after: int = 0) -> list[Kept]:
    """The vectors of a model that are newer than a revision."""
    columns = (PublishedVector.item_id, PublishedVector.revision, PublishedVector.packed)
    query = select(*columns).where(PublishedVector.model == model, PublishedVector.revision > after)
    return [Kept(*row) for row in await session.execute(query)]


def digest_of(title: str, summary: str) -> str:
    """What tells whether an item still says what its vector was made from."""
    return hashlib.sha256(f"{title}\n{summary}".encode("utf-8", "replace")).hexdigest()


async def release_of(session: AsyncSession, number: str) -> Release | None:
    """What was said of an answered case."""
    found: Release | None = await session.scalar(select(Release).where(Release.number == number))
    return found


async def remove_release(session: AsyncSession, number: str) -> None:
    """Forget what was said of a case."""
    await session.execute(delete(Release).where(Release.number == number))


async def released(session: AsyncSession, numbers: Collection[str]) -> set[str]:
    """Which of these cases something was said of."""
    return set(await session.scalars(select(Release.number).where(Release.number.in_(numbers))))


async def logged(session: AsyncSession, skipped: int, most: int) -> list[Release]:
    """Some entries of the public log, the last answered first."""
    order = (Release.answered_on.desc(), Release.id.desc())
    query = select(Release).where(Release.logged, _stands()).order_by(*order).offset(skipped).limit(most)
    return list(await session.scalars(query))


async def overtaken(session: AsyncSession, most: int) -> list[Release]:
    """What is shown of answers that do not stand any more as it says, the last answered first."""
    shown = or_(Release.logged, Release.made_item)
    order = (Release.answered_on.desc(), Release.id.desc())
    return list(await session.scalars(select(Release).where(shown, ~_stands()).order_by(*order).limit(most)))


def _stands() -> Any:
    same = (GIVEN.c.number == Release.number) & (GIVEN.c.outcome == Release.outcome)
    return select(GIVEN.c.number).where(same).exists()


async def count_up(session: AsyncSession, counts: Mapping[tuple[str, str, str], int]) -> None:
    """Add to what was counted, by month, surface and what followed."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(Deflected.__table__)
    keys = ["month", "surface", "what"]
    more = new.on_conflict_do_update(index_elements=keys, set_={"number": Deflected.number + new.excluded.number})
    rows = [dict(zip(keys, key, strict=True)) | {"number": number} for key, number in sorted(counts.items())]
    await session.execute(more, rows)


async def deflection(session: AsyncSession, most: int) -> list[Deflected]:
    """What was counted, the newest month first."""
    return list(await session.scalars(select(Deflected).order_by(Deflected.month.desc()).limit(most)))
