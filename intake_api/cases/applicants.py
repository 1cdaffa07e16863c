"""What the applicant may see and do with number and query code: look, supplement, withdraw, rate.

Each call is idempotent by what it says: the same words or the same rating again change nothing and get the same answer.
"""

import secrets
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.desk import Desk
from intake_api.cases.models import Case, Event
from intake_api.cases.projection import Record
from intake_api.cases.schemas import CitizenView
from intake_api.cases.telling import Shown
from intake_api.kit.errors import Failure
from intake_api.kit.vault import digest
from intake_api.statute import workflow
from intake_api.terms.record import CITIZEN


class ApplicantSteps(Desk):
    """Use cases of the citizen who holds the receipt."""

    async def citizen_view(self, number: str, code: str) -> CitizenView:
        """What the holder of number and query code may see; a wrong number and a wrong code are one and the same."""
        async with self._db.read() as session:
            case = await self._own(session, number, code)
            return await self._seen(session, case)

    async def supplement(self, number: str, code: str, text: str) -> CitizenView:
        """The applicant makes the request clear (补正, art. 30); the term begins anew today."""
        return await self._step(number, code, "clarification_received", {}, text)

    async def withdraw(self, number: str, code: str, reason: str | None = None) -> CitizenView:
        """The applicant takes the request back."""
        return await self._step(number, code, "withdrawn", {}, reason)

    async def rate(self, number: str, code: str, rating: int, comment: str | None = None) -> CitizenView:
        """The applicant says how it went, from 1 to 5, once the case has ended; the last rating counts."""
        return await self._step(number, code, "rated", {"rating": rating}, comment)

    async def _step(self, number: str, code: str, kind: str, data: dict[str, Any], words: str | None) -> CitizenView:
        async with self._db.read() as session:  # a stranger never holds the one writer
            await self._own(session, number, code)
        async with self._db.write() as session:
            case = await self._own(session, number, code, lock=True)
            record = await self._record_of(session, case)
            if await self._said_already(session, record, kind, data, words):
                return await self._seen(session, case)
            if kind not in {step.code for step in workflow.allowed_to_citizen(case.status)}:
                raise Failure("step_not_allowed", state=workflow.label(case.status))
            salt = secrets.token_hex(16)
            # not before what is on record, even if the clock is: then nothing could be handed in until it is put right
            on = max(self._clock.today(), *(e.on for e in record.events))
            said = data | ({"text": digest(salt, words)} if words else {})
            event = self._append(session, case, kind, CITIZEN, said, on)
            if words:
                self._keep_words(session, case, event, {"text": words, "salt": salt})
            before = Shown.of(case)
            await self._project(session, case)
            await self._tell(session, case, before, None)
            await session.flush()
            return await self._seen(session, case)

    async def _said_already(
        self, session: AsyncSession, record: Record, kind: str, data: dict[str, Any], words: str | None
    ) -> bool:
        """Whether the applicant's last word in this matter was the very same."""
        last: Event | None = next((e for e in reversed(record.standing) if e.type == kind and e.actor == CITIZEN), None)
        if last is None or any(last.data.get(name) != value for name, value in data.items()):
            return False
        if kind == "withdrawn":
            return True
        sealed = (await repository.notes_of(session, record.case.id)).get(last.seq)
        said = self._views.words(record.case, last.seq, sealed) if sealed else None
        return said == words

    async def _own(self, session: AsyncSession, number: str, code: str, *, lock: bool = False) -> Case:
        number = self._typed(number)
        case = await repository.by_number(session, number, lock=lock)
        # hashed for an unknown number too: the time of the answer must not tell which numbers exist
        given = self._vault.code_hash(number, code[:40])
        if case is None or case.code_hash is None or not secrets.compare_digest(given, case.code_hash):
            raise Failure("case_not_found")
        return case

    async def _seen(self, session: AsyncSession, case: Case) -> CitizenView:
        children = await repository.children_of(session, case.id)
        texts = await repository.texts_of(session, [case.id, *(child.id for child in children)])
        return self._views.citizen(await self._record_of(session, case), texts, children)
