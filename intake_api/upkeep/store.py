"""Checks of the database and of what it knows: read only, whatever its schema, and whether or not a server runs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, make_url

from intake_api import installation, migrate
from intake_api.installation import DEMO_ACCOUNTS
from intake_api.kit.clock import SHANGHAI, Clock
from intake_api.kit.errors import Failure
from intake_api.settings import Settings
from intake_api.upkeep import repository
from intake_api.upkeep.findings import Finding, finding

TOLERANCE = timedelta(days=1)  # clocks differ
LATE = timedelta(minutes=30)  # what recurs does so within minutes
OLD_MESSAGE = timedelta(hours=24)
OLD_BACKUP = timedelta(days=2)
LARGE = 2 * 1024**3  # bytes: above that SQLite's own check takes minutes, and is left to people


def database(settings: Settings, clock: Clock) -> list[Finding]:
    """All that the database can be asked, and the clock held against it; the first line says why where it cannot."""
    try:
        with installation.reading(settings) as connection:
            if connection is None or not repository.exists(connection):
                return [*_clock(clock, None), finding("database", "fault", "missing")]
            return _of(connection, settings, clock)
    except Failure as failure:
        return [finding("database", "fault", "invalid", reason=failure.message)]


def _of(connection: Connection, settings: Settings, clock: Clock) -> list[Finding]:
    if _size(settings) < LARGE and (damage := repository.damage(connection)):
        return [finding("database", "fault", "damaged", reason=damage)]
    passed = installation.fact(connection, "clock") or {"event": 0}
    lines = [*_clock(clock, repository.newest_event(connection, passed["event"]))]
    lines.append(finding("database", "ok", "ok", cases=repository.cases(connection)))
    now = clock.now()
    checks: tuple[Callable[[], list[Finding]], ...] = (
        lambda: _schema(connection),
        lambda: _keys(connection, settings),
        lambda: _accounts(connection, settings),
        lambda: _worker(connection, now),
        lambda: _outbox(connection, now),
        lambda: _backup(connection, now),
    )
    return lines + [line for check in checks for line in check()]


def _size(settings: Settings) -> int:
    address = make_url(settings.database)
    return Path(address.database or "").stat().st_size if address.get_backend_name() == "sqlite" else 0


def _clock(clock: Clock, newest: datetime | None) -> list[Finding]:
    now = clock.now()
    if newest and newest - now > TOLERANCE:
        return [finding("clock", "fault", "behind", now=_shown(now), newest=_shown(newest))]
    if now.timestamp() < Path(__file__).stat().st_mtime - TOLERANCE.total_seconds():
        return [finding("clock", "fault", "before_program", now=_shown(now))]
    return [finding("clock", "ok", "ok", now=_shown(now))]


def _schema(connection: Connection) -> list[Finding]:
    current, head = migrate.current(connection), migrate.head()
    if current != head:
        return [finding("schema", "fault", "behind", revision=current, head=head)]
    return [finding("schema", "ok", "ok", revision=current)]


def _keys(connection: Connection, settings: Settings) -> list[Finding]:
    try:
        installation.refuse_misfit(settings, begin=False)
        checks = [key.check for key in installation.keys_of(settings)]
    except Failure as failure:
        return [finding("keys", "fault", "invalid", reason=failure.message)]
    lines = [finding("keys", "ok", "ok", count=len(checks))]
    copied = installation.fact(connection, "key_copy")
    if copied is None:
        return [*lines, finding("key_copy", "advice", "unknown")]
    if set(checks) - set(copied["checks"]):
        return [*lines, finding("key_copy", "advice", "outdated")]
    return [*lines, finding("key_copy", "ok", "ok", at=_shown(datetime.fromisoformat(copied["at"])))]


def _accounts(connection: Connection, settings: Settings) -> list[Finding]:
    there = repository.accounts(connection)
    kind = installation.fact(connection, "kind")
    if kind and kind["demo"]:
        return [finding("accounts", "advice", "demo")]
    if {name for name, _ in there} >= DEMO_ACCOUNTS:  # one of these names alone may be a person's
        return [finding("accounts", "fault", "demo_left", names="、".join(sorted(DEMO_ACCOUNTS)))]
    admins = [name for name, role in there if role == "admin"]
    if not admins:
        return [finding("accounts", "fault", "no_admin")]
    return [finding("accounts", "ok", "ok", count=len(there), admins=len(admins))]


def _worker(connection: Connection, now: datetime) -> list[Finding]:
    if not repository.jobs_known(connection):
        return [finding("worker", "advice", "new")]
    waiting = repository.waiting_jobs(connection, now)
    if waiting.since and now - waiting.since > LATE and not repository.at_work(connection, now):
        return [finding("worker", "fault", "stopped", since=_shown(waiting.since))]
    if failing := repository.failing_jobs(connection):
        kind, error = failing[0]
        return [finding("worker", "advice", "failing", count=len(failing), kind=kind, error=error)]
    return [finding("worker", "ok", "ok", waiting=waiting.number)]


def _outbox(connection: Connection, now: datetime) -> list[Finding]:
    waiting = repository.waiting_messages(connection)
    if waiting.since and now - waiting.since > OLD_MESSAGE:
        hours = (now - waiting.since) // timedelta(hours=1)
        return [finding("outbox", "advice", "old", waiting=waiting.number, hours=hours)]
    return [finding("outbox", "ok", "ok", waiting=waiting.number)]


def _backup(connection: Connection, now: datetime) -> list[Finding]:
    last = installation.fact(connection, "backup")
    if last is None:
        return [finding("backup", "advice", "none")]
    at = datetime.fromisoformat(last["at"])
    if now - at > OLD_BACKUP:
        return [finding("backup", "advice", "old", at=_shown(at), days=(now - at).days)]
    return [finding("backup", "ok", "ok", at=_shown(at))]


def _shown(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
