"""Walk every surface of the product and write down what it shows: `python -m tests.arch.surfaces WALK.json SHOWN.json`.

Runs as a process of its own over a copy of the product in which a declaration was changed (test_experiments.py).
"""

import asyncio
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx2
from aiohttp.test_utils import TestClient, TestServer

from bot.api_client import Office as Api
from bot.app import build_dispatcher
from bot.database import Database
from bot.mailbox import Mailbox
from bot.storage import open_storage
from bot.transports.web import WebChat
from classifier.model import flags
from intake_api import migrate
from intake_api.app import create_app
from intake_api.kit.clock import Clock
from intake_api.ledger.columns import COLUMNS
from intake_api.settings import Settings
from scripts import make_docs
from tests.chat.conftest import STORAGE_KEY, Chat, Citizen
from tests.conftest import NOW
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office

PASSWORD = "a long password"
API = "/api/v1"


class RulesOnly(KeywordClassifier):
    """The fake, with the real rules for flags."""

    def suggest(self, text: str, subject: str = "", *, top: int = 5) -> dict[str, Any]:
        none, likely = [False] * len(flags.RULES), [True] * len(flags.RULES)
        raised = flags.flags(flags.PHRASES.hear(text), none, likely)
        return super().suggest(text, subject) | {"flags": [flag.as_dict() for flag in raised]}


async def walk(wanted: dict[str, Any]) -> dict[str, Any]:
    """What the surfaces show; `wanted`: what to file, to enter, to record, to say in the chat."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/test.db"
        await asyncio.to_thread(migrate.upgrade, url)
        office = build_office(
            Settings.load({"data": Path(folder), "database_url": url}), DIRECTORY, RulesOnly, Clock(lambda: NOW)
        )
        await office.triage.start()
        await office.people.add("chengban", "officer", None, PASSWORD)
        app = create_app(office, work=False)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as http,
        ):
            shown = await _walked(http, wanted)
            shown["chat"] = await _conversation(http, office.vault.service_key, folder, wanted["chat"])
        await office.db.dispose()
    return shown | {"docs": make_docs.pages(), "ledger": list(COLUMNS)}


async def _walked(http: httpx2.AsyncClient, wanted: dict[str, Any]) -> dict[str, Any]:
    form = (await http.get(f"{API}/form")).json()
    shown: dict[str, Any] = {"form": form}
    shown["apply"] = (await http.get("/apply")).text
    shown["openapi"] = (await http.get("/openapi.json")).json()["components"]["schemas"]
    token = (await http.post(f"{API}/staff/tokens", json={"username": "chengban", "password": PASSWORD})).json()
    http.headers["Authorization"] = f"Bearer {token['token']}"
    await http.post("/staff/sign-in", data={"username": "chengban", "password": PASSWORD})
    shown["entry"] = (await http.get("/staff/cases/new")).text
    filed = await http.post(f"{API}/requests", json=wanted["application"])
    number = filed.json()["number"]
    shown["entered"] = (await http.post(f"{API}/staff/cases", json=wanted["entered"])).json()
    shown["entered case"] = (await http.get(f"/staff/cases/{shown['entered']['number']}")).text
    for path, body in wanted["steps"]:
        await _done(http, f"{API}/staff/cases/{number}/{path}", body)
        shown["after " + body.get("type", path)] = (await http.get(f"/staff/cases/{number}")).text
    case = await http.get(f"{API}/staff/cases/{number}")
    shown["case"], shown["case page"] = case.json(), (await http.get(f"/staff/cases/{number}")).text
    csrf = re.findall(r'name="csrf" value="([^"]+)"', shown["case page"])[0]
    shown["in full"] = (await http.post(f"/staff/cases/{number}/particulars", data={"csrf": csrf})).text
    return shown


async def _done(http: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> None:
    answer = await http.post(path, json=body)
    assert answer.status_code == 200, answer.text


async def _conversation(http: httpx2.AsyncClient, key: str, folder: str, answers: list[str]) -> list[str]:
    """A conversation over the API of this office: what the bot says to each answer."""
    database = Database(f"sqlite+aiosqlite:///{folder}/bot.db", STORAGE_KEY)
    await database.prepare()
    api = Api(http, headers={"X-Service-Key": key})
    storage, isolation = open_storage(database, None)
    mailbox = Mailbox(database)
    dispatcher = build_dispatcher(api, database, storage, isolation)
    web = WebChat(dispatcher, mailbox, database)
    async with TestClient(TestServer(web.application())) as page:
        citizen = await Citizen.arrives(Chat(database, dispatcher, mailbox, api, web, page))
        said = [await citizen.fills_in(answer) for answer in answers]
    await database.close()
    return said


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(asyncio.run(walk(json.loads(Path(sys.argv[1]).read_text())))))
