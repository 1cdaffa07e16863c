"""Figures of the product for Prometheus, asked of the database at each scrape: every process gives the same answer.

No personal data, no case number, no free text: a label is a status, a kind of job, an error's code or a version.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection

from intake_api import installation
from intake_api.upkeep import repository
from intake_api.upkeep.repository import Backlog


class Figures(NamedTuple):
    """How an office stands at a moment: cases and days as the queue counts them, ages in seconds."""

    open_cases: Mapping[str, int]  # by status
    overdue: int
    newest_event: datetime | None
    jobs: Backlog
    failing: Mapping[str, int]  # by kind
    messages: Backlog
    backup: datetime | None
    model: str | None
    now: datetime


def figures(connection: Connection, now: datetime, today: date, model: str | None) -> Figures:
    """Ask; a few statements, none of which goes through all cases."""
    failing: dict[str, int] = {}
    for kind, _ in repository.failing_jobs(connection):
        failing[kind] = failing.get(kind, 0) + 1
    backup = installation.fact(connection, "backup")
    return Figures(
        open_cases=repository.open_cases(connection),
        overdue=repository.overdue(connection, today),
        newest_event=repository.newest_event(connection, repository.recent(connection)),
        jobs=repository.waiting_jobs(connection, now),
        failing=failing,
        messages=repository.waiting_messages(connection),
        backup=datetime.fromisoformat(backup["at"]) if backup else None,
        model=model,
        now=now,
    )


class Exposition(Collector):
    """Figures in the form of the library."""

    def __init__(self, found: Figures | None) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """`gongkai_up` is 0, and stands alone, where the database could not be asked."""
        yield GaugeMetricFamily("gongkai_up", "Whether the database answers", float(self._found is not None))
        if self._found:
            yield from _cases(self._found)
            yield from _work(self._found)


def _cases(found: Figures) -> Iterator[Metric]:
    open_cases = GaugeMetricFamily("gongkai_cases_open", "Open cases by status", labels=["status"])
    for status, number in found.open_cases.items():
        open_cases.add_metric([status], number)
    yield open_cases
    yield GaugeMetricFamily("gongkai_cases_overdue", "Open cases whose last day is over", found.overdue)
    if found.newest_event:
        yield _age("gongkai_newest_event_age_seconds", "Since anything was recorded", found, found.newest_event)


def _work(found: Figures) -> Iterator[Metric]:
    yield GaugeMetricFamily("gongkai_jobs_waiting", "Background jobs whose time has come", found.jobs.number)
    yield _age("gongkai_jobs_oldest_age_seconds", "How long the oldest of them waits", found, found.jobs.since)
    failing = GaugeMetricFamily("gongkai_jobs_failing", "Jobs that failed again and again, by kind", labels=["kind"])
    for kind, number in found.failing.items():
        failing.add_metric([kind], number)
    yield failing
    yield GaugeMetricFamily("gongkai_messages_waiting", "Messages nobody has acknowledged", found.messages.number)
    yield _age("gongkai_messages_oldest_age_seconds", "How long the oldest of them waits", found, found.messages.since)
    if found.backup:
        yield _age("gongkai_backup_age_seconds", "Since the last backup", found, found.backup)
    yield GaugeMetricFamily("gongkai_model_loaded", "Whether suggestions can be made", float(found.model is not None))
    if found.model:
        version = InfoMetricFamily("gongkai_model", "The model in use")
        version.add_metric([], {"version": found.model})
        yield version


def _age(name: str, help_: str, found: Figures, since: datetime | None) -> Metric:
    return GaugeMetricFamily(name, help_, max(0.0, (found.now - since).total_seconds()) if since else 0.0)
