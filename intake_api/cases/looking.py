"""Who has a case open that waits for its department (某某正在看), and whether an open desk is still true.

A courtesy, no lock: what two decide at once is still settled by the case's own row (409 `already_decided`).
"""

from collections.abc import Collection
from datetime import timedelta

from intake_api.cases import repository
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.people.service import Account, colleagues
from intake_api.statute import workflow

HELD = timedelta(minutes=3)  # since it was opened last


class LookingService:
    """Claims by opening; they run out by themselves."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def look(self, account: Account, number: str, status: str) -> str | None:
        """Claim a case by opening it, where it waits for a department and nobody else has it; else whose it is."""
        if status not in workflow.UNROUTED or not account.in_office:
            return None
        held = await self.held(account, [number])
        if not held:
            now = self._clock.now()
            async with self._db.write() as session:
                await repository.look(session, number, account.id, now, now + HELD)
        return held.get(number)

    async def held(self, account: Account, numbers: Collection[str]) -> dict[str, str]:
        """Which of these cases others are looking at: the name of who does, by number."""
        if not numbers:
            return {}
        async with self._db.read() as session:
            found = await repository.looked_at(session, numbers, self._clock.now())
            others = {number: who for number, who in found.items() if who != account.id}
            names = await colleagues(session, set(others.values())) if others else {}
        return {number: names[who] for number, who in others.items()}

    async def stamp(self) -> str:
        """Changes whenever an event is recorded or a case is opened, and once a minute, when claims run out."""
        async with self._db.read() as session:
            event, until = await repository.newest_mark(session)
        minute = int(self._clock.now().timestamp() // 60)
        return f"{event}.{int(until.timestamp() * 1000) if until else 0}.{minute}"
