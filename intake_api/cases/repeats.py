"""Requests that come again (重复申请, art. 36(6)): what the same applicant asked before, in the same words or nearly.

Found by opening what this applicant filed, at the moment somebody looks at the case. No table of fingerprints is kept
of anybody's words (docs/adr/0023-repeats-are-found-without-fingerprints.md).
"""

import re
from dataclasses import dataclass
from datetime import date

from intake_api.cases import repository
from intake_api.cases.desk import Desk
from intake_api.cases.indexes import telling
from intake_api.cases.models import Case
from intake_api.kit.text import folded
from intake_api.people.service import Account
from intake_api.terms.record import DAMAGED, ERASED

MOST = 200  # earlier cases of one applicant that are looked at, the newest
ALIKE = 0.8  # share of runs of characters in common (Jaccard) from which two requests are nearly the same
_RUN = 3
_NUMBERS = re.compile(r"\d+")
_SAID = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Earlier:
    """An earlier case of the same applicant with the same request (`same`), or nearly the same one."""

    number: str
    received_on: date | None
    answered_on: date | None
    outcome: str | None
    same: bool


class Repeats(Desk):
    """Queries; writes nothing."""

    async def of(self, account: Account, number: str) -> list[Earlier]:
        """What the applicant of a case asked before in these words, newest first, as far as this person may see it."""
        async with self._db.read() as session:
            case = await repository.by_number(session, number, account.department)
            if case is None:
                return []
            by = telling(await repository.applicant_of(session, case.id))
            before = await repository.before_by_same_person(session, case, by, account.department, MOST) if by else []
            sealed = await repository.texts_of(session, [case.id]) if before else {}
        asked = self._said(case, sealed.get(case.id))
        return [found for one, text in before if asked and (found := self._compared(asked, one, text))]

    def _said(self, case: Case, sealed: bytes | None) -> str:
        """What a case asks for, in the form in which requests are compared; empty where that cannot be known."""
        said = self._reader.asked(case, sealed)["description"]
        return "" if said in (ERASED, DAMAGED) else "".join(_SAID.findall(folded(said)))

    def _compared(self, asked: str, earlier: Case, sealed: bytes | None) -> Earlier | None:
        said = self._said(earlier, sealed)
        if not said or not (said == asked or alike(said, asked)):
            return None
        return Earlier(earlier.number, earlier.received_on, earlier.ended_on, earlier.outcome, said == asked)


def alike(one: str, other: str) -> bool:
    """Whether two requests ask for nearly the same; another year or another document number is another matter."""
    if set(_NUMBERS.findall(one)) != set(_NUMBERS.findall(other)):
        return False
    a, b = _runs(one), _runs(other)
    return len(a & b) >= ALIKE * len(a | b)


def _runs(said: str) -> set[str]:
    return {said[place : place + _RUN] for place in range(max(len(said) - _RUN + 1, 1))}
