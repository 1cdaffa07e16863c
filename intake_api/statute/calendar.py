"""Working days (工作日): the plain Monday-to-Friday week as changed by the State Council's yearly notices.

Weekends made working days (调休) are working days. The statutory holidays of the whole people are rest days whatever a
notice says. A year of which a notice has not named every one of them is not announced: every date counted into it is
provisional, and holidays of it that fall on a weekend are made up for on the working days after them (补假). The term's
own day is never counted (民法典 art. 201).
"""

import csv
import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Self

from intake_api.statute.errors import refusal

DATA = Path(__file__).with_name("data")
FIRST = date(2004, 1, 1)
LAST = date(2048, 12, 31)
TABLE_END = date(2049, 12, 31)  # a term that begins by LAST ends here at the latest
_WRITTEN = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0:00(?::00)?)?", re.ASCII)


class CalendarDay(NamedTuple):
    """One day named by a notice: a rest day, or a weekend day that is worked (调休)."""

    date: date
    is_workday: bool
    name: str


class Counted(NamedTuple):
    """A counted date; `provisional` when a year that is not announced was touched on the way."""

    date: date
    provisional: bool


class _Lookup(dict[Any, Any]):
    """What is not in the table is out of range."""

    def __missing__(self, key: object) -> NoReturn:
        raise refusal("date_out_of_range", first=FIRST, last=LAST)


class _Table(NamedTuple):
    """`ranks`: working days from FIRST to a day; `workdays`: the day of each rank; `unsure`: days not announced."""

    ranks: Mapping[date, int]
    workdays: Mapping[int, date]
    unsure: list[date]


def parse_notice(lines: Iterable[str]) -> tuple[CalendarDay, ...]:
    """Read a notice as CSV `date,is_workday,name` (is_workday 1 or 0; `#` lines are comments).

    Quotes, empty columns at the end and dates as table programs save them (2027/1/1) are read too. Raises StatuteError
    `calendar_header`, `calendar_row`, `calendar_contradiction` and `calendar_statutory` (each with its line),
    `calendar_empty`.
    """
    rows = _rows(lines)
    for day, number in rows:
        refuse_work(day, f"（第{number}行）")
    return tuple(day for day, _ in rows)


def refuse_work(day: CalendarDay, where: str = "") -> None:
    """Raise StatuteError `calendar_statutory` where the day is a statutory holiday and shall be worked."""
    if day.is_workday and (name := statutory_days().get(day.date)):
        raise refusal("calendar_statutory", day=day.date, name=name, where=where)


def _rows(lines: Iterable[str]) -> list[tuple[CalendarDay, int]]:
    """The days of a notice with the line that each stands in."""
    rows: dict[date, tuple[CalendarDay, int]] = {}
    header: list[str] | None = None
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("\ufeff")
        cells = _cells(text, number)
        if not any(cells) or cells[0].startswith("#"):
            continue
        if header is None:
            header = [cell.lower() for cell in cells]
            if header != list(CalendarDay._fields):
                raise refusal("calendar_header")
            continue
        day = _day(cells, number)
        earlier, at = rows.setdefault(day.date, (day, number))
        if earlier.is_workday != day.is_workday:
            raise refusal("calendar_contradiction", day=day.date, where=f"（第{at}行和第{number}行）")
    if not rows:
        raise refusal("calendar_empty")
    return list(rows.values())


def _cells(text: str, line: int) -> list[str]:
    """The cells of a line; table programs add empty ones where another line was once longer."""
    try:
        cells = [cell.strip() for cell in next(csv.reader([text]), [])]
    except csv.Error:
        raise refusal("calendar_row", line=line) from None
    while cells and not cells[-1] and len(cells) > len(CalendarDay._fields):
        cells.pop()
    return cells


def _day(cells: list[str], line: int) -> CalendarDay:
    flags = {"1": True, "0": False, "true": True, "false": False}
    try:
        day, flag, name = cells
        written = _WRITTEN.fullmatch(day)
        parsed = CalendarDay(date(*map(int, written.groups() if written else ())), flags[flag.lower()], name)
    except (ValueError, TypeError, KeyError):
        raise refusal("calendar_row", line=line) from None
    if not FIRST <= parsed.date <= LAST:
        raise refusal("date_out_of_range", first=FIRST, last=LAST)
    return parsed


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. `notices` holds the days that notices name; the statutory holidays are always added.

    Days outside 2004-2048 raise StatuteError `date_out_of_range`.
    """

    notices: Mapping[date, CalendarDay]

    @classmethod
    def shipped(cls) -> "Calendar":
        """Return the calendar in the repository: the notices for 2004-2026."""
        return _shipped()

    @classmethod
    def of(cls, data: Path) -> "Calendar":
        """Return the shipped calendar with the notices imported into the data directory (`calendar.csv`), if any."""
        file = data / "calendar.csv"
        if not file.is_file():
            return cls.shipped()
        # not `parse_notice`: what an earlier version let in stops no office, and a statutory holiday is never worked
        rows = _rows(file.read_text("utf-8-sig", errors="replace").splitlines())
        return cls.shipped().with_notice(day for day, _ in rows)

    def with_notice(self, rows: Iterable[CalendarDay]) -> Self:
        """Return this calendar with a notice (or local days off) laid over it; it may change the December before too.

        Raises StatuteError `calendar_contradiction` when the rows give one date both values.
        """
        notice: dict[date, CalendarDay] = {}
        for row in rows:
            if notice.setdefault(row.date, row).is_workday != row.is_workday:
                raise refusal("calendar_contradiction", day=row.date, where="")
        return type(self)({**self.notices, **notice})

    def announced(self, year: int) -> bool:
        """Tell whether the notice is in, whole: nothing is `unnamed`."""
        return year in self._announced

    @cached_property
    def _announced(self) -> frozenset[int]:
        return frozenset(year for year in {day.year for day in self.notices} if not self.unnamed(year))

    def unnamed(self, year: int) -> tuple[CalendarDay, ...]:
        """The statutory holidays of the year that no notice has named: with one of them the year is not announced."""
        return tuple(
            CalendarDay(day, False, name)
            for day, name in statutory_days().items()
            if day.year == year and (day not in self.notices or self.notices[day].is_workday)
        )

    def made_up(self, year: int) -> tuple[CalendarDay, ...]:
        """The days off in place of holidays on a weekend (补假), as far as no notice has named the year's days.

        Each is the first working day after its holiday that is not off already (全国年节及纪念日放假办法 art. 6).
        """
        found: dict[date, CalendarDay] = {}
        for holiday in self.unnamed(year):
            day = holiday.date
            if day.weekday() < 5:
                continue
            while day.weekday() > 4 or day in statutory_days() or day in found or day in self.notices:
                day += timedelta(1)
            found[day] = CalendarDay(day, False, f"{holiday.name}（补假，暂定）")
        return tuple(found.values())

    def named_days(self, year: int) -> tuple[CalendarDay, ...]:
        """Return the rest days and worked weekends of the notice, and what is reckoned where it does not name them."""
        if not FIRST.year <= year <= LAST.year:
            raise refusal("date_out_of_range", first=FIRST, last=LAST)
        named = {day: row for day, row in self.notices.items() if day.year == year}
        reckoned = (*self.unnamed(year), *(() if self.announced(year) else self.made_up(year)))
        return tuple(sorted((named | {day.date: day for day in reckoned}).values()))

    @cached_property
    def _table(self) -> _Table:
        days = [date.fromordinal(day) for day in range(FIRST.toordinal(), TABLE_END.toordinal() + 1)]
        worked = {day: day.weekday() < 5 for day in days}
        silent = [year for year in range(FIRST.year, TABLE_END.year + 1) if not self.announced(year)]
        worked.update((day, row.is_workday) for day, row in self.notices.items())
        worked.update(dict.fromkeys(statutory_days(), False))
        worked.update((day.date, False) for year in silent for day in self.made_up(year))
        ranks = _Lookup((day, rank) for day, rank in zip(days, accumulate(worked.values()), strict=True) if day <= LAST)
        workdays = _Lookup(enumerate((day for day in days if worked[day]), 1))
        return _Table(ranks, workdays, [day for day in days if day.year in silent])

    @cached_property
    def digests(self) -> dict[str, str]:
        """A short digest of each year (its working days, whether it is announced), to tell which years were changed."""
        by_year = groupby(self._table.workdays.values(), key=lambda day: day.year)
        told = {year: f"{self.announced(year)}{[day.toordinal() for day in days]}" for year, days in by_year}
        return {str(year): hashlib.sha256(text.encode()).hexdigest()[:8] for year, text in told.items()}

    @cached_property
    def rank(self) -> Callable[[date], int]:
        """Count the working days from 2004-01-01 to a day, both included: differences of ranks count days."""
        return self._table.ranks.__getitem__

    @cached_property
    def at(self) -> Callable[[int], date]:
        """Find the working day of a rank."""
        return self._table.workdays.__getitem__

    @cached_property
    def sure_until(self) -> date:
        """The day before the first one that is not announced: no date counted up to it is provisional."""
        return min(self._table.unsure, default=TABLE_END) - timedelta(1)

    def provisional(self, after: date, to: date) -> bool:
        """Tell whether counting from the day after `after` to `to` touches a year that is not announced."""
        unsure = self._table.unsure
        return bisect_right(unsure, to) > bisect_right(unsure, after)

    def is_workday(self, day: date) -> bool:
        """Tell whether the day is worked."""
        rank = self.rank(day)
        return rank > 0 and self.at(rank) == day

    def add_workdays(self, day: date, n: int) -> Counted:
        """Count to the n-th working day after `day` (n ≥ 1); `day` itself is not counted, worked or not."""
        target = self.at(self.rank(day) + n)
        return Counted(target, self.provisional(day, target))

    def workdays_between(self, a: date, b: date) -> int:
        """Count the working days in (a, b]; negative when b is before a."""
        return self.rank(b) - self.rank(a)


@cache
def _shipped() -> Calendar:
    with (DATA / "workdays.csv").open(encoding="utf-8") as file:
        return Calendar({row.date: row for row in parse_notice(file)})


@cache
def statutory_days() -> Mapping[date, str]:
    """The holidays of the whole people (全体公民放假的节日), the lunar ones too, by the law of each year."""
    with (DATA / "statutory.csv").open(encoding="utf-8") as file:
        lines = (line.strip().split(",") for line in file if line[0].isdigit())
        return {date.fromisoformat(day): name for day, name in lines}
