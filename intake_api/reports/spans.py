"""The stretches of time that a bulletin is made for: month, quarter, half-year and year, as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from intake_api.kit.errors import Failure

_ORDINALS = "一二三四"


@dataclass(frozen=True)
class Unit:
    """A kind of stretch: how many `months` it has, how one is written, with an example, what its bulletin is called.

    `pattern` gives the year and, but for the year itself, its number in the year.
    """

    months: int
    pattern: re.Pattern[str]
    example: str
    bulletin: str


UNITS: Mapping[str, Unit] = {
    "month": Unit(1, re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])"), "月份（例如 2026-10）", "月度通报"),
    "quarter": Unit(3, re.compile(r"([0-9]{4})Q([1-4])"), "季度（例如 2026Q1）", "季度通报"),
    "half": Unit(6, re.compile(r"([0-9]{4})H([12])"), "半年（例如 2026H1）", "半年通报"),
    "year": Unit(12, re.compile(r"([0-9]{4})"), "年度（例如 2026）", "年度通报"),
}


@dataclass(frozen=True)
class Stretch:
    """The days of a stretch, its `unit`, and how it is written (`code`) and said (`label`)."""

    unit: str
    code: str
    label: str
    first: date
    last: date


def span(unit: str, given: str | None, since: int, today: date) -> Stretch:
    """The stretch that is meant, by default the last that is over; Failure `report_period_invalid`.

    It lies after the year `since` and has begun today.
    """
    kind = UNITS[unit]
    if not given:
        start = _begin(today.year, (today.month - 1) // kind.months, kind)
        last = start - timedelta(1)
        return _span(unit, last.year, (last.month - 1) // kind.months)
    match = kind.pattern.fullmatch(given)
    if match and since < int(match[1]) <= today.year:
        number = int(match[2]) - 1 if match.lastindex == 2 else 0
        found = _span(unit, int(match[1]), number)
        if found.first <= today:
            return found
    raise Failure("report_period_invalid", given=given[:20], unit=kind.example)


def asked(given: Mapping[str, str | None]) -> tuple[str, str | None]:
    """The unit that is asked for, and which of it; the month where none is. Failure `report_period_invalid` for two."""
    named = [(unit, value) for unit, value in given.items() if value]
    if len(named) > 1:
        raise Failure("report_period_invalid", given="、".join(str(value)[:20] for _, value in named), unit="一个时段")
    return named[0] if named else ("month", None)


def begun(year: int, today: date, *units: str) -> list[Stretch]:
    """The stretches of these units in a year that have begun."""
    every = (_span(unit, year, number) for unit in units for number in range(12 // UNITS[unit].months))
    return [one for one in every if one.first <= today]


def _begin(year: int, number: int, kind: Unit) -> date:
    return date(year, number * kind.months + 1, 1)


def _span(unit: str, year: int, number: int) -> Stretch:
    kind = UNITS[unit]
    last = date(year + 1, 1, 1) if (number + 1) * kind.months == 12 else _begin(year, number + 1, kind)
    code, label = {
        "month": (f"{year}-{number + 1:02}", f"{year} 年 {number + 1} 月"),
        "quarter": (f"{year}Q{number + 1}", f"{year} 年第{_ORDINALS[number % 4]}季度"),
        "half": (f"{year}H{number + 1}", f"{year} 年{'上下'[number % 2]}半年"),
        "year": (f"{year}", f"{year} 年"),
    }[unit]
    return Stretch(unit, code, label, _begin(year, number, kind), last - timedelta(1))
