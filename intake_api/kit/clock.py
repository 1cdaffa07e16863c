"""Time as an argument: every service takes a `Clock`, so that a test can set the day.

Instants are UTC; a day is the calendar day in Asia/Shanghai, because statutory terms are counted in days there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _system_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the one place that reads the machine's clock


@dataclass(frozen=True)
class Clock:
    """Source of the present; `now` returns an aware UTC instant."""

    now: Callable[[], datetime] = _system_now

    def today(self) -> date:
        """Today's calendar day in Asia/Shanghai, whatever the machine's zone."""
        return day_of(self.now())


def day_of(instant: datetime) -> date:
    """The calendar day in Asia/Shanghai of an aware instant."""
    return instant.astimezone(SHANGHAI).date()
