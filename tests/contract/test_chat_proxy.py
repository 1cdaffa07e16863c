"""The door to the bot's process: what it answers while the bot is not there, or goes away in the middle."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from aiogram import Dispatcher

from bot.database import Database
from bot.mailbox import Mailbox
from bot.transports.web import WebChat
from intake_api.app import create_app
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
