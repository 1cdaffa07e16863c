"""A server that is told to end or to restart answers every request that it took; no connection is reset."""

import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2
import pytest

from tests.process.serving import PATIENCE, Server, gongkai, serving

pytestmark = pytest.mark.timeout(400)


class Crowd:
    """Clients that ask one after the other, half of them on new connections; what broke, and how many were answered."""

    def __init__(self, server: Server, size: int = 8) -> None:
        self.broken: list[str] = []
        self.answered = 0
        self.over = threading.Event()
        self._server = server
        self._threads = [threading.Thread(target=self._ask, args=(place % 2 == 0,)) for place in range(size)]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _ask(self, kept: bool) -> None:
        with httpx2.Client(base_url=self._server.url, timeout=30) as client:
            while not self.over.is_set():
                try:
                    answer = client.get("/api/v1/form", headers={} if kept else {"Connection": "close"})
                    self.answered += answer.status_code == 200
                except httpx2.ConnectError:
                    return  # refused: nobody has taken anything, and a proxy goes elsewhere
                except httpx2.TransportError as error:
                    self.broken.append(repr(error))
                    return

    def wait_for(self, more: int) -> None:
        goal, end = self.answered + more, time.monotonic() + PATIENCE
        while self.answered < goal and time.monotonic() < end:
            time.sleep(0.02)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_no_request_is_reset_when_the_server_ends(tmp_path: Path, workers: str) -> None:
    with serving(tmp_path / "data", "--workers", workers) as server:
        server.wait_until("/readyz")
        with Crowd(server) as crowd:
            crowd.wait_for(40)
            assert server.stop() == 0
        assert crowd.answered >= 40
        assert crowd.broken == []


def test_a_hangup_replaces_the_processes_one_by_one_and_no_request_notices(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "2") as server:
        server.wait_until("/readyz")
        before = children(server)
        with Crowd(server, 2) as crowd:
            server.process.send_signal(signal.SIGHUP)
            end = time.monotonic() + PATIENCE
            while children(server) & before and not crowd.broken and time.monotonic() < end:
                time.sleep(0.2)
            crowd.wait_for(10)
        assert not children(server) & before
        assert crowd.broken == []
        assert server.process.poll() is None
        assert server.stop() == 0


def children(server: Server) -> set[str]:
    """The processes that serve: the children of the first that speak for it."""
    found = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    return {one for one in found if "spawn_main" in Path(f"/proc/{one}/cmdline").read_text()}


def test_one_process_takes_a_hangup_as_an_end(tmp_path: Path) -> None:
    """The terminal was closed: in order, as on SIGTERM."""
    with serving(tmp_path / "data") as server:
        server.wait_until("/readyz")
        assert server.stop(signal.SIGHUP) == 0


def test_it_serves_on_a_unix_socket_without_bot_and_worker(tmp_path: Path) -> None:
    """One process answers on the socket; nobody has begun a job, the chat says that it is not there."""
    place = tmp_path / "office.sock"
    command = ["serve", "--no-bot", "--no-worker", "--uds", str(place), "--data", str(tmp_path / "data")]
    with subprocess.Popen([sys.executable, "-m", "intake_api", *command], stderr=subprocess.PIPE) as process:
        wait_for_socket(place)
        with httpx2.Client(
            transport=httpx2.HTTPTransport(uds=str(place)), base_url="http://office", timeout=60
        ) as client:
            assert client.get("/healthz").status_code == 200
            assert place.stat().st_mode & 0o777 == 0o660
            assert client.post("/api/v1/chat").json()["error"]["code"] == "chat_starting"
        assert gongkai("migrate", "--check", data=tmp_path / "data").returncode == 0
        with sqlite3.connect(tmp_path / "data" / "gongkai.db") as database:
            assert database.execute("SELECT count(*) FROM job").fetchone() == (0,)
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def wait_for_socket(place: Path) -> None:
    """Until somebody listens there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            if probe.connect_ex(str(place)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("nobody listens")
