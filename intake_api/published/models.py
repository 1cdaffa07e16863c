"""Published information and its index.

The index is a full-text table of each database's own kind (migration 0002), so that it is no part of the metadata: a
virtual FTS5 table on SQLite, a table with a tsvector column on PostgreSQL, with the same three columns to write to.
"""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, column, table
from sqlalchemy.orm import Mapped, mapped_column

from intake_api.kit.db import Base, BigId, IdMixin


class PublishedItem(IdMixin, Base):
    """One piece of published information; its address (`url`) is what tells it from others.

    `number` is its 文号; after `expires_on` it is offered to nobody. `link`: what the last look at its address, on
    `looked_on`, found (terms.catalogue.LINKS); empty where nobody has looked.
    """

    __tablename__ = "published_item"
    __table_args__ = (Index("ix_published_item_published_on", "published_on", "id"),)
    url: Mapped[str] = mapped_column(String(500), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text, deferred=True)
    source: Mapped[str] = mapped_column(String(40))  # department code; empty where not known
    published_on: Mapped[date]
    number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    topic: Mapped[str] = mapped_column(String(40), default="", server_default="")
    expires_on: Mapped[date | None]
    link: Mapped[str] = mapped_column(String(20), default="", server_default="")
    looked_on: Mapped[date | None]


class Release(IdMixin, Base):
    """What a person said of an answered case (条例 art. 44): shown in the public log, in the catalogue, or neither.

    `title` and `summary` are written for the public; `number`, the case's, is shown to staff only. `url` is where the
    information is to be read, empty where nowhere; `made_item`: it is an item that was made for it.
    """

    __tablename__ = "release"
    __table_args__ = (Index("ix_release_logged", "logged", "answered_on", "id"),)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(10))  # row of 表三
    department: Mapped[str] = mapped_column(String(40))
    answered_on: Mapped[date]
    released_on: Mapped[date]
    logged: Mapped[bool]
    url: Mapped[str] = mapped_column(String(500))
    made_item: Mapped[bool]


class Deflected(Base):
    """How often something followed what was shown (terms.catalogue), in a month (YYYY-MM); nothing of anybody."""

    __tablename__ = "deflection"
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    surface: Mapped[str] = mapped_column(String(10), primary_key=True)
    what: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class PublishedVector(Base):
    """What an item means to `model`.

    `digest` is of the text it was made from; `revision` grows with each one stored.
    """

    __tablename__ = "published_vector"
    __table_args__ = (Index("ix_published_vector_revision", "revision"),)
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("published_item.id"), primary_key=True, autoincrement=False)
    model: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    packed: Mapped[bytes] = mapped_column(LargeBinary)


# `rowid` is the item's id; `title` and `terms` (summary and body) hold the text as intake_api.published.terms cuts it.
published_index = table("published_index", column("rowid"), column("title"), column("terms"))
