"""Tables of a case: the projection that lists sort by, its append-only events, and the erasable personal rows.

Events never hold personal data or free text; `applicant` and `case_text` hold it, sealed, and can be erased without
breaking the chain.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from intake_api import keys
from intake_api.kit.db import Base, IdMixin, JsonDoc
from intake_api.terms.applicant import ApplicantType, Kind
from intake_api.terms.delivery import Medium, Way
from intake_api.terms.handling import Disposition
from intake_api.terms.receipt import Basis, Channel


class Agency(Base):
    """An agency of this installation that can be applied to; mirrored from the profile at start."""

    __tablename__ = "agency"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    number_prefix: Mapped[str] = mapped_column(String(20))


class NumberSeries(Base):
    """Last serial given out; gap-free for each agency, kind and year, so that a missing case shows."""

    __tablename__ = "number_series"
    agency_code: Mapped[str] = mapped_column(ForeignKey("agency.code"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


def _number_key(context: DefaultExecutionContext) -> str:
    row: dict[str, str] = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    return keys.number(row["number"])


class Case(IdMixin, Base):
    """The projection of a case: every column can be derived anew from events and the submission.

    A request that was split ends with the status `split`, without a due date, an end and an outcome: reports leave it
    out of every row and count its children (`parent_id`), which have its day of receipt. After a return (退回分办)
    `department` and `disposition` are empty: no decision is in force. A case withdrawn before its receipt was confirmed
    has no `received_on` and no `outcome`, and counts in no row either.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_sort_on", "sort_on", "id"),
        Index("ix_cases_open_sort_on", "open", "sort_on", "id"),
        Index("ix_cases_status_sort_on", "status", "sort_on", "id"),
        Index("ix_cases_department_sort_on", "department", "open", "sort_on", "id"),
        Index("ix_cases_agency_received_on", "agency_code", "received_on"),
        Index("ix_cases_agency_ended_on", "agency_code", "ended_on"),
        Index("ix_cases_parent_id", "parent_id"),
        Index("ix_cases_contested", "contested", "id"),
    )
    number: Mapped[str] = mapped_column(String(40), unique=True)
    number_key: Mapped[str] = mapped_column(String(80), index=True, default=_number_key, server_default="")
    agency_code: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    kind: Mapped[Kind] = mapped_column(String(20))
    channel: Mapped[Channel] = mapped_column(String(20))
    applicant_type: Mapped[ApplicantType] = mapped_column(String(20))
    delivery_medium: Mapped[Medium] = mapped_column(String(20))
    delivery_way: Mapped[Way] = mapped_column(String(20))
    receipt_basis: Mapped[Basis | None] = mapped_column(String(20))  # None: an old ledger does not say
    submitted_at: Mapped[datetime]
    code_hash: Mapped[str | None] = mapped_column(String(64))
    flags: Mapped[list[str]] = mapped_column(JsonDoc)

    status: Mapped[str] = mapped_column(String(40))
    open: Mapped[bool]
    received_on: Mapped[date | None]
    due_on: Mapped[date | None]
    due_provisional: Mapped[bool] = mapped_column(server_default=false())
    sort_on: Mapped[date]  # due_on, or a day before or after all others (intake_api.cases.projection)
    department: Mapped[str | None] = mapped_column(String(40))
    disposition: Mapped[Disposition | None] = mapped_column(String(40))
    outcome: Mapped[str | None] = mapped_column(String(10))  # the row of 表三, once the case has ended
    ended_on: Mapped[date | None]  # answered, lapsed or withdrawn
    in_time: Mapped[bool | None]
    extended: Mapped[bool] = mapped_column(server_default=false())
    returned: Mapped[int] = mapped_column(server_default="0")  # times a department gave it back
    review: Mapped[str | None] = mapped_column(String(20))  # 行政复议: upheld, corrected, other, pending
    review_on: Mapped[date | None]
    litigation: Mapped[str | None] = mapped_column(String(40))  # 行政诉讼: direct:… or after_review:…
    litigation_on: Mapped[date | None]
    contested: Mapped[bool] = mapped_column(server_default=false())  # a review or suit still wants something done
    rating: Mapped[int | None]  # the applicant's, 1 to 5
    unlettered: Mapped[bool] = mapped_column(server_default=false())  # answered, and no letter is on record
    unfiled: Mapped[bool] = mapped_column(server_default=false())  # its letter was written elsewhere; no file of it
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))  # the case this one was split from
    event_count: Mapped[int]
    head_hash: Mapped[str] = mapped_column(String(64))


class Event(IdMixin, Base):
    """One entry of the append-only record; `hash` covers its content and the hash before it."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("case_id", "seq"), Index("ix_event_at", "at"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int]
    type: Mapped[str] = mapped_column(String(40))
    on: Mapped[date]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class EventNote(Base):
    """The words that go with an event (why an entry was voided), sealed. Erasable."""

    __tablename__ = "event_note"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class Applicant(Base):
    """Who applied: sealed particulars and blind indexes for equality search. Erasable."""

    __tablename__ = "applicant"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_index: Mapped[str | None] = mapped_column(String(32), index=True)
    id_number_index: Mapped[str | None] = mapped_column(String(32), index=True)
    phone_index: Mapped[str | None] = mapped_column(String(32), index=True)
    email_index: Mapped[str | None] = mapped_column(String(32), index=True)


class CaseText(Base):
    """What was asked, as filed: title, description, document number and the salt of their digest, sealed. Erasable."""

    __tablename__ = "case_text"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class Looking(Base):
    """Who has a case open that waits for its department, until when that counts."""

    __tablename__ = "looking"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    until: Mapped[datetime] = mapped_column(index=True)


class IdempotencyKey(Base):
    """A used `Idempotency-Key`: which submission it stood for, and the sealed nonce of the query code to repeat it."""

    __tablename__ = "idempotency_key"
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Decision(IdMixin, Base):
    """What a person decided on which suggestion; `superseded` marks all but the one in force."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int]
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("suggestion.id"))
    department: Mapped[str] = mapped_column(String(40))
    disposition: Mapped[Disposition] = mapped_column(String(40))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
