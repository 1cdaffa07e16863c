"""Passes `/api/v1/chat` through to the bot's own process, which serves the web chat on a Unix socket (ADR 0007)."""

import pathlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated, Any

import httpx2
from fastapi import APIRouter, Path, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from intake_api.http import client, error_responses, office_of, public
from intake_api.kit.errors import Failure

router = APIRouter(tags=["chat"])
Session = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
STREAMS = 2_000
STREAMS_EACH = 30  # of one address: an office or a family behind one; without a stream the page still gets its answers
_FORWARDED = ("accept", "content-type", "idempotency-key", "last-event-id")
_RETURNED = ("cache-control", "retry-after", "x-accel-buffering")  # the last: nginx must not hold events back


class ChatProxy:
    """A client of the bot's web chat; every call is a Failure `chat_starting` while the bot is not there."""

    def __init__(self, socket: pathlib.Path | None, streams: int = STREAMS) -> None:
        self._streams, self._most = Counter[str](), streams
        # every open page holds a connection for its events: no limit of ours below the operating system's
        unlimited = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
        transport = httpx2.AsyncHTTPTransport(uds=str(socket), limits=unlimited) if socket else None
        self._client = (
            httpx2.AsyncClient(transport=transport, base_url="http://bot", timeout=httpx2.Timeout(30, connect=2))
            if transport
            else None
        )

    async def call(self, method: str, path: str, json: Any = None, key: str = "") -> tuple[int, dict[str, Any]]:
        """One call for a page without JavaScript: status and body."""
        headers = {"content-type": "application/json"} | ({"idempotency-key": key} if key else {})
        response = await self.open(method, path, headers, json=json)
        await _read(response)
        return response.status_code, response.json()

    async def attach(self, session: str, file: tuple[str, bytes]) -> tuple[int, dict[str, Any]]:
        """Send a file for a page without JavaScript: status and body."""
        response = await self.open("POST", f"/chat/{session}/attachments", {}, files={"file": file})
        await _read(response)
        return response.status_code, response.json()

    async def open(self, method: str, path: str, headers: dict[str, str], **body: Any) -> httpx2.Response:
        """Send a call and return the response with its body still to be read."""
        if self._client is None:
            raise Failure("chat_starting", headers={"Retry-After": "3"})
        timeout = httpx2.Timeout(30, connect=2, read=None if path.endswith("/events") else 30)
        request = self._client.build_request(method, path, headers=headers, timeout=timeout, **body)
        try:
            return await self._client.send(request, stream=True)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise Failure("chat_starting", headers={"Retry-After": "2"}) from error
        except httpx2.TransportError as error:
            # the message may have arrived: nobody must send it again unasked
            raise Failure("chat_interrupted") from error

    @contextmanager
    def stream_of(self, client: str) -> Iterator[None]:
        """One event stream of a client for as long as the block lasts; Failure `too_many_streams` beyond the limits."""
        if self._streams[client] >= STREAMS_EACH or self._streams.total() >= self._most:
            raise Failure("too_many_streams", headers={"Retry-After": "30"})
        self._streams[client] += 1
        try:
            yield
        finally:
            self._streams[client] -= 1
            self._streams += Counter()  # forgets whose count is zero

    async def close(self) -> None:
        """Close the connection pool."""
        if self._client:
            await self._client.aclose()


async def _read(response: httpx2.Response) -> bytes:
    try:
        return await response.aread()
    except httpx2.TransportError as error:
        raise Failure("chat_interrupted") from error
    finally:
        await response.aclose()


async def _pass(request: Request, path: str) -> Response:
    proxy: ChatProxy = request.app.state.chat
    if request.method == "POST":
        # by address here; the bot counts for the API by chat
        await office_of(request).limits.hit("chat", client(request))
    with ExitStack() as held:
        if path.endswith("/events"):
            held.enter_context(proxy.stream_of(client(request)))
        headers = {name: value for name in _FORWARDED if (value := request.headers.get(name))}
        target = path + (f"?{request.url.query}" if request.url.query else "")
        response = await proxy.open(request.method, target, headers, content=await request.body())
        kind = response.headers.get("content-type", "application/json")
        back = {name: value for name in _RETURNED if (value := response.headers.get(name))}
        if not kind.startswith("text/event-stream"):
            return Response(await _read(response), response.status_code, back, media_type=kind)
        return EventStream(response, back, held.pop_all())


class EventStream(StreamingResponse):
    """The bot's events, passed on; whatever becomes of it, its place among the streams is free again."""

    def __init__(self, source: httpx2.Response, headers: dict[str, str], held: ExitStack) -> None:
        self._source, self._held = source, held
        super().__init__(self._events(), source.status_code, headers, media_type=source.headers["content-type"])

    async def _events(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._source.aiter_raw():
                yield chunk
        except httpx2.TransportError:
            return  # the bot went away: the page reconnects with Last-Event-ID

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        with self._held:
            try:
                await super().__call__(scope, receive, send)
            finally:
                await self._source.aclose()


@router.post("/chat", status_code=201, responses=error_responses(503))
@public
async def open_session(request: Request) -> Response:
    """开始一次在线对话 → `{session}`."""
    return await _pass(request, "/chat")


@router.post("/chat/{session}/messages", responses=error_responses(404, 503))
@public
async def send(request: Request, session: Session) -> Response:
    """发送 `{text}` 或 `{button}` → `{messages}`；同一 `Idempotency-Key` 的文字不会重复."""
    return await _pass(request, f"/chat/{session}/messages")


@router.post("/chat/{session}/attachments", responses=error_responses(404, 413, 503))
@public
async def attach(request: Request, session: Session) -> Response:
    """发送材料（照片、PDF、docx），表单项 `file` → `{messages}`；与正在填写的申请一起提交，或者交到已有的申请."""
    return await _pass(request, f"/chat/{session}/attachments")


@router.get("/chat/{session}/messages", responses=error_responses(404, 503))
@public
async def messages(request: Request, session: Session) -> Response:
    """对话记录 `?after=ID` → `{messages}`."""
    return await _pass(request, f"/chat/{session}/messages")


@router.get("/chat/{session}/events", responses=error_responses(404, 503))
@public
async def events(request: Request, session: Session) -> Response:
    """服务器推送的消息（SSE，可用 Last-Event-ID 续传）."""
    return await _pass(request, f"/chat/{session}/events")
