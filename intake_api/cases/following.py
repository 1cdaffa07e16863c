"""How applicants follow a case by message: their addresses, links, a query code that was lost, what was sent.

An address belongs to the case whose number its owner holds; what is split from that case is told there too.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.acts import Receipt
from intake_api.cases.desk import Desk, actor_of
from intake_api.cases.models import Case
from intake_api.cases.repository import OFFICE
from intake_api.cases.telling import first_of, tell
from intake_api.jobs.service import Told
from intake_api.kit.clock import SHANGHAI
from intake_api.kit.errors import Failure
from intake_api.notify.service import CODE_LIFE, Contacts, Followed, confirmed, valid
from intake_api.people.service import Account
from intake_api.statute.sentences import chinese_day, due_told
from intake_api.terms.receipt import CHANNELS
from intake_api.terms.record import CITIZEN
from intake_api.terms.telling import CODE, CONFIRM, OVERDUE

CONFIRMS_A_DAY = 5  # of one case, whatever the addresses: nobody is flooded through us
DAY = timedelta(days=1)


class Following(Desk):
    """Use cases; `contacts` keeps the addresses."""

    def __init__(self, *desk: Any, contacts: Contacts) -> None:
        super().__init__(*desk)
        self._contacts = contacts

    @property
    def offered(self) -> tuple[str, ...]:
        """The channels of this installation, beside chats."""
        return self._outbox.posts

    # --- the applicant

    async def of(self, number: str, code: str) -> list[Followed]:
        """The addresses at which the holder of number and query code is told."""
        async with self._db.read() as session:
            case = await self._own(session, number, code)
            return [one for one in await self._contacts.of(session, case.number) if one.channel in self.offered]

    async def ask(self, number: str, code: str, channel: str, address: str) -> None:
        """The applicant wants to be told there: a question goes out, and nothing else before it is confirmed.

        Failures `case_not_found`, `telling_off`, `email_invalid`, `phone_invalid`, `too_many_asked`.
        """
        if channel not in self.offered:
            raise Failure("telling_off")
        address = valid(channel, address)
        async with self._db.read() as session:
            await self._own(session, number, code)
        async with self._db.write() as session:
            case = await self._own(session, number, code, lock=True)
            asked = await self._outbox.asked_of_late(session, case.id, "confirm", self._clock.now() - DAY)
            if asked >= CONFIRMS_A_DAY:
                raise Failure("too_many_asked")
            token = await self._contacts.ask(session, case.id, case.number, channel, address)
            if token:
                self._write(session, case, channel, CONFIRM, "confirm", token)

    async def confirm(self, number: str, token: str) -> str:
        """The link in that question was opened: the channel, at which the receipt is told now; Failure `link_used`."""
        async with self._db.write() as session:
            case = await self._linked(session, number)
            channel = await self._contacts.confirm(session, case.number, token)
            if channel is None:
                raise Failure("link_used")
            due = due_told(case.due_on, provisional=case.due_provisional) if case.due_on and case.open else ""
            said = self._wording.sentence(case) + due
            self._write(session, case, channel, said, "receipt")
            return channel

    async def stop(self, number: str, token: str) -> str:
        """The link of a message that stops them: the channel; again: the same. Failure `link_used`."""
        async with self._db.write() as session:
            case = await self._linked(session, number)
            channel = self._contacts.stops(case.number, token)
            if channel is None:
                raise Failure("link_used")
            await self._contacts.stop(session, case.number, channel)
            return channel

    async def stop_own(self, number: str, code: str, channel: str) -> None:
        """The holder of number and query code wants no more messages there."""
        async with self._db.write() as session:
            case = await self._own(session, number, code)
            await self._contacts.stop(session, case.number, channel)

    def _write(self, session: AsyncSession, case: Case, channel: str, said: str, kind: str, token: str = "") -> None:
        number, agency = case.number, case.agency_code
        self._outbox.put(session, case.id, number, channel, said, kind=kind, token=token, agency=agency)

    async def _linked(self, session: AsyncSession, number: str) -> Case:
        case = await repository.by_number(session, self._typed(number), OFFICE, lock=True)
        if case is None:
            raise Failure("link_used")
        return case

    # --- a query code that was lost

    async def lost(self, number: str, address: str) -> None:
        """Send a link for a new query code to the confirmed address; in silence, whatever there is of it."""
        async with self._db.write() as session:
            case = await repository.by_number(session, self._typed(number), OFFICE, lock=True)
            found = await self._contacts.lost(session, case.number if case else self._typed(number), address)
            if case is None or found is None:
                return
            channel, token = found
            said = CODE.format(minutes=int(CODE_LIFE.total_seconds() // 60))
            self._write(session, case, channel, said, "code", token)

    async def recovered(self, number: str, token: str) -> Receipt:
        """That link was opened: a receipt with a new query code, the old one stops; Failure `link_used`."""
        async with self._db.write() as session:
            case = await self._linked(session, number)
            if not await self._contacts.recovered(session, case.number, token):
                raise Failure("link_used")
            return await self._renewed(session, case, CITIZEN)

    async def reissue(self, account: Account, number: str) -> Receipt:
        """The applicant came to the counter and showed who they are: a new query code, shown only here, on record.

        Failures `not_allowed` for whoever is limited to a department, `staff_case_not_found`, `no_query_code` for a
        case that an imported ledger brought along.
        """
        async with self._db.write() as session:
            case = await self._case(session, account, number, lock=True)
            if not account.in_office:
                raise Failure("not_allowed")
            if case.code_hash is None:
                raise Failure("no_query_code")
            return await self._renewed(session, case, actor_of(account))

    async def _renewed(self, session: AsyncSession, case: Case, by: str) -> Receipt:
        """A new code in place of the old one, also in the answers that are given again (Idempotency-Key)."""
        nonce = secrets.token_urlsafe(16)
        receipt = self._receipt(case, nonce)
        case.code_hash = self._vault.code_hash(case.number, receipt.query_code)
        for key in await repository.keys_used_for(session, case.id):
            place = f"idempotency:{key.key_hash}"
            kept = self._vault.read(place, key.sealed) if key.sealed else None
            if kept:
                key.sealed = self._vault.seal(place, kept | {"nonce": nonce})
        self._append(session, case, "code_renewed", by)
        return receipt

    # --- staff

    async def messages(self, account: Account, number: str) -> list[Told]:
        """Everything that the applicant of a case was told, newest first."""
        async with self._db.read() as session:
            case = await self._case(session, account, number)
            return await self._outbox.of_cases(session, [case.id])

    async def addresses(self, account: Account, number: str) -> list[Followed]:
        """Where the applicant of a case is told, as staff see it: shortened, and whether something came back."""
        async with self._db.read() as session:
            case = await self._case(session, account, number)
            return await self._contacts.of(session, (await first_of(session, case)).number)

    async def again(self, account: Account, number: str, message_id: int) -> None:
        """Send a message of a case once more; Failure `message_gone`."""
        async with self._db.write() as session:
            case = await self._case(session, account, number)
            if not await self._outbox.again(session, [case.id], message_id):
                raise Failure("message_gone")

    # --- the worker

    async def tell_late(self, _payload: Mapping[str, Any]) -> None:
        """Job: tell each applicant once that the day of answer has passed, and what may be done."""
        async with self._db.read() as session:
            told = await self._outbox.told(session, "overdue")
            late = await repository.overdue(session, self._clock.today())
            untold = [case for case in late if case.id not in told or told[case.id] < _evening(case)]
            reached = [case.id for case in untold if await self._reached(session, case)]
        for case_id in reached:
            async with self._db.write() as session:
                await self._tell_late(session, case_id)

    async def _reached(self, session: AsyncSession, case: Case) -> bool:
        """Whether there is any way to tell its applicant."""
        if CHANNELS[case.channel].chat:
            return True
        return bool(self.offered and await confirmed(session, (await first_of(session, case)).number))

    async def _tell_late(self, session: AsyncSession, case_id: int) -> None:
        case = await repository.held(session, case_id, lock=True)
        if not case.open or case.due_on is None or case.due_on >= self._clock.today():
            return
        first = await first_of(session, case)
        phone = self._directory.agency(first.agency_code).phone
        said = OVERDUE.format(due=chinese_day(case.due_on), phone=f"：{phone}" if phone else "")
        await tell(session, self._outbox, case, said, kind="overdue")


def _evening(case: Case) -> datetime:
    """The end of the day of answer: what was told before was of another day."""
    assert case.due_on is not None
    return datetime.combine(case.due_on, time.max, SHANGHAI)
