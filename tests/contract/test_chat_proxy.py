"""The door to the bot's process: what it answers while the bot is not there, or goes away in the middle."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest
from aiogram import Dispatcher

from bot.database import Database
from bot.mailbox import Mailbox
from bot.transports.web import WebChat
from intake_api.app import create_app
from intake_api.chat_proxy import STREAMS_EACH, ChatProxy
from intake_api.kit.errors import Failure
from intake_api.office import Office


@pytest.fixture
async def socket(tmp_path: Path) -> Path:
    return tmp_path / "chat"


@pytest.fixture
async def chat(office: Office, socket: Path) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(office, chat_socket=socket, work=False)
    transport = httpx2.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=transport, base_url="http://t") as http:
        yield http


async def test_while_the_bot_comes_up_the_page_is_told_to_try_again(chat: httpx2.AsyncClient) -> None:
    answer = await chat.post("/api/v1/chat")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "chat_starting"
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"])
async def test_a_message_that_may_have_arrived_is_never_said_to_have_been_refused(
    chat: httpx2.AsyncClient, socket: Path, reply: bytes
) -> None:
    async def dies(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(reply)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_unix_server(dies, socket):
        answer = await chat.post("/api/v1/chat/s/messages", json={"text": "示例"})
    assert answer.status_code == 502
    assert answer.json()["error"]["code"] == "chat_interrupted"


async def test_what_the_chat_says_about_its_answers_reaches_the_browser_and_the_proxy_before_it(
    chat: httpx2.AsyncClient, socket: Path
) -> None:
    """nginx holds back an event stream without `X-Accel-Buffering: no`; no answer here may be kept by a cache."""
    database = Database(f"sqlite+aiosqlite:///{socket.parent / 'bot.db'}", bytes(32))
    await database.prepare()
    mailbox = Mailbox(database)
    runner = await WebChat(Dispatcher(), mailbox, database).serve(socket)
    session = (await chat.post("/api/v1/chat")).json()["session"]
    answer = await chat.get(f"/api/v1/chat/{session}/messages")
    assert answer.headers["Cache-Control"] == "no-store"
    mailbox.close()  # streams end at once: this client reads them to their end
    events = await chat.get(f"/api/v1/chat/{session}/events")
    assert events.headers["X-Accel-Buffering"] == "no"
    assert events.headers["Cache-Control"] == "no-store"
    assert events.text.startswith(": open")
    await runner.cleanup()
    await database.close()


async def test_who_has_too_many_event_streams_open_gets_no_further_one_until_one_ends(
    chat: httpx2.AsyncClient, socket: Path
) -> None:
    proxy: ChatProxy = chat._transport.app.state.chat  # type: ignore[attr-defined]  # the application of the fixture
    with ExitStack() as open_streams:
        for _ in range(STREAMS_EACH):
            open_streams.enter_context(proxy.stream_of("127.0.0.1"))
        refused = await chat.get("/api/v1/chat/s/events")
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_streams")
        assert int(refused.headers["Retry-After"]) > 1
    again = await chat.get("/api/v1/chat/s/events")
    assert again.json()["error"]["code"] == "chat_starting"


def test_streams_of_all_addresses_together_have_a_number_too() -> None:
    proxy = ChatProxy(None, streams=2)
    with proxy.stream_of("192.0.2.1"), proxy.stream_of("192.0.2.2"), pytest.raises(Failure, match="too_many_streams"):
        proxy.stream_of("192.0.2.3").__enter__()
    with proxy.stream_of("192.0.2.3"):
        pass


async def test_head_of_an_event_stream_ends_and_frees_its_place(chat: httpx2.AsyncClient, socket: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{socket.parent / 'bot.db'}", bytes(32))
    await database.prepare()
    mailbox = Mailbox(database)
    runner = await WebChat(Dispatcher(), mailbox, database).serve(socket)
    session = (await chat.post("/api/v1/chat")).json()["session"]
    for _ in range(STREAMS_EACH + 1):
        answer = await chat.head(f"/api/v1/chat/{session}/events")
        assert answer.status_code == 200
        assert answer.content == b""
    mailbox.close()
    await runner.cleanup()
    await database.close()
