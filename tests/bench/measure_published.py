"""How long a search among many published items takes, and what its vectors weigh; run by hand.

    python -m tests.bench.measure_published [ITEMS]

The items are the authored ones over and over, with other years, places and numbers; their vectors are the
authored ones' with some noise (making 100,000 takes hours). Every question is new to the memory of
questions. Wall time, milliseconds.
"""

import asyncio
import json
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from intake_api import migrate
from intake_api.kit.db import Database
from intake_api.kit.terminal import print_json
from intake_api.published import repository
from intake_api.published.meaning import MODEL, Meaning, packed
from intake_api.published.service import PublishedService

DATA = Path(__file__).parents[2] / "training_data"
CHUNK = 2_000


def resident() -> int:
    """Megabytes of this process."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def varied(item: dict[str, str], number: int) -> str:
    """An item like an authored one."""
    district = f"{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{'东西南北中'[number // 10 % 5]}"
    return json.dumps(
        {
            "title": f"{district}区{item['title']}（{number}）",
            "summary": item["summary"],
            "published_on": item["published_on"],
            "number": f"{district}政发〔20{number % 20 + 10}〕{number}号",
        }
    )


async def fill(db: Database, service: PublishedService, many: int) -> None:
    """Import the items and give each a vector."""
    items = [json.loads(line) for line in (DATA / "published_items.jsonl").read_text("utf-8").splitlines()]
    engine, noise = Meaning(), np.random.default_rng(0)
    texts = [f"{item['title']}。{item['summary']}" for item in items]
    base = [
        np.frombuffer(one, dtype=np.int8).astype(np.float32) for one in await asyncio.to_thread(engine.items, texts)
    ]
    for start in range(0, many, CHUNK):
        await service.import_items(varied(items[n % len(items)], n) for n in range(start, min(start + CHUNK, many)))
        async with db.read() as session:
            rows = await repository.without_vector(session, MODEL, CHUNK)
        made = {}
        for row, title, summary in rows:
            vector = base[random.randrange(len(base))]
            vector = vector + noise.normal(0, 0.2 * vector.std(), len(vector)).astype(np.float32)
            made[row] = repository.digest_of(title, summary), packed(vector / np.linalg.norm(vector))
        async with db.write() as session:
            await repository.keep_vectors(session, MODEL, made)


async def measure(many: int) -> None:
    """Fill a database and ask."""
    questions = [json.loads(line)["q"] for line in (DATA / "published_dev.jsonl").read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/bench.db"
        migrate.upgrade(url)
        db = Database(url)
        await fill(db, PublishedService(db), many)
        service, before = PublishedService(db), resident()
        started = time.perf_counter()
        await service.search(questions.pop())
        first, spent, cpu = time.perf_counter() - started, [], time.process_time()
        for question in questions:
            started = time.perf_counter()
            await service.search(question)
            spent.append(1000 * (time.perf_counter() - started))
        cpu = 1000 * (time.process_time() - cpu) / len(questions)
        await db.dispose()
    spent.sort()
    p50, p95 = (round(spent[int(len(spent) * share)]) for share in (0.5, 0.95))
    more = resident() - before
    print_json({"items": many, "first": round(1000 * first), "p50": p50, "p95": p95, "cpu": round(cpu), "mb": more})


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if sys.argv[1:] else 100_000))
