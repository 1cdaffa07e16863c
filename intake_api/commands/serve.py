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
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from intake_api.kit.ending import ENDING, SIGNALS
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
SHARED_COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus_client when it is imported
_SOCKET, _WORK = "_GONGKAI_CHAT_SOCKET", "_GONGKAI_WORK"  # for the processes of --workers; empty: without


def serve(
    host: Annotated[str | None, typer.Option("--host", help="监听地址")] = None,
    port: Annotated[int | None, typer.Option("--port", help="监听端口", min=0, max=65535)] = None,
    data: Annotated[Path | None, typer.Option("--data", help="数据目录")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="加入演示账号和案件，并显示其密码")] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="进程数")] = 1,
    no_bot: Annotated[bool, typer.Option("--no-bot", help="不启动对话程序：没有网页对话和 Telegram")] = False,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="不做后台作业：另行运行 gongkai worker")] = False,
    uds: Annotated[Path | None, typer.Option("--uds", help="监听这个 Unix 套接字，给本机的反向代理")] = None,
) -> None:
    """Serve API, citizen pages, web chat and staff console, and run the worker; SIGTERM ends it cleanly."""
    from intake_api.kit.logs import configure_logging

    ENDING.watch()
    settings = load_settings(host=host, port=port, data=data, demo=demo or None)
    configure_logging(settings.log_level)
    listeners = _listen_all(settings, uds, inside=not no_bot)
    bound = listeners[-1].getsockname()
    _prepare(settings, str(uds) if uds else f"http://{_reachable(settings.host)}:{bound[1]}/")
    try:
        if no_bot:
            _serve(settings, listeners, None, lambda: None, workers, work=not no_worker)
            return
        folder = tempfile.mkdtemp(prefix="gongkai-")
        ENDING.at_last(lambda: shutil.rmtree(folder))
        chat_socket = Path(folder) / "chat"
        host = "127.0.0.1" if uds else _reachable(settings.host)
        bot = BotProcess(f"http://{host}:{bound[1]}", chat_socket, settings)
        bot.start()
        ENDING.at_last(bot.stop)
        # the bot ends the open event streams, which the server would wait for
        _serve(settings, listeners, chat_socket, bot.ask_to_stop, workers, work=not no_worker)
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
        for number in SIGNALS:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(task.cancel))
        with contextlib.suppress(asyncio.CancelledError):
            await office.triage.start()
            await office.jobs.run_forever()
        ENDING.leave()

    with_office(work, make_office(settings, serving=True))


def _listen_all(settings: "Settings", uds: Path | None, *, inside: bool) -> list[socket.socket]:
    """The listeners; beside a Unix socket one of this machine alone, for the bot that is `inside`. The last is TCP."""
    from intake_api.kit.errors import Failure
    from intake_api.kit.server import unix_listener

    if uds is None:
        return [_listen(settings)]
    try:
        listeners = [unix_listener(str(uds))]
    except OSError as error:
        raise Failure("settings_invalid", reason=f"无法监听 Unix 套接字（--uds）：{error.strerror}。") from None
    own = settings.model_copy(update={"host": "127.0.0.1", "port": 0})
    return [*listeners, _listen(own)] if inside else listeners


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


def _prepare(settings: "Settings", place: str) -> None:
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
    for line in (f"公开 Gongkai  {place}   工作台 /staff", *said):
        print(line, file=sys.stderr)  # noqa: T201 - the command line's own voice


def _serve(
    settings: "Settings",
    listeners: list[socket.socket],
    chat_socket: Path | None,
    ends: Callable[[], None],
    workers: int,
    *,
    work: bool,
) -> None:
    from intake_api.kit.server import OnlyServer, Supervisor, config_of

    if workers == 1:
        config = config_of(_application(settings, chat_socket, work=work), timeout_graceful_shutdown=GRACE)
        OnlyServer(config, LIMIT, ends).run(sockets=listeners)
        return
    chosen = {"GONGKAI_HOST": settings.host, "GONGKAI_PORT": settings.port, "GONGKAI_DATA": settings.data}
    chosen |= {_SOCKET: chat_socket or "", _WORK: "1" if work else "", SHARED_COUNTS: _folder_of_counts()}
    os.environ.update({name: str(value) for name, value in chosen.items()})
    if settings.demo:
        os.environ[DEMO_CHILD] = "1"
    own = "intake_api.commands.serve:worker_application"
    config = config_of(own, timeout_graceful_shutdown=GRACE, workers=workers, factory=True)
    Supervisor(config, listeners, LIMIT).run()


def _folder_of_counts() -> str:
    folder = tempfile.mkdtemp(prefix="gongkai-")
    ENDING.at_last(lambda: shutil.rmtree(folder))
    return folder


def worker_application() -> "ASGIApp":
    """The application in one of several processes (`--workers`); settings come by environment."""
    from intake_api.kit.logs import configure_logging

    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # for the process that began this one
    ENDING.watch()
    ENDING.limit = LIMIT
    threading.Thread(target=_end_with_parent, daemon=True).start()
    settings = load_settings()
    configure_logging(settings.log_level)
    chat_socket = Path(os.environ[_SOCKET]) if os.environ[_SOCKET] else None
    return _application(settings, chat_socket, work=bool(os.environ[_WORK]))


def _end_with_parent() -> None:
    """A parent that was killed cannot tell its processes: they would hold the port for ever."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _application(settings: "Settings", chat_socket: Path | None, *, work: bool) -> "ASGIApp":
    from intake_api.app import create_app
    from intake_api.installation import open_vault
    from intake_api.kit.connections import PatientProtocol, raise_file_limit
    from intake_api.kit.heap import leave_alone
    from intake_api.kit.middleware import Guard

    room = PatientProtocol.room
    room.fit(raise_file_limit(), settings.proxies)
    vault = open_vault(settings, begin=False)  # settled by the process that began
    office = make_office(settings, vault=vault, loaded=leave_alone)
    return Guard(create_app(office, chat_socket=chat_socket, work=work, streams=room.most // 2))
