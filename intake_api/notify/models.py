"""Table of the addresses at which applicants want to be told."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake_api.kit.db import Base, IdMixin


class Destination(IdMixin, Base):
    """An address of an applicant for one case, sealed; nothing but a question goes there before it is confirmed.

    `link_*`: of the link that confirms it, `code_*`: of the one that opens a new query code; each is used once. Kept of
    a link is its keyed digest. `bounced_at`: when what had gone there came back; a new confirmation ends that.
    """

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("number", "channel"),)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    number: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_index: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    link_hash: Mapped[str | None] = mapped_column(String(32))
    link_until: Mapped[datetime | None]
    code_hash: Mapped[str | None] = mapped_column(String(32))
    code_until: Mapped[datetime | None]
