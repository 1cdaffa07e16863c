"""The application: routes, error handlers, limits, lifespan. Built by `create_app`; nothing happens at import."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, Response

from intake_api import __version__, chat_proxy, web
from intake_api.cases import routes as cases
from intake_api.dossier import routes as dossier
from intake_api.files import routes as files
from intake_api.form import routes as form
from intake_api.http import OfficeDep, public
from intake_api.kit.addresses import within
from intake_api.kit.counters import ERRORS, counted
from intake_api.kit.errors import Failure
from intake_api.kit.limits import address_of
from intake_api.kit.middleware import BodyLimit, Manners
from intake_api.kit.problems import failure_of, problems_from
from intake_api.notices import routes as notices
from intake_api.office import Office
from intake_api.people import routes as people
from intake_api.published import routes as published
from intake_api.readiness import Readiness
from intake_api.reports import routes as reports
from intake_api.triage import routes as triage
from intake_api.understanding import routes as understanding
from intake_api.upkeep.metrics import Exposition, Figures, figures

log = structlog.get_logger()
REVIVE_AFTER = 10.0  # seconds


def create_app(
    office: Office, *, chat_socket: Path | None = None, work: bool = True, streams: int = chat_proxy.STREAMS
) -> FastAPI:
    """The whole HTTP surface of an office.

    `work`: run the background worker in this process; `streams`: the event streams that may be open at once.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await office.cases.prepare()
        await office.calendar_changes.prepare()
        if await office.cases.clock_behind():
            log.error("clock_behind", now=office.clock.now().isoformat())
        parts = {"model": office.triage.start, "learning": office.learning.watch}
        if work:
            parts["worker"] = office.jobs.run_forever
        async with asyncio.TaskGroup() as tasks:
            own = [tasks.create_task(_kept_up(name, part)) for name, part in parts.items()]
            yield
            for task in own:
                task.cancel()
        await app.state.chat.close()
        await office.deflection.write()
        await office.limits.close()
        await office.db.dispose()

    app = FastAPI(
        title="公开 Gongkai",
        version=__version__,
        summary="政府信息依申请公开：申请、分办、期限",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.office = office
    app.state.readiness = Readiness(office)
    app.state.chat = chat_proxy.ChatProxy(chat_socket, streams)
    app.add_middleware(BodyLimit)
    _add_error_handlers(app)
    web.install(app)
    app.add_middleware(Manners)
    app.router.routes.extend(_routes().routes)
    return app


async def _kept_up(name: str, part: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a part of the office; one that dies says so and starts again, instead of taking the others with it."""
    while True:
        try:
            await part()
            return
        except Exception as error:
            log.error("part_died", part=name, error=type(error).__name__, again_in_seconds=REVIVE_AFTER)
        await asyncio.sleep(REVIVE_AFTER)


@cache
def _routes() -> APIRouter:
    """Every route, once a process: FastAPI works out each on its first use, a third of a second for all of them."""
    routes = APIRouter()
    routes.include_router(_api(), prefix="/api/v1")
    routes.include_router(_operations)
    routes.include_router(web.build_router(), include_in_schema=False)
    return routes


def _api() -> APIRouter:
    api = APIRouter()
    for router in (
        form.router,
        cases.router,
        notices.router,
        files.router,
        dossier.router,
        cases.service,
        people.router,
        triage.router,
        understanding.router,
        published.router,
        reports.router,
        chat_proxy.router,
    ):
        api.include_router(router)
    return api


_operations = APIRouter(include_in_schema=False)


@_operations.get("/healthz")
@public
async def healthz() -> PlainTextResponse:
    """The process is alive."""
    return PlainTextResponse("ok")


@_operations.get("/readyz")
@public
async def readyz(request: Request) -> JSONResponse:
    """Whether applications can be taken: the database answers and can be written, there is space, a model is loaded.

    503 with the cause otherwise. A clock that is behind the record is said, and no reason to turn people away.
    """
    readiness: Readiness = request.app.state.readiness
    found, ready = await readiness.look()
    return JSONResponse(found, 200 if ready else 503)


@_operations.get("/metrics")
@public
async def metrics(request: Request, office: OfficeDep) -> Response:
    """Figures of the office for Prometheus (docs/operations.md), to this machine or GONGKAI_METRICS_FROM."""
    if not within(address_of(request, office.settings.proxies), office.settings.watchers):
        raise Failure("not_found")
    product = CollectorRegistry()
    product.register(Exposition(await _figures(office)))
    return Response(generate_latest(product) + generate_latest(counted()), media_type=CONTENT_TYPE_LATEST)


async def _figures(office: Office) -> Figures | None:
    now, today, model = office.clock.now(), office.clock.today(), office.triage.model_version
    try:
        async with office.db.read() as session:
            connection = await session.connection()
            return await connection.run_sync(figures, now, today, model)
    except Failure:
        return None


_STATUS_CODES = {400: "invalid_json", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


def _add_error_handlers(app: FastAPI) -> None:
    async def failed(_request: Request, error: Exception) -> Response:
        assert isinstance(error, Failure)
        ERRORS.labels(error.code).inc()
        return JSONResponse(error.body(), error.status, error.headers)

    async def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        details: list[Any] = list(error.errors())
        if any(d["type"] == "json_invalid" for d in details):
            return await failed(request, Failure("invalid_json"))
        return await failed(request, failure_of(problems_from(details)))

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code not in _STATUS_CODES:
            log.error("unmapped_status", status=error.status_code)
        code = _STATUS_CODES.get(error.status_code, "internal")
        return await failed(request, Failure(code, headers=error.headers))

    async def broken(request: Request, error: Exception) -> Response:
        return await failed(request, Failure("internal"))

    async def gone(request: Request, error: Exception) -> Response:
        return await failed(request, Failure("invalid_request"))  # nobody reads it, and nothing went wrong here

    app.add_exception_handler(Failure, failed)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, broken)
