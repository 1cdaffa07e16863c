"""Measure the learning loop: `similar` (search among 50,000 cases) and `intake` (submissions while a model is trained).

Prints one JSON object. `intake` serves an office of its own with ANSWERED answered cases, made from the authored rows.
"""

import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import numpy as np

from classifier import data
from classifier.serve.neighbours import Neighbours, pack
from classifier.store import registry
from intake_api import migrate
from intake_api.cases.acts import Choice
from intake_api.cases.schemas import EventIn
from intake_api.form.application import Submission
from intake_api.kit.clock import Clock
from intake_api.office import build_office
from intake_api.people.service import Account
from intake_api.settings import Settings
from intake_api.wiring.offices import load_directory
from intake_api.wiring.shipped import REQUESTS, shipped_model
from tests.fakes.classifier import KeywordClassifier
from tests.process.serving import Server, serving

CASES, ASKED, ANSWERED, IDLE = 50_000, 1_000, 400, 300
PASSWORD = "measuring-only"  # noqa: S105 - of an office that lives for a minute
SAMPLE = {
    "applicant": {"type": "natural", "name": "张三", "phone": "13800000000"},
    "description": "申请公开甲村2025年征地批复文件和补偿方案。",
    "delivery": {"medium": "electronic", "way": "email"},
}


def percentiles(milliseconds: list[float]) -> dict[str, float]:
    """p50, p95, p99 and how many."""
    p50, p95, p99 = np.percentile(milliseconds, [50, 95, 99]).round(2).tolist()
    return {"n": len(milliseconds), "p50_ms": p50, "p95_ms": p95, "p99_ms": p99}


def similar() -> dict[str, Any]:
    """Vectors of texts put together from halves of authored ones; searching them one by one (processor time)."""
    draw = random.Random(0)  # noqa: S311 - a sample, not a secret
    texts = [row.text for row in data.load([REQUESTS])]
    mixed = [(a[: len(a) // 2] + b[len(b) // 2 :], "") for a, b in (draw.choices(texts, k=2) for _ in range(CASES))]
    with tempfile.TemporaryDirectory() as folder:
        model, _ = registry.load(shipped_model(Path(folder)))
    packed = pack(model, mixed, b"measuring")
    began = time.perf_counter()
    past = Neighbours.of([(str(place), vector) for place, vector in enumerate(packed)])
    built = time.perf_counter() - began
    taken = []
    for vector in packed[:ASKED]:
        began = time.thread_time()
        past.nearest(vector)
        taken.append((time.thread_time() - began) * 1000)
    return {"cases": CASES, "packed_mb": sum(map(len, packed)) / 1e6, "build_s": round(built, 2)} | percentiles(taken)


async def fill(settings: Settings) -> None:
    """An office with ANSWERED answered cases of as many applicants, over sixty days."""
    moment = [datetime(2026, 9, 1, 2, tzinfo=UTC)]
    office = build_office(settings, load_directory(settings), KeywordClassifier, Clock(lambda: moment[0]))
    await office.cases.prepare()
    await office.triage.start()
    await office.people.add("guanli", "admin", None, PASSWORD)
    account = Account(1, "guanli", "admin", None)
    rows = [row for row in data.load([REQUESTS]) if len(row.text) > 1]
    for place, row in enumerate(random.Random(0).sample(rows, ANSWERED)):  # noqa: S311 - a sample, not a secret
        moment[0] = datetime(2026, 9, 1, 2, tzinfo=UTC) + timedelta(days=place * 60 // ANSWERED)
        applicant = {"type": "natural", "name": "张三", "phone": f"138{place:08d}"}
        body = SAMPLE | {"applicant": applicant, "description": row.text, "title": row.subject or None}
        number = (await office.cases.submit(Submission.model_validate(body))).number
        await office.cases.confirm(account, number, Choice(department=row.department, disposition="public"))
        step = {"type": "answered", "delivery": "electronic", "outcome": "3.1"}
        await office.cases.record(account, number, EventIn.model_validate(step).act())
    await office.db.dispose()


def submit(server: Server, going_on: Callable[[int], bool]) -> dict[str, float]:
    """Submissions one after another, twenty a second at most."""
    taken: list[float] = []
    with httpx2.Client(base_url=server.url, timeout=60) as client:
        while going_on(len(taken)):
            began = time.perf_counter()
            client.post("/api/v1/requests", json=SAMPLE).raise_for_status()
            taken.append((time.perf_counter() - began) * 1000)
            time.sleep(0.05)
    return percentiles(taken)


def intake() -> dict[str, Any]:
    """How long submissions take before and while a model is trained in its own process."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load({"data": Path(folder) / "data"})
        migrate.upgrade(settings.database)
        asyncio.run(fill(settings))
        # the weekly training would begin by itself
        with serving(settings.data, GONGKAI_RETRAIN="off", GONGKAI_SUBMISSIONS_PER_MINUTE="100000") as server:
            server.wait_until("/readyz")
            before = submit(server, lambda n: n < IDLE)
            with httpx2.Client(base_url=server.url, timeout=60, follow_redirects=True) as staff:
                staff.post("/staff/sign-in", data={"username": "guanli", "password": PASSWORD})
                csrf = re.search(r'name="csrf" value="([^"]+)"', staff.get("/staff/models").text)
                assert csrf
                began = time.perf_counter()
                staff.post("/staff/models/retrain", data={"csrf": csrf[1]}).raise_for_status()
                while_training = submit(
                    server, lambda n: n % 20 > 0 or "<progress" in staff.get("/staff/models/run").text
                )
            return {"before": before, "while_training": while_training, "training_s": time.perf_counter() - began}


if __name__ == "__main__":
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    measured = {"similar": similar, "intake": intake}[sys.argv[1]]()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S607
    print(json.dumps({"commit": commit.stdout.strip(), "load": os.getloadavg()[0]} | measured))  # noqa: T201
