"""Eleven hundred connections that never ask for anything, from one address, on a machine that grants 1,024 files."""

import resource
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.conftest import free_port
from tests.process.serving import Server
from tests.samples import APPLICATION

pytestmark = pytest.mark.timeout(400)
CONNECTIONS, GRANTED = 1_100, 1_024


def test_a_flood_from_one_address_keeps_nobody_out_and_fills_no_log(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < CONNECTIONS + 500:
        pytest.skip("this machine does not let the test open so many connections")
    port, log = free_port(), tmp_path / "log"
    serve = f"ulimit -n {GRANTED}; exec {sys.executable} -m intake_api serve --port {port} --data {tmp_path / 'data'}"
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with ExitStack() as opened:
        opened.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        process = subprocess.Popen(
            ["bash", "-c", serve], stdout=opened.enter_context(log.open("ab")), stderr=subprocess.STDOUT
        )
        opened.callback(process.wait)
        opened.callback(process.kill)
        server = Server(f"http://127.0.0.1:{port}", process, log)
        server.wait_until("/readyz")
        for place in range(CONNECTIONS):
            one = opened.enter_context(socket.create_connection(("127.0.0.1", port)))
            if place % 2:
                one.send(b"POST /api/v1/requests HTTP/1.1\r\nHost: x\r\n")
        answer = httpx2.post(server.url + "/api/v1/requests", json=APPLICATION, timeout=60)
        assert answer.status_code == 201
        assert httpx2.get(server.url + "/readyz", timeout=60).status_code == 200
        said = log.read_text()
        assert "connections_dropped" in said
        assert "Too many open files" not in said
        assert len(said.splitlines()) < 20
        assert server.stop() == 0
