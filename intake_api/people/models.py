"""Staff accounts and their sessions."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from intake_api.kit.db import Base, BigId, IdMixin


class Account(IdMixin, Base):
    """A member of staff. `department` limits the view to one department's cases; None sees all."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("role IN ('clerk','officer','reviewer','admin')", name="role_known"),)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    password_temporary: Mapped[bool] = mapped_column(server_default=false())  # good for choosing another only
    password_until: Mapped[datetime | None]  # of a one-time password
    role: Mapped[str] = mapped_column(String(20))
    department: Mapped[str | None] = mapped_column(String(40))
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int | None] = mapped_column(BigInteger)  # the last one used: a code is good once
    disabled: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    person: Mapped[str | None] = mapped_column(String(40))  # the name that colleagues read
    signed_in_at: Mapped[datetime | None]


class Absence(Base):
    """Somebody is away from a day to a day, both included, and who stands in for them (代理)."""

    __tablename__ = "absence"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    since: Mapped[date]
    until: Mapped[date]


class SignInTries(Base):
    """Tries to sign in by the name as typed and the place they came from, both as digests (`people.attempts`)."""

    __tablename__ = "sign_in_tries"
    name_index: Mapped[str] = mapped_column(String(32), primary_key=True)
    place: Mapped[str] = mapped_column(String(32), primary_key=True)
    tries: Mapped[int]
    waits_until: Mapped[datetime | None]
    last_at: Mapped[datetime] = mapped_column(index=True)


class StaffSession(Base):
    """A signed-in browser (`web`) or a bearer token (`api`); only the hash of its token is kept."""

    __tablename__ = "staff_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime | None]
    browser: Mapped[str | None] = mapped_column(String(40))  # coarsely: Edge · Windows
    acting_for: Mapped[int | None] = mapped_column(BigId)  # whose desk this session works at, while they are away
