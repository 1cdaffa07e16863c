"""A citizen at the web chat: the real dispatcher, storage, HTTP and office; between them a line that can fail."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
from aiogram import Dispatcher
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from bot.api_client import Office, connect
from bot.app import build_dispatcher
from bot.database import Database
from bot.mailbox import Mailbox
from bot.site import UNKNOWN, Sites
from bot.storage import open_storage
from bot.transports.web import WebChat
from intake_api.office import Office as RealOffice
from intake_api.settings import Settings
from intake_api.triage.service import Classifier
from tests.conftest import SettableClock, database_of
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.fakes.office_api import OfficeApi, reached

STORAGE_KEY = bytes(range(32))
QUESTION = "我想看看示例小区旧房改造的审批文件"


@dataclass
class BotClock:
    """Epoch seconds that a test sets."""

    seconds: float = 1_795_000_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Chat:
    """A running conversation process: what `bot.app.run` puts together, without Telegram."""

    database: Database
    dispatcher: Dispatcher
    mailbox: Mailbox
    office: Office
    web: WebChat
    http: TestClient[Any, Any]


@asynccontextmanager
async def running_chat(
    url: str, office: OfficeApi, now: Callable[[], float], redis_url: str | None = None, sites: Sites = UNKNOWN
) -> AsyncIterator[Chat]:
    """Start and stop; two in a row on the same URL are a restart."""
    database = Database(url, STORAGE_KEY, now)
    await database.prepare()
    api = connect(office.base_url, office.key)
    storage, isolation = open_storage(database, redis_url)
    dispatcher = build_dispatcher(api, database, storage, isolation, sites)
    mailbox = Mailbox(database)
    web = WebChat(dispatcher, mailbox, database)
    async with TestClient(TestServer(web.application())) as http:
        yield Chat(database, dispatcher, mailbox, api, web, http)
    await isolation.close()
    await storage.close()
    await api.http.aclose()
    await database.close()


@dataclass
class Citizen:
    """Somebody at the web chat. `says` and `presses` return what the office answers, as plain text."""

    http: TestClient[Any, Any]
    session: str

    @classmethod
    async def arrives(cls, chat: Chat) -> "Citizen":
        response = await chat.http.post("/chat")
        assert response.status == 201
        return cls(chat.http, (await response.json())["session"])

    async def says(self, text: str) -> str:
        return await self._send({"text": text})

    async def sends(self, name: str, content: bytes) -> str:
        """Send a file, as the page does."""
        form = FormData(quote_fields=False)  # as browsers write names
        form.add_field("file", BytesIO(content), filename=name)
        response = await self.http.post(f"/chat/{self.session}/attachments", data=form)
        assert response.status == 200, await response.text()
        return "\n".join(message["text"] for message in (await response.json())["messages"])

    async def presses(self, label: str) -> str:
        """Press the newest button whose label begins so, as the page shows it."""
        for message in reversed(await self.page()):
            for row in message["buttons"]:
                for one in row:
                    if one["text"].startswith(label):
                        return await self._send({"button": one["button"]})
        raise AssertionError(f"no button {label}")

    async def presses_data(self, data: str) -> str:
        return await self._send({"button": data})

    async def buttons(self) -> list[str]:
        """Labels under the newest message."""
        return [one["text"] for row in (await self.page())[-1]["buttons"] for one in row]

    async def button_data(self, label: str) -> str:
        rows = [row for message in await self.page() for row in message["buttons"]]
        return next(one["button"] for row in rows for one in row if one["text"].startswith(label))

    async def page(self) -> list[dict[str, Any]]:
        """The conversation as it would be drawn."""
        response = await self.http.get(f"/chat/{self.session}/messages")
        shown: dict[int, dict[str, Any]] = {}
        for message in (await response.json())["messages"]:
            shown[message.get("replaces", message["id"])] = message
        return [shown[place] for place in sorted(shown)]

    async def fills_in(self, *answers: str) -> str:
        """Answers one after another: `[label]` presses, anything else is typed. Returns the last reply."""
        reply = ""
        for answer in answers:
            pressed = answer.startswith("[")
            reply = await (self.presses(answer[1:-1]) if pressed else self.says(answer))
        return reply

    async def _send(self, body: dict[str, str]) -> str:
        response = await self.http.post(f"/chat/{self.session}/messages", json=body)
        assert response.status == 200, await response.text()
        messages = (await response.json())["messages"]
        return "\n".join(message["text"] for message in messages if "replaces" not in message)


TO_SUMMARY = (
    QUESTION,
    "[填写申请]",
    "[个人]",
    "张三",
    "[居民身份证]",
    "11010519491231002X",
    "13800000000",
    "[电子版]",
    "[在本网站下载]",
)
"""The shortest way of a natural person to the summary."""


@pytest.fixture
def db_url(request: pytest.FixtureRequest, tmp_path: Path, migrated_sqlite: Path) -> Iterator[str]:
    """SQLite alone: what the office does on both is shown where its own rules are (and in test_with_the_office.py)."""
    with database_of(request, "sqlite", tmp_path, str(migrated_sqlite)) as url:
        yield url


@pytest.fixture
def settings() -> dict[str, str]:
    """Settings of the office that a test may choose."""
    return {}


@pytest.fixture
def model() -> Callable[[], Classifier]:
    """What makes the office's suggestions."""
    return KeywordClassifier


@pytest.fixture
async def office(
    db_url: str, tmp_path: Path, clock: SettableClock, settings: dict[str, str], model: Callable[[], Classifier]
) -> AsyncIterator[RealOffice]:
    given = Settings.load({"data": tmp_path / "data", "database_url": db_url} | settings)
    office = build_office(given, DIRECTORY, model, clock)
    await office.triage.start()
    yield office
    await office.db.dispose()


@pytest.fixture
async def api(office: RealOffice, client: httpx2.AsyncClient) -> AsyncIterator[OfficeApi]:
    """The office as the bot reaches it."""
    async with reached(office, client) as api:
        yield api


@pytest.fixture
def now() -> BotClock:
    return BotClock()


@pytest.fixture
def storage_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"


@pytest.fixture
async def chat(storage_url: str, api: OfficeApi, now: BotClock) -> AsyncIterator[Chat]:
    async with running_chat(storage_url, api, now) as chat:
        yield chat


@pytest.fixture
async def citizen(chat: Chat) -> Citizen:
    return await Citizen.arrives(chat)
