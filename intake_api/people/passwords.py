"""Password hashes: argon2id (RFC 9106), off the event loop. What one costs is a parameter, for tests alone."""

import asyncio
import secrets
from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

LONGEST = 1000  # characters looked at: a longer one costs the caller, not us


class Passwords:
    """Hashes and verifies; `hasher` None takes the library's own cost, a tenth of a second."""

    def __init__(self, hasher: Argon2Hasher | None = None) -> None:
        self._hasher = PasswordHash((hasher or Argon2Hasher(),))

    async def hash(self, password: str) -> str:
        """The hash to store."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether it is the password; False, after the same work, where there is no account (`stored` None)."""
        return await asyncio.to_thread(self._verify, password[:LONGEST], stored)

    def _verify(self, password: str, stored: str | None) -> bool:
        nobody = self._nobody  # made by the first call whoever it asks for, so that its time tells nothing
        return self._hasher.verify(password, stored or nobody)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(16))
