"""Accounts as an administrator sees to them: made, changed, disabled, given another password; each act on the trail."""

import re
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.kit.text import tidy
from intake_api.kit.vault import Vault
from intake_api.people import models, repository
from intake_api.people.attempts import Attempts
from intake_api.people.factor import Factor
from intake_api.people.passwords import Passwords
from intake_api.terms.limits import LONGEST
from intake_api.terms.record import STAFF
from intake_api.trail import service as trail

ONE_TIME_LIFE = timedelta(days=7)  # until who was handed a one-time password has to have changed it


By = int | None
"""The account of who acts; None at the command line."""


def actor(by: By) -> str:
    """How the trail names who acts."""
    return trail.COMMAND_LINE if by is None else f"{STAFF}{by}"


class Accounts:
    """The base of the use cases of people: what an administrator does to accounts."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        clock: Clock,
        passwords: Passwords | None = None,
        agencies: Collection[str] = (),
        factor_roles: Collection[str] = (),
    ) -> None:
        self._agencies = frozenset(agencies)
        self._factor_roles = frozenset(factor_roles)
        self._db = db
        self._vault = vault
        self._clock = clock
        self._passwords = passwords or Passwords()
        self._attempts = Attempts(vault, clock)
        self._factor = Factor(vault, clock)

    async def add(
        self,
        username: str,
        role: str,
        department: str | None,
        password: str | None,
        *,
        person: str = "",
        by: By = None,
    ) -> str:
        """Make an account; returns its password (a one-time one where none was given)."""
        if not re.fullmatch(r"[A-Za-z0-9._-]{2,64}", username):
            raise Failure("username_invalid")
        password, kept = await self._keeping(username, password)
        row = {"username": username, "role": role, "department": department, "person": _named(person)}
        try:
            async with self._db.write() as session:
                account = models.Account(**row, created_at=self._clock.now(), **kept)
                session.add(account)
                await session.flush()
                await self._note(session, by, "account_made", account, role=role, department=department)
        except IntegrityError:
            raise Failure("user_exists", name=username) from None
        return password

    async def _keeping(self, username: str, password: str | None) -> tuple[str, dict[str, Any]]:
        """A password, a one-time one where None was given, and the columns of an account that has it."""
        until = None if password is not None else self._clock.now() + ONE_TIME_LIFE
        password = password if password is not None else secrets.token_urlsafe(12)
        hashed = await self._passwords.hash_new(password, username)
        return password, {"password_hash": hashed, "password_temporary": until is not None, "password_until": until}

    async def set_password(self, username: str, password: str | None, *, by: By = None) -> str:
        """Change a password, end the account's sessions, lift a wait; returns the password."""
        password, kept = await self._keeping(username, password)
        async with self._db.write() as session:
            account = await self._existing(session, username)
            await self._replace_password(session, account, kept)
            await self._note(session, by, "password_reset", account)
        return password

    async def _replace_password(self, session: AsyncSession, account: models.Account, kept: dict[str, Any]) -> None:
        for name, value in kept.items():
            setattr(account, name, value)
        await self._attempts.forget(session, account.username)
        await repository.end_sessions_of(session, account.id)

    async def disable(self, username: str, *, by: By = None) -> None:
        """Disable an account and end its sessions; what it did stays on record. Failure `last_admin` in the console."""
        async with self._db.write() as session:
            account = await self._existing(session, username)
            account.disabled = True
            await repository.end_sessions_of(session, account.id)
            await self._refuse_none_left(session, by)
            await self._note(session, by, "account_disabled", account)

    async def enable(self, username: str, *, by: By = None) -> None:
        """Let a disabled account sign in again, with the password it had."""
        async with self._db.write() as session:
            account = await self._existing(session, username)
            account.disabled = False
            await self._note(session, by, "account_enabled", account)

    async def reassign(
        self,
        username: str,
        role: str | None = None,
        department: str | None = None,
        *,
        whole_office: bool = False,
        person: str | None = None,
        by: By = None,
    ) -> models.Account:
        """Give an account another role, department or name; what is None stays. It holds at once, sessions go on.

        Failure `last_admin` in the console, where nobody would be left to administer.
        """
        async with self._db.write() as session:
            account = await self._existing(session, username)
            before = (account.role, account.department, account.person)
            account.role = role or account.role
            account.department = None if whole_office else department or account.department
            account.person = account.person if person is None else _named(person)
            await self._refuse_none_left(session, by)
            if before != (account.role, account.department, account.person):
                renamed = {"person": True} if account.person != before[2] else {}
                changed = {"role": account.role, "department": account.department} | renamed
                await self._note(session, by, "account_changed", account, **changed)
            return account

    async def reset_totp(self, username: str, *, by: By = None) -> str:
        """Give the account a new TOTP secret; returns its otpauth:// address for an authenticator."""
        async with self._db.write() as session:
            account = await self._existing(session, username)
            address = self._factor.renew(account)
            await self._note(session, by, "factor_set", account)
        return address

    async def clear_totp(self, username: str, *, by: By = None) -> None:
        """Take an account's second factor away; who needs one sets it up at the next sign-in."""
        async with self._db.write() as session:
            account = await self._existing(session, username)
            account.totp_sealed = account.totp_step = None
            await self._note(session, by, "factor_reset", account)

    async def listing(self) -> list[models.Account]:
        """All accounts, by name."""
        async with self._db.read() as session:
            return await repository.all_accounts(session)

    async def one(self, username: str) -> models.Account:
        """An account by name; Failure `user_not_found`."""
        async with self._db.read() as session:
            return await self._existing(session, username, lock=False)

    def state(self, account: models.Account) -> str:
        """`active`, `disabled`, `one-time` (a password to be changed) or `expired` (one that was not)."""
        if account.disabled or not account.password_temporary:
            return "disabled" if account.disabled else "active"
        return "expired" if self._expired(account) else "one-time"

    def _expired(self, account: models.Account) -> bool:
        return account.password_until is not None and account.password_until <= self._clock.now()

    @staticmethod
    async def _refuse_none_left(session: AsyncSession, by: By) -> None:
        """The console must not lock itself out; at the command line another account can always be made."""
        if by is not None:
            await session.flush()
            if not await repository.administrators(session):
                raise Failure("last_admin")

    async def _note(self, session: AsyncSession, by: By, kind: str, account: models.Account, **data: Any) -> None:
        await trail.note(session, self._clock.now(), actor(by), kind, f"{STAFF}{account.id}", data)

    @staticmethod
    async def _existing(session: AsyncSession, username: str, *, lock: bool = True) -> models.Account:
        account = await repository.account_by_name(session, tidy(username)[: LONGEST["username"]], lock=lock)
        if account is None:
            raise Failure("user_not_found", name=username[:64])
        return account


def _named(person: str) -> str | None:
    return tidy(person)[: LONGEST["person"]] or None
