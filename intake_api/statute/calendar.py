"""Working days (工作日): the plain Monday-to-Friday week as changed by the State Council's yearly notices.

Weekends made working days (调休) are working days. A year whose notice is not out has its statutory days and plain
weekends, and every date counted into it is provisional. The term's own day is never counted (民法典 art. 201).
"""

import csv
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Self

from intake_api.statute.errors import refusal

DATA = Path(__file__).with_name("data")
FIRST = date(2004, 1, 1)
LAST = date(2048, 12, 31)
TABLE_END = date(2049, 12, 31)  # a term that begins by LAST ends here at the latest
FIXED_HOLIDAYS = {(1, 1): "元旦", (5, 1): "劳动节", (5, 2): "劳动节"} | {(10, day): "国庆节" for day in (1, 2, 3)}
NAMED_BY_EVERY_NOTICE = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))  # 5 月 2 日 is a holiday only since 2025


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

    Raises StatuteError `calendar_header`, `calendar_row`, `calendar_contradiction` and `calendar_statutory` (each with
    its line), `calendar_empty`.
    """
    rows: dict[date, tuple[CalendarDay, int]] = {}
    header: list[str] | None = None
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("\ufeff")
        if not text or text.startswith("#"):
            continue
        if header is None:
            header = [cell.strip() for cell in text.split(",")]
            if header != list(CalendarDay._fields):
                raise refusal("calendar_header")
            continue
        day = _day(text, number)
        earlier, at = rows.setdefault(day.date, (day, number))
        if earlier.is_workday != day.is_workday:
            raise refusal("calendar_contradiction", day=day.date, where=f"（第{at}行和第{number}行）")
        if day.is_workday and (day.date.month, day.date.day) in NAMED_BY_EVERY_NOTICE:
            holiday = FIXED_HOLIDAYS[day.date.month, day.date.day]
            raise refusal("calendar_statutory", day=day.date, name=holiday, where=f"（第{number}行）")
    if not rows:
        raise refusal("calendar_empty")
    return tuple(day for day, _ in rows.values())


def _day(text: str, line: int) -> CalendarDay:
    flags = {"1": True, "0": False, "true": True, "false": False}
    try:
        day, flag, name = (cell.strip() for cell in next(csv.reader([text])))
        parsed = CalendarDay(date.fromisoformat(day), flags[flag.lower()], name)
    except (ValueError, KeyError, csv.Error):
        raise refusal("calendar_row", line=line) from None
    if not FIRST <= parsed.date <= LAST:
        raise refusal("date_out_of_range", first=FIRST, last=LAST)
    return parsed


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. `notices` holds the days that notices name; `lunar` the statutory days that move.

    Days outside 2004-2048 raise StatuteError `date_out_of_range`.
    """

    notices: Mapping[date, CalendarDay]
    lunar: Mapping[date, str]

    @classmethod
    def shipped(cls) -> "Calendar":
        """Return the calendar in the repository: the notices for 2004-2026 and moving holidays to 2035."""
        return _shipped()

    @classmethod
    def of(cls, data: Path) -> "Calendar":
        """Return the shipped calendar with the notices imported into the data directory (`calendar.csv`), if any."""
        file = data / "calendar.csv"
        if not file.is_file():
            return cls.shipped()
        return cls.shipped().with_notice(parse_notice(file.read_text("utf-8-sig", errors="replace").splitlines()))

    def with_notice(self, rows: Iterable[CalendarDay]) -> Self:
        """Return this calendar with a notice (or local days off) laid over it; it may change the December before too.

        Raises StatuteError `calendar_contradiction` when the rows give one date both values.
        """
        notice: dict[date, CalendarDay] = {}
        for row in rows:
            if notice.setdefault(row.date, row).is_workday != row.is_workday:
                raise refusal("calendar_contradiction", day=row.date, where="")
        return type(self)({**self.notices, **notice}, self.lunar)

    def announced(self, year: int) -> bool:
        """Tell whether the notice is in: it names every fixed holiday that falls on a weekday, as each notice does."""
        return year in self._announced

    @cached_property
    def _announced(self) -> frozenset[int]:
        def named(day: date) -> bool:
            return day.weekday() >= 5 or (day in self.notices and not self.notices[day].is_workday)

        years = {day.year for day in self.notices}
        return frozenset(y for y in years if all(named(date(y, *day)) for day in NAMED_BY_EVERY_NOTICE))

    def named_days(self, year: int) -> tuple[CalendarDay, ...]:
        """Return the rest days and worked weekends of the notice, or the statutory days while that is not out."""
        if not FIRST.year <= year <= LAST.year:
            raise refusal("date_out_of_range", first=FIRST, last=LAST)
        named = {day: row for day, row in self.notices.items() if day.year == year}
        return tuple(sorted((self._statutory(year) | named).values()))

    def _statutory(self, year: int) -> dict[date, CalendarDay]:
        if self.announced(year):
            return {}
        moving = {day: name for day, name in self.lunar.items() if day.year == year}
        fixed = {date(year, *day): name for day, name in FIXED_HOLIDAYS.items()}
        return {day: CalendarDay(day, False, name) for day, name in (moving | fixed).items()}

    @cached_property
    def _table(self) -> _Table:
        days = [date.fromordinal(day) for day in range(FIRST.toordinal(), TABLE_END.toordinal() + 1)]
        worked = {day: day.weekday() < 5 for day in days}
        silent = [year for year in range(FIRST.year, TABLE_END.year + 1) if not self.announced(year)]
        for year in silent:
            worked.update((day, False) for day in self._statutory(year))
        worked.update((day, row.is_workday) for day, row in self.notices.items())
        ranks = _Lookup((day, rank) for day, rank in zip(days, accumulate(worked.values()), strict=True) if day <= LAST)
        workdays = _Lookup(enumerate((day for day in days if worked[day]), 1))
        return _Table(ranks, workdays, [day for day in days if day.year in silent])

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
        notices = {row.date: row for row in parse_notice(file)}
    with (DATA / "lunar.csv").open(encoding="utf-8") as file:
        lines = (line.strip().split(",") for line in file if line[0].isdigit())
        lunar = {date.fromisoformat(day): name for day, name in lines}
    return Calendar(notices, lunar)
