"""What turns do for writers on SQLite: submissions of many clients at once, with and without, side by side in one run.

`python -m tests.bench.measure_writers` prints a JSON line for each number of clients; seconds of wall time. The rounds
of the two ways alternate, so that a busy machine slows both.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from intake_api import migrate
from intake_api.form.application import Submission
from intake_api.kit.errors import Failure
from intake_api.office import Office, build_office
from intake_api.wiring.offices import load_directory, load_settings
from tests.fakes.classifier import KeywordClassifier
from tests.samples import application

ROUNDS, EACH = 3, 10


async def main() -> None:
    """Measure 16 and 64 clients."""
    for clients in (16, 64):
        waits: dict[str, list[float]] = {"turns": [], "no_turns": []}
        spent = dict.fromkeys(waits, 0.0)
        failed = dict.fromkeys(waits, 0)
        for _ in range(ROUNDS):
            for way in waits:
                with tempfile.TemporaryDirectory() as folder:
                    office = await _office(Path(folder))
                    if way == "no_turns":
                        office.db._my_turn = _no_turn  # type: ignore[method-assign]  # as it was before
                    began = time.perf_counter()
                    failed[way] += await _submit(office, clients, waits[way])
                    spent[way] += time.perf_counter() - began
                    await office.db.dispose()
        figures = {way: _figures(sorted(times), spent[way], failed[way]) for way, times in waits.items()}
        print(json.dumps({"clients": clients} | figures))  # noqa: T201 - the result


@asynccontextmanager
async def _no_turn() -> AsyncIterator[None]:
    yield


async def _office(folder: Path) -> Office:
    settings = load_settings(data=folder, database_url=f"sqlite:///{folder}/bench.db")
    migrate.upgrade(settings.database)
    office = build_office(settings, load_directory(settings), KeywordClassifier)
    await office.cases.prepare()
    await office.triage.start()
    return office


async def _submit(office: Office, clients: int, waits: list[float]) -> int:
    body, failed = Submission.model_validate(application()), 0

    async def client() -> None:
        nonlocal failed
        for _ in range(EACH):
            began = time.perf_counter()
            try:
                await office.cases.submit(body)
            except Failure:
                failed += 1
            waits.append(time.perf_counter() - began)

    await asyncio.gather(*(client() for _ in range(clients)))
    return failed


def _figures(times: list[float], spent: float, failed: int) -> dict[str, float]:
    shown = {
        "p50": times[len(times) // 2],
        "p99": times[int(len(times) * 0.99)],
        "worst": times[-1],
        "per_second": len(times) / spent,
    }
    return {name: round(value, 2) for name, value in shown.items()} | {"failed": failed}


if __name__ == "__main__":
    asyncio.run(main())
