"""`gongkai serve` and `gongkai worker`: the whole product in one command, or its background worker alone."""

import contextlib
import errno
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import structlog
import typer

from intake_api.kit.ending import ENDING
from intake_api.wiring.bot_process import BotProcess
from intake_api.wiring.offices import DEMO_CHILD, load_settings, make_office, with_office

log = structlog.get_logger()
if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from intake_api.kit.errors import Failure
    from intake_api.office import Office
    from intake_api.settings import Settings

GRACE = 5  # seconds that a request under way may take after SIGTERM
LIMIT = GRACE + 5  # seconds after which the process is gone in any case
STARTUP_FAILED = 3  # uvicorn's own exit code
_SOCKET = "_GONGKAI_CHAT_SOCKET"  # for the worker processes of --workers


def serve(
    host: Annotated[str | None, typer.Option("--host", help="监听地址")] = None,
    port: Annotated[int | None, typer.Option("--port", help="监听端口", min=0, max=65535)] = None,
    data: Annotated[Path | None, typer.Option("--data", help="数据目录")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="加入演示账号和案件，并显示其密码")] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="进程数")] = 1,
) -> None:
    """Serve API, citizen pages, web chat and staff console, and run the worker; SIGTERM ends it cleanly."""
    from intake_api.kit.logs import configure_logging

    ENDING.watch()
    settings = load_settings(host=host, port=port, data=data, demo=demo or None)
    configure_logging(settings.log_level)
    listener = _listen(settings)
    bound = listener.getsockname()[1]
    _prepare(settings, bound)
    folder = tempfile.mkdtemp(prefix="gongkai-")
    ENDING.at_last(lambda: shutil.rmtree(folder))
    chat_socket = Path(folder) / "chat"
    bot = BotProcess(f"http://{_reachable(settings.host)}:{bound}", chat_socket, settings)
    bot.start()
    ENDING.at_last(bot.stop)
    try:
        _serve(settings, listener, chat_socket, bot, workers)
    finally:
        ENDING.tidy()


def worker(data: Annotated[Path | None, typer.Option("--data", help="数据目录")] = None) -> None:
    """Run the background worker as its own process."""
    import asyncio

    from intake_api.kit.logs import configure_logging

    ENDING.watch()
    settings = load_settings(data=data)
    configure_logging(settings.log_level)

    async def work(office: "Office") -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        ENDING.limit = LIMIT
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(task.cancel))
        with contextlib.suppress(asyncio.CancelledError):
            await office.triage.start()
            await office.jobs.run_forever()
        ENDING.leave()

    with_office(work, make_office(settings, serving=True))


def _listen(settings: "Settings") -> socket.socket:
    """Bind first: a port in use must end the command before anything is migrated or trained."""
    from intake_api.kit.errors import Failure

    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        # with its protocol named: the event loop sets TCP_NODELAY only where it sees that, else answers wait for 40 ms
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.set_inheritable(True)
        return listener
    except socket.gaierror:
        raise Failure("settings_invalid", reason=f"没有 {settings.host} 这个监听地址（--host）。") from None
    except OSError as error:
        raise _unbound(error, settings) from None


def _unbound(error: OSError, settings: "Settings") -> "Failure":
    from intake_api.kit.errors import Failure

    if error.errno == errno.EADDRINUSE:
        return Failure("port_in_use", port=settings.port)
    if error.errno == errno.EADDRNOTAVAIL:
        return Failure("settings_invalid", reason=f"本机没有 {settings.host} 这个监听地址（--host）。")
    if error.errno == errno.EACCES:
        return Failure("settings_invalid", reason=f"没有权限监听端口 {settings.port}，请用 1024 以上的（--port）。")
    return Failure("settings_invalid", reason=f"无法监听 {settings.host} 的端口 {settings.port}：{error.strerror}。")


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - compared, not bound


def _prepare(settings: "Settings", port: int) -> None:
    """Schema and, for the demo, its content; then say where the pages are and who can sign in."""
    from intake_api.installation import DEMO_ACCOUNTS
    from intake_api.kit.errors import Failure
    from intake_api.wiring.demo import prepare_demo

    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Failure("data_dir_unusable", path=settings.data, reason=error.strerror) from None

    async def greeting(office: "Office") -> list[str]:
        if settings.demo:
            made = await prepare_demo(office)
            return [f"  演示账号 {name}（{role}）密码 {password}" for name, role, password in made]
        there = await office.people.listing()
        if not there:
            return ["  还没有工作人员账号。请运行：gongkai user add NAME --role admin"]
        demo = DEMO_ACCOUNTS & {account.username for account in there if not account.disabled}
        if demo == DEMO_ACCOUNTS:  # an earlier version added them to real data
            return [f"  演示账号 {'、'.join(sorted(demo))} 还能登录。请逐个停用：gongkai user disable NAME"]
        return []

    said = with_office(greeting, make_office(settings, serving=True))
    for line in (f"公开 Gongkai  http://{_reachable(settings.host)}:{port}/   工作台 /staff", *said):
        print(line, file=sys.stderr)  # noqa: T201 - the command line's own voice


def _config(app: Any, settings: "Settings", **more: Any) -> Any:
    import uvicorn

    from intake_api.kit.connections import BACKLOG, PatientProtocol

    # Forwarded headers are read by kit.addresses, from trusted proxies only; access logs would hold addresses.
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="error",  # below that a line for each malformed request, as many as somebody cares to send
        http=PatientProtocol,
        ws="none",
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE,
        **more,
    )


def _serve(settings: "Settings", listener: socket.socket, chat_socket: Path, bot: BotProcess, workers: int) -> None:
    if workers == 1:
        _serve_here(_config(_application(settings, chat_socket), settings), listener, bot)
        return
    chosen = {"GONGKAI_HOST": settings.host, "GONGKAI_PORT": settings.port, "GONGKAI_DATA": settings.data}
    os.environ.update({name: str(value) for name, value in chosen.items()} | {_SOCKET: str(chat_socket)})
    if settings.demo:
        os.environ[DEMO_CHILD] = "1"
    config = _config("intake_api.commands.serve:worker_application", settings, workers=workers, factory=True)
    _serve_in_processes(config, listener)


def _serve_here(config: Any, listener: socket.socket, bot: BotProcess) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ENDING.limit = LIMIT  # from now on there may be something to finish

        async def serve(self, sockets: list[socket.socket] | None = None) -> None:
            try:
                await super().serve(sockets)
            except SystemExit as failed:  # the application could not start
                ENDING.leave(1 if failed.code else 0)
            ENDING.leave()

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            bot.ask_to_stop()  # ends the open event streams, which uvicorn would wait for
            super().handle_exit(sig, frame)

    Server(config).run(sockets=[listener])


def _serve_in_processes(config: Any, listener: socket.socket) -> None:
    from uvicorn.supervisors.multiprocess import Multiprocess, Process

    class Supervisor(Multiprocess):
        def keep_subprocess_alive(self) -> None:
            # uvicorn also ends who does not answer it within seconds: on a busy machine, whoever is starting or at work
            for place, process in enumerate(self.processes):
                if process.exitcode is None:
                    continue
                log.error("process_died", part="server", exit_code=process.exitcode)
                if process.exitcode == STARTUP_FAILED:
                    self.should_exit.set()
                    return
                self.processes[place] = Process(self.config, self.sockets)
                self.processes[place].start()

    supervisor = Supervisor(config, [listener])
    ENDING.limit = LIMIT
    supervisor.run()
    ENDING.leave(1 if any(process.exitcode == STARTUP_FAILED for process in supervisor.processes) else 0)


def worker_application() -> "ASGIApp":
    """The application in one of several processes (`--workers`); settings come by environment."""
    from intake_api.kit.logs import configure_logging

    ENDING.watch()
    ENDING.limit = LIMIT
    threading.Thread(target=_end_with_parent, daemon=True).start()
    settings = load_settings()
    configure_logging(settings.log_level)
    return _application(settings, Path(os.environ[_SOCKET]))


def _end_with_parent() -> None:
    """A parent that was killed cannot tell its processes: they would hold the port for ever."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _application(settings: "Settings", chat_socket: Path) -> "ASGIApp":
    from intake_api.app import create_app
    from intake_api.installation import open_vault
    from intake_api.kit.connections import PatientProtocol, raise_file_limit
    from intake_api.kit.middleware import Guard

    room = PatientProtocol.room
    room.fit(raise_file_limit(), settings.proxies)
    office = make_office(settings, vault=open_vault(settings, begin=False))  # settled by the process that began
    return Guard(create_app(office, chat_socket=chat_socket, streams=room.most // 2))
