"""A small office API that keeps the contract's shapes (docs/contract.md §3), for tests of the conversation.

It asks and refuses by the real one's form and checks, and by a missing service key or the same key with another body.
Faults are set from outside: `down`, `refuse`.
"""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from intake_api.form.checks import problems_of
from tests.fakes.form import FORM_BODY

KEY = "service-key-of-the-tests"
TODAY = date(2026, 11, 20)


@dataclass
class OfficeApi:
    """The fake's memory; `base_url` once it runs."""

    base_url: str = ""
    down: bool = False
    lose_next_receipt: bool = False
    refuse: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    suggestion: dict[str, Any] = field(
        default_factory=lambda: {
            "id": "s1",
            "model": "test",
            "confident": True,
            "departments": [
                {"code": "housing", "name": "住房和城乡建设局", "probability": 0.81},
                {"code": "natural-resources", "name": "自然资源和规划局", "probability": 0.12},
            ],
            "department_set": ["housing", "natural-resources"],
            "disposition": [{"code": "public", "probability": 0.7}],
            "flags": [],
        }
    )
    published: list[dict[str, Any]] = field(default_factory=list)
    due_on: str | None = "2026-12-18"
    notices: list[dict[str, Any]] = field(default_factory=list)
    clarification: dict[str, Any] | None = None
    supplements: list[tuple[str, str]] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    provisional: bool = False
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)
    clients: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)

    def news(self, number: str, sentence: str) -> int:
        """Put a message for the citizen into the outbox; returns its id."""
        message_id = len(self.waiting) + len(self.acknowledged) + 1
        self.waiting.append({"id": message_id, "number": number, "sentence": sentence})
        return message_id

    def application(self) -> web.Application:
        """The routes that the bot calls."""
        app = web.Application(middlewares=[self._gate])
        app.router.add_post("/api/v1/suggestions", self._suggest)
        app.router.add_post("/api/v1/requests/check", self._check)
        app.router.add_post("/api/v1/requests", self._submit)
        app.router.add_get("/api/v1/requests/{number}", self._status)
        app.router.add_post("/api/v1/requests/{number}/supplements", self._supplement)
        app.router.add_get("/api/v1/form", self._form)
        app.router.add_get("/api/v1/published", self._published)
        app.router.add_get("/api/v1/service/outbox", self._outbox)
        app.router.add_post("/api/v1/service/outbox/{id}/delivered", self._delivered)
        app.router.add_post("/api/v1/service/outbox/{id}/refused", self._refused)
        return app

    @web.middleware
    async def _gate(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.down:
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        if request.headers.get("X-Service-Key") != KEY or not request.headers.get("X-Client"):
            return _error(401, "sign_in_required", "请先登录。")
        self.clients.add(request.headers["X-Client"])
        for path, refusal in self.refuse.items():
            if request.path == path:
                return _error(*refusal)
        response: web.StreamResponse = await handler(request)
        return response

    async def _suggest(self, request: web.Request) -> web.Response:
        body = await request.json()
        if not body.keys() <= {"text", "subject"} or not 1 <= len(body.get("text", "")) <= 10_000:
            return _error(422, "invalid_request", "提交的内容有不符合要求的地方，请按提示修改后再提交。")
        self.texts.append(body["text"])
        return web.json_response(self.suggestion)

    async def _form(self, _request: web.Request) -> web.Response:
        return web.json_response(FORM_BODY)

    async def _published(self, request: web.Request) -> web.Response:
        if request.query.get("limit") != "3" or not request.query.get("q"):
            return _error(422, "invalid_request", "查询不正确。")
        return web.json_response({"items": self.published})

    async def _check(self, request: web.Request) -> web.Response:
        problems = _problems(await request.json(), finished=False)
        return web.json_response({"problems": [{"name": n, "message": m} for n, m in problems.items()]})

    async def _submit(self, request: web.Request) -> web.Response:
        body = await request.json()
        problems = _problems(body, finished=True)
        if problems:
            return _error(422, "invalid_request", "提交的内容有不符合要求的地方，请按提示修改后再提交。", problems)
        key = request.headers["Idempotency-Key"]
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        number, known = self.keys.get(key, ("", digest))
        if known != digest:
            return _error(409, "idempotency_conflict", "同一个幂等键已用于另一份内容不同的申请，请换一个键。")
        if not number:
            number = f"SF-2026-{len(self.cases) + 1:05}"
            self.keys[key] = (number, digest)
            self.cases[number] = body | {"code": f"ABCD-EFGH-{len(self.cases) + 2222}"}
        if self.lose_next_receipt:
            self.lose_next_receipt = False
            return web.Response(status=504, text="gateway timeout")
        receipt = {
            "number": number,
            "query_code": self.cases[number]["code"],
            "status": "received",
            "received_on": "2026-11-20" if self.due_on else None,
            "receipt_basis": "internet",
            "due_on": self.due_on,
            "due_provisional": self.provisional,
        }
        return web.json_response(receipt, status=201)

    async def _status(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        case = self.cases.get(number)
        if case is None or case["code"] != request.headers.get("X-Query-Code"):
            return _error(404, "case_not_found", "编号或查询码不正确，请核对回执后重试。")
        view = {
            "number": number,
            "kind": "disclosure",
            "status": "received",
            "status_label": "已收到",
            "sentence": "您的申请已经收到，正在确定承办部门。",
            "submitted_at": "2026-11-20T02:00:00Z",
            "received_on": "2026-11-20",
            "due_on": "2026-12-18",
            "due_provisional": False,
            "department": None,
            "agency": "示例市人民政府",
            "title": "",
            "clock_steps": [],
            "timeline": [{"on": "2026-11-20", "title": "确认收到申请"}],
            "notices": self.notices,
            "act_by": (self.clarification or {}).get("reply_by"),
            "clarification": self.clarification,
        }
        return web.json_response(view)

    async def _supplement(self, request: web.Request) -> web.Response:
        number, text = request.match_info["number"], (await request.json())["text"]
        if len(text) < 2:
            return _error(422, "invalid_request", "提交的内容有不符合要求的地方。", {"text": "至少要 2 个字。"})
        if (number, text) not in self.supplements:
            if self.clarification is None:
                return _error(409, "step_not_allowed", "案件目前是“办理中”，不能进行这一步。")
            self.supplements.append((number, text))
            self.clarification = None
        return await self._status(request)

    async def _outbox(self, request: web.Request) -> web.Response:
        return web.json_response({"items": self.waiting[: int(request.query["limit"])]})

    async def _refused(self, request: web.Request) -> web.Response:
        self.refused.append(int(request.match_info["id"]))
        return web.Response(status=204)

    async def _delivered(self, request: web.Request) -> web.Response:
        message_id = int(request.match_info["id"])
        self.waiting = [item for item in self.waiting if item["id"] != message_id]
        self.acknowledged.append(message_id)
        return web.Response(status=204)


@asynccontextmanager
async def running_office() -> AsyncIterator[OfficeApi]:
    """The fake on a loopback port."""
    office = OfficeApi()
    server = TestServer(office.application())
    await server.start_server()
    office.base_url = str(server.make_url("")).rstrip("/")
    try:
        yield office
    finally:
        await server.close()


def _error(status: int, code: str, message: str, fields: dict[str, str] | None = None) -> web.Response:
    error: dict[str, Any] = {"code": code, "message": message}
    if fields:
        error["fields"] = [{"name": name, "message": text} for name, text in fields.items()]
    headers = {"Retry-After": "3"} if status in (429, 503) else None
    return web.json_response({"error": error}, status=status, headers=headers)


def _problems(body: dict[str, Any], *, finished: bool) -> dict[str, str]:
    """What the office's own rules say, and that the channel is one of the chat's."""
    found = {problem.name: problem.message for problem in problems_of(body, TODAY, finished=finished)}
    if finished and body.get("channel") not in ("chat", "telegram"):
        found["channel"] = "这一项必须填写。"
    return found
