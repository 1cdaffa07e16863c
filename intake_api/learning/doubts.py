"""Labels in doubt (存疑的归口): answered cases whose department looks wrong to models that never saw it."""

from collections.abc import Iterable
from dataclasses import dataclass

from intake_api.cases import answered
from intake_api.kit.clock import Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.learning import repository
from intake_api.learning.repository import DoubtfulLabel
from intake_api.people.service import Account

MOST = 100  # listed at once


@dataclass(frozen=True)
class Doubt:
    """A label that looks wrong: the department given, the one it looks like, their probabilities."""

    number: str
    given: str
    instead: str
    of_given: float
    of_instead: float


class Doubts:
    """The list that the last retraining left, and what people found of it."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def keep(self, doubts: Iterable[DoubtfulLabel]) -> None:
        """Replace the list. What somebody has looked at stays as it was found right, and is not asked again."""
        async with self._db.write() as session:
            await repository.replace_doubts(session, doubts, self._clock.now())

    async def listing(self) -> list[Doubt]:
        """The most glaring ones that nobody has looked at and whose label still stands."""
        async with self._db.read() as session:
            rows = await repository.open_doubts(session, MOST)
        return [Doubt(number, row.given, row.instead, row.of_given, row.of_instead) for number, row in rows]

    async def check(self, number: str, *, right: bool, account: Account | None) -> None:
        """Somebody has looked: the label is right, or the other department is what is to be learned.

        The case keeps the decision it was handled on. Failure `doubt_gone` where nothing is in doubt (any more).
        `account` None: the command line.
        """
        async with self._db.write() as session:
            case = await answered.held(session, number)
            doubt = await repository.doubt_of(session, case.id) if case else None
            if case is None or doubt is None or doubt.label is not None or doubt.given != case.department:
                raise Failure("doubt_gone")
            doubt.label, doubt.checked_at = doubt.given if right else doubt.instead, self._clock.now()
            doubt.checked_by = account.id if account else None
