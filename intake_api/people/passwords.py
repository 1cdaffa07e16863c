"""Passwords: argon2id (RFC 9106) in a thread of its own with a bounded queue, and which passwords are too easy."""

import asyncio
import os
import secrets
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cached_property, partial
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from intake_api.kit.errors import Failure
from intake_api.terms.limits import LONGEST, SHORTEST_PASSWORD

Result = TypeVar("Result")
WAITING = 32  # sign-ins under way in a process, some three seconds of hashing
RETRY_AFTER = 5  # seconds
_JUDGED = 72  # characters judged for strength: the judge takes time with the square of the length
# Strong by the judge's lists, which are English, and yet among the first to be tried here.
_FAMILIAR = ["woaini", "5201314", "1314520", "woaiwojia", "gongkai", "zhengwu", "zwgk", "mima", "guanli", "admin"]


class Passwords:
    """Hashes and verifies, one at a time: a flood of sign-ins takes a thread and 64 MiB, never the whole machine.

    `hasher` None takes the library's own cost, a tenth of a second; tests take less.
    """

    def __init__(self, hasher: Argon2Hasher | None = None, waiting: int = WAITING) -> None:
        self._hasher = PasswordHash((hasher or Argon2Hasher(),))
        self._thread = ThreadPoolExecutor(1, "passwords", _stand_back)
        self._free = waiting
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place in the queue and then one's turn, to be held around whatever counts a try and verifies.

        One at a time also keeps a flood from filling the queue of the database's writers. Failure `sign_in_busy` where
        all places are taken.
        """
        if not self._free:
            raise Failure("sign_in_busy", headers={"Retry-After": str(RETRY_AFTER)})
        self._free -= 1
        try:
            async with self._turn:
                yield
        finally:
            self._free += 1

    async def judge(self, password: str, username: str) -> None:
        """`refuse_weak`, off the event loop."""
        await self._apart(refuse_weak, password, username)

    async def hash_new(self, password: str, username: str) -> str:
        """The hash of a password that somebody chose; Failure as `refuse_weak`."""
        await self.judge(password, username)
        return await self._apart(self._hasher.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether it is the password; False, after the same work, where there is no account (`stored` None)."""
        return await self._apart(self._verify, password[: LONGEST["password"]], stored)

    async def _apart(self, work: Callable[..., Result], *given: object) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *given))

    def _verify(self, password: str, stored: str | None) -> bool:
        nobody = self._nobody  # made by the first call whoever it asks for, so that its time tells nothing
        return self._hasher.verify(password, stored or nobody)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(16))


def _stand_back() -> None:
    """Lower this thread's priority, which the lanes that argon2 starts from it inherit: intake comes first."""
    if sys.platform == "linux":  # elsewhere a thread has no priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + 5)


def refuse_weak(password: str, username: str) -> None:
    """Refuse what would be guessed (NIST SP 800-63B §3.1.1.2): Failure `password_too_short`, `password_too_common`.

    Too common is what takes under a million guesses from lists of leaked passwords, names, dates and key patterns.
    """
    from zxcvbn import zxcvbn  # its lists take a third of a second to load

    if len(password) < SHORTEST_PASSWORD:
        raise Failure("password_too_short", length=SHORTEST_PASSWORD)
    if zxcvbn(password[:_JUDGED], user_inputs=[username, *_FAMILIAR])["score"] < 2:
        raise Failure("password_too_common")
