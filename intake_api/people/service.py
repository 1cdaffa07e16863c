"""Accounts, sign-in with TOTP, one-time passwords, server-side sessions."""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyotp
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.directory import AgencyCode
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.kit.text import clean
from intake_api.kit.vault import Vault
from intake_api.people import models, repository
from intake_api.people.attempts import Attempts, Caller
from intake_api.people.passwords import Passwords
from intake_api.people.repository import usernames

__all__ = ["Account", "Caller", "PeopleService", "SignedIn", "usernames"]

SESSION_LIFE = {"web": timedelta(hours=10), "api": timedelta(days=30)}  # a shift; a script's month
ONE_TIME_LIFE = timedelta(days=7)  # until who was handed a one-time password has to have changed it
COMMAND_LINE = Caller()


@dataclass(frozen=True)
class Account:
    """Who is acting; `csrf` belongs to the web session.

    `department` limits the view to one department, or (AgencyCode) to one agency, of which the account is the office.
    """

    id: int
    username: str
    role: str
    department: str | None
    csrf: str = ""
    temporary: bool = False  # signed in with a one-time password, which is good for choosing another and nothing else

    @property
    def in_office(self) -> bool:
        """Whether they belong to the office of the cases they see, not to a department that handles some of them."""
        return self.department is None or isinstance(self.department, AgencyCode)


@dataclass(frozen=True)
class SignedIn:
    """A fresh session; `token` is shown once, only its hash is stored. `device` is for the browser to keep."""

    token: str
    account: Account
    device: str


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class PeopleService:
    """Use cases about staff accounts."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        clock: Clock,
        passwords: Passwords | None = None,
        agencies: Collection[str] = (),
    ) -> None:
        self._agencies = frozenset(agencies)
        self._db = db
        self._vault = vault
        self._clock = clock
        self._passwords = passwords or Passwords()
        self._attempts = Attempts(vault, clock)

    def _acting(self, account: models.Account, csrf: str) -> Account:
        limit = account.department
        limit = AgencyCode(limit) if limit in self._agencies else limit
        return Account(account.id, account.username, account.role, limit, csrf, temporary=account.password_temporary)

    async def sign_in(
        self,
        username: str,
        password: str,
        totp: str | None = None,
        kind: str = "web",
        caller: Caller = COMMAND_LINE,
    ) -> SignedIn:
        """Open a session.

        Failure `wrong_credentials` (says nothing more), `account_locked` while a try has to wait, `sign_in_busy`, and
        `password_expired` to who knows a one-time password that has run out.
        """
        username = str(clean(username))[:64]
        async with self._passwords.place():
            good = await self._knows(username, password, caller)
        opened = await self._open_session(username, totp, kind, caller) if good else None
        if opened is None:
            raise Failure("wrong_credentials")
        return opened

    async def _knows(self, username: str, password: str, caller: Caller) -> bool:
        """Count a try, then look whether it is right; the same work where there is no such account."""
        async with self._db.write() as session:
            await self._attempts.count(session, username, caller)
            account = await repository.account_by_name(session, username)
        return await self._passwords.verify(password, account.password_hash if account else None)

    async def _open_session(self, username: str, totp: str | None, kind: str, caller: Caller) -> SignedIn | None:
        """The session of somebody who knew the password; None where the account is disabled or the code is wrong."""
        async with self._db.write() as session:
            account = await repository.account_by_name(session, username, lock=True)
            if account is None or account.disabled or not self._spend_totp(account, totp):
                return None
            if self._expired(account):
                raise Failure("password_expired")
            await self._attempts.forgive(session, username, caller)
            return self._begin(session, account, kind)

    def _expired(self, account: models.Account) -> bool:
        return account.password_until is not None and account.password_until <= self._clock.now()

    def _begin(self, session: AsyncSession, account: models.Account, kind: str) -> SignedIn:
        """A fresh session in the caller's transaction."""
        token, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(24), self._clock.now()
        session.add(
            models.StaffSession(
                token_hash=_hash_token(token),
                account_id=account.id,
                kind=kind,
                csrf=csrf,
                created_at=now,
                expires_at=now + SESSION_LIFE[kind],
            )
        )
        return SignedIn(token, self._acting(account, csrf), self._attempts.device(account.username))

    def _spend_totp(self, account: models.Account, code: str | None) -> bool:
        """Whether the code is right and was not used before (RFC 6238 §5.2: a code is good once)."""
        if account.totp_sealed is None:
            return True
        secret = self._vault.read(f"totp:{account.username}", account.totp_sealed)
        if secret is None:  # damaged: an administrator gives a new one (`gongkai user reset-totp`)
            return False
        totp = pyotp.TOTP(secret)
        now = totp.timecode(self._clock.now())
        spent = account.totp_step or 0
        if spent > now + 1:
            spent = 0  # by a clock far ahead, which has been put right: that code is none of now
        for step in range(max(now - 1, spent + 1), now + 2):
            if secrets.compare_digest(totp.generate_otp(step).encode(), (code or "").strip().encode()):
                account.totp_step = step
                return True
        return False

    async def account_of(self, token: str, kind: str | None = None) -> Account | None:
        """The account behind a session token; None where it is unknown, expired, or of the other kind."""
        async with self._db.read() as session:
            found = await repository.session_account(session, _hash_token(token), self._clock.now())
        if found is None or (kind and found[0].kind != kind):
            return None
        stored, account = found
        return self._acting(account, stored.csrf)

    async def sign_out(self, token: str) -> None:
        """End one session."""
        async with self._db.write() as session:
            await repository.end_session(session, _hash_token(token))

    async def add(self, username: str, role: str, department: str | None, password: str | None) -> str:
        """Make an account; returns its password (a one-time one where none was given)."""
        if not re.fullmatch(r"[A-Za-z0-9._-]{2,64}", username):
            raise Failure("username_invalid")
        password, kept = await self._keeping(username, password)
        try:
            async with self._db.write() as session:
                session.add(
                    models.Account(
                        username=username, role=role, department=department, created_at=self._clock.now(), **kept
                    )
                )
        except IntegrityError:
            raise Failure("user_exists", name=username) from None
        return password

    async def _keeping(self, username: str, password: str | None) -> tuple[str, dict[str, Any]]:
        """A password, a one-time one where None was given, and the columns of an account that has it."""
        until = None if password is not None else self._clock.now() + ONE_TIME_LIFE
        password = password if password is not None else secrets.token_urlsafe(12)
        hashed = await self._passwords.hash_new(password, username)
        return password, {"password_hash": hashed, "password_temporary": until is not None, "password_until": until}

    async def set_password(self, username: str, password: str | None) -> str:
        """Change a password, end the account's sessions, lift a wait; returns the password."""
        password, kept = await self._keeping(username, password)
        async with self._db.write() as session:
            await self._replace_password(session, await self._existing(session, username), kept)
        return password

    async def _replace_password(self, session: AsyncSession, account: models.Account, kept: dict[str, Any]) -> None:
        for name, value in kept.items():
            setattr(account, name, value)
        await self._attempts.forget(session, account.username)
        await repository.end_sessions_of(session, account.id)

    async def change_password(
        self, account: Account, old: str, new: str, kind: str = "web", caller: Caller = COMMAND_LINE
    ) -> SignedIn:
        """A member of staff chooses a new password; every session of the account ends, a new one begins.

        Failure as `sign_in` for the old one, `password_too_short` or `password_too_common` for the new one.
        """
        async with self._passwords.place():
            await self._passwords.judge(new, account.username)
            if not await self._knows(account.username, old, caller):
                raise Failure("wrong_credentials")
            _, kept = await self._keeping(account.username, new)
        async with self._db.write() as session:
            row = await self._existing(session, account.username)
            if self._expired(row):
                raise Failure("password_expired")
            await self._replace_password(session, row, kept)
            return self._begin(session, row, kind)

    async def disable(self, username: str) -> None:
        """Disable an account and end its sessions; what it did stays on record."""
        async with self._db.write() as session:
            account = await self._existing(session, username)
            account.disabled = True
            await repository.end_sessions_of(session, account.id)

    async def enable(self, username: str) -> None:
        """Let a disabled account sign in again, with the password it had."""
        async with self._db.write() as session:
            (await self._existing(session, username)).disabled = False

    async def reassign(
        self, username: str, role: str | None = None, department: str | None = None, *, whole_office: bool = False
    ) -> models.Account:
        """Give an account another role or department; what is None stays. It holds at once, sessions go on."""
        async with self._db.write() as session:
            account = await self._existing(session, username)
            account.role = role or account.role
            account.department = None if whole_office else department or account.department
            return account

    def state(self, account: models.Account) -> str:
        """`active`, `disabled`, `one-time` (a password to be changed) or `expired` (one that was not)."""
        if account.disabled or not account.password_temporary:
            return "disabled" if account.disabled else "active"
        return "expired" if self._expired(account) else "one-time"

    async def reset_totp(self, username: str) -> str:
        """Give the account a new TOTP secret; returns its otpauth:// address for an authenticator."""
        secret = pyotp.random_base32()
        async with self._db.write() as session:
            account = await self._existing(session, username)
            account.totp_sealed, account.totp_step = self._vault.seal(f"totp:{username}", secret), None
        return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="Gongkai")

    async def listing(self) -> list[models.Account]:
        """All accounts, by name."""
        async with self._db.read() as session:
            return await repository.all_accounts(session)

    async def drop_expired(self) -> None:
        """Housekeeping: sessions that ran out, tries of long ago."""
        now = self._clock.now()
        async with self._db.write() as session:
            await repository.drop_expired_sessions(session, now)
            await repository.drop_old_tries(session, now - timedelta(days=1))

    @staticmethod
    async def _existing(session: AsyncSession, username: str) -> models.Account:
        account = await repository.account_by_name(session, username, lock=True)
        if account is None:
            raise Failure("user_not_found", name=username[:64])
        return account
