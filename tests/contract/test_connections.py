"""A connection has time for a head and a body, and a number of its kind; half-open ones go before anybody else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from intake_api.commands.serve import _listen
from intake_api.kit import connections
from intake_api.kit.addresses import networks
from intake_api.kit.connections import PatientProtocol, Room
from intake_api.settings import Settings

SILENT = b"GET / HTTP/1.1\r\nHost: x\r\n"  # the blank line never comes
WHOLE = SILENT + b"Connection: close\r\n\r\n"
HOLD = b"GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"
BODY = b"POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 9\r\n\r\n"


@dataclass
class Site:
    """A small application on a real server with the product's own protocol."""

    port: int
    room: Room
    released: asyncio.Event

    async def send(self, *parts: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for part in parts:
            writer.write(part)
            await writer.drain()
        return reader, writer

    async def asked(self, *parts: bytes) -> bytes:
        reader, writer = await self.send(*parts)
        answer = await heard(reader)
        writer.close()
        return answer


async def heard(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the other side ends the connection, politely or not."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


def application(released: asyncio.Event) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0)
            yield b"x" * 65536

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer: Response = PlainTextResponse("here")
        if request.url.path == "/hold":
            await released.wait()
        if request.url.path == "/endless":
            answer = StreamingResponse(endless())
        if request.url.path == "/body":
            try:
                answer = PlainTextResponse(await request.body())
            except ClientDisconnect:
                return
        await answer(scope, receive, send)

    return app


@asynccontextmanager
async def site(each: int = 256, most: int = 1000, proxies: str = "") -> AsyncIterator[Site]:
    class Protocol(PatientProtocol):
        room = Room()

    Protocol.room.each, Protocol.room.most, Protocol.room.proxies = each, most, networks(proxies)
    listener, released = _listen(Settings.load({"port": 0})), asyncio.Event()
    config = uvicorn.Config(application(released), http=Protocol, ws="none", lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve([listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield Site(listener.getsockname()[1], Protocol.room, released)
        released.set()
        server.should_exit = server.force_exit = True


@pytest.mark.parametrize("began", [b"", b"G", SILENT, WHOLE.replace(b"close", b"keep-alive") + SILENT])
async def test_a_head_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, began: bytes) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    async with site() as here:
        assert (await here.asked(began)).count(b"200 OK") == began.count(b"keep-alive")


async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "BODY_SECONDS", 0.3)
    async with site() as here:
        assert await here.asked(BODY, b"1234") == b""
        assert b"123456789" in await here.asked(BODY, b"1234", b"56789")


async def test_a_body_that_comes_slowly_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "BODY_SECONDS", 1.5)
    monkeypatch.setattr(connections, "BODY_BYTES", 1)
    async with site() as here:
        reader, writer = await here.send(BODY)
        for digit in b"123456789":
            await asyncio.sleep(0.3)
            writer.write(bytes([digit]))
        assert b"123456789" in await heard(reader)
        writer.close()


async def test_an_answer_that_is_not_read_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "READ_SECONDS", 0.3)
    async with site() as here:
        _, writer = await here.send(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        while here.room.open:
            await asyncio.sleep(0.05)
        writer.close()


@pytest.mark.parametrize("began", [b"", SILENT, BODY])
@pytest.mark.parametrize("limits", [{"each": 5}, {"most": 5}])
async def test_a_flood_of_half_open_connections_meets_itself_first(limits: dict[str, int], began: bytes) -> None:
    async with site(**limits) as here:
        with capture_logs() as said:
            flood = [await here.send(began) for _ in range(40)]
            for _ in range(3):
                assert b"200 OK" in await here.asked(WHOLE)
            assert here.room.open <= 5
        assert len(said) == 1
        assert said[0]["event"] == "connections_dropped"
        assert "127.0.0.1" not in str(said)
        for _, writer in flood:
            writer.close()


async def test_who_is_being_answered_is_never_given_up_for_a_newcomer() -> None:
    async with site(each=3) as here:
        held = [await here.send(HOLD) for _ in range(3)]
        while any(one.half_open for one in here.room.connections):
            await asyncio.sleep(0.01)
        assert await here.asked(WHOLE) == b""
        here.released.set()
        for reader, writer in held:
            assert b"200 OK" in await reader.readline()
            writer.close()


async def test_a_trusted_proxy_may_speak_for_many() -> None:
    async with site(each=3, proxies="127.0.0.0/8") as here:
        many = [await here.send(SILENT) for _ in range(20)]
        assert b"200 OK" in await here.asked(WHOLE)
        assert here.room.open >= 20
        for _, writer in many:
            writer.close()


@pytest.mark.parametrize(("files", "most", "each"), [(256, 32, 16), (1024, 192, 96), (65_536, 10_000, 256)])
def test_the_numbers_fit_the_limit_of_open_files(files: int, most: int, each: int) -> None:
    room = Room()
    room.fit(files, ())
    assert (room.most, room.each) == (most, each)
