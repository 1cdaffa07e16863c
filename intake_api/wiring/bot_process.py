"""The bot as a child process of `gongkai serve`."""

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from intake_api.wiring.offices import DEMO_CHILD

if TYPE_CHECKING:
    from intake_api.settings import Settings

log = structlog.get_logger()
GRACE = 5  # seconds that it may take to end


class BotProcess:
    """Started once the port answers, started again when it ends, which is logged; stopped at the end.

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
            log.error("process_died", part="bot", exit_code=child.returncode, again_in_seconds=pause)
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
