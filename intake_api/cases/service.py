"""Use cases of a case: submit, enter, look up, every step. Each is one transaction, committed before the reply.

The model is asked before the transaction opens: on SQLite everything awaited inside keeps other writers waiting.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import indexes, repository
from intake_api.cases.acts import Receipt
from intake_api.cases.applicants import ApplicantSteps
from intake_api.cases.contested import Fought, contested
from intake_api.cases.desk import SUGGEST_JOB, actor_of, actors_of
from intake_api.cases.family import Families
from intake_api.cases.indexes import REINDEX_JOB
from intake_api.cases.intake import Intake
from intake_api.cases.queue import soon_limit, urgency
from intake_api.cases.record import Record
from intake_api.cases.registration import BASIS_MISFIT, Filing, citizens_filing
from intake_api.cases.repository import OFFICE, QueueFilter
from intake_api.cases.stalled import Stalled, stalled
from intake_api.cases.steps import StaffSteps
from intake_api.directory import AgencyCode
from intake_api.form.application import StaffSubmission, Submission
from intake_api.form.checks import misfit, normalised, problems_of
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.people.service import Account
from intake_api.statute.deadlines import IN_FORCE
from intake_api.statute.steps import Step
from intake_api.terms.receipt import CHANNELS
from intake_api.terms.record import SYSTEM
from intake_api.triage import service as triage

__all__ = [
    "REINDEX_JOB",
    "SUGGEST_JOB",
    "CaseService",
    "Fought",
    "Stalled",
    "actor_of",
    "actors_of",
    "contested",
    "soon_limit",
    "stalled",
    "urgency",
]

log = structlog.get_logger()


class CaseService(Intake, StaffSteps, ApplicantSteps, Families):
    """Use cases; keeps no state but what waits to be registered."""

    async def prepare(self) -> None:
        """Mirror the profile's agencies, so that cases can refer to them; at every start."""
        async with self._db.write() as session:
            agencies = [(a.code, a.name, a.number_prefix) for a in self._directory.agencies]
            await repository.sync_agencies(session, agencies)

    async def total(self) -> int:
        """How many cases there are."""
        async with self._db.read() as session:
            return await repository.count(session, OFFICE, QueueFilter())

    # --- citizens

    def check(self, partial: dict[str, Any]) -> list[FieldProblem]:
        """Problems of a half-filled application; nothing is stored."""
        return problems_of(partial, self._clock.today(), finished=False) + misfit(partial)

    def problems_of_form(self, data: dict[str, Any], model: type[Submission] = Submission) -> list[FieldProblem]:
        """Everything that is wrong with a filled-in form, for a page to show at once."""
        asked = [] if issubclass(model, StaffSubmission) else misfit(data)
        return problems_of(data, self._clock.today(), model, finished=True) + asked

    async def submit(
        self, body: Submission, *, key: str | None = None, sender: str = "", by_chat: bool = False
    ) -> Receipt:
        """Register an application. The same key and body give the same receipt; the same key with another body: 409.

        `sender`: which page of ours or which chat of our bot (then `by_chat`) sends it; each has keys of its own.
        """
        body = normalised(body, self._clock.today())
        agency = self._directory.agency(body.addressee)
        filing = citizens_filing(body, agency, sender, self._clock, self._confirm_internet, by_chat=by_chat)
        return await self._register(filing, key)

    # --- staff

    async def enter(self, account: Account, body: StaffSubmission, *, key: str | None = None) -> Receipt:
        """A clerk enters what came by another channel, with the day of receipt and its basis (art. 31)."""
        if not self.may_enter(account):
            raise Failure("not_allowed")
        if isinstance(account.department, AgencyCode):
            body = body.model_copy(update={"addressee": body.addressee or str(account.department)})
            if body.addressee != account.department:
                raise Failure("not_allowed")
        if body.received_on and not IN_FORCE <= body.received_on <= self._clock.today():
            told = "收到日应在 2019年5月15日（现行条例施行）至今天之间。"
            raise Failure("date_invalid", fields=[FieldProblem("received_on", told)])
        if body.receipt_basis not in CHANNELS[body.channel].bases:
            raise Failure("invalid_request", fields=[FieldProblem("receipt_basis", BASIS_MISFIT)])
        checked = normalised(body, self._clock.today())
        agency = self._directory.agency(checked.addressee)
        filing = Filing(checked, body.channel, body.receipt_basis, body.received_on, actor_of(account), agency)
        return await self._register(filing, key)

    def may_enter(self, account: Account) -> bool:
        """Whether this person enters applications: of a department only where the office wants it so."""
        return account.in_office or self._departments_enter

    async def record_of(self, account: Account, number: str) -> Record:
        """The record of a case that this person may see; Failure `staff_case_not_found`."""
        async with self._db.read() as session:
            return await self._record_of(session, await self._case(session, account, number))

    async def opened_record(self, account: Account, number: str) -> Record:
        """The same with its words: what was asked, by whom, and what goes with its entries."""
        async with self._db.read() as session:
            return self._reader.whole(await self._whole(session, account.department, number))

    def allowed(self, account: Account, record: Record) -> tuple[Step, ...]:
        """The steps that this person may take now, without those taken for good."""
        return self._wording.steps(record.standing, record.agency, record.kind, account, record)

    async def letters(self, session: AsyncSession, number: str) -> set[str]:
        """Digests of the files that went out, as the chain of the case holds them."""
        case = await repository.by_number(session, number, OFFICE)
        issued = (await self._record_of(session, case)).issued if case else ()
        return {entry.data[name] for entry in issued for name in ("sha256", "sha256_docx") if name in entry.data}

    async def reveal(self, account: Account, number: str) -> dict[str, Any]:
        """The applicant's particulars in full. Each look is an event on the case."""
        async with self._db.write() as session:
            case = await self._case(session, account, number, lock=True)
            row = await repository.applicant_of(session, case.id)
            self._append(session, case, "particulars_viewed", actor_of(account))
            return self._reader.applicant(case, row.sealed if row else None)

    async def dossier_made(self, account: Account | None, number: str, made: Mapping[str, Any]) -> None:
        """Put on record that a dossier was made, by whom (None: the command line), and its digest and pages."""
        async with self._db.write() as session:
            case = await repository.by_number(session, number, account.department if account else OFFICE, lock=True)
            if case is None:
                raise Failure("staff_case_not_found", number=number)
            self._append(session, case, "dossier_made", actor_of(account) if account else SYSTEM, dict(made))

    # --- the clock

    async def clock_behind(self) -> bool:
        """Whether the clock is more than a day behind the newest event: then it dates nothing by itself."""
        async with self._db.read() as session:
            return await self._clock_behind(session)

    async def trust_clock(self) -> None:
        """The clock is right: what is dated later was recorded with a wrong one."""
        async with self._db.write() as session:
            await repository.trust_clock(session)

    # --- the worker

    async def suggest_later(self, payload: Mapping[str, Any]) -> None:
        """Job: make the suggestion of a case that was accepted while no model could be used."""
        async with self._db.read() as session:
            case = await repository.by_id(session, payload["case"], OFFICE)
            texts = await repository.texts_of(session, [payload["case"]])
        sealed = texts.get(payload["case"])
        if case is None or sealed is None:
            return
        asked = self._vault.read(f"case_text:{case.number}", sealed)
        if asked is None:  # damaged: no later attempt would read it
            return
        suggestion = await self._triage.suggest(asked["description"], asked["title"] or "")
        if suggestion is None:
            raise Failure("model_loading")
        async with self._db.write() as session:
            locked = await repository.by_id(session, case.id, OFFICE, lock=True)
            if locked and not await triage.latest(session, [locked.id]):
                await self._triage.store(session, [(locked.id, locked.number, suggestion)], self._clock.now())
                locked.flags = sorted({*locked.flags, *(flag["code"] for flag in suggestion["flags"])})

    async def reindex(self, _payload: Mapping[str, Any]) -> None:
        """Job: derive the keys by which applicants are found anew, after an update that changed their form."""
        log.info("reindexed", applicants=await indexes.reindex(self._db, self._vault))

    async def drop_expired(self) -> None:
        """Job: forget idempotency keys after their seven days."""
        async with self._db.write() as session:
            await repository.drop_expired_keys(session, self._clock.now())
