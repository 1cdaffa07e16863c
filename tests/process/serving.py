"""A real `gongkai serve` process on loopback, for tests that stop and kill it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.conftest import free_port

PATIENCE = 150  # seconds; machines are noisy, and nothing here is a timing


@dataclass
class Server:
    """A running server: its address, process and data directory."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait_until(self, path: str, status: int = 200) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if httpx2.get(self.url + path, timeout=30).status_code == status:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"{path} did not answer {status}: {self.log.read_text()}")

    def wait_until_it_says(self, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while words not in self.log.read_text():
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.1)

    def wait_for_chat(self) -> str:
        """The token of a first chat session: the bot comes up after the pages."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer = httpx2.post(self.url + "/api/v1/chat", timeout=30)
            if answer.status_code == 201:
                session: str = answer.json()["session"]
                return session
            assert answer.json()["error"]["code"] in ("chat_starting", "chat_interrupted")
            time.sleep(0.2)
        raise AssertionError(f"the chat did not come up: {self.log.read_text()}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def gongkai(*arguments: str, data: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run a verb to its end."""
    environment = os.environ | {"GONGKAI_DATA": str(data)} | more
    return subprocess.run(
        [sys.executable, "-m", "intake_api", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@contextmanager
def serving(data: Path, *arguments: str, **environment: str) -> Iterator[Server]:
    """`gongkai serve` on a free port until the block ends; killed if it is still there."""
    port, log = free_port(), data.with_suffix(".log")
    command = [sys.executable, "-m", "intake_api", "serve", "--port", str(port), "--data", str(data), *arguments]
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ | environment)
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        server.wait_until("/healthz")
        yield server
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(PATIENCE)
