"""The table of files on a case: what applicants sent in, and the papers that the office keeps beside it."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from intake_api.kit.db import Base, IdMixin
from intake_api.terms.papers import Paper, Visible


class Attachment(IdMixin, Base):
    """A file as it was sent: name and bytes (base64), sealed apart and erasable; kind, size and SHA-256 (hex) stay.

    `paper`, `visible` and `account_id` are empty where the applicant sent it; `ref` names the entry that it proves.
    """

    __tablename__ = "attachment"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]
    paper: Mapped[Paper | None] = mapped_column(String(20))
    visible: Mapped[Visible | None] = mapped_column(String(20))
    ref: Mapped[str | None] = mapped_column(String(20))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
