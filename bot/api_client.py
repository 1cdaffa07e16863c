"""The office's API as the bot uses it (docs/contract.md §3): one method a call, two errors."""

import logging
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2

log = logging.getLogger(__name__)


class ApiRefused(Exception):
    """The API said no: `code` for the program, `message` in Chinese for the citizen, `fields` by dotted name."""

    def __init__(self, code: str, message: str, fields: dict[str, str], retry_later: bool) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.fields = fields
        self.retry_later = retry_later


class ApiUnreachable(Exception):
    """No usable answer: whether the call took effect is not known."""


@dataclass(frozen=True)
class Office:
    """The API on behalf of one chat; `client_id` is what rate limits count (a digest, never the chat's own id)."""

    http: httpx2.AsyncClient
    client_id: str = "bot"
    headers: dict[str, str] = field(default_factory=dict)

    def of_chat(self, client_id: str) -> "Office":
        """The same API for another chat."""
        return Office(self.http, client_id, self.headers)

    async def suggest(self, text: str) -> dict[str, Any]:
        """Likely departments, flags and disposition of a text (contract §4)."""
        return await self._json("POST", "/api/v1/suggestions", json={"text": text})

    async def understand(self, text: str) -> dict[str, Any]:
        """What a text says of an application (contract §2, `gongkai understand`)."""
        return await self._json("POST", "/api/v1/understand", json={"text": text})

    async def published(self, text: str) -> list[dict[str, Any]]:
        """Up to three published pages near the text; none where the search fails, since it is only a courtesy."""
        try:
            found = await self._json("GET", "/api/v1/published", params={"q": text[:200], "limit": 3})
        except (ApiRefused, ApiUnreachable):
            return []
        return list(found.get("items", []))

    async def form(self) -> dict[str, Any]:
        """What an application asks: fields, choices, limits, needs."""
        return await self._json("GET", "/api/v1/form")

    async def check(self, partial: dict[str, Any]) -> dict[str, str]:
        """Problems of an unfinished application: dotted field name to Chinese sentence."""
        found = await self._json("POST", "/api/v1/requests/check", json=partial)
        return {problem["name"]: problem["message"] for problem in found["problems"]}

    async def submit(self, submission: dict[str, Any], key: str) -> dict[str, Any]:
        """File an application; the same key and body again give the same receipt."""
        return await self._json("POST", "/api/v1/requests", json=submission, headers={"Idempotency-Key": key})

    async def status(self, number: str, code: str) -> dict[str, Any]:
        """The citizen's view of a case."""
        path = f"/api/v1/requests/{_segment(number)}"
        return await self._json("GET", path, headers={"X-Query-Code": _header(code)})

    async def supplement(self, number: str, code: str, text: str) -> dict[str, Any]:
        """Make an application clear (补正); the citizen's view afterwards. The same text again changes nothing."""
        path = f"/api/v1/requests/{_segment(number)}/supplements"
        return await self._json("POST", path, json={"text": text}, headers={"X-Query-Code": _header(code)})

    async def file_on(self, number: str, code: str) -> dict[str, Any]:
        """File the same application with the agency responsible: its receipt, the same again however often."""
        path = f"/api/v1/requests/{_segment(number)}/filed-on"
        return await self._json("POST", path, headers={"X-Query-Code": _header(code)})

    async def tell(self, number: str, code: str, address: str) -> None:
        """Tell of what happens by e-mail too: a question goes there, and nothing else before it is confirmed."""
        path, body = f"/api/v1/requests/{_segment(number)}/telling", {"channel": "email", "address": address}
        await self._json("PUT", path, json=body, headers={"X-Query-Code": _header(code)})

    async def check_file(self, name: str, raw: bytes) -> None:
        """Refused where the office would not take a file, by its content or its size; nothing is stored."""
        await self._call("POST", "/api/v1/service/attachments", files={"file": (name, raw)})

    async def attach(self, number: str, code: str, name: str, raw: bytes) -> None:
        """Hand a file in with an application. The same content again changes nothing."""
        path, headers = f"/api/v1/requests/{_segment(number)}/attachments", {"X-Query-Code": _header(code)}
        await self._call("POST", path, files={"file": (name, raw)}, headers=headers)

    async def deflected(self) -> None:
        """Count that what is public already was enough: nothing was filed."""
        await self._call("POST", "/api/v1/service/deflected")

    async def outbox(self) -> list[dict[str, Any]]:
        """Messages waiting for citizens who applied by chat.

        `id`, `number` (which chat holds it), `sentence`, `repeated`; `about`, the case it tells of, which is another
        one where that was split from it, and `opened`, the query codes by number of what is split from it now.
        """
        return list((await self._json("GET", "/api/v1/service/outbox", params={"limit": 50}))["items"])

    async def delivered(self, message_id: int, result: str | None = None) -> None:
        """Acknowledge: the message needs no further attempt, with a `result` because none would help."""
        params = {"result": result} if result else None
        await self._call("POST", f"/api/v1/service/outbox/{message_id}/delivered", params=params)

    async def refused(self, message_id: int, result: str | None = None) -> None:
        """The message surely did not arrive, perhaps known why: it comes again, and not as a repeat."""
        params = {"result": result} if result else None
        await self._call("POST", f"/api/v1/service/outbox/{message_id}/refused", params=params)

    async def _json(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        response = await self._call(method, path, **request)
        try:
            body = response.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise ApiUnreachable("not a JSON object")
        return body

    async def _call(self, method: str, path: str, **request: Any) -> httpx2.Response:
        headers = self.headers | {"X-Client": self.client_id} | request.pop("headers", {})
        try:
            response = await self.http.request(method, path, headers=headers, **request)
        except httpx2.TransportError as error:
            log.warning("the API did not answer: %s", type(error).__name__)
            raise ApiUnreachable(type(error).__name__) from error
        if response.is_success:
            return response
        raise _refusal(response)


def connect(api_url: str, service_key: str) -> Office:
    """The API at `api_url`, known to it by `service_key`; `office.http` is to be closed in the end."""
    tls = api_url.startswith(
        "https"
    )  # reading the certificates takes a tenth of a second, mostly for a loopback address
    http = httpx2.AsyncClient(base_url=api_url, timeout=httpx2.Timeout(30, connect=5), trust_env=False, verify=tls)
    return Office(http, headers={"X-Service-Key": service_key})


def _refusal(response: httpx2.Response) -> Exception:
    try:
        error = response.json()["error"]
        fields = {problem["name"]: problem["message"] for problem in error.get("fields") or ()}
        code, message = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError):
        return ApiUnreachable(f"status {response.status_code}")
    if response.status_code >= 500 and response.status_code != 503:
        return ApiUnreachable(code)
    return ApiRefused(code, message, fields, retry_later=response.status_code in (429, 503))


def _segment(text: str) -> str:
    """One path segment: what a person typed cannot lead to another call, and can only be a wrong number."""
    return quote(text.replace("/", "-"), safe="") if text.strip(".") else "-"


def _header(text: str) -> str:
    """A header value; what cannot be one (a code has letters, digits and dashes) can only be a wrong code."""
    return "".join(ch for ch in text if ch.isascii() and ch.isprintable())
