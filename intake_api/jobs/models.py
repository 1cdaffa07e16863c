"""Work that must survive a crash: jobs and outgoing messages, written in the transaction that causes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from intake_api.kit.db import Base, IdMixin


class Job(IdMixin, Base):
    """A piece of background work; `payload` holds ids only. A lease (`locked_until`) that runs out is claimed anew.

    A recurring job is one row for ever, found by its `unique_key`. `progress` (0 to 100) and `said` tell people how far
    a long one is.
    """

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "finished_at", "run_at"),)
    kind: Mapped[str] = mapped_column(String(40))
    unique_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    payload: Mapped[dict[str, Any]]
    run_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str | None] = mapped_column(String(60))
    progress: Mapped[int] = mapped_column(default=0, server_default="0")
    said: Mapped[str | None] = mapped_column(String(200))
    finished_at: Mapped[datetime | None]


class Outbox(IdMixin, Base):
    """A message for a citizen: to a chat, which the bot delivers, or to a confirmed address (`intake_api.notify`).

    `refused` counts the attempts after which it surely had not arrived; any other may have been a delivery. `result`
    says what became of it where that is not plain delivery (terms.telling). The row stays for the clerk to see; its
    text is erased after a month.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "delivered_at", "locked_until"),)
    channel: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20), default="news", server_default="news")
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    result: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    refused: Mapped[int] = mapped_column(default=0, server_default="0")
