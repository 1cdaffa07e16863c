"""The table of the audit trail (操作留痕)."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from intake_api.kit.db import Base, IdMixin


class TrailEntry(IdMixin, Base):
    """An act that belongs to no case; `actor` and `subject` as of events (`account:3`), codes and ids in `data`."""

    __tablename__ = "trail"
    seq: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str | None] = mapped_column(String(80))
    data: Mapped[dict[str, Any]]
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
