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

from bot import keyboards
from bot import texts as said
from bot.draft import Draft
from bot.form import Form
from classifier.model import flags
from intake_api import migrate
from intake_api.app import create_app
from intake_api.kit.clock import Clock
from intake_api.ledger.columns import COLUMNS
from intake_api.settings import Settings
from scripts import make_docs
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
        return super().suggest(text, subject) | {"flags": [f.as_dict() for f in flags.flags(text, none, likely)]}


async def walk(wanted: dict[str, Any]) -> dict[str, Any]:
    """What the surfaces show; `wanted`: an application to file, a channel to enter one by, steps to record."""
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
        await office.db.dispose()
    return shown | {"docs": make_docs.pages(), "ledger": list(COLUMNS)}


async def _walked(http: httpx2.AsyncClient, wanted: dict[str, Any]) -> dict[str, Any]:
    form = (await http.get(f"{API}/form")).json()
    shown: dict[str, Any] = {"form": form, "chat": _chat(Form.read(form), wanted.get("chat", {}))}
    shown["apply"] = (await http.get("/apply")).text
    shown["openapi"] = (await http.get("/openapi.json")).json()["components"]["schemas"]
    token = (await http.post(f"{API}/staff/tokens", json={"username": "chengban", "password": PASSWORD})).json()
    http.headers["Authorization"] = f"Bearer {token['token']}"
    await http.post("/staff/sign-in", data={"username": "chengban", "password": PASSWORD})
    entry = await http.get("/staff/cases/new")
    shown["entry"] = entry.text
    filed = await http.post(f"{API}/requests", json=wanted["application"])
    number = filed.json()["number"]
    if wanted.get("entered"):
        shown["entered"] = (await http.post(f"{API}/staff/cases", json=wanted["entered"])).json()
        shown["entered case"] = (await http.get(f"/staff/cases/{shown['entered']['number']}")).text
    for path, body in wanted.get("steps", ()):
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


def _chat(form: Form, answers: dict[str, str]) -> dict[str, Any]:
    """The conversation of a natural person: the questions in their order with their buttons, and what is sent."""
    draft, asked = Draft("想看示例文件", form), []
    while (step := draft.following()) != "summary":
        options = keyboards.options(step, draft)
        asked.append([said.question(step, draft), list(options.values())])
        draft.answer(step, answers.get(step) or next(iter(options), "13800000000"))
    return {"asked": asked, "sent": draft.submission(), "summary": said.summary(draft)}


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(asyncio.run(walk(json.loads(Path(sys.argv[1]).read_text())))))
