"""`gongkai bench`: the project's own benchmark. What is compared comes from one run, side by side."""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from intake_api.commands.common import ROOT, load_directory, load_settings

if TYPE_CHECKING:
    from intake_api.office import Office

HOLDOUT = ROOT / "training_data" / "holdout.jsonl"
REQUESTS = ROOT / "training_data" / "requests.jsonl"


def bench(
    part: Annotated[Literal["all", "classifier", "clock", "intake"], typer.Argument()] = "all",
    quick: Annotated[
        bool, typer.Option("--quick", help="a tenth of the work: a smoke test, not a measurement")
    ] = False,
) -> None:
    """Measure and print one JSON object; times are CPU seconds of this process unless said otherwise."""
    parts: dict[str, Callable[[int], dict[str, Any]]] = {"classifier": _classifier, "clock": _clock, "intake": _intake}
    chosen = parts if part == "all" else {part: parts[part]}
    typer.echo(json.dumps({name: measure(10 if quick else 1) for name, measure in chosen.items()}, ensure_ascii=False))


def _per_call(calls: list[Callable[[], object]]) -> dict[str, float]:
    """Median and 99th percentile in milliseconds of CPU time."""
    spent = []
    for call in calls:
        started = time.process_time()
        call()
        spent.append((time.process_time() - started) * 1000)
    return {"p50_ms": round(statistics.median(spent), 3), "p99_ms": round(statistics.quantiles(spent, n=100)[98], 3)}


def _classifier(less: int) -> dict[str, Any]:
    """One suggestion against the plain pipeline (jieba, TfidfVectorizer, LogisticRegression) on the same texts."""
    from intake_api.commands.classifier import load_predictor

    rows = [json.loads(line) for line in HOLDOUT.read_text("utf-8").splitlines()][::less]
    texts = [(row["text"], row.get("subject", "")) for row in rows]
    started = time.process_time()
    predictor = load_predictor(load_settings().data)
    predictor.suggest("预热")
    loaded = time.process_time() - started
    plain = _plain_pipeline(less)
    figures = {
        "suggestion": _per_call([lambda t=t, s=s: predictor.suggest(t, s, reasons=False) for t, s in texts]),  # type: ignore[misc]  # bound at once
        "suggestion_with_reasons": _per_call([lambda t=t, s=s: predictor.suggest(t, s) for t, s in texts]),  # type: ignore[misc]  # bound at once
        "plain": _per_call([lambda t=t, s=s: plain(s + t) for t, s in texts]),  # type: ignore[misc]  # bound at once
    }
    ratio = figures["plain"]["p50_ms"] / figures["suggestion"]["p50_ms"]
    right = {
        "first": sum(
            predictor.suggest(t, s).departments[0][0].code == r["department"]
            for (t, s), r in zip(texts, rows, strict=True)
        ),
        "plain_first": sum(plain(s + t) == r["department"] for (t, s), r in zip(texts, rows, strict=True)),
    }
    shares = {name: round(count / len(rows), 4) for name, count in right.items()}
    return {
        "n": len(rows),
        "model": predictor.version,
        "load_s": round(loaded, 3),
        **figures,
        "faster": round(ratio, 2),
        **shares,
    }


def _plain_pipeline(less: int) -> Callable[[str], str]:
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = tempfile.mkdtemp(prefix="gongkai-bench-")
    rows = [json.loads(line) for line in REQUESTS.read_text("utf-8").splitlines()][::less]
    vectorizer = TfidfVectorizer(tokenizer=tokenizer.lcut, token_pattern=None, lowercase=False)
    features = vectorizer.fit_transform([row.get("subject", "") + row["text"] for row in rows])
    model = LogisticRegression(max_iter=1000).fit(features, [row["department"] for row in rows])
    return lambda text: str(model.predict(vectorizer.transform([text]))[0])


def _clock(less: int) -> dict[str, Any]:
    """`due()` on parsed histories of one to four events."""
    from datetime import date

    from intake_api.statute.calendar import Calendar
    from intake_api.statute.deadlines import due
    from intake_api.statute.events import parse_events

    calendar, today = Calendar.shipped(), date(2026, 11, 20)
    received = {"type": "received", "on": "2026-09-01"}
    asked = [
        {"type": "clarification_requested", "on": "2026-09-03"},
        {"type": "clarification_received", "on": "2026-09-10"},
    ]
    consulted = [
        {"type": "consultation_started", "on": "2026-09-03", "party": "third_party"},
        {"type": "consultation_ended", "on": "2026-09-15", "party": "third_party"},
    ]
    answered = {"type": "answered", "on": "2026-09-25"}
    histories = [
        [received],
        [received, answered],
        [received, *asked],
        [received, *asked, answered],
        [received, *consulted, answered],
    ]
    parsed, number = [parse_events(history) for history in histories], 100_000 // less
    started = time.process_time()
    for place in range(number):
        due(parsed[place % len(parsed)], calendar, today)
    return {"due_per_second": round(number / (time.process_time() - started))}


def _intake(less: int) -> dict[str, Any]:
    """Submissions on SQLite, each durable before its answer: wall time, suggestion included."""
    from intake_api import migrate
    from intake_api.commands.classifier import serving_model
    from intake_api.office import build_office

    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data=Path(folder), database_url=f"sqlite:///{folder}/bench.db")
        migrate.upgrade(settings.database)
        office = build_office(settings, load_directory(settings), lambda: serving_model(settings.data))
        return asyncio.run(_submit(office, 500 // less))


async def _submit(office: "Office", number: int) -> dict[str, Any]:
    from intake_api.cases.schemas import Submission

    await office.cases.prepare()
    await office.triage.start()
    person = {"type": "natural", "name": "张三", "phone": "13800000000"}
    body = {"applicant": person, "description": "申请公开征地批复。", "delivery": {"medium": "paper", "way": "post"}}
    submission = Submission.model_validate(body)
    started = time.perf_counter()
    for _ in range(number):
        await office.cases.submit(submission)
    spent = time.perf_counter() - started
    await office.db.dispose()
    return {"submissions_per_second": round(number / spent, 1)}
