"""`gongkai serve` and `gongkai worker`: the whole product in one command, or its background worker alone."""

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from intake_api.commands.common import DEMO_CHILD, load_settings, make_office, run

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from intake_api.errors import Failure
    from intake_api.settings import Settings

GRACE = 5  # seconds that a request under way may take after SIGTERM
_SOCKET = "_GONGKAI_CHAT_SOCKET"  # for the worker processes of --workers


def serve(
    host: Annotated[str | None, typer.Option("--host", help="监听地址")] = None,
    port: Annotated[int | None, typer.Option("--port", help="监听端口", min=0, max=65535)] = None,
    data: Annotated[Path | None, typer.Option("--data", help="数据目录")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="加入演示账号和案件，并显示其密码")] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="进程数")] = 1,
) -> None:
    """Serve API, citizen pages, web chat and staff console, and run the worker; SIGTERM ends it cleanly."""
    from intake_api.logs import configure_logging

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until the server has taken over
    settings = load_settings(host=host, port=port, data=data, demo=demo or None)
    configure_logging(settings.log_level)
    listener = _listen(settings)
    bound = listener.getsockname()[1]
    _prepare(settings, bound)
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        chat_socket = Path(folder) / "chat"
        bot = BotProcess(f"http://{_reachable(settings.host)}:{bound}", chat_socket, settings)
        try:
            bot.start()
            _serve(settings, listener, chat_socket, bot, workers)
        finally:
            bot.stop()


def worker(data: Annotated[Path | None, typer.Option("--data", help="数据目录")] = None) -> None:
    """Run the background worker as its own process."""
    import asyncio

    from intake_api.logs import configure_logging

    settings = load_settings(data=data)
    configure_logging(settings.log_level)
    office = make_office(settings)

    async def work() -> None:
        task = asyncio.current_task()
        assert task is not None
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await office.triage.start()
            await office.jobs.run_forever()

    run(work())


def _listen(settings: "Settings") -> socket.socket:
    """Bind first: a port in use must end the command before anything is migrated or trained."""
    from intake_api.errors import Failure

    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.set_inheritable(True)
        return listener
    except socket.gaierror:
        raise Failure("settings_invalid", reason=f"没有 {settings.host} 这个监听地址（--host）。") from None
    except OSError as error:
        raise _unbound(error, settings) from None


def _unbound(error: OSError, settings: "Settings") -> "Failure":
    from intake_api.errors import Failure

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
    from intake_api.commands.demo import prepare_demo
    from intake_api.errors import Failure

    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Failure("data_dir_unusable", path=settings.data, reason=error.strerror) from None
    office = make_office(settings)

    async def greeting() -> list[str]:
        try:
            if settings.demo:
                made = await prepare_demo(office)
                return [f"  演示账号 {name}（{role}）密码 {password}" for name, role, password in made]
            if not await office.people.listing():
                return ["  还没有工作人员账号。请运行：gongkai user add NAME --role admin"]
            return []
        finally:
            await office.db.dispose()

    for line in (f"公开 Gongkai  http://{_reachable(settings.host)}:{port}/   工作台 /staff", *run(greeting())):
        print(line, file=sys.stderr)  # noqa: T201 - the command line's own voice


def _config(app: Any, settings: "Settings", **more: Any) -> Any:
    import uvicorn

    # Forwarded headers are read by intake_api.limits, from trusted proxies only; access logs would hold addresses.
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE,
        **more,
    )


def _serve(settings: "Settings", listener: socket.socket, chat_socket: Path, bot: "BotProcess", workers: int) -> None:
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            bot.ask_to_stop()  # ends the open event streams, which uvicorn would wait for
            super().handle_exit(sig, frame)

    # uvicorn raises the signal again when it is done; without a handler of ours that would end with 143, not 0
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    if workers == 1:
        Server(_config(_application(settings, chat_socket), settings)).run(sockets=[listener])
        return
    chosen = {"GONGKAI_HOST": settings.host, "GONGKAI_PORT": settings.port, "GONGKAI_DATA": settings.data}
    os.environ.update({name: str(value) for name, value in chosen.items()} | {_SOCKET: str(chat_socket)})
    if settings.demo:
        os.environ[DEMO_CHILD] = "1"
    config = _config("intake_api.commands.serve:worker_application", settings, workers=workers, factory=True)
    Multiprocess(config, [listener]).run()


def worker_application() -> "ASGIApp":
    """The application in one of several processes (`--workers`); settings come by environment."""
    from intake_api.logs import configure_logging

    settings = load_settings()
    configure_logging(settings.log_level)
    return _application(settings, Path(os.environ[_SOCKET]))


def _application(settings: "Settings", chat_socket: Path) -> "ASGIApp":
    from intake_api.app import create_app
    from intake_api.middleware import Guard

    return Guard(create_app(make_office(settings, migrated=True), chat_socket=chat_socket))


class BotProcess:
    """The bot as a child process: started once the port answers, started again when it ends, stopped at the end.

    Its own process, because aiogram takes seconds and 165 MB to import: the first page does not wait for it.
    """

    def __init__(self, api: str, chat_socket: Path, settings: "Settings") -> None:
        self._command = [sys.executable, "-m", "intake_api", "bot", "--api", api, "--chat-socket", str(chat_socket)]
        host, _, port = api.removeprefix("http://").rpartition(":")
        self._address = (host.strip("[]"), int(port))
        self._environment = (
            os.environ | {"GONGKAI_DATA": str(settings.data)} | ({DEMO_CHILD: "1"} if settings.demo else {})
        )
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="bot", daemon=True)

    def start(self) -> None:
        """Begin to supervise."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Begin to end, without waiting: may be called from a signal handler."""
        self._stopping.set()

    def stop(self) -> None:
        """Ask the child to end, wait, and make sure."""
        self._stopping.set()
        self._thread.join(GRACE + 5)

    def _supervise(self) -> None:
        while not self._stopping.wait(0.1) and not self._answers():
            pass
        pause = 1.0
        while not self._stopping.is_set():
            began = time.monotonic()
            # the pipe tells the child that we are gone, even after a SIGKILL
            child = subprocess.Popen(self._command, env=self._environment, stdin=subprocess.PIPE)  # noqa: S603 - our own command
            while child.poll() is None and not self._stopping.wait(0.2):
                pass
            if self._stopping.is_set():
                self._end(child)
                return
            pause = 1.0 if time.monotonic() - began > 60 else min(pause * 2, 60)
            self._stopping.wait(pause)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(self._address, timeout=1) as connection:
                # the socket listens before the application is up: only an answer counts
                connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                return b"200" in connection.recv(64)
        except OSError:
            return False

    @staticmethod
    def _end(child: "subprocess.Popen[bytes]") -> None:
        child.terminate()
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
