"""All SQL about published information. The two full-text engines differ in two statements; the rest is shared.

Each term is looked up by itself and its scores are added up, so that a rare word outweighs a common one on both: bm25
of FTS5 sees to that alone, ts_rank of PostgreSQL knows nothing of rarity and is multiplied by the term's weight.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, column, delete, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.published.models import PublishedItem, published_index


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
    session: AsyncSession, weights: Mapping[str, float], floor: float, title: str, limit: int
) -> list[PublishedItem]:
    """Items whose terms weigh at least `floor` together: first those of this very title (as indexed), then by score.

    Of two that are equal in both the newer is first.
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
        .order_by(
            case((published_index.c.title == title, 0), else_=1),
            found.c.score.desc(),
            PublishedItem.published_on.desc(),
            PublishedItem.id,
        )
        .limit(limit)
    )
    return list(await session.scalars(query))


async def everything(session: AsyncSession) -> list[PublishedItem]:
    """All items, the newest first."""
    query = select(PublishedItem).order_by(PublishedItem.published_on.desc(), PublishedItem.id.desc())
    return list(await session.scalars(query))


class Text(NamedTuple):
    """An item with all that can be searched."""

    url: str
    title: str
    summary: str
    body: str
    source: str
    published_on: date


async def texts(session: AsyncSession) -> list[Text]:
    """All items whole."""
    columns = [getattr(PublishedItem, name) for name in Text._fields]
    return [Text(*row) for row in await session.execute(select(*columns).order_by(PublishedItem.id))]


async def clear(session: AsyncSession) -> None:
    """Remove all items."""
    await session.execute(delete(published_index))
    await session.execute(delete(PublishedItem))


async def put(session: AsyncSession, rows: Sequence[Mapping[str, Any]], index: Mapping[str, tuple[str, str]]) -> None:
    """Insert or, by `url`, replace items; `index` gives the terms of title and text by `url`."""
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(PublishedItem.__table__)
    changed = {name: new.excluded[name] for name in ("title", "summary", "body", "source", "published_on")}
    statement = new.on_conflict_do_update(index_elements=["url"], set_=changed)
    stored = (await session.execute(statement.returning(PublishedItem.id, PublishedItem.url), rows)).all()
    entries = [{"rowid": row.id, "title": index[row.url][0], "terms": index[row.url][1]} for row in stored]
    outdated = delete(published_index).where(published_index.c.rowid == bindparam("item"))
    await session.execute(outdated, [{"item": row.id} for row in stored])
    await session.execute(insert(published_index), entries)
