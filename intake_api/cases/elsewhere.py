"""What another agency of the installation holds (条例 art. 36(5)): filed there with the applicant's consent.

The case asked first is answered as it is, and never transferred silently: the same application becomes a case of the
agency that answers for the matter, with a number and a clock of its own. Both name each other on record.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.acts import Consent, Receipt
from intake_api.cases.desk import Desk, actor_of
from intake_api.cases.models import Case
from intake_api.cases.record import Record
from intake_api.cases.registration import Filing
from intake_api.cases.repository import OFFICE, Whole
from intake_api.cases.telling import Shown
from intake_api.directory import Agency, Department
from intake_api.form.application import ApplicantIn, DeliveryIn, Submission
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.problems import failure_of, problems_in
from intake_api.people.service import Account
from intake_api.statute import workflow
from intake_api.terms.receipt import CHANNELS
from intake_api.terms.record import CITIZEN, DAMAGED, ERASED

STEP = "filed_on"
SUPPLEMENT = "\n\n补正：{text}"
Carry = Callable[[AsyncSession, int, int], Awaitable[None]]
"""Takes the files of a case (by its row) along to another, in the transaction that opens that one."""


class Elsewhere(Desk):
    """The use case of filing on; `carry` is the files' part in it."""

    def __init__(self, *desk: Any, carry: Carry) -> None:
        super().__init__(*desk)
        self._carry = carry

    async def own(self, number: str, code: str, *, by_chat: bool = False) -> Receipt:
        """The applicant agrees; again: the same number and code.

        Failures `case_not_found`, `not_elsewhere`, `agency_outside`; `filed_on_already` where the office has done it
        for a case that has no query code.
        """
        async with self._db.read() as session:
            case = await self._own(session, number, code)
            number = case.number
        channel = case.channel if CHANNELS[case.channel].chat else "chat" if by_chat else "web"
        return await self._file(number, Consent(channel), CITIZEN, None, quiet=by_chat)

    async def consented(self, account: Account, number: str, consent: Consent) -> Receipt:
        """A clerk records that the applicant has agreed, and how; the receipt is shown only here.

        Failures as above, `filed_on_already` with the number of the case that there is.
        """
        async with self._db.read() as session:
            case = await self._case(session, account, number)
        if consent.on and consent.on > self._clock.today():
            raise Failure("date_invalid", fields=[FieldProblem("on", "不能晚于今天。")])
        if consent.on and case.received_on and consent.on < case.received_on:
            raise Failure("date_invalid", fields=[FieldProblem("on", "不能早于收到申请的日期。")])
        return await self._file(case.number, consent, actor_of(account), account, quiet=False)

    async def _file(self, number: str, consent: Consent, by: str, account: Account | None, *, quiet: bool) -> Receipt:
        async with self._db.read() as session:
            found = await self._whole(session, OFFICE, number)
        asked = self._reader.whole(found)
        assert asked.words is not None
        suggestion = await self._triage.suggest(_description(asked), asked.words.title)
        async with self._db.write() as session:
            case = await repository.by_number(session, number, OFFICE, lock=True)
            assert case is not None
            record, nonce = await self._record_of(session, case), f"{STEP}:{case.code_hash}"
            if earlier := record.standing.last(STEP):
                return await self._again(session, earlier.data["number"], nonce, account)
            if account:
                self._refuse_moved_on(case, record, account, consent.after)
            agency = self._agency(case, account)
            today = self._clock.today()
            sure = account or not await self._clock_behind(session)
            received = today if sure and (account or self._confirm_internet != "staff") else None
            filing = _filing(found, asked, agency, consent, received, by)
            filing = replace(filing, suggestion=suggestion, filed_from=case.number, nonce=nonce)
            [new] = await self._open(session, [filing])
            opened = await repository.held(session, new.case.id, lock=True)
            await self._carry(session, case.id, opened.id)
            self._append(session, opened, "linked", by, {"number": case.number, "relation": "related"})
            await session.flush()
            receipt = self._receipt(opened, nonce)
            await self._record_here(session, case, record, receipt, consent, by, account, quiet=quiet)
            return receipt

    async def _record_here(
        self,
        session: AsyncSession,
        case: Case,
        record: Record,
        receipt: Receipt,
        consent: Consent,
        by: str,
        account: Account | None,
        *,
        quiet: bool,
    ) -> None:
        """Put the consent, and the case that it opened, on record of the case asked first; tell its applicant."""
        before, data = Shown.of(case), {"number": receipt.number, "channel": consent.channel}
        entry = self._append(session, case, STEP, by, data, consent.on)
        link = self._append(session, case, "linked", by, {"number": receipt.number, "relation": "related"})
        await self._project(session, case, record.with_entry(entry).with_entry(link), account)
        await self._tell(session, case, before, entry, {receipt.number: receipt.query_code}, in_chat=not quiet)

    async def _again(self, session: AsyncSession, number: str, nonce: str, account: Account | None) -> Receipt:
        """The receipt of what was filed already, to its applicant alone: a clerk is shown no query code twice."""
        case = await repository.by_number(session, number, OFFICE)
        receipt = self._receipt(case, nonce) if case else None
        if account or case is None or receipt is None:
            raise Failure("filed_on_already", number=number)
        if case.code_hash != self._vault.code_hash(number, receipt.query_code):
            raise Failure("filed_on_already", number=number)
        return receipt

    def _agency(self, case: Case, account: Account | None) -> Agency:
        """The agency here that answers for the matter; a Failure says whom else to turn to."""
        holder = self._wording.elsewhere(case, case.agency_code)
        if holder is None or case.status not in workflow.STEPS[STEP].sources:
            raise Failure("not_elsewhere")
        agency = self._directory.answering(holder.code, case.agency_code)
        if agency is None:
            raise Failure("agency_outside", name=holder.name, contact=reached(holder))
        if account:
            self._refuse_step(case, account, STEP)
        return agency


def reached(holder: Department) -> str:
    """How an agency that is not ours is reached, in words; the sentence for nothing known."""
    known = (("地址", holder.contact.address), ("电话", holder.contact.phone), ("网址", holder.contact.url))
    return "，".join(label + value for label, value in known if value) or "联系方式见答复书"


def _description(asked: Record) -> str:
    """What is asked for, with what the applicant has made of it when asked to (补正)."""
    words, more = asked.words, asked.standing.last("clarification_received")
    assert words is not None
    text = words.notes.get(more.seq) if more else None
    return words.description + (SUPPLEMENT.format(text=text) if text not in (None, ERASED, DAMAGED) else "")


def _filing(found: Whole, asked: Record, agency: Agency, consent: Consent, received: date | None, by: str) -> Filing:
    """The same application for another agency: particulars, matter and wishes as they are sealed here."""
    words, case = asked.words, found.case
    assert words is not None
    if {words.description, str(words.applicant.get("name"))} & {ERASED, DAMAGED}:
        raise Failure("nothing_to_file")
    try:
        body = Submission(
            kind=case.kind,
            applicant=ApplicantIn.model_validate(words.applicant),
            description=words.description,
            title=words.title,
            document_number=words.document_number,
            addressee=agency.code,
            delivery=DeliveryIn(medium=case.delivery_medium, way=case.delivery_way),
        )
    except ValidationError as error:
        raise failure_of(problems_in(error)) from None
    body = body.model_copy(update={"description": _description(asked)})  # two texts may be longer than one may be
    channel = case.channel if CHANNELS[case.channel].chat else consent.channel
    return Filing(body, channel, CHANNELS[channel].bases[0], received, by, agency)
