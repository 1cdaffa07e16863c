"""Clients of a load measurement: many kept connections in one process, cheap, so that the server is measured.

`flood` has each client ask again as soon as it is answered; `paced` asks at a fixed rate, whatever the answers take,
and counts from the moment at which a request was due: who waits behind another waits too.
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Timed:
    """What came back: seconds of each answer, how many had another status than hoped for, and the span of it all."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    span: float = 0.0

    def figures(self) -> dict[str, float]:
        """Answers a second; milliseconds at the middle, at 99 of 100, and at the worst."""
        ordered = sorted(self.seconds) or [0.0]
        at = {"p50": len(ordered) // 2, "p99": int(len(ordered) * 0.99), "worst": len(ordered) - 1}
        shown = {f"{name}_ms": round(ordered[place] * 1000, 1) for name, place in at.items()}
        return {"per_second": round(len(self.seconds) / (self.span or 1), 1), **shown, "failed": self.failed}


IDLE = 3.0  # seconds after which a server may close a kept connection


class Connection:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def open(self) -> None:
        """Connect."""
        self._used = time.perf_counter()
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def ask(self, request: bytes) -> int:
        """Send a request and read its whole answer; the status."""
        if time.perf_counter() - self._used > IDLE:
            self.close()
            await self.open()
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await self._reader.readexactly(int(length))
        self._used = time.perf_counter()
        return int(head[9:12])

    def close(self) -> None:
        """End it."""
        self._writer.close()


def post(path: str, body: dict[str, Any], **headers: str) -> bytes:
    """A request as it goes over the wire."""
    content = json.dumps(body, ensure_ascii=False).encode()
    told = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(content)), **headers}
    return (
        "".join((f"POST {path} HTTP/1.1\r\n", *(f"{k}: {v}\r\n" for k, v in told.items()), "\r\n")).encode() + content
    )


async def flood(port: int, clients: int, seconds: float, request: Callable[[], bytes], hoped: int) -> Timed:
    """Every client asks again as soon as it is answered."""
    timed, began = Timed(), time.perf_counter()

    async def client(one: Connection) -> None:
        while (asked := time.perf_counter()) < began + seconds:
            timed.failed += await one.ask(request()) != hoped
            timed.seconds.append(time.perf_counter() - asked)

    await _with_connections(port, clients, client)
    timed.span = time.perf_counter() - began
    return timed


async def paced(port: int, rate: float, seconds: float, request: Callable[[], bytes], hoped: int) -> Timed:
    """`rate` requests a second, over as many connections as it takes (at most 200)."""
    timed, began, due = Timed(), time.perf_counter(), 0

    async def client(one: Connection) -> None:
        nonlocal due
        while (at := began + due / rate) < began + seconds:
            due += 1
            await asyncio.sleep(at - time.perf_counter())
            timed.failed += await one.ask(request()) != hoped
            timed.seconds.append(time.perf_counter() - at)

    await _with_connections(port, 200, client)
    timed.span = time.perf_counter() - began
    return timed


async def _with_connections(port: int, clients: int, run: Callable[[Connection], Any]) -> None:
    connections = [Connection(port) for _ in range(clients)]
    for one in connections:
        await one.open()
    await asyncio.gather(*map(run, connections))
    for one in connections:
        one.close()
