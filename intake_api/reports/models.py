"""Tables of the reports: figures that are not in the cases, and mail to departments. Neither holds personal data."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from intake_api.kit.db import Base, IdMixin


class Figure(Base):
    """One cell keyed in or imported (docs/annual-report.md): 表二, last year's carry-over, fees charged.

    `value` is the decimal number as written: SQLite has no exact decimals.
    """

    __tablename__ = "report_figure"
    agency_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    cell: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(24))


class Mail(IdMixin, Base):
    """A message to a department; `unique_key` says what it is about, so that it is written once.

    `refused` counts the attempts after which it surely had not gone out; any other may have sent it.
    """

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_due", "sent_at", "locked_until"),)
    unique_key: Mapped[str] = mapped_column(String(120), unique=True)
    recipient: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str]
    created_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    refused: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str | None] = mapped_column(String(60))
