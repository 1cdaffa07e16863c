"""What cases have to do with each other: one split into several (一事一申请), two of one applicant.

Each case of a split has the clock of the first.
"""

import secrets
from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import chain, repository
from intake_api.cases.acts import Matter, Receipt
from intake_api.cases.desk import Desk, actor_of
from intake_api.cases.models import Applicant, Case
from intake_api.cases.record import Record, clock_entry
from intake_api.cases.registration import Filing, open_case
from intake_api.cases.repository import OFFICE
from intake_api.cases.telling import Shown
from intake_api.form.application import ApplicantIn, DeliveryIn, Submission
from intake_api.people.service import Account
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
            receipts = []
            for child, suggestion in zip(matters, suggestions, strict=True):
                nonce = secrets.token_urlsafe(16)
                opened = await self._open_child(session, account, case, record, child, nonce)
                self._keep_suggestion(session, opened, suggestion)
                await self._project(session, opened, await self._record_of(session, opened), account)
                receipts.append(self._receipt(opened, nonce))
            numbers = [receipt.number for receipt in receipts]
            entry = self._append(session, case, "split", actor_of(account), {"children": numbers})
            await self._project(session, case, record.with_entry(entry), account)
            await self._tell(session, case, before, entry, {one.number: one.query_code for one in receipts})
            return receipts

    async def _open_child(
        self, session: AsyncSession, account: Account, parent: Case, record: Record, child: Matter, nonce: str
    ) -> Case:
        by = actor_of(account)
        row = await repository.applicant_of(session, parent.id)
        applicant = self._reader.applicant(parent, row.sealed if row else None)
        filing = Filing(
            Submission(
                kind=parent.kind,
                applicant=ApplicantIn.model_validate(applicant),
                description=child.description,
                title=child.title,
                document_number=None,
                addressee=parent.agency_code,
                delivery=DeliveryIn(medium=parent.delivery_medium, way=parent.delivery_way),
            ),
            parent.channel,
            parent.receipt_basis,
            None,
            by,
        )
        agency = self._directory.agency(parent.agency_code)
        opened = await open_case(session, self._vault, self._clock, agency, filing, nonce, parent=parent)
        for entry in record.standing.entries:
            if entry.type in TYPES:
                data = {name: value for name, value in clock_entry(entry).items() if name not in ("id", "type", "on")}
                chain.append(session, opened, entry.type, entry.on, self._clock.now(), by, data)
        return opened
