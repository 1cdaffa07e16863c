"""Accounts, sign-in with lockout and TOTP, server-side sessions."""

import hashlib
import math
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.clock import Clock
from intake_api.db import Database
from intake_api.errors import Failure
from intake_api.people import models, repository
from intake_api.people.passwords import Passwords
from intake_api.people.repository import usernames
from intake_api.text import clean
from intake_api.vault import Vault

__all__ = ["Account", "PeopleService", "SignedIn", "usernames"]

MAX_FAILURES = 5
LOCKOUT = timedelta(minutes=15)
SESSION_LIFE = {"web": timedelta(hours=10), "api": timedelta(days=30)}  # a shift; a script's month
MIN_PASSWORD = 10


@dataclass(frozen=True)
class Account:
    """Who is acting. `department` limits the view to one department; `csrf` belongs to the web session."""

    id: int
    username: str
    role: str
    department: str | None
    csrf: str = ""
    temporary: bool = False  # signed in with a one-time password: the console asks for a new one first


@dataclass(frozen=True)
class SignedIn:
    """A fresh session; `token` is shown once, only its hash is stored."""

    token: str
    account: Account


def _acting(account: models.Account, csrf: str) -> Account:
    return Account(
        account.id, account.username, account.role, account.department, csrf, temporary=account.password_temporary
    )


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class PeopleService:
    """Use cases about staff accounts."""

    def __init__(self, db: Database, vault: Vault, clock: Clock, passwords: Passwords | None = None) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock
        self._passwords = passwords or Passwords()

    async def sign_in(self, username: str, password: str, totp: str | None = None, kind: str = "web") -> SignedIn:
        """Open a session. Failure `wrong_credentials` (says nothing more), `account_locked` after five failures.

        Failures are counted by the name as typed, so that a lockout does not tell which names exist.
        """
        username = str(clean(username))[:64]
        name_index = self._vault.blind("username", username)
        async with self._db.read() as session:
            await self._refuse_locked(session, name_index)
            account = await repository.account_by_name(session, username)
        # argon2 takes a tenth of a second: outside the transaction and off the event loop
        good = await self._passwords.verify(password, account.password_hash if account else None)
        opened = await self._open_session(username, name_index, totp, kind) if good and account else None
        if opened is None:
            now = self._clock.now()
            async with self._db.write() as session:
                await repository.count_failure(session, name_index, now, now + LOCKOUT, MAX_FAILURES)
            raise Failure("wrong_credentials")
        return opened

    async def _refuse_locked(self, session: AsyncSession, name_index: str) -> None:
        failures, now = await repository.failures_of(session, name_index), self._clock.now()
        if failures and failures.locked_until and failures.locked_until > now:
            minutes = math.ceil((failures.locked_until - now).total_seconds() / 60)
            raise Failure("account_locked", minutes=minutes, headers={"Retry-After": str(minutes * 60)})

    async def _open_session(self, username: str, name_index: str, totp: str | None, kind: str) -> SignedIn | None:
        """The session of somebody who knew the password; None where the account is disabled or the code is wrong."""
        async with self._db.write() as session:
            await self._refuse_locked(session, name_index)  # guesses sent at once are counted here
            account = await repository.account_by_name(session, username, lock=True)
            if account is None or account.disabled or not self._spend_totp(account, totp):
                return None
            await repository.forget_failures(session, name_index)
            return self._begin(session, account, kind)

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
        return SignedIn(token, _acting(account, csrf))

    def _spend_totp(self, account: models.Account, code: str | None) -> bool:
        """Whether the code is right and was not used before (RFC 6238 §5.2: a code is good once)."""
        if account.totp_sealed is None:
            return True
        totp = pyotp.TOTP(self._vault.open(f"totp:{account.username}", account.totp_sealed))
        now = totp.timecode(self._clock.now())
        for step in range(max(now - 1, (account.totp_step or 0) + 1), now + 2):
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
        return _acting(account, stored.csrf)

    async def sign_out(self, token: str) -> None:
        """End one session."""
        async with self._db.write() as session:
            await repository.end_session(session, _hash_token(token))

    async def add(self, username: str, role: str, department: str | None, password: str | None) -> str:
        """Make an account; returns its password (a fresh one where none was given)."""
        if not re.fullmatch(r"[A-Za-z0-9._-]{2,64}", username):
            raise Failure("username_invalid")
        temporary = password is None
        password = password if password is not None else secrets.token_urlsafe(12)
        password_hash = await self._hash(password)
        try:
            async with self._db.write() as session:
                session.add(
                    models.Account(
                        username=username,
                        password_hash=password_hash,
                        password_temporary=temporary,
                        role=role,
                        department=department,
                        created_at=self._clock.now(),
                    )
                )
        except IntegrityError:
            raise Failure("user_exists", name=username) from None
        return password

    async def set_password(self, username: str, password: str | None) -> str:
        """Change a password, end the account's sessions, lift a lockout; returns the password."""
        temporary = password is None
        password = password if password is not None else secrets.token_urlsafe(12)
        password_hash = await self._hash(password)
        async with self._db.write() as session:
            account = await self._existing(session, username)
            account.password_hash, account.password_temporary = password_hash, temporary
            await repository.forget_failures(session, self._vault.blind("username", username))
            await repository.end_sessions_of(session, account.id)
        return password

    async def change_password(self, account: Account, old: str, new: str) -> SignedIn:
        """A member of staff chooses a new password; every session of the account ends, a new one begins.

        Failure `wrong_credentials` for the old one, `password_too_short` for the new one.
        """
        new_hash = await self._hash(new)
        async with self._db.read() as session:
            stored = await repository.account_by_name(session, account.username)
        if stored is None or not await self._passwords.verify(old, stored.password_hash):
            raise Failure("wrong_credentials")
        async with self._db.write() as session:
            row = await self._existing(session, account.username)
            row.password_hash, row.password_temporary = new_hash, False
            await repository.end_sessions_of(session, row.id)
            return self._begin(session, row, "web")

    async def disable(self, username: str) -> None:
        """Disable an account and end its sessions; what it did stays on record."""
        async with self._db.write() as session:
            account = await self._existing(session, username)
            account.disabled = True
            await repository.end_sessions_of(session, account.id)

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
        """Housekeeping: sessions that ran out, failures of long ago."""
        now = self._clock.now()
        async with self._db.write() as session:
            await repository.drop_expired_sessions(session, now)
            await repository.drop_old_failures(session, now - timedelta(days=1))

    @staticmethod
    async def _existing(session: AsyncSession, username: str) -> models.Account:
        account = await repository.account_by_name(session, username, lock=True)
        if account is None:
            raise Failure("user_not_found", name=username[:64])
        return account

    async def _hash(self, password: str) -> str:
        if len(password) < MIN_PASSWORD:
            raise Failure("password_too_short", length=MIN_PASSWORD)
        return await self._passwords.hash(password)
