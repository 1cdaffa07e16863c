"""The calendar in use: a file in the data directory, the local copy of what the database holds.

`gongkai clock` and the like read the file alone. Every process looks at the file's stamp before it counts, and every
transaction that writes a due date compares versions first, so that an import reaches processes that are running.
"""

import csv
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.calendars import repository
from intake_api.statute.calendar import Calendar, CalendarDay

_VERSION = "# version "
Stamp = tuple[int, int, int]


class Calendars:
    """Holds the calendar in use. `current` raises StatuteError where the file cannot be read."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._file = data / "calendar.csv"
        self._load()

    @property
    def current(self) -> Calendar:
        """The calendar as the data directory has it now."""
        self._refresh()
        return self._calendar

    async def follow(self, session: AsyncSession, *, lock: bool = False) -> Calendar:
        """The calendar as the database has it now; the file is written anew where it lags behind.

        `lock`: it stays as it is until the caller's transaction ends.
        """
        version = await repository.version(session, lock=lock)
        self._refresh()
        if version and version != self._version:
            self.keep(await repository.days(session), version)
        return self.current

    @staticmethod
    async def of(session: AsyncSession) -> Calendar:
        """The calendar as the rows of the database make it."""
        return Calendar.shipped().with_notice(await repository.days(session))

    def keep(self, days: Iterable[CalendarDay], version: int) -> None:
        """Write the file, whole or not at all."""
        self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=self._data, delete=False, encoding="utf-8") as draft:
            draft.write(f"{_VERSION}{version}\n")
            table = csv.writer(draft, lineterminator="\n")
            table.writerow(CalendarDay._fields)
            table.writerows((day.date, int(day.is_workday), day.name) for day in sorted(days))
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).replace(self._file)

    def _refresh(self) -> None:
        if self._stamp() != self._seen:
            self._load()

    def _load(self) -> None:
        self._seen = self._stamp()
        self._calendar, self._version = Calendar.of(self._data), 0
        if self._seen:
            with self._file.open(encoding="utf-8", errors="replace") as file:
                first = file.readline()
            if first.startswith(_VERSION):
                self._version = int(first.removeprefix(_VERSION))

    def _stamp(self) -> Stamp | None:
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
