"""The suggestion as it was shown."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from intake_api.kit.db import Base, IdMixin, JsonDoc


class Suggestion(IdMixin, Base):
    """A stored suggestion: plain columns for lists and statistics, `sealed` the whole with words of the text."""

    __tablename__ = "suggestion"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    model: Mapped[str] = mapped_column(String(60))
    department: Mapped[str] = mapped_column(String(40))
    probability: Mapped[float]
    disposition: Mapped[str | None] = mapped_column(String(40))
    confident: Mapped[bool]
    department_set: Mapped[list[str] | None] = mapped_column(JsonDoc)
    known_share: Mapped[float | None]
    made_at: Mapped[datetime]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
