"""Which answered cases are learned from: the newest, with the label that a check found right, none forgotten."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from intake_api.cases import answered
from intake_api.cases.answered import AnsweredCase
from intake_api.cases.service import actor_of
from intake_api.kit.clock import Clock, day_of
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.kit.vault import Vault
from intake_api.learning import repository
from intake_api.people.service import Account
from intake_api.terms.record import SYSTEM

# Newest answered cases that are learned from and searched: an office changes, and memory is finite.
MOST = 50_000
_BATCH = 500


class AnsweredCases:
    """The cases that teach; every method is one transaction or a short series of reads."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock

    def digest(self, number: str) -> str:
        """What stands for a case in the directory of a model that learned from it."""
        return answered.digest(self._vault, number)

    async def all(self) -> AsyncIterator[AnsweredCase]:
        """The newest MOST answered cases that may be learned from, newest first."""
        async with self._db.read() as session:
            ids = await repository.newest(session, MOST)
            for start in range(0, len(ids), _BATCH):
                batch = ids[start : start + _BATCH]
                checked = await repository.checked_labels(session, batch)
                for case in await answered.opened(session, self._vault, batch):
                    given, right = checked.get(case.id, ("", ""))
                    yield replace(case, department=right) if given == case.department else case

    async def count(self, since: datetime | None = None) -> int:
        """How many answered cases may be learned from, of those that ended on or after the day of `since`."""
        async with self._db.read() as session:
            return await repository.count(session, day_of(since) if since else None)

    async def by_department(self) -> dict[str, int]:
        """How many of the newest MOST each department answered, with those that do not say what was asked."""
        async with self._db.read() as session:
            return await repository.by_department(session, MOST)

    async def forget(self, number: str, account: Account | None) -> str:
        """Take a case out of all future training and of what is kept for it; an event says so. Returns its digest.

        Failure `staff_case_not_found`. A second time changes nothing. `account` None: the command line.
        """
        async with self._db.write() as session:
            case = await answered.held(session, number, account.department if account else None)
            if case is None:
                raise Failure("staff_case_not_found", number=number)
            if not await repository.is_forgotten(session, case.id):
                await repository.forget(session, case.id, self._clock.now())
                answered.note_forgotten(session, case, self._clock, actor_of(account) if account else SYSTEM)
            return self.digest(case.number)

    async def forgotten(self) -> frozenset[str]:
        """Digests of the cases that no model may learn from."""
        async with self._db.read() as session:
            return frozenset(map(self.digest, await repository.forgotten(session)))
