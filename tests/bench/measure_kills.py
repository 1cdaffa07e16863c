"""Kills of the worker at random points: no message to an applicant is lost, none comes twice without saying so.

`python -c "from tests.bench.measure_kills import main; main()" [N] [SECONDS]` kills N workers (1,000; at most SECONDS,
600) with SIGKILL while they send to a mail server on a loopback socket, and prints a JSON line. It is called so that
the server of forks, which has this module loaded, does not load it again for each worker. After each kill an hour and
more passes on the worker's clock, so that what the dead one had claimed is free again.
"""

import asyncio
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from intake_api import migrate
from intake_api.jobs.models import Outbox
from intake_api.kit.clock import Clock
from intake_api.notify.service import Contacts
from intake_api.office import Office
from intake_api.settings import Settings
from tests.fakes.cases import case_row, put_cases
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.fakes.smtp import MailServer

NUMBER, ADDRESS = "SF-2025-000001", "zhangsan@example.invalid"
BEGAN = datetime(2026, 11, 20, 1, tzinfo=UTC)
A_ROUND = timedelta(minutes=61)  # longer than any lease
EACH = 2  # messages written before each kill
LIVES = (0.0, 1.0)  # seconds that a worker lives from its first statement on
SLOWEST = 0.02  # seconds that the mail server takes over a command, at most


@dataclass(frozen=True)
class Killed:
    """What became of the messages: how many were written, are `lost`, came again marked, came again `unmarked`."""

    kills: int
    written: int
    lost: int
    repeated: int
    unmarked: int
    seconds: float


def settings_of(folder: Path, smtp: str) -> Settings:
    """An installation of its own that sends by `smtp`, by day and by night."""
    given = {"data": folder, "database_url": f"sqlite:///{folder}/bench.db", "smtp_url": smtp}
    given |= {"public_url": "https://gk.example.invalid", "mail_from": "gk@example.invalid"}
    return Settings.load(given | {"quiet_hours": "00:00-00:00", "log_level": "ERROR"})


def opened(folder: Path, smtp: str, now: datetime) -> Office:
    """The office of the bench, at a moment that stands still."""
    return build_office(settings_of(folder, smtp), DIRECTORY, KeywordClassifier, Clock(lambda: now))


def work(folder: Path, smtp: str, now: datetime, ready: object) -> None:
    """The worker as its process runs it, until it is killed."""
    office = opened(folder, smtp, now)
    ready.set()  # type: ignore[attr-defined]  # an event of multiprocessing, whose class is that of a context
    asyncio.run(office.jobs.run_forever())


def measure(kills: int, most: float, folder: Path, seed: int = 1) -> Killed:
    """Kill so many workers, or as many as can be within `most` seconds; then let one finish."""
    chance, began, done = random.Random(seed), time.monotonic(), 0
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with MailServer() as server:
        server.slowest = SLOWEST
        migrate.upgrade(settings_of(folder, server.url).database)
        asyncio.run(_begin(folder, server.url))
        while done < kills and time.monotonic() - began < most:
            now = BEGAN + (done + 1) * A_ROUND
            asyncio.run(_write(folder, server.url, now, done * EACH))
            ready = context.Event()
            worker = context.Process(target=work, args=(folder, server.url, now, ready))
            worker.start()
            ready.wait(30)
            time.sleep(chance.uniform(*LIVES))
            worker.kill()
            worker.join()
            done += 1
        server.slowest = 0
        asyncio.run(_finish(folder, server.url, BEGAN + (done + 2) * A_ROUND))
        subjects = [(str(one["Message-ID"]), str(one["Subject"])) for one in server.got]
    return _counted(done, subjects, time.monotonic() - began)


def _counted(kills: int, came: Iterable[tuple[str, str]], seconds: float) -> Killed:
    copies = Counter(message for message, _ in came)
    plain = Counter(message for message, subject in came if "可能重复" not in subject)
    return Killed(
        kills=kills,
        written=kills * EACH,
        lost=kills * EACH - len(copies),
        repeated=sum(copies.values()) - len(copies),
        unmarked=sum(count - 1 for count in plain.values() if count > 1),
        seconds=round(seconds, 1),
    )


async def _begin(folder: Path, smtp: str) -> None:
    """One case, whose applicant confirmed an address."""
    office = opened(folder, smtp, BEGAN)
    await put_cases(office.db, [case_row(1)])
    contacts = Contacts(office.vault, office.clock)
    async with office.db.write() as session:
        token = await contacts.ask(session, 1, NUMBER, "email", ADDRESS)
        assert token is not None
        assert await contacts.confirm(session, NUMBER, token)
    await office.db.dispose()


async def _write(folder: Path, smtp: str, now: datetime, first: int) -> None:
    office = opened(folder, smtp, now)
    async with office.db.write() as session:
        for place in range(first, first + EACH):
            office.outbox.put(session, 1, NUMBER, "email", f"第{place}条")
    await office.db.dispose()


async def _finish(folder: Path, smtp: str, now: datetime) -> None:
    """Let the worker send what is left; each look is an hour later."""
    waits = True
    while waits:
        office = opened(folder, smtp, now)
        await office.post.deliver({})
        async with office.db.read() as session:
            waits = bool(await session.scalar(select(func.count()).where(Outbox.delivered_at.is_(None))))
        await office.db.dispose()
        now += A_ROUND


def main() -> None:
    """Measure, and print."""
    kills, most = (int(one) for one in (sys.argv[1:] + ["1000", "600"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asdict(measure(kills, most, Path(folder)))))  # noqa: T201 - the result
