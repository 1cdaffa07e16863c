"""Sign-in with a second factor, one's own password, server-side sessions, and standing in for who is away."""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.directory import AgencyCode
from intake_api.kit.errors import Failure
from intake_api.kit.text import clean
from intake_api.people import models, repository
from intake_api.people.accounts import Accounts, By
from intake_api.people.attempts import Caller
from intake_api.people.factor import Offer
from intake_api.people.repository import colleagues, usernames

__all__ = ["Account", "Caller", "PeopleService", "SignedIn", "colleagues", "usernames"]

SESSION_LIFE = {"web": timedelta(hours=10), "api": timedelta(days=30)}  # a shift; a script's month
SEEN_EVERY = timedelta(minutes=5)  # how exactly it is known when a session was last used
HANDLE = 16  # characters of the hash of a token that name a session to its owner
COMMAND_LINE = Caller()


@dataclass(frozen=True)
class Account:
    """Who is acting; `csrf` belongs to the web session.

    `department` limits the view to one department, or (AgencyCode) to one agency, of which the account is the office.
    Who works at the desk of somebody who is away (`away_id`, `away_name`) has the role and department of that one, and
    signs as themselves.
    """

    id: int
    username: str
    role: str
    department: str | None
    csrf: str = ""
    temporary: bool = False  # signed in with a one-time password, which is good for choosing another and nothing else
    person: str = ""
    factor_due: bool = False  # has to set up a second factor before anything else
    away_id: int | None = None
    away_name: str = ""

    @property
    def in_office(self) -> bool:
        """Whether they belong to the office of the cases they see, not to a department that handles some of them."""
        return self.department is None or isinstance(self.department, AgencyCode)

    @property
    def name(self) -> str:
        """What colleagues call them."""
        return self.person or self.username

    @property
    def hands(self) -> frozenset[int]:
        """Whose hands are theirs: who stands in for the writer of a draft does not approve it either."""
        return frozenset((self.id,) if self.away_id is None else (self.id, self.away_id))


@dataclass(frozen=True)
class SignedIn:
    """A fresh session; `token` is shown once, only its hash is stored. `device` is for the browser to keep."""

    token: str
    account: Account
    device: str


@dataclass(frozen=True)
class Session:
    """A session as its owner sees it; `handle` names it in a form."""

    handle: str
    kind: str
    browser: str
    began: datetime
    seen: datetime
    own: bool


@dataclass(frozen=True)
class Away:
    """When somebody is away, and who stands in; all None where they are not."""

    since: date | None = None
    until: date | None = None
    deputy: str = ""


@dataclass(frozen=True)
class Entrusted:
    """Somebody who is away today: `account` is what the deputy acts as at their desk."""

    username: str
    name: str
    since: date
    until: date
    account: Account


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class PeopleService(Accounts):
    """Use cases about staff accounts."""

    def _acting(self, account: models.Account, csrf: str, away: models.Account | None = None) -> Account:
        """Who acts; at the desk of somebody who is away with their place, never with an administrator's rights."""
        held = away or account
        limit = AgencyCode(held.department) if held.department in self._agencies else held.department
        role = "reviewer" if away and away.role == "admin" else held.role
        return Account(
            account.id,
            account.username,
            role,
            limit,
            csrf,
            temporary=account.password_temporary,
            person=account.person or "",
            factor_due=account.totp_sealed is None and not self._factor_roles.isdisjoint((account.role, role)),
            away_id=away.id if away else None,
            away_name=(away.person or away.username) if away else "",
        )

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
            known = await self._knows(username, password, caller)
        opened = await self._open_session(username, known, totp, kind, caller) if known else None
        if opened is None:
            raise Failure("wrong_credentials")
        return opened

    async def _knows(self, username: str, password: str, caller: Caller) -> str | None:
        """Count a try, then look whether it is right; the same work where there is no such account.

        The hash that it fits, else None: what is done upon it holds only while the account has that hash.
        """
        async with self._db.write() as session:
            await self._attempts.count(session, username, caller)
            account = await repository.account_by_name(session, username)
        stored = account.password_hash if account else None
        return stored if await self._passwords.verify(password, stored) else None

    async def _open_session(
        self, username: str, known: str, totp: str | None, kind: str, caller: Caller
    ) -> SignedIn | None:
        """The session of somebody who knew the password with the hash `known`.

        None where the account is disabled or has another password by now, or the code is wrong.
        """
        async with self._db.write() as session:
            account = await repository.account_by_name(session, username, lock=True)
            if account is None or account.disabled or account.password_hash != known:
                return None
            if not self._factor.spend(account, totp):
                return None
            if self._expired(account):
                raise Failure("password_expired")
            await self._attempts.forgive(session, username, caller)
            account.signed_in_at = self._clock.now()
            await self._note(session, account.id, "signed_in", account, way=kind)
            return self._begin(session, account, kind, caller)

    def _begin(self, session: AsyncSession, account: models.Account, kind: str, caller: Caller) -> SignedIn:
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
                seen_at=now,
                browser=caller.browser[:40] or None,
            )
        )
        return SignedIn(token, self._acting(account, csrf), self._attempts.device(account.username))

    async def account_of(self, token: str, kind: str | None = None) -> Account | None:
        """The account behind a session token; None where it is unknown, expired, or of the other kind."""
        now, hashed = self._clock.now(), _hash_token(token)
        async with self._db.read() as session:
            found = await repository.session_account(session, hashed, now)
            if found is None or (kind and found[0].kind != kind):
                return None
            stored, account = found
            away = await self._away(session, account.id, stored.acting_for) if stored.acting_for else None
        if stored.seen_at is None or now - stored.seen_at > SEEN_EVERY:
            with suppress(Failure):  # a disk that is full is no reason to see nothing
                async with self._db.write() as session:
                    await repository.see(session, hashed, now)
        return self._acting(account, stored.csrf, away)

    async def _away(self, session: AsyncSession, deputy_id: int, away_id: int) -> models.Account | None:
        """The account at whose desk a deputy works; None once they are back."""
        today = self._clock.today()
        return next((a for _, a in await repository.entrusted(session, deputy_id, today) if a.id == away_id), None)

    async def sign_out(self, token: str) -> None:
        """End one session."""
        async with self._db.write() as session:
            await repository.end_session(session, _hash_token(token))

    async def change_password(
        self, account: Account, old: str, new: str, kind: str = "web", caller: Caller = COMMAND_LINE
    ) -> SignedIn:
        """A member of staff chooses a new password; every session of the account ends, a new one begins.

        Failure as `sign_in` for the old one, `password_too_short` or `password_too_common` for the new one.
        """
        async with self._passwords.place():
            await self._passwords.judge(new, account.username)
            known = await self._knows(account.username, old, caller)
            if known is None:
                raise Failure("wrong_credentials")
            _, kept = await self._keeping(account.username, new)
        async with self._db.write() as session:
            row = await self._existing(session, account.username)
            if row.password_hash != known:  # an administrator has given another meanwhile
                raise Failure("wrong_credentials")
            if self._expired(row):
                raise Failure("password_expired")
            await self._replace_password(session, row, kept)
            await self._note(session, account.id, "password_changed", row)
            return self._begin(session, row, kind, caller)

    # --- one's own second factor

    def offer_factor(self, account: Account, sealed: str = "") -> Offer:
        """A secret to be scanned; the one shown before, where the form comes again with a wrong code."""
        return self._factor.offer(account.username, sealed)

    async def has_factor(self, account: Account) -> bool:
        """Whether the account has a second factor."""
        async with self._db.read() as session:
            return (await self._existing(session, account.username, lock=False)).totp_sealed is not None

    async def set_factor(self, account: Account, sealed: str, code: str) -> None:
        """Keep the secret that was offered. Failure `factor_wrong`; `factor_there` where the account has one."""
        async with self._db.write() as session:
            row = await self._existing(session, account.username)
            if row.totp_sealed is not None:
                raise Failure("factor_there")
            if not self._factor.accept(row, sealed, code):
                raise Failure("factor_wrong")
            await self._note(session, account.id, "factor_set", row)

    async def drop_factor(self, account: Account, code: str) -> None:
        """Take one's own second factor away, by its own code. Failure `factor_wrong`."""
        async with self._db.write() as session:
            row = await self._existing(session, account.username)
            if row.totp_sealed is None or not self._factor.spend(row, code):
                raise Failure("factor_wrong")
            row.totp_sealed = row.totp_step = None
            await self._note(session, account.id, "factor_reset", row)

    # --- sessions

    async def sessions(self, username: str, token: str = "") -> list[Session]:
        """The sessions of an account that are good, newest first; `token`: the one that asks."""
        async with self._db.read() as session:
            account = await self._existing(session, username, lock=False)
            rows = await repository.sessions_of(session, account.id, self._clock.now())
        own = _hash_token(token)
        return [
            Session(
                row.token_hash[:HANDLE],
                row.kind,
                row.browser or "",
                row.created_at,
                row.seen_at or row.created_at,
                row.token_hash == own,
            )
            for row in rows
        ]

    async def end_one(self, account: Account, handle: str) -> None:
        """End one of one's own sessions; nothing where it has ended already."""
        async with self._db.write() as session:
            for row in await repository.sessions_of(session, account.id, self._clock.now()):
                if row.token_hash[:HANDLE] == handle:
                    await repository.end_session(session, row.token_hash)
                    own = await self._existing(session, account.username)
                    await self._note(session, account.id, "session_ended", own, way=row.kind)

    async def end_all(self, username: str, *, by: By = None, but: str = "") -> None:
        """End all sessions of an account but that of the token `but`."""
        async with self._db.write() as session:
            account = await self._existing(session, username)
            await repository.end_others(session, account.id, _hash_token(but))
            await self._note(session, by, "sessions_ended", account)

    # --- being away, and standing in

    async def away(self, username: str) -> Away:
        """When an account is away, and who stands in."""
        async with self._db.read() as session:
            account = await self._existing(session, username, lock=False)
            row = await repository.absence_of(session, account.id)
            if row is None or row.until < self._clock.today():
                return Away()
            named = await usernames(session, {row.deputy_id})
        return Away(row.since, row.until, named[row.deputy_id])

    async def set_away(self, username: str, deputy: str, since: date, until: date, *, by: By = None) -> None:
        """Somebody is away, the days included, and another stands in; replaces what was set before.

        Failure `absence_invalid`, `user_not_found`.
        """
        async with self._db.write() as session:
            account = await self._existing(session, username)
            standing = await self._existing(session, deputy)
            if until < since or until < self._clock.today():
                raise Failure("absence_invalid", reason="结束的日期早于开始的日期，或者已经过去")
            if standing.id == account.id or standing.disabled:
                raise Failure("absence_invalid", reason="代理人应当是另一个在用的账号")
            await repository.end_absence(session, account.id)
            session.add(models.Absence(account_id=account.id, deputy_id=standing.id, since=since, until=until))
            told = {"deputy": f"{standing.id}", "since": since.isoformat(), "until": until.isoformat()}
            await self._note(session, by, "away_set", account, **told)

    async def end_away(self, username: str, *, by: By = None) -> None:
        """Somebody is back before their time."""
        async with self._db.write() as session:
            account = await self._existing(session, username)
            await repository.end_absence(session, account.id)
            await self._note(session, by, "away_ended", account)

    async def entrusted(self, account: Account) -> list[Entrusted]:
        """Who is away today and has this account stand in."""
        async with self._db.read() as session:
            found = await repository.entrusted(session, account.id, self._clock.today())
            own = await self._existing(session, account.username, lock=False) if found else None
        return [
            Entrusted(a.username, a.person or a.username, row.since, row.until, self._acting(own, account.csrf, a))
            for row, a in found
            if own
        ]

    async def act_for(self, token: str, account: Account, username: str) -> None:
        """Work at the desk of somebody who is away; with an empty name at one's own.

        Failure `not_entrusted`; `deputy_factor_required` where the place there wants a second factor and there is none.
        """
        away = next((one for one in await self.entrusted(account) if one.username == username), None)
        if username and away is None:
            raise Failure("not_entrusted")
        if away and away.account.factor_due:
            raise Failure("deputy_factor_required")
        async with self._db.write() as session:
            await repository.act_for(session, _hash_token(token), away.account.away_id if away else None)
            about = await self._existing(session, away.username if away else account.username)
            await self._note(session, account.id, "acting_began" if away else "acting_ended", about)

    async def drop_expired(self) -> None:
        """Housekeeping: sessions that ran out, tries of long ago."""
        now = self._clock.now()
        async with self._db.write() as session:
            await repository.drop_expired_sessions(session, now)
            await repository.drop_old_tries(session, now - timedelta(days=1))
