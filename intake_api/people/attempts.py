"""Guessing passwords made slow: every try is counted before its password is looked at.

Tries are counted by name and by where they come from, and after a few of them the next one has to wait, longer each
time. So nobody who fails from elsewhere keeps the owner of a name out. Guesses from many places at once are counted
for the name as well; that wait does not concern a browser from which the name has signed in before (OWASP, "Slow Down
Online Guessing Attacks with Device Cookies").
"""

import hmac
import math
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.kit.clock import Clock
from intake_api.kit.errors import Failure
from intake_api.kit.vault import Vault
from intake_api.people import repository

FREE = 5  # tries without a wait from one place
FREE_FROM_ANYWHERE = 30  # and from all unknown places together
LONGEST_WAIT = 15  # minutes; hence a hundred guesses a day
EVERYBODY = ""


@dataclass(frozen=True)
class Caller:
    """Where a sign-in comes from: the network address, what `Attempts.device` gave to the browser, if anything.

    `browser`: what it is, coarsely (`people.browsers`).
    """

    address: str = "local"
    device: str = ""
    browser: str = ""


def wait(tries: int, free: int) -> timedelta:
    """How long the next try has to wait: not at all while some are free, then 1, 2, 4, 8, 15, 15 … minutes."""
    return timedelta(minutes=min(LONGEST_WAIT, 2 ** min(tries - free, 4))) if tries >= free else timedelta()


class Attempts:
    """Counts tries under a name as typed, whether or not an account has it: a wait must not tell which names exist."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    async def count(self, session: AsyncSession, username: str, caller: Caller) -> None:
        """Count a try in the caller's transaction; Failure `account_locked`, counting nothing, while it has to wait."""
        now, name = self._clock.now(), self._name(username)
        for place, free in self._places(username, caller):
            counted = await repository.tries(session, name, place, now)
            # a longer wait than any was given by a clock far ahead, which has been put right
            if counted.waits_until and now < counted.waits_until <= now + timedelta(minutes=LONGEST_WAIT):
                seconds = math.ceil((counted.waits_until - now).total_seconds())
                raise Failure("account_locked", minutes=math.ceil(seconds / 60), headers={"Retry-After": str(seconds)})
            counted.tries, counted.last_at = counted.tries + 1, now
            counted.waits_until = now + wait(counted.tries, free)

    async def forgive(self, session: AsyncSession, username: str, caller: Caller) -> None:
        """A try was right: forget those that this caller was counted among."""
        await repository.forget_tries(
            session, self._name(username), [place for place, _ in self._places(username, caller)]
        )

    async def forget(self, session: AsyncSession, username: str) -> None:
        """Forget every try under a name, which has a new password."""
        await repository.forget_tries(session, self._name(username))

    def device(self, username: str) -> str:
        """What a browser keeps to be known again as one from which this name has signed in."""
        nonce = secrets.token_urlsafe(16)
        return f"{nonce}.{self._mark(username, nonce)}"

    def _mark(self, username: str, nonce: str) -> str:
        return self._vault.blind("device", f"{username}\0{nonce}")

    def _name(self, username: str) -> str:
        return self._vault.blind("username", username)

    def _places(self, username: str, caller: Caller) -> list[tuple[str, int]]:
        """The counters that a caller's tries run in, as (digest, free tries)."""
        nonce, _, mark = caller.device.partition(".")
        if hmac.compare_digest(mark.encode("utf-8", "replace"), self._mark(username, nonce).encode()):
            return [(self._vault.blind("place", f"device\0{nonce}"), FREE)]
        return [(self._vault.blind("place", f"address\0{caller.address}"), FREE), (EVERYBODY, FREE_FROM_ANYWHERE)]
