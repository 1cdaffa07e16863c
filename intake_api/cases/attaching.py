"""What the record of a case says of files: whose case it is, that a file came, that somebody looked at one."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.desk import Desk, actor_of
from intake_api.cases.record import day_in
from intake_api.cases.repository import OFFICE
from intake_api.cases.telling import Shown
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.people.service import Account
from intake_api.statute import letters
from intake_api.terms import papers
from intake_api.terms.course import CITIZENS_STATUS, STATUSES
from intake_api.terms.record import CITIZEN

CAME = "attached"
FILED = (CAME, papers.ADDED)  # entries that hold the digest of a file
LOOKED, LOOKED_AT_PAPER = "particulars_viewed", "paper_viewed"
UNKNOWN_REF = "没有这一条记录，或者它已经作废。"


class LetterElsewhere(NamedTuple):
    """A letter that was written elsewhere, as the entry of its step has it.

    `in_force`: that entry stands; `answers`: it ends the case.
    """

    title: str
    number: str
    on: date
    in_force: bool
    answers: bool


class Attaching(Desk):
    """Asked by the files' own use cases, in their transaction; a case is told by its row."""

    async def own(self, session: AsyncSession, number: str, code: str) -> int:
        """The case that number and query code are for; Failure `case_not_found`."""
        return (await self._own(session, number, code)).id

    async def own_open(self, session: AsyncSession, number: str, code: str) -> int:
        """The same, held, to be added to; Failure `step_not_allowed` once it is over."""
        case = await self._own(session, number, code, lock=True)
        if not STATUSES[case.status].open:
            raise Failure("step_not_allowed", state=CITIZENS_STATUS[case.status])
        return case.id

    async def came(self, session: AsyncSession, case_id: int, sha256: str, kind: str) -> None:
        """Put on record that the applicant sent a file, by its digest."""
        case = await repository.by_id(session, case_id, OFFICE, lock=True)
        assert case is not None
        self._append(session, case, CAME, CITIZEN, {"sha256": sha256, "kind": kind})

    async def seen(self, session: AsyncSession, account: Account, number: str) -> int:
        """The case, where this person may see it; Failure `staff_case_not_found`."""
        return (await self._case(session, account, number)).id

    async def added(self, session: AsyncSession, account: Account, number: str, paper: Mapping[str, str]) -> None:
        """Put on record that the office keeps a paper; `ref` in it names the entry that it proves.

        Its applicant is told of one that they may see. Failure `invalid_request` for an entry that does not stand.
        """
        case = await self._case(session, account, number, lock=True)
        record, before = await self._record_of(session, case), Shown.of(case)
        if paper.get("ref") not in {None, *(entry.ref for entry in record.standing.entries)}:
            raise Failure("invalid_request", fields=[FieldProblem("ref", UNKNOWN_REF)])
        entry = self._append(session, case, papers.ADDED, actor_of(account), dict(paper))
        await self._project(session, case, record.with_entry(entry), account)
        await self._tell(session, case, before, entry)

    async def looked(self, session: AsyncSession, account: Account, number: str, *, paper: bool) -> int:
        """The same, with the look on record: identity papers are among the files; `paper`: one of the office's own."""
        case = await self._case(session, account, number, lock=True)
        self._append(session, case, LOOKED_AT_PAPER if paper else LOOKED, actor_of(account))
        return case.id

    async def letters_elsewhere(self, session: AsyncSession, case_id: int) -> dict[str, LetterElsewhere]:
        """The letters of a case that were written elsewhere, by the name of their entry."""
        record = await self._record_of(session, await repository.held(session, case_id))
        standing = {entry.ref for entry in record.standing.entries}
        return {
            e.ref: LetterElsewhere(
                title=letters.title_elsewhere(e),
                number=number,
                on=day_in(e, "letter_on") or e.on,
                in_force=e.ref in standing,
                answers=e.type in letters.ANSWERS,
            )
            for e in record.entries
            if (number := e.data.get("letter_number"))
        }

    async def digests(self, session: AsyncSession, case_id: int) -> set[str]:
        """Of every file that came or was added, as the chain of the case holds them."""
        events = await repository.events_of(session, case_id)
        return {event.data["sha256"] for event in events if event.type in FILED}
