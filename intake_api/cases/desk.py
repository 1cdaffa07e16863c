"""What the use cases of a case share: finding it, its record, its projection, refusing what does not fit."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api import keys
from intake_api.calendars.current import Calendars
from intake_api.cases import chain, repository
from intake_api.cases.acts import Receipt
from intake_api.cases.models import Case, EventNote
from intake_api.cases.projection import project
from intake_api.cases.reading import Reader, entry_of
from intake_api.cases.record import LateClarification, Record
from intake_api.cases.registration import Filing, NewCase, Parent, new_case, numbered
from intake_api.cases.repository import OFFICE, Viewer, Whole
from intake_api.cases.telling import NONE_OPENED, NOTHING_ASKED, Shown, news, tell
from intake_api.cases.wording import Wording
from intake_api.directory import Directory
from intake_api.jobs.service import OutboxService, enqueue
from intake_api.kit.clock import Clock, day_of
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.kit.vault import Vault
from intake_api.people.service import Account
from intake_api.statute import approval, letters, workflow
from intake_api.statute.effective import Entry
from intake_api.statute.errors import StatuteError
from intake_api.statute.letters import Letters
from intake_api.statute.steps import NO_DEMANDS, Demands
from intake_api.terms.failures import CATALOGUE
from intake_api.terms.record import CITIZEN, STAFF
from intake_api.triage.service import TriageService

SUGGEST_JOB = "suggest"
CLOCK_TOLERANCE = timedelta(days=1)
SHORTEST = 9  # digits of a number of ours: four of the year, five or more of the serial


def actor_of(account: Account) -> str:
    """How events name a member of staff."""
    return f"{STAFF}{account.id}"


def actors_of(account: Account) -> frozenset[str]:
    """How events name whoever's hands these are: a deputy's, and of whom they stand in for."""
    return frozenset(f"{STAFF}{hand}" for hand in account.hands)


class Desk:
    """The base of the use cases; keeps no state of its own."""

    _present = True  # whether its clock is that of now

    def __init__(
        self,
        db: Database,
        vault: Vault,
        clock: Clock,
        directory: Directory,
        suggestions: TriageService,
        outbox: OutboxService,
        calendars: Calendars,
        confirm_internet: str,
        demands: Demands = NO_DEMANDS,
        late_clarification: LateClarification = "continues",
        *,
        departments_enter: bool = False,
        letters: Letters = None,
    ) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock
        self._directory = directory
        self._triage = suggestions
        self._outbox = outbox
        self._calendars = calendars
        self._confirm_internet = confirm_internet
        self._demands = demands
        self._late = late_clarification
        self._departments_enter = departments_enter
        self._letters = letters
        self._reader = Reader(vault, clock, calendars, late_clarification)
        self._wording = Wording(clock, directory, self._reader, demands)

    def at(self, clock: Clock, demands: Demands | None = None) -> Self:
        """The same use cases at another time, perhaps with other demands (demonstration data)."""
        then = type(self)(
            self._db,
            self._vault,
            clock,
            self._directory,
            self._triage,
            self._outbox,
            self._calendars,
            self._confirm_internet,
            demands or self._demands,
            self._late,
            departments_enter=self._departments_enter,
        )
        then._present = False
        return then

    # --- finding

    def _typed(self, number: str) -> str:
        """A case number as somebody typed it: blanks, dashes, width and case do not matter.

        Of a number that an imported ledger brought along, its key.
        """
        given = keys.number(number[:200])
        plain = "".join(ch for ch in given if ch.isalnum())
        for prefix in (f"{a.number_prefix}{kind}" for a in self._directory.agencies for kind in ("-GZ", "")):
            rest = plain.removeprefix(prefix.replace("-", "").upper())
            if rest != plain and rest.isdigit() and len(rest) >= SHORTEST:
                return f"{prefix}-{rest[:4]}-{rest[4:]}"
        return given

    async def _case(self, session: AsyncSession, account: Account, number: str, *, lock: bool = False) -> Case:
        case = await repository.by_number(session, self._typed(number), account.department, lock=lock)
        if case is None:
            raise Failure("staff_case_not_found", number=self._typed(number))
        return case

    async def _own(self, session: AsyncSession, number: str, code: str, *, lock: bool = False) -> Case:
        number = self._typed(number)
        case = await repository.by_number(session, number, OFFICE, lock=lock)
        # hashed for an unknown number too: the time of the answer must not tell which numbers exist
        given = self._vault.code_hash(number, code[:40])
        if case is None or case.code_hash is None or not secrets.compare_digest(given, case.code_hash):
            raise Failure("case_not_found")
        return case

    async def _whole(self, session: AsyncSession, viewer: Viewer, number: str) -> Whole:
        found = await repository.whole(session, self._typed(number), viewer)
        if found is None:
            raise Failure("staff_case_not_found", number=self._typed(number))
        return found

    async def _record_of(self, session: AsyncSession, case: Case) -> Record:
        """The record of a case that is held, to be moved on."""
        return self._reader.record(case, await repository.events_of(session, case.id))

    async def _clock_behind(self, session: AsyncSession) -> bool:
        newest = await repository.newest_event(session) if self._present else None
        return newest is not None and newest - self._clock.now() > CLOCK_TOLERANCE

    # --- writing

    def _append(
        self,
        session: AsyncSession,
        case: Case,
        kind: str,
        by: str,
        data: dict[str, Any] | None = None,
        on: date | None = None,
    ) -> Entry:
        return entry_of(chain.append(session, case, kind, on or self._clock.today(), self._clock.now(), by, data))

    def _keep_words(self, session: AsyncSession, case: Case, entry: Entry, words: str | dict[str, str]) -> None:
        """Seal the words that go with an entry, beside the chain."""
        sealed = self._vault.seal(f"event_note:{case.number}:{entry.seq}", words)
        session.add(EventNote(case_id=case.id, seq=entry.seq, sealed=sealed))

    async def _open(
        self, session: AsyncSession, filings: Sequence[Filing], parent: Parent | None = None
    ) -> list[NewCase]:
        """Write new cases with all their rows, a statement a table; StatuteError as in `new_case`.

        Where no model could be used, a job makes the suggestion later.
        """
        now, counting = self._clock.now(), self._reader.counting(await self._calendars.follow(session, lock=True))
        numbers = await numbered(session, filings, day_of(now).year)
        opened = [
            new_case(self._vault, filing, number, counting, now, parent)
            for filing, number in zip(filings, numbers, strict=True)
        ]
        ids = await repository.insert_cases(session, [vars(new.case) for new in opened])
        for new in opened:
            new.case.id = ids[new.case.number]
        await repository.insert_beside(
            session,
            case_text=[new.text | {"case_id": new.case.id} for new in opened],
            applicant=[new.applicant | {"case_id": new.case.id} for new in opened],
            event=[event | {"case_id": new.case.id} for new in opened for event in new.events],
        )
        made = [(new.case.id, new.case.number, new.suggestion) for new in opened if new.suggestion]
        await self._triage.store(session, made, now)
        for new in opened:
            if new.suggestion is None:
                enqueue(session, SUGGEST_JOB, {"case": new.case.id}, now)
        return opened

    async def _project(self, session: AsyncSession, case: Case, record: Record, account: Account | None = None) -> None:
        """Set what lists sort by from the record with its newest entry, and write both at once."""
        with session.no_autoflush:
            calendar = await self._calendars.follow(session, lock=True)
        try:
            project(case, replace(record, counting=self._reader.counting(calendar)).standing)
        except StatuteError as error:
            raise self._impossible(case, account, error) from None
        await session.flush()

    def _receipt(self, case: Case, nonce: str) -> Receipt:
        fields = ("number", "status", "received_on", "receipt_basis", "due_on", "due_provisional")
        shown = {name: getattr(case, name) for name in fields}
        return Receipt(query_code=self._vault.query_code(case.number, nonce), **shown)

    async def _tell(
        self,
        session: AsyncSession,
        case: Case,
        before: Shown,
        entry: Entry | None,
        opened: Mapping[str, str] = NONE_OPENED,
        asks: Mapping[str, Any] = NOTHING_ASKED,
        *,
        in_chat: bool = True,
    ) -> None:
        """Tell the applicant what a step has changed for them; no entry where they took it and know.

        `opened`: the query codes, by number, of the cases that were split from it; `asks`: what it wants made clear.
        """
        title = self._wording.line(case, entry) if entry else ""
        said = news(case, before, title, self._wording.sentence(case))
        await tell(session, self._outbox, case, said, opened, asks, in_chat=in_chat)

    async def downloaded(self, session: AsyncSession, number: str, letter: dict[str, Any]) -> None:
        """Put on record, the first time, that the applicant downloaded an answer (网上下载时间).

        It proves that they have it; no date of the case moves by it.
        """
        case = await repository.by_number(session, self._typed(number), OFFICE, lock=True)
        assert case is not None
        record = await self._record_of(session, case)
        if all(entry.data != letter for entry in record.of_type(letters.DOWNLOADED)):
            self._append(session, case, letters.DOWNLOADED, CITIZEN, letter)

    # --- refusing

    def _impossible(self, case: Case | None, account: Account | None, error: StatuteError) -> Failure:
        extra: dict[str, Any] = {"reason": error.code}
        if case and account:
            extra["allowed"] = self._wording.allowed(case, account)
        code = error.code if error.code in CATALOGUE else "impossible_event"
        return Failure(code, reason=error.message, extra=extra)

    def _refuse_step(self, case: Case, account: Account, step: str, record: Record | None = None) -> None:
        """Refuse what the table does not allow; by its record one's own last act may be undone."""
        undoes = step == "voided" and record is not None and record.own_last(actor_of(account), account.role)
        if undoes or step in {a["code"] for a in self._wording.allowed(case, account)}:
            return
        allowed = self._wording.allowed(case, account, record)
        try:
            if step in workflow.STEPS:
                workflow.refuse_without_term(step, case.kind)
                approval.refuse_unwanted(workflow.STEPS[step], self._demands)
        except StatuteError as error:
            raise self._impossible(case, account, error) from None
        raise Failure("step_not_allowed", state=workflow.label(case.status), extra={"allowed": allowed})

    def _refuse_moved_on(self, case: Case, record: Record, account: Account, after: int | None) -> None:
        """Refuse what was meant for the case as it stood at entry `after`: a second click, or somebody was quicker."""
        if after is None or not any(e.seq > after and workflow.moves_on(e.type) for e in record.entries):
            return
        extra = {"status": case.status, "seq": case.event_count, "allowed": self._wording.allowed(case, account)}
        raise Failure("case_moved_on", state=workflow.label(case.status), extra=extra)
