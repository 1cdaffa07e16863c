"""Use cases of the calendar: import a notice, set a day of one's own, see a year, count anew what moved."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.calendars import repository
from intake_api.calendars.current import Calendars
from intake_api.calendars.models import CalendarMove, CalendarRow, CalendarVersion, Scope
from intake_api.cases.record import LateClarification
from intake_api.cases.recount import DUE_CHANGED, DUE_CORRECTED, Moved, recount, touched
from intake_api.jobs.service import OutboxService, enqueue
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.kit.text import clean, decoded
from intake_api.statute import reckoning
from intake_api.statute.calendar import Calendar, CalendarDay, parse_notice, refuse_work
from intake_api.terms.limits import LONGEST

RECOUNT_JOB = "calendar_recount"
_RULES = "rules"  # beside the digests of the years


@dataclass(frozen=True)
class Change:
    """A version of the calendar: the first day that it may count differently, and the years it announced."""

    version: int
    since: date
    announced: tuple[int, ...]


@dataclass(frozen=True)
class Preview:
    """What a notice would change: its days that are news, and the years it would announce."""

    news: tuple[CalendarDay, ...]
    announces: tuple[int, ...]
    silent: dict[int, tuple[CalendarDay, ...]]  # years that it names and that stay provisional: what is missing


def read_notice(raw: bytes) -> tuple[CalendarDay, ...]:
    """The days of a notice file; Failure `file_encoding`, StatuteError of `parse_notice`."""
    try:
        return parse_notice(decoded(raw).splitlines())
    except UnicodeDecodeError:
        raise Failure("file_encoding") from None


def _differs(counted: Mapping[str, str] | None, calendar: Calendar) -> date | None:
    """The first day that the calendar may count otherwise than the due dates were counted; None where they agree."""
    if counted is None:  # by a release that did not say; all of them counted the announced years alike
        return calendar.sure_until + timedelta(1)
    years = (int(year) for year, digest in calendar.digests.items() if counted.get(year) != digest)
    return min((date(year, 1, 1) for year in years), default=None)


def _ruled(counted: Mapping[str, str] | None) -> int:
    """By which rules of the clock the due dates were counted; a release that did not say knew the first."""
    return int((counted or {}).get(_RULES, 1))


class CalendarService:
    """Changes are all or nothing; a job counts the due dates anew where the caller does not."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        calendars: Calendars,
        outbox: OutboxService,
        late_clarification: LateClarification = "continues",
    ) -> None:
        self._outbox = outbox
        self._late = late_clarification
        self._db = db
        self._clock = clock
        self._calendars = calendars

    async def prepare(self) -> None:
        """Bring the data directory's copy up to date; at every start.

        Where this release counts some year otherwise than the due dates were counted (it brings a notice, or knows a
        statutory holiday that an earlier one did not), or reckons a term otherwise, a job counts them anew.
        """
        async with self._db.read() as session:
            calendar = await self._calendars.follow(session)
            row = await repository.version_row(session)
        since, rules = _differs(row.counted, calendar), _ruled(row.counted) != reckoning.VERSION
        if since is None and not rules:
            return
        waiting = await touched(self._db, since, rules=rules)
        async with self._db.write() as session:
            row = await repository.version_row(session, lock=True)
            if waiting and (_differs(row.counted, calendar) or _ruled(row.counted) != reckoning.VERSION):
                self._count_later(session, row.version, since, rules=rules)
            row.counted = calendar.digests | {_RULES: str(reckoning.VERSION)}

    def preview(self, days: Iterable[CalendarDay]) -> Preview:
        """What importing these days would do."""
        now, given = self._calendars.current, tuple(days)
        then = now.with_notice(given)
        years = sorted({day.date.year for day in given if day.date.month != 12 or then.announced(day.date.year)})
        news = tuple(sorted(day for day in given if now.is_workday(day.date) != day.is_workday))
        return Preview(
            news,
            tuple(year for year in years if then.announced(year) and not now.announced(year)),
            {year: missing for year in years if (missing := then.unnamed(year))},
        )

    async def import_notice(self, days: Iterable[CalendarDay], *, source: str, by: str) -> Change:
        """Lay a notice over the calendar; it may change the December before its year."""
        return await self._change(tuple(days), "notice", source, by)

    async def set_day(self, day: date, is_workday: bool | None, name: str, *, by: str) -> Change:
        """A day of the office's own (a regional holiday); None takes it back.

        Failure `calendar_day_missing`, StatuteError `calendar_statutory`.
        """
        if is_workday is None:
            async with self._db.read() as session:
                if await repository.row(session, day, "local") is None:
                    raise Failure("calendar_day_missing", day=day)
            return await self._change((), "local", "", by, gone=day)
        name = str(clean(name))[: LONGEST["day_name"]] or ("上班" if is_workday else "休息")
        own = CalendarDay(day, is_workday, name)
        refuse_work(own)
        return await self._change((own,), "local", "", by)

    async def _change(
        self, days: tuple[CalendarDay, ...], scope: Scope, source: str, by: str, gone: date | None = None
    ) -> Change:
        async with self._db.write() as session:
            row = await self._next_version(session)
            version = row.version
            before = await self._adopted(session, version)
            overdue = _differs(row.counted, before)
            if gone:
                await repository.take_back(session, gone, scope)
            await self._store(session, days, scope, source, by)
            await session.flush()
            after = await self._calendars.of(session)
            announced = [year for year in {day.date.year for day in days} if after.announced(year)]
            news = tuple(sorted(year for year in announced if not before.announced(year)))
            firsts = [day.date for day in days] + [date(year, 1, 1) for year in news]
            change = Change(version, min(firsts + [day for day in (gone, overdue) if day]), news)
            self._count_later(session, version, change.since)
            row.counted = after.digests | {_RULES: str(_ruled(row.counted))}
        async with self._db.read() as session:
            await self._calendars.follow(session)
        return change

    def _count_later(self, session: AsyncSession, version: int, since: date | None, *, rules: bool = False) -> None:
        payload = {"version": version, "since": since and since.isoformat(), "rules": rules}
        enqueue(session, RECOUNT_JOB, payload, self._clock.now())

    async def _next_version(self, session: AsyncSession) -> CalendarVersion:
        """Waits for the case transactions under way; later ones wait for this one."""
        row = await repository.version_row(session, lock=True)
        row.version, row.changed_at = row.version + 1, self._clock.now()
        await session.flush()
        return row

    async def _adopted(self, session: AsyncSession, version: int) -> Calendar:
        """The calendar before; a file that was put there by hand becomes part of the first version."""
        before = self._calendars.current if version == 1 else await self._calendars.of(session)
        if version == 1:
            shipped = Calendar.shipped().notices
            by_hand = tuple(day for on, day in before.notices.items() if shipped.get(on) != day)
            await self._store(session, by_hand, "notice", "calendar.csv", "system")
        return before

    async def _store(
        self, session: AsyncSession, days: tuple[CalendarDay, ...], scope: Scope, source: str, by: str
    ) -> None:
        now = self._clock.now()
        for day in days:
            told = {"is_workday": day.is_workday, "name": day.name[: LONGEST["day_name"]], "source": source[:200]}
            told |= {"loaded_at": now, "by": by}
            await repository.put(session, {"day": day.date, "scope": scope}, told)

    # --- what moved

    async def recount(self, version: int, since: date | None, *, rules: bool = False) -> AsyncIterator[tuple[int, int]]:
        """Count every case anew that the change can matter to; yields (done, of all) after each batch."""
        async with self._db.read() as session:
            calendar = await self._calendars.follow(session)
        cases, now = await touched(self._db, since, rules=rules), self._clock.now()

        async def remember(session: AsyncSession, moved: list[Moved]) -> None:
            await repository.remember(session, ({"version": version} | asdict(move) for move in moved))

        cause, kind = (f"rules-{reckoning.VERSION}", DUE_CORRECTED) if rules else (f"calendar-{version}", DUE_CHANGED)
        async for done in recount(self._db, calendar, cases, cause, now, self._late, self._outbox, remember, kind):
            yield done, len(cases)

    async def recount_job(self, payload: Mapping[str, Any]) -> None:
        """Job: what an import leaves to the worker, and the rest of one that was interrupted."""
        since = date.fromisoformat(payload["since"]) if payload["since"] else None
        async for _ in self.recount(payload["version"], since, rules=payload.get("rules", False)):
            pass

    async def moved(self, version: int | None = None) -> list[CalendarMove]:
        """The cases that a version moved, by default the newest, in order of their numbers."""
        async with self._db.read() as session:
            return await repository.moves(session, version or await repository.version(session))

    async def rows(self, scope: Scope) -> list[CalendarRow]:
        """The days of a scope that are laid over the shipped calendar, the newest first."""
        async with self._db.read() as session:
            return await repository.rows(session, scope)
