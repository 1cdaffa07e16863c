"""Tables of notices: drafts and what was issued, the files that went out, the series of their numbers.

What a notice says is personal: it is sealed and erasable. Its number, its digests and its event stay.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake_api.kit.db import Base, IdMixin


class NoticeSeries(Base):
    """Last serial given out; gap-free for each agency, 字 and year, so that a missing notice shows."""

    __tablename__ = "notice_series"
    agency_code: Mapped[str] = mapped_column(ForeignKey("agency.code"), primary_key=True)
    sign: Mapped[str] = mapped_column(String(10), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Notice(IdMixin, Base):
    """A notice of a case. `serial` and what follows it are empty while it is a draft; `version` counts its changes."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("agency_code", "sign", "year", "serial"),)
    case_number: Mapped[str] = mapped_column(ForeignKey("cases.number"), index=True)
    agency_code: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    code: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # what the clerk entered and reworded
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))  # who wrote it last, or issued it
    changed_at: Mapped[datetime]
    sign: Mapped[str] = mapped_column(String(10))
    year: Mapped[int | None]
    serial: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(String(60))
    issued_on: Mapped[date | None]
    sent_at: Mapped[datetime | None]  # for approval (送审); no longer once it is changed or returned
    sent_words: Mapped[bytes | None] = mapped_column(LargeBinary)  # as it was sent last, and the time before


class NoticeFile(Base):
    """A file as it went out: sealed bytes (base64), and their SHA-256 (hex), which the case's chain holds too."""

    __tablename__ = "notice_file"
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    format: Mapped[str] = mapped_column(String(10), primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
