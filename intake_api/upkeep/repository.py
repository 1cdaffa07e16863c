"""All SQL of upkeep: figures read from the tables as any schema since the first has them; nothing is written.

Over a plain connection: the doctor must work where no office can be opened.
"""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Boolean, Connection, Date, and_, column, func, inspect, or_, select, table, text

from intake_api.kit.db import UtcDateTime

_CASES = table("cases", column("id"), column("status"), column("open", Boolean()), column("due_on", Date()))
_EVENT = table("event", column("id"), column("at", UtcDateTime()))
_ACCOUNT = table("account", column("username"), column("role"), column("disabled", Boolean()))
_JOB = table(
    "job",
    column("kind"),
    column("unique_key"),
    column("run_at", UtcDateTime()),
    column("locked_until", UtcDateTime()),
    column("attempts"),
    column("error"),
    column("finished_at", UtcDateTime()),
)
_OUTBOX = table("outbox", column("created_at", UtcDateTime()), column("delivered_at", UtcDateTime()), column("sealed"))
REPEATEDLY = 3  # attempts
RECENT = 1000  # events: `at` has no index


class Backlog(NamedTuple):
    """What waits to be done: how many, and since when the oldest."""

    number: int
    since: datetime | None


def exists(connection: Connection) -> bool:
    """Whether the tables are there at all."""
    return inspect(connection).has_table(_CASES.name)


def engine(connection: Connection) -> str:
    """The database's own name and version."""
    version = ".".join(map(str, connection.dialect.server_version_info or ()))
    return f"{'SQLite' if connection.dialect.name == 'sqlite' else 'PostgreSQL'} {version}"


def damage(connection: Connection) -> str | None:
    """The first thing that SQLite's own check finds wrong; None where it is whole, and on PostgreSQL."""
    if connection.dialect.name != "sqlite":
        return None
    said = str(connection.scalar(text("PRAGMA quick_check(1)")))
    return None if said == "ok" else " ".join(said.split())[:120]


def cases(connection: Connection) -> int:
    """How many cases there are."""
    return connection.scalar(select(func.count()).select_from(_CASES)) or 0


def open_cases(connection: Connection) -> dict[str, int]:
    """How many open cases there are, by status."""
    query = select(_CASES.c.status, func.count()).where(_CASES.c.open.is_(True)).group_by(_CASES.c.status)
    return {str(status): number for status, number in connection.execute(query)}


def overdue(connection: Connection, today: date) -> int:
    """How many open cases have a last day that is over."""
    late = and_(_CASES.c.open.is_(True), _CASES.c.due_on < today)
    return connection.scalar(select(func.count()).select_from(_CASES).where(late)) or 0


def recent(connection: Connection) -> int:
    """An id behind which the newest events are."""
    return (connection.scalar(select(func.max(_EVENT.c.id))) or 0) - RECENT


def newest_event(connection: Connection, after: int) -> datetime | None:
    """When the newest event was recorded, of those after the one with this id."""
    newest: datetime | None = connection.scalar(select(func.max(_EVENT.c.at)).where(_EVENT.c.id > after))
    return newest


def accounts(connection: Connection) -> list[tuple[str, str]]:
    """Name and role of every account that can sign in."""
    query = select(_ACCOUNT.c.username, _ACCOUNT.c.role).where(_ACCOUNT.c.disabled.is_(False))
    return [(name, role) for name, role in connection.execute(query)]


def waiting_jobs(connection: Connection, now: datetime) -> Backlog:
    """Jobs whose time has come."""
    due = and_(_JOB.c.finished_at.is_(None), _JOB.c.run_at <= now)
    return Backlog(*connection.execute(select(func.count(), func.min(_JOB.c.run_at)).where(due)).one())


def jobs_known(connection: Connection) -> bool:
    """Whether a worker has ever begun: it writes a row for each kind that recurs."""
    return connection.execute(select(_JOB.c.kind).where(_JOB.c.unique_key.is_not(None)).limit(1)).first() is not None


def at_work(connection: Connection, now: datetime) -> bool:
    """Whether somebody holds a job at this moment."""
    return connection.execute(select(_JOB.c.kind).where(_JOB.c.locked_until > now).limit(1)).first() is not None


def failing_jobs(connection: Connection) -> list[tuple[str, str]]:
    """Kind and error of what has failed again and again, and of what was given up."""
    again = and_(_JOB.c.finished_at.is_(None), _JOB.c.attempts >= REPEATEDLY)
    given_up = and_(_JOB.c.finished_at.is_not(None), _JOB.c.error.is_not(None))
    query = select(_JOB.c.kind, _JOB.c.error).where(_JOB.c.error.is_not(None), or_(again, given_up))
    return [(kind, error) for kind, error in connection.execute(query)]


def waiting_messages(connection: Connection) -> Backlog:
    """Messages to citizens that nobody has acknowledged, but for those given up after a month."""
    query = select(func.count(), func.min(_OUTBOX.c.created_at))
    query = query.where(_OUTBOX.c.delivered_at.is_(None), _OUTBOX.c.sealed.is_not(None))
    return Backlog(*connection.execute(query).one())
