"""A ledger that was uploaded in the console and waits for somebody to say that it shall be imported."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from intake_api.kit.db import Base


class LedgerUpload(Base):
    """The file as it was sent, sealed with its name; dropped once it is imported, and after a day in any case."""

    __tablename__ = "ledger_upload"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(index=True)
