"""What one process grants to connections: time for a head and a body, and a number of them; half-open ones go first.

uvicorn knows no time limit for a request that never arrives whole, and asyncio tries for ever to accept beyond the
limit of open files: a thousand silent connections would take the office down. Whoever comes is let in, at the cost of
the oldest connection of the same address that has not sent a whole request; so a flood meets itself first. A proxy in
front keeps off what comes from many addresses (docs/deployment.md).
"""

import asyncio
import resource
import time
from collections import Counter, defaultdict
from typing import Any, ClassVar

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from intake_api.kit.addresses import LOCAL, Networks, unmapped, within

log = structlog.get_logger()
HEAD_BYTES = 64 * 1024  # of a request's line and headers: the parser keeps what is not whole yet, however much
HEAD_SECONDS = 15.0  # from the first moment of a connection, or the first byte of a further request
BODY_SECONDS = 30.0  # in which at least BODY_BYTES must arrive
BODY_BYTES = 16 * 1024
LINGER = 1.0  # seconds at the end of the server in which a request that is on its way may still arrive
READ_SECONDS = 60.0  # that a client may leave what it was sent unread
EACH = 256  # connections of one address, unless a trusted proxy speaks for many
MOST = 10_000
WISHED_FILES = 65_536
BACKLOG = 512  # connections that the event loop accepts in one go, before any of them is counted
_RESERVED = 128  # files for the database, the model, the logs
_QUIET = 60.0  # seconds between two lines about what was dropped


def raise_file_limit() -> int:
    """Let this process and its children open as many files as the system allows, up to WISHED_FILES; returns it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wished = WISHED_FILES if hard == resource.RLIM_INFINITY else min(hard, WISHED_FILES)
    if soft != resource.RLIM_INFINITY and soft < wished:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wished, hard))
        return wished
    return MOST * 4 if soft == resource.RLIM_INFINITY else soft


class Room:
    """The connections of this process, by address, the oldest first."""

    def __init__(self) -> None:
        self.most, self.each, self.proxies = MOST, EACH, Networks()
        self._all: dict[PatientProtocol, None] = {}
        self._of: defaultdict[str, dict[PatientProtocol, None]] = defaultdict(dict)
        self._dropped: Counter[str] = Counter()
        self._said = float("-inf")

    def fit(self, files: int, proxies: Networks) -> None:
        """Fit the numbers to the limit of open files: an event stream takes two, and one in the bot."""
        self.most = max(32, min(MOST, (files - BACKLOG - _RESERVED) // 2))
        self.each, self.proxies = min(EACH, self.most // 2), proxies

    def enter(self, one: "PatientProtocol") -> bool:
        """Let one in; False where every connection it could replace is at work, and it has to go itself."""
        self._all[one] = None
        own = self._of[one.address]
        own[one] = None
        crowd, why = self._all, "process_full"
        if len(own) > self.each and not within(one.address, self.proxies):
            crowd, why = own, "address_full"
        elif len(self._all) <= self.most:
            return True
        given_up = next((other for other in crowd if other.half_open and other is not one), one)
        self.drop(given_up, why)
        return given_up is not one

    @property
    def connections(self) -> tuple["PatientProtocol", ...]:
        """Those that are open, the oldest first."""
        return tuple(self._all)

    @property
    def open(self) -> int:
        """How many are open."""
        return len(self._all)

    def leave(self, one: "PatientProtocol") -> None:
        """Forget one that has ended."""
        self._all.pop(one, None)
        own = self._of.get(one.address, {})
        own.pop(one, None)
        if not own:
            self._of.pop(one.address, None)

    def drop(self, one: "PatientProtocol", why: str) -> None:
        """End one; said as numbers and once a minute, whatever comes."""
        self.leave(one)
        one.transport.abort()
        self._dropped[why] += 1
        if time.monotonic() - self._said >= _QUIET:
            self._said = time.monotonic()
            log.warning("connections_dropped", open=self.open, **self._dropped)
            self._dropped.clear()


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 over httptools, with the limits of this module."""

    room: ClassVar[Room] = Room()

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.address = ""
        self._received = 0
        self._head = 0  # bytes of a head that is not whole yet
        self._in_head = False
        self._waits_for: str | None = None
        self._waiting: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._leaving = False

    @property
    def half_open(self) -> bool:
        """Whether no whole request is here that still has to be answered."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete or cycle.more_body

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for a head."""
        super().connection_made(transport)
        self.address = unmapped(self.client[0]) if self.client else LOCAL
        if self.room.enter(self):
            self._wait_for("head", HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        super().connection_lost(exc)
        self._wait_for(None, 0)
        self.resume_writing()
        self.room.leave(self)

    def data_received(self, data: bytes) -> None:
        """Look what is still missing."""
        self._received += len(data)
        super().data_received(data)
        self._head = self._head + len(data) if self._in_head else 0
        if self._head > HEAD_BYTES:
            self.room.drop(self, "head_large")
            return
        if self._leaving:
            self._last_answer()
        self._look("head")

    def on_message_begin(self) -> None:
        """A head begins to arrive."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """It is whole."""
        self._in_head = False
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Wait for nothing: uvicorn ends a kept connection that stays idle."""
        super().on_response_complete()
        self._look(None)

    def shutdown(self) -> None:
        """The server ends: answer what is here, and what arrives within a moment; then close."""
        if self._leaving:
            if not self.transport.is_closing():
                super().shutdown()
            return
        self._leaving = True
        self._last_answer()
        self.loop.call_later(LINGER, self.shutdown)

    def _last_answer(self) -> None:
        """Tell the client that it cannot ask again here, unless it has been told already that it can."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_started:
            cycle.keep_alive = False

    def pause_writing(self) -> None:
        """Give the client some time to read."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(READ_SECONDS, self.room.drop, self, "answer_not_read")

    def resume_writing(self) -> None:
        """The client has read."""
        super().resume_writing()
        if self._unread:
            self._unread.cancel()
            self._unread = None

    def _look(self, between: str | None) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete:
            self._wait_for(between, HEAD_SECONDS)
        else:
            self._wait_for("body" if cycle.more_body else None, BODY_SECONDS)

    def _wait_for(self, what: str | None, seconds: float) -> None:
        if what == self._waits_for and what is not None:
            return
        if self._waiting:
            self._waiting.cancel()
        self._waits_for, self._waiting = what, None
        if what and not self.transport.is_closing():
            self._waiting = self.loop.call_later(seconds, self._too_late, what, self._received)

    def _too_late(self, what: str, received: int) -> None:
        ours = self.flow.read_paused  # the application has not taken what is here yet
        if what == "body" and (ours or self._received - received >= BODY_BYTES):
            self._waits_for = None
            self._wait_for(what, BODY_SECONDS)
        else:
            self.room.drop(self, f"{what}_late")
