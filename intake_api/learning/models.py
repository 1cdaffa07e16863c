"""What the learning loop keeps: vectors of answered cases, doubtful labels, exclusions.

None of it holds a word of a text: codes, shares, and keyed hashes of terms.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from intake_api.kit.db import Base


class CaseVector(Base):
    """An answered case as the weighed terms of one model (hashed, keyed), for finding similar ones."""

    __tablename__ = "case_vector"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    model: Mapped[str] = mapped_column(String(60), index=True)
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class Forgotten(Base):
    """A case that no model learns from any more (不再用于训练)."""

    __tablename__ = "forgotten"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    at: Mapped[datetime]


class LabelDoubt(Base):
    """An answered case whose department looks wrong to models that never saw it (存疑的归口): a person looks at it.

    `label` is the department that person found right, to be learned from then on; None until somebody has looked.
    """

    __tablename__ = "label_doubt"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    given: Mapped[str] = mapped_column(String(40))
    instead: Mapped[str] = mapped_column(String(40))
    of_given: Mapped[float]
    of_instead: Mapped[float]
    found_at: Mapped[datetime]
    label: Mapped[str | None] = mapped_column(String(40))
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # None: the command line
