"""How often what is already public spared an application: shown, opened, found to be it.

Counts of a month alone: neither who asked, nor what, nor when within the month.
"""

import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.published import repository
from intake_api.terms.catalogue import SURFACES, WHAT_FOLLOWED

KEPT_BACK = 30.0  # seconds: counts wait in memory, so that a search need not write
MONTHS = 12


@dataclass(frozen=True)
class MonthOfDeflection:
    """What was counted in a month (YYYY-MM): numbers by surface and by what followed (terms.catalogue)."""

    month: str
    counts: dict[str, dict[str, int]]


class Deflection:
    """Counts of one process, written at the first one after KEPT_BACK, when looked at, and at the end of the process.

    A crash loses what waits. Counting never fails: what cannot be stored waits for the next time.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._waiting: Counter[tuple[str, str, str]] = Counter()
        self._written = time.monotonic()

    async def count(self, surface: str, what: str) -> None:
        """Count once; what is no surface of ours is counted nowhere."""
        if surface not in SURFACES or what not in WHAT_FOLLOWED:
            return
        self._waiting[self._clock.today().isoformat()[:7], surface, what] += 1
        if time.monotonic() - self._written >= KEPT_BACK:
            await self.write()

    async def write(self) -> None:
        """Write what waits in memory; it goes on waiting where the database cannot take it, which is in the log."""
        waiting, self._waiting, self._written = self._waiting, Counter(), time.monotonic()
        if not waiting:
            return
        with suppress(Failure):
            try:
                async with self._db.write() as session:
                    await repository.count_up(session, waiting)
            except BaseException:
                self._waiting.update(waiting)
                raise

    async def months(self) -> list[MonthOfDeflection]:
        """The last months in which anything was counted, the newest first."""
        await self.write()
        async with self._db.read() as session:
            rows = await repository.deflection(session, MONTHS * len(SURFACES) * len(WHAT_FOLLOWED))
        found: dict[str, dict[str, dict[str, int]]] = {}
        for row in rows:
            empty = {surface: dict.fromkeys(WHAT_FOLLOWED, 0) for surface in SURFACES}
            found.setdefault(row.month, empty)[row.surface][row.what] = row.number
        return [MonthOfDeflection(month, counts) for month, counts in found.items()][:MONTHS]
