"""Tables of the calendar: days that a notice or the office itself changed, the version, and what each version moved."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from intake_api.kit.db import Base

Scope = Literal["notice", "local"]


class CalendarRow(Base):
    """A rest day or a worked weekend: of a notice, or of the office itself (`local`), which goes first."""

    __tablename__ = "calendar_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    scope: Mapped[Scope] = mapped_column(String(10), primary_key=True)
    is_workday: Mapped[bool]
    name: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(200))  # file or document number it came from
    loaded_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(40))


class CalendarVersion(Base):
    """One row, made by the migration: how often the calendar has been changed. Case transactions share its lock."""

    __tablename__ = "calendar_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    changed_at: Mapped[datetime | None]
    counted: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))  # `Calendar.digests` of due dates


class CalendarMove(Base):
    """A case whose due date a version of the calendar moved."""

    __tablename__ = "calendar_move"
    version: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(40))
    due_from: Mapped[date]
    due_to: Mapped[date]
