"""Measure how submissions fare while many people sign in at once: `python -m tests.bench.measure_sign_ins`; one JSON
object.

A real `gongkai serve`; each sign-in comes from an address of its own, as behind a trusted proxy, half of them with the
right password. Meanwhile applications are submitted one after another. Times are wall-clock seconds, memory is the
server's peak resident set in MiB.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import httpx2

from tests.process.serving import gongkai, serving
from tests.samples import application

NAME, PASSWORD = "shouli", "a long password"
ONCE = httpx2.Limits(max_connections=None, max_keepalive_connections=0)  # no connection is used twice


def submit(http: httpx2.Client, place: int) -> tuple[int, float]:
    """Status and seconds of one submission."""
    began = time.perf_counter()
    headers = {"X-Forwarded-For": f"198.51.100.{place % 250}"}
    answer = http.post("/api/v1/requests", json=application(), headers=headers)
    return answer.status_code, time.perf_counter() - began


async def sign_in(http: httpx2.AsyncClient, place: int) -> tuple[int, float]:
    """Status and seconds of one sign-in."""
    body = {"username": NAME, "password": PASSWORD if place % 2 else "wrong"}
    began = time.perf_counter()
    answer = await http.post("/api/v1/staff/tokens", json=body, headers={"X-Forwarded-For": f"203.0.113.{place}"})
    return answer.status_code, time.perf_counter() - began


def flood(url: str, sign_ins: int) -> list[tuple[int, float]]:
    """All sign-ins at once, to be run in a process of its own."""

    async def together() -> list[tuple[int, float]]:
        async with httpx2.AsyncClient(base_url=url, timeout=300, limits=ONCE) as http:
            return await asyncio.gather(*(sign_in(http, place) for place in range(sign_ins)))

    return asyncio.run(together())


def peak(process: int) -> int:
    """Peak resident set of a process, MiB (Linux)."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def measure(url: str, process: int, sign_ins: int) -> dict[str, Any]:
    """Submissions alone, then beside the sign-ins."""
    with httpx2.Client(base_url=url, timeout=300, limits=ONCE) as http:
        alone = [submit(http, place) for place in range(20)]
        before = peak(process)
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as crowd:
            crowd.submit(int).result()  # it has started
            under_way = crowd.submit(flood, url, sign_ins)
            beside = [submit(http, 20)]
            while not under_way.done():
                beside.append(submit(http, 20 + len(beside)))
            told = under_way.result()
    return {
        "sign_ins": sign_ins,
        "answers": dict(sorted(Counter(status for status, _ in told).items())),
        "flood_seconds": round(max(seconds for _, seconds in told), 2),
        "submission_alone": round(median(seconds for _, seconds in alone), 3),
        "submission_beside": round(median(seconds for _, seconds in beside), 3),
        "submission_worst": round(max(seconds for _, seconds in beside), 3),
        "submissions_meanwhile": dict(Counter(status for status, _ in beside)),
        "memory": [before, peak(process)],
    }


def main() -> None:
    """Parse, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sign-ins", type=int, default=150)
    sign_ins = parser.parse_args().sign_ins
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        data = Path(folder, "data")
        command = [sys.executable, "-m", "intake_api", "user", "add", NAME, "--role", "clerk", "--password-stdin"]
        environment = os.environ | {"GONGKAI_DATA": str(data)}
        assert gongkai("migrate", data=data).returncode == 0
        subprocess.run(command, env=environment, input=PASSWORD.encode(), check=True, stdout=subprocess.DEVNULL)
        limits = {"GONGKAI_TRUSTED_PROXIES": "127.0.0.1", "GONGKAI_SUBMISSIONS_PER_MINUTE": "10000"}
        with serving(data, **limits) as server:
            server.wait_until("/readyz")
            sys.stdout.write(json.dumps(measure(server.url, server.process.pid, sign_ins)) + "\n")


if __name__ == "__main__":
    main()
