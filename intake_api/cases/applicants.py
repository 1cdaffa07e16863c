"""What the applicant may see and do with number and query code: look, supplement, withdraw, rate.

Each call is idempotent by what it says: the same words or the same rating again change nothing and get the same answer.
A step taken in the chat (`by_chat`) is answered there; one taken on the page is told to the chat that holds the case.
Either is told at the addresses that the applicant confirmed.
"""

import secrets
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.desk import Desk
from intake_api.cases.models import Case
from intake_api.cases.record import Record
from intake_api.cases.telling import Shown
from intake_api.kit.errors import Failure
from intake_api.kit.vault import digest
from intake_api.statute import workflow
from intake_api.statute.effective import last
from intake_api.terms.course import CITIZENS_STATUS
from intake_api.terms.record import CITIZEN


class ApplicantSteps(Desk):
    """Use cases of the citizen who holds the receipt."""

    async def own_record(self, number: str, code: str) -> Record:
        """The record of the case that number and query code are for; a wrong number and a wrong code are the same."""
        async with self._db.read() as session:
            return await self._record_of(session, await self._own(session, number, code))

    async def supplement(self, number: str, code: str, text: str, *, by_chat: bool = False) -> None:
        """The applicant makes the request clear (补正, art. 30); the term begins anew today."""
        await self._step(number, code, "clarification_received", {}, text, by_chat=by_chat)

    async def withdraw(self, number: str, code: str, reason: str | None = None, *, by_chat: bool = False) -> None:
        """The applicant takes the request back."""
        await self._step(number, code, "withdrawn", {}, reason, by_chat=by_chat)

    async def rate(
        self, number: str, code: str, rating: int, comment: str | None = None, *, by_chat: bool = False
    ) -> None:
        """The applicant says how it went, from 1 to 5, once the case has ended; the last rating counts."""
        await self._step(number, code, "rated", {"rating": rating}, comment, by_chat=by_chat)

    async def _step(
        self, number: str, code: str, kind: str, data: dict[str, Any], words: str | None, *, by_chat: bool
    ) -> None:
        async with self._db.read() as session:  # a stranger never holds the one writer
            await self._own(session, number, code)
        async with self._db.write() as session:
            case = await self._own(session, number, code, lock=True)
            record = await self._record_of(session, case)
            if await self._is_repeated(session, case, record, kind, data, words):
                return
            if kind not in {step.code for step in workflow.allowed_to_citizen(case.status)}:
                raise Failure("step_not_allowed", state=CITIZENS_STATUS[case.status])
            salt = secrets.token_hex(16)
            # not before what is on record, even if the clock is: then nothing could be handed in until it is put right
            on = max(self._clock.today(), *(e.on for e in record.entries))
            kept = data | ({"text": digest(salt, words)} if words else {})
            entry = self._append(session, case, kind, CITIZEN, kept, on)
            if words:
                self._keep_words(session, case, entry, {"text": words, "salt": salt})
            before = Shown.of(case)
            await self._project(session, case, record.with_entry(entry))
            await self._tell(session, case, before, None, in_chat=not by_chat)

    async def _is_repeated(
        self, session: AsyncSession, case: Case, record: Record, kind: str, data: dict[str, Any], words: str | None
    ) -> bool:
        """Whether the applicant's last word in this matter was the very same."""
        own = last([e for e in record.standing.entries if e.by == CITIZEN], kind)
        if own is None or any(own.data.get(name) != value for name, value in data.items()):
            return False
        if kind == "withdrawn":
            return True
        sealed = (await repository.notes_of(session, case.id)).get(own.seq)
        return (self._reader.note(case, own.seq, sealed) if sealed else None) == words
