"""The line between the bot and the real office: a proxy on a loopback port that counts the calls and can fail.

It knows nothing of the office. Faults are set from outside: `down`, `instead`, `lost`.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from aiohttp import web
from aiohttp.test_utils import TestServer

from intake_api.office import Office

_OF_ONE_HOP = {"host", "connection", "content-length", "transfer-encoding", "date", "server"}


@dataclass(frozen=True)
class Call:
    """A call that reached the proxy: from which chat (X-Client), with which body."""

    path: str
    client: str
    body: bytes


@dataclass
class OfficeApi:
    """An office as the bot reaches it, at `base_url`.

    `down`: a gateway answers that nobody is there. `instead`: by path, status and body of an answer that the office
    never gave. `lost`: paths whose next answer breaks off after the office has done what was asked.
    """

    office: Office
    http: httpx2.AsyncClient
    base_url: str = ""
    down: bool = False
    instead: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    calls: list[Call] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What makes a bot known to this office."""
        return self.office.vault.service_key

    @property
    def texts(self) -> list[str]:
        """What a suggestion was asked for, in order."""
        return [json.loads(call.body)["text"] for call in self.calls if call.path == "/api/v1/suggestions"]

    def times(self, path: str) -> int:
        """How often a path was called."""
        return sum(call.path == path for call in self.calls)

    def refuse(self, path: str, status: int, code: str, message: str) -> None:
        """Answer a path with an error from now on."""
        self.instead[path] = status, {"error": {"code": code, "message": message}}

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        """One call: to the office, or to the fault that is set."""
        body = await request.read()
        self.calls.append(Call(request.path, request.headers.get("X-Client", ""), body))
        if self.down:
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        if request.path in self.instead:
            status, said = self.instead[request.path]
            return web.json_response(said, status=status)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OF_ONE_HOP}
        answer = await self.http.request(request.method, request.raw_path, content=body, headers=headers)
        if request.path in self.lost and request.transport:
            self.lost.remove(request.path)
            request.transport.abort()
        headers = {name: value for name, value in answer.headers.items() if name.lower() not in _OF_ONE_HOP}
        return web.Response(status=answer.status_code, body=answer.content, headers=headers)


@asynccontextmanager
async def reached(office: Office, http: httpx2.AsyncClient) -> AsyncIterator[OfficeApi]:
    """The proxy on a loopback port; `http` leads to the office's application."""
    api = OfficeApi(office, http)
    app = web.Application(client_max_size=20 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", api.pass_on)
    server = TestServer(app)
    await server.start_server()
    api.base_url = str(server.make_url("")).rstrip("/")
    try:
        yield api
    finally:
        await server.close()
