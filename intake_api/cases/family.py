"""What cases have to do with each other: one split into several (一事一申请), two of one applicant.

Each case of a split has the clock of the first.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.acts import Matter, Receipt
from intake_api.cases.desk import Desk, actor_of
from intake_api.cases.models import Applicant, Case
from intake_api.cases.record import Record, clock_entry
from intake_api.cases.registration import Filing, Parent
from intake_api.cases.repository import OFFICE
from intake_api.cases.telling import Shown
from intake_api.form.application import ApplicantIn, DeliveryIn, Submission
from intake_api.people.service import Account
from intake_api.statute.effective import Entry
from intake_api.statute.errors import StatuteError
from intake_api.statute.events import TYPES


def _same(one: Applicant | None, other: Applicant | None) -> bool:
    """Whether two cases are of one applicant: by the identity document, without one by name and contact."""
    if one is None or other is None:
        return False
    if one.id_number_index and other.id_number_index:
        return one.id_number_index == other.id_number_index
    contacts = ((one.phone_index, other.phone_index), (one.email_index, other.email_index))
    return one.name_index == other.name_index is not None and any(a == b is not None for a, b in contacts)


class Families(Desk):
    """Use cases of a case and its children, and of cases beside it."""

    async def same_applicant(self, session: AsyncSession, number: str, other: str) -> bool:
        """Tell whether two cases are of one applicant, as far as their particulars are still there."""
        people = await repository.keys_of(session, (number, other))
        return number == other or _same(people.get(number), people.get(other))

    async def answered_under(self, session: AsyncSession, number: str) -> tuple[str, date] | None:
        """The number and day of the answer that an imported ledger gives for a case; None where it gives none."""
        case = await repository.by_number(session, number, OFFICE)
        sealed = (await repository.texts_of(session, [case.id])).get(case.id) if case else None
        asked = self._vault.read(f"case_text:{number}", sealed) if sealed else None
        told = (asked or {}).get("notice_number")
        return (told, case.ended_on) if case and told and case.ended_on else None

    async def split(
        self, account: Account, number: str, matters: Sequence[Matter], after: int | None = None
    ) -> list[Receipt]:
        """Split a case; the receipts of its children, each with a query code that is shown only here.

        A child starts undecided, with the receipt and whatever else has moved the clock of the first until now.
        """
        suggestions = [await self._triage.suggest(child.description, child.title or "") for child in matters]
        async with self._db.write() as session:
            case = await self._case(session, account, number, lock=True)
            record, before = await self._record_of(session, case), Shown.of(case)
            self._refuse_moved_on(case, record, account, after)
            self._refuse_step(case, account, "split", record)
            parent, filings = await self._children(session, account, case, record, matters)
            given = [replace(filing, suggestion=s) for filing, s in zip(filings, suggestions, strict=True)]
            try:
                opened = await self._open(session, given, parent)
            except StatuteError as error:
                raise self._impossible(case, account, error) from None
            receipts = [self._receipt(child.case, child.nonce) for child in opened]
            numbers = [receipt.number for receipt in receipts]
            entry = self._append(session, case, "split", actor_of(account), {"children": numbers})
            await self._project(session, case, record.with_entry(entry), account)
            await self._tell(session, case, before, entry, {one.number: one.query_code for one in receipts})
            return receipts

    async def _children(
        self, session: AsyncSession, account: Account, case: Case, record: Record, matters: Sequence[Matter]
    ) -> tuple[Parent, list[Filing]]:
        by = actor_of(account)
        row = await repository.applicant_of(session, case.id)
        applicant = ApplicantIn.model_validate(self._reader.applicant(case, row.sealed if row else None))
        agency = self._directory.agency(case.agency_code)
        delivery = DeliveryIn(medium=case.delivery_medium, way=case.delivery_way)
        filings = []
        for matter in matters:
            body = Submission(
                kind=case.kind,
                applicant=applicant,
                description=matter.description,
                title=matter.title,
                document_number=None,
                addressee=case.agency_code,
                delivery=delivery,
            )
            filings.append(Filing(body, case.channel, case.receipt_basis, None, by, agency))
        moved = tuple((e.type, e.on, by, _moving(e)) for e in record.standing.entries if e.type in TYPES)
        return Parent(case.id, case.number, case.submitted_at, moved), filings


def _moving(entry: Entry) -> dict[str, Any]:
    """What an entry says that matters to the clock."""
    return {name: value for name, value in clock_entry(entry).items() if name not in ("id", "type", "on")}
