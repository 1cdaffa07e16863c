"""`gongkai serve` ends on SIGTERM and on Ctrl-C at any moment of its start; what dies below it is said."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from intake_api.commands.serve import _listen
from intake_api.settings import Settings
from tests.conftest import free_port
from tests.process.serving import PATIENCE, gongkai, serving

pytestmark = pytest.mark.timeout(400)
ROOT = Path(__file__).parents[2]
Reached = Callable[[subprocess.Popen[bytes], Path, str], bool]


def watches(process: subprocess.Popen[bytes], data: Path, url: str) -> bool:
    """The first moment at which a signal could be handled at all."""
    caught = re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{process.pid}/status").read_text())
    return bool(caught and int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)


def has_a_database(process: subprocess.Popen[bytes], data: Path, url: str) -> bool:
    return (data / "gongkai.db").exists()


def says_where_it_is(process: subprocess.Popen[bytes], data: Path, url: str) -> bool:
    return "工作台 /staff" in data.with_suffix(".log").read_text()


def files_demo_cases(process: subprocess.Popen[bytes], data: Path, url: str) -> bool:
    try:
        with sqlite3.connect(f"file:{data / 'gongkai.db'}?mode=ro", uri=True) as database:
            return bool(database.execute("SELECT count(*) FROM cases").fetchone()[0])
    except sqlite3.OperationalError:
        return False


def answers(process: subprocess.Popen[bytes], data: Path, url: str) -> bool:
    try:
        return httpx2.get(url + "/healthz", timeout=30).status_code == 200
    except httpx2.TransportError:
        return False


def ended(data: Path, reached: Reached, number: signal.Signals, *arguments: str, **environment: str) -> int:
    """The exit code of a `serve` that gets a signal as soon as it has got so far."""
    port, log = free_port(), data.with_suffix(".log")
    command = [sys.executable, "-m", "intake_api", "serve", "--port", str(port), "--data", str(data), *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ | environment)
    try:
        until = time.monotonic() + PATIENCE
        while not reached(process, data, f"http://127.0.0.1:{port}"):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.01)
        process.send_signal(number)
        return process.wait(PATIENCE)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["term", "int"])
@pytest.mark.parametrize("reached", [watches, has_a_database, says_where_it_is, answers])
def test_a_start_can_be_ended_at_any_moment(tmp_path: Path, reached: Reached, number: signal.Signals) -> None:
    assert ended(tmp_path / "data", reached, number) == 0
    assert "Traceback" not in (tmp_path / "data.log").read_text()


def test_a_start_that_waits_for_a_locked_database_can_be_ended(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    assert gongkai("migrate", data=data).returncode == 0
    with sqlite3.connect(data / "gongkai.db", isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")

        def waits(process: subprocess.Popen[bytes], data: Path, url: str) -> bool:
            opened: list[str] = []
            for each in Path(f"/proc/{process.pid}/fd").iterdir():
                with suppress(FileNotFoundError):  # closed since it was listed
                    opened.append(os.readlink(each))
            return any(each.endswith("gongkai.db") for each in opened)

        assert ended(data, waits, signal.SIGTERM) == 0


def test_filing_the_demo_can_be_ended_and_goes_on_at_the_next_start(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert ended(data, files_demo_cases, signal.SIGTERM, "--demo") == 0
    with serving(data, "--demo") as server:
        assert server.stop() == 0
    assert gongkai("audit", "verify", data=data).returncode == 0


def test_a_model_that_is_still_being_trained_does_not_hold_the_end_up(tmp_path: Path) -> None:
    profile = tmp_path / "departments.toml"
    shutil.copy(ROOT / "training_data" / "departments.toml", profile)
    with profile.open("a", encoding="utf-8") as file:  # a directory that no model was trained for yet
        file.write('\n[[departments]]\ncode = "ferries"\nname = "轮渡管理局"\nduties = ["轮渡运营和渡口管理。"]\n')
    assert ended(tmp_path / "data", answers, signal.SIGTERM, GONGKAI_PROFILE=str(profile)) == 0


def test_a_worker_process_ends_in_order(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    assert gongkai("migrate", data=data).returncode == 0
    for number in (signal.SIGTERM, signal.SIGINT):
        process = subprocess.Popen([sys.executable, "-m", "intake_api", "worker", "--data", str(data)])
        while not watches(process, data, ""):
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0


def children(pid: int, named: str) -> list[int]:
    """Processes below this one whose command line contains a word."""
    below = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(line.split()[0]) for line in below.stdout.splitlines() if named in line]


def test_a_bot_that_dies_is_said_with_its_exit_code_and_comes_again(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        server.wait_for_chat()
        (bot,) = children(server.process.pid, " bot ")
        os.kill(bot, signal.SIGKILL)
        server.wait_until_it_says('"process_died"')
        said = server.log.read_text()
        assert '"part": "bot"' in said
        assert '"exit_code": -9' in said
        server.wait_for_chat()
        assert server.stop() == 0


def test_a_server_process_that_dies_is_said_with_its_exit_code_and_comes_again(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "2") as server:
        server.wait_until("/readyz")
        os.kill(children(server.process.pid, "spawn_main")[0], signal.SIGKILL)
        server.wait_until_it_says('"process_died"')
        said = server.log.read_text()
        assert '"part": "server"' in said
        assert '"exit_code": -9' in said
        server.wait_until("/readyz")
        assert server.stop() == 0


def test_server_processes_do_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "2") as server:
        server.wait_until("/readyz")
        below = children(server.process.pid, "spawn_main")
        assert len(below) == 2
        server.stop(signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while any(Path(f"/proc/{pid}").exists() for pid in below):
            assert time.monotonic() < until
            time.sleep(0.1)


def test_an_answer_is_sent_at_once() -> None:
    """What is accepted from the listener has TCP_NODELAY: the second half of an answer does not wait for an ACK."""
    import asyncio

    async def accepted() -> int:
        met: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        class Peer(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                option = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                met.set_result(option)

        listener = _listen(Settings.load({"port": 0}))
        server = await asyncio.get_running_loop().create_server(Peer, sock=listener)
        async with server:
            _, writer = await asyncio.open_connection(*listener.getsockname())
            option = await met
            writer.close()
            await writer.wait_closed()
        return option

    assert asyncio.run(accepted()) == 1
