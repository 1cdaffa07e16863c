"""How the HTTP server ends, restarts and is watched over: no request that was taken is dropped.

uvicorn closes its listener while connections wait to be accepted, and ends a connection whose request is on its way:
both are resets for who asked. And it gives a new process five seconds to start, where ours reads a model first.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from types import FrameType
from typing import Any

import structlog
import uvicorn
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from intake_api.kit.ending import ENDING

log = structlog.get_logger()
STARTUP_FAILED = 3  # uvicorn's own exit code
START_SECONDS = 120  # that a replacement may take before the restart is given up
TURNS = 5  # of the event loop, in which every connection that was accepted has its protocol


class OrderlyServer(uvicorn.Server):
    """Takes what the system has accepted for it, then no more, then lets go of connections (`PatientProtocol`)."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take the connections that wait and close the listeners in the same moment; then end as uvicorn does."""
        loop = asyncio.get_running_loop()
        for listener in sockets or ():
            loop.remove_reader(listener)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        taken = [connection for listener in sockets or () for connection in _waiting_at(listener)]
        for server in self.servers:
            server.close()
        for connection in taken:
            await loop.connect_accepted_socket(self._protocol, connection)
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        own: Any = self.config.http_protocol_class
        return own(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)  # type: ignore[no-any-return]  # as uvicorn makes it


def _waiting_at(listener: socket.socket) -> list[socket.socket]:
    """The connections that the system has accepted and nobody has taken."""
    waiting = []
    with suppress(OSError):  # none is left
        while True:
            connection, _ = listener.accept()
            connection.setblocking(False)
            waiting.append(connection)
    return waiting


class OnlyServer(OrderlyServer):
    """The server of `serve` with one process; its end is the end of the program. A hangup ends it as SIGTERM does."""

    def __init__(self, config: uvicorn.Config, limit: float, ends: Callable[[], None]) -> None:
        super().__init__(config)
        self._limit = limit
        self._ends = ends

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """From now on there may be something to finish."""
        await super().startup(sockets)
        signal.signal(signal.SIGHUP, self.handle_exit)
        ENDING.limit = self._limit

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Run to the end of the program."""
        try:
            await super().serve(sockets)
        except SystemExit as failed:  # the application could not start
            ENDING.leave(1 if failed.code else 0)
        ENDING.leave()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Tell what must end first."""
        self._ends()
        super().handle_exit(sig, frame)


class OrderlyProcess(Process):
    """One of several processes that serve."""

    @property
    def server(self) -> uvicorn.Server:
        """The server of this process, made where it runs."""
        if self._server is None:
            self._server = OrderlyServer(self.config)
        return self._server


class Supervisor(Multiprocess):
    """Watches over several processes: starts again what died, replaces them one by one on SIGHUP."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], limit: float) -> None:
        super().__init__(config, sockets)
        config.timeout_worker_healthcheck = START_SECONDS
        self._limit = limit
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.should_exit.set())  # a restart under way is given up

    def run(self) -> None:
        """Run to the end of the program."""
        ENDING.restarts = True
        ENDING.limit = self._limit
        super().run()
        ENDING.leave(1 if any(process.exitcode == STARTUP_FAILED for process in self.processes) else 0)

    def init_processes(self) -> None:
        """Start them."""
        self.processes = [self._started() for _ in range(self.processes_num)]

    def terminate_all(self) -> None:
        """Close our own listener first: else the system accepts for processes that are gone."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()

    def restart_all(self) -> None:
        """Replace each process once its successor serves."""
        for place, old in enumerate(self.processes):
            new = self._started()
            if not new.wait_until_ready(START_SECONDS, self.should_exit):
                new.kill()
                new.join()
                log.error("restart_given_up", exit_code=new.exitcode)
                return
            old.terminate()
            old.join()
            self.processes[place] = new
        log.info("restarted", processes=len(self.processes))

    def keep_subprocess_alive(self) -> None:
        """Start again who has ended; uvicorn also ends who does not answer for seconds: on a busy machine, anybody."""
        for place, process in enumerate(self.processes):
            if process.exitcode is None or self.should_exit.is_set():
                continue
            log.error("process_died", part="server", exit_code=process.exitcode)
            if process.exitcode == STARTUP_FAILED:
                self.should_exit.set()
                return
            self.processes[place] = self._started()

    def _started(self) -> OrderlyProcess:
        process = OrderlyProcess(self.config, self.sockets)
        process.start()
        return process


def unix_listener(path: str) -> socket.socket:
    """A Unix socket to listen on, for a proxy of the same machine (mode 0660); one that nobody answers on is replaced.

    OSError EADDRINUSE where somebody does.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if os.path.exists(path):  # noqa: PTH110 - a socket is no file to pathlib either
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
            if other.connect_ex(path) == 0:
                listener.close()
                raise OSError(98, "Address already in use", path)
        os.unlink(path)  # noqa: PTH108
    listener.bind(path)
    os.chmod(path, 0o660)  # noqa: PTH101
    listener.set_inheritable(True)
    return listener


def config_of(app: Any, **more: Any) -> uvicorn.Config:
    """The server's set-up: forwarded headers and access logs are ours to read, and to leave out."""
    from intake_api.kit.connections import BACKLOG, PatientProtocol

    return uvicorn.Config(
        app,
        proxy_headers=False,  # read by kit.addresses, from trusted proxies only
        server_header=False,
        access_log=False,  # it would hold addresses
        log_level="error",  # below that a line for each malformed request, as many as somebody cares to send
        http=PatientProtocol,
        loop="uvloop" if find_spec("uvloop") else "asyncio",
        ws="none",
        backlog=BACKLOG,
        **more,
    )
