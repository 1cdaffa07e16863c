"""Addresses at which applicants are told: asked for, confirmed by a link that is used once, stopped.

Functions of the caller's transaction. A link proves that whoever opens it reads what is sent to the address.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api import keys
from intake_api.kit.clock import Clock, day_of
from intake_api.kit.errors import Failure
from intake_api.kit.vault import Vault
from intake_api.notify import repository
from intake_api.notify.models import Destination
from intake_api.people import identity
from intake_api.terms.telling import POSTED

LINK_LIFE = timedelta(days=7)
CODE_LIFE = timedelta(minutes=30)
AGAIN_AFTER = timedelta(minutes=10)  # an address is not asked twice within that time


@dataclass(frozen=True)
class Followed:
    """An address as its owner is shown it, short enough to be recognised by nobody else."""

    channel: str
    shown: str
    confirmed: bool
    bounced_on: date | None = None


def valid(channel: str, address: str) -> str:
    """The address as it is stored; Failure `email_invalid` or `phone_invalid`."""
    found = identity.email(address) if channel == "email" else identity.phone(address)
    if found is None:
        raise Failure("email_invalid" if channel == "email" else "phone_invalid")
    return found


class Contacts:
    """The addresses of cases; `place` of what is sealed is the case."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    async def ask(self, session: AsyncSession, case_id: int, number: str, channel: str, address: str) -> str | None:
        """Keep an address until it is confirmed; the token of its link, None where it was asked just now or is in use.

        Another address takes the place of the one before, which hears nothing any more.
        """
        now, index = self._clock.now(), self._index(channel, address)
        held = {one.channel: one for one in await repository.of_number(session, number, lock=True)}
        row = held.get(channel)
        known = row is not None and row.address_index == index and not row.stopped_at
        if row and known and (row.confirmed_at or now - row.asked_at < AGAIN_AFTER):
            return None
        if row is None:
            row = Destination(case_id=case_id, number=number, channel=channel)
            session.add(row)
        token = secrets.token_urlsafe(24)
        row.sealed, row.address_index = self._vault.seal(f"contact:{number}:{channel}", address), index
        row.asked_at, row.confirmed_at, row.stopped_at, row.bounced_at = now, None, None, None
        row.link_hash, row.link_until = self._hash(number, token), now + LINK_LIFE
        row.code_hash = row.code_until = None
        return token

    async def confirm(self, session: AsyncSession, number: str, token: str) -> str | None:
        """The channel whose address the link confirms, now for good; None where it is used, old or not ours."""
        for row in await repository.of_number(session, number, lock=True):
            if self._proves(number, token, row.link_hash, row.link_until):
                row.link_hash = row.link_until = None
                row.confirmed_at, row.stopped_at, row.bounced_at = self._clock.now(), None, None
                return row.channel
        return None

    async def bounced(self, session: AsyncSession, number: str, channel: str, sent: datetime, *, gone: bool) -> None:
        """What was written for the address at that time came back; `gone`: there is none such, it is no more confirmed.

        An address that was given since then is another one.
        """
        for row in await repository.of_number(session, number, lock=True):
            if row.channel == channel and row.sealed and row.asked_at <= sent:
                row.bounced_at = self._clock.now()
                row.confirmed_at = None if gone else row.confirmed_at

    async def stop(self, session: AsyncSession, number: str, channel: str) -> bool:
        """Nothing goes to this address any more; whether there was one."""
        for row in await repository.of_number(session, number, lock=True):
            if row.channel == channel and not row.stopped_at:
                row.stopped_at, row.confirmed_at = self._clock.now(), None
                row.sealed, row.address_index = None, ""
                row.link_hash = row.link_until = row.code_hash = row.code_until = None
                return True
        return False

    def stop_token(self, number: str, channel: str) -> str:
        """What the link of a message proves that stops messages there: the same in each, for as long as it is told."""
        return self._vault.blind("stop-telling", f"{number}\0{channel}")

    def stops(self, number: str, token: str) -> str | None:
        """Which channel such a link is of; None where it is not ours."""
        found = (one for one in POSTED if secrets.compare_digest(self.stop_token(number, one), _ascii(token)))
        return next(found, None)

    async def lost(self, session: AsyncSession, number: str, address: str) -> tuple[str, str] | None:
        """Channel and token for a new query code, where the address is confirmed and was not asked just now."""
        now = self._clock.now()
        for row in await repository.of_number(session, number, lock=True):
            mine = secrets.compare_digest(row.address_index, self._index(row.channel, address))
            waits = row.code_until is not None and row.code_until - CODE_LIFE + AGAIN_AFTER > now
            if mine and row.confirmed_at and not waits:
                token = secrets.token_urlsafe(24)
                row.code_hash, row.code_until = self._hash(number, token), now + CODE_LIFE
                return row.channel, token
        return None

    async def recovered(self, session: AsyncSession, number: str, token: str) -> bool:
        """Whether the link opens a new query code; it does so once."""
        for row in await repository.of_number(session, number, lock=True):
            if row.confirmed_at and self._proves(number, token, row.code_hash, row.code_until):
                row.code_hash = None
                return True
        return False

    async def address(self, session: AsyncSession, number: str, channel: str, *, unconfirmed: bool) -> str | None:
        """Where a message goes; None where that is stopped, not confirmed, or damaged."""
        for row in await repository.of_number(session, number):
            if row.channel == channel and row.sealed and (row.confirmed_at or unconfirmed):
                found = self._vault.read(f"contact:{number}:{channel}", row.sealed)
                return str(found) if found else None
        return None

    async def of(self, session: AsyncSession, number: str) -> list[Followed]:
        """What an applicant is shown of the addresses in use."""
        rows = [row for row in await repository.of_number(session, number) if row.sealed]
        found = [(row, self._vault.read(f"contact:{number}:{row.channel}", row.sealed or b"")) for row in rows]
        return [
            Followed(row.channel, _short(str(told)), bool(row.confirmed_at), row.bounced_at and day_of(row.bounced_at))
            for row, told in found
            if told
        ]

    def _index(self, channel: str, address: str) -> str:
        plain = keys.email(address) if channel == "email" else keys.phone(address)
        return self._vault.blind(f"contact-{channel}", plain)

    def _hash(self, number: str, token: str) -> str:
        return self._vault.blind("contact-link", f"{number}\0{token}")

    def _proves(self, number: str, token: str, kept: str | None, until: datetime | None) -> bool:
        if kept is None or until is None or until < self._clock.now():
            return False
        return secrets.compare_digest(self._hash(number, token), kept)


def _ascii(text: str) -> str:
    return text if text.isascii() else ""


def _short(address: str) -> str:
    """The first characters and the provider of an address, the ends of a number."""
    name, at, domain = address.rpartition("@")
    return f"{name[:2]}…@{domain}" if at else f"{address[:3]}…{address[-2:]}"
