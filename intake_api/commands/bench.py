"""`gongkai bench`: the project's own benchmark. What is compared comes from one run, side by side."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from intake_api.commands import bench_classifier
from intake_api.kit.terminal import print_json
from intake_api.wiring.offices import load_settings, make_office, with_office

if TYPE_CHECKING:
    from intake_api.office import Office


def bench(
    part: Annotated[Literal["all", "classifier", "clock", "intake"], typer.Argument()] = "all",
    quick: Annotated[
        bool, typer.Option("--quick", help="a tenth of the work: a smoke test, not a measurement")
    ] = False,
) -> None:
    """Measure and print one JSON object; times are CPU seconds of this process unless said otherwise."""
    parts: dict[str, Callable[[int], dict[str, Any]]] = {
        "classifier": bench_classifier.measure,
        "clock": _clock,
        "intake": _intake,
    }
    chosen = parts if part == "all" else {part: parts[part]}
    print_json({name: measure(10 if quick else 1) for name, measure in chosen.items()})


def _clock(less: int) -> dict[str, Any]:
    """`due()` a second on parsed histories of one to four events, each kind apart: the best of twenty rounds."""
    from datetime import date

    from intake_api.statute.calendar import Calendar
    from intake_api.statute.deadlines import due
    from intake_api.statute.events import parse_events

    calendar, today, number = Calendar.shipped(), date(2026, 11, 20), 2_000 // less
    received, answered = {"type": "received", "on": "2026-09-01"}, {"type": "answered", "on": "2026-09-25"}
    extended = {"type": "extended", "on": "2026-09-20", "days": 10}
    asked = [
        {"type": "clarification_requested", "on": "2026-09-03"},
        {"type": "clarification_received", "on": "2026-09-10"},
    ]
    consulted = [
        {"type": "consultation_started", "on": "2026-09-03", "party": "third_party"},
        {"type": "consultation_ended", "on": "2026-09-15", "party": "third_party"},
    ]
    histories = {
        "received": [received],
        "answered": [received, answered],
        "extended_answered": [received, extended, answered],
        "supplemented": [received, *asked],
        "supplemented_answered": [received, *asked, answered],
        "consulted_answered": [received, *consulted, answered],
        "consulted_extended": [received, *consulted, extended],
    }

    def spent(events: Any) -> float:
        started = time.process_time()
        for _ in range(number):
            due(events, calendar, today)
        return time.process_time() - started

    seconds = {name: min(spent(parse_events(history)) for _ in range(20)) for name, history in histories.items()}
    kinds = {name: round(number / best) for name, best in seconds.items()}
    return {"due_per_second": round(number * len(kinds) / sum(seconds.values())), "due_per_second_by_history": kinds}


def _intake(less: int) -> dict[str, Any]:
    """Submissions on SQLite, each durable before its answer: wall time, suggestion included."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data=Path(folder), database_url=f"sqlite:///{folder}/bench.db")
        return with_office(lambda office: _submit(office, 500 // less), make_office(settings))


async def _submit(office: "Office", number: int) -> dict[str, Any]:
    from intake_api.form.application import Submission

    await office.cases.prepare()
    await office.triage.start()
    person = {"type": "natural", "name": "张三", "phone": "13800000000"}
    body = {"applicant": person, "description": "申请公开征地批复。", "delivery": {"medium": "paper", "way": "post"}}
    submission = Submission.model_validate(body)
    started = time.perf_counter()
    for _ in range(number):
        await office.cases.submit(submission)
    spent = time.perf_counter() - started
    return {"submissions_per_second": round(number / spent, 1)}
