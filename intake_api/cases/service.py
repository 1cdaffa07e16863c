"""Use cases of a case: submit, enter, look up, confirm, record. Each is one transaction, committed before the reply.

The model is asked before the transaction opens: on SQLite everything awaited inside keeps other writers waiting.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import chain, particulars, repository
from intake_api.cases.models import Case, Decision, IdempotencyKey
from intake_api.cases.projection import Record, project
from intake_api.cases.queue import filter_of
from intake_api.cases.registration import Claim, Filing, citizens_filing, open_case
from intake_api.cases.schemas import (
    CaseView,
    CitizenView,
    Confirmation,
    EventIn,
    QueuePage,
    Receipt,
    StaffSubmission,
    Submission,
)
from intake_api.cases.terms import Channel
from intake_api.cases.views import Views
from intake_api.clock import Clock
from intake_api.db import Database
from intake_api.directory import Directory
from intake_api.errors import Failure, FieldProblem
from intake_api.jobs.service import OutboxService, enqueue
from intake_api.people.service import Account
from intake_api.statute import workflow
from intake_api.statute.calendar import Calendar
from intake_api.statute.errors import StatuteError
from intake_api.triage import service as triage
from intake_api.triage.service import TriageService
from intake_api.vault import Vault

KEY_LIFE = timedelta(days=7)
SUGGEST_JOB = "suggest"
_BY_CONFIRMATION = ("confirm", "correct")  # steps that carry a decision: `confirm`, never `record`
_BY_CHAT = ("chat", "telegram", "wechat")


def actor_of(account: Account) -> str:
    """How events name a member of staff."""
    return f"account:{account.id}"


class CaseService:
    """Use cases; keeps no state of its own."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        clock: Clock,
        directory: Directory,
        suggestions: TriageService,
        outbox: OutboxService,
        calendar: Calendar,
        confirm_internet: str,
    ) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock
        self._directory = directory
        self._triage = suggestions
        self._outbox = outbox
        self._calendar = calendar
        self._confirm_internet = confirm_internet
        self._views = Views(vault, clock, directory, calendar, suggestions)

    def at(self, clock: Clock) -> "CaseService":
        """The same use cases at another time (demonstration data)."""
        return CaseService(
            self._db,
            self._vault,
            clock,
            self._directory,
            self._triage,
            self._outbox,
            self._calendar,
            self._confirm_internet,
        )

    # --- citizens

    def check(self, partial: dict[str, Any]) -> list[FieldProblem]:
        """Problems of a half-filled application; nothing is stored."""
        return particulars.check_partial(partial)

    async def submit(self, body: Submission, *, key: str | None = None, channel: Channel = "web") -> Receipt:
        """Register an application. The same key and body give the same receipt; the same key with another body: 409."""
        body = particulars.normalised(body)
        return await self._register(citizens_filing(body, channel, self._clock, self._confirm_internet), key)

    async def citizen_view(self, number: str, code: str) -> CitizenView:
        """What the holder of number and query code may see; a wrong number and a wrong code are one and the same."""
        number = number.strip().upper()[:40]
        async with self._db.read() as session:
            case = await repository.by_number(session, number)
            # hashed for an unknown number too: the time of the answer must not tell which numbers exist
            given = self._vault.code_hash(number, code[:40])
            if case is None or case.code_hash is None or not secrets.compare_digest(given, case.code_hash):
                raise Failure("case_not_found")
            record = Record(case, await repository.events_of(session, case.id))
            texts = await repository.texts_of(session, [case.id])
        return self._views.citizen(record, texts.get(case.id))

    # --- staff

    async def enter(self, account: Account, body: StaffSubmission, *, key: str | None = None) -> Receipt:
        """A clerk enters what came by another channel, with the day of receipt and its basis (art. 31)."""
        if body.received_on and body.received_on > self._clock.today():
            raise Failure("date_invalid", fields=[FieldProblem("received_on", "收到日不能晚于今天。")])
        checked = particulars.normalised(body)
        filing = Filing(checked, body.channel, body.receipt_basis, body.received_on, actor_of(account))
        return await self._register(filing, key)

    async def queue(
        self,
        account: Account,
        *,
        status: str | None = None,
        department: str | None = None,
        due: str | None = None,
        q: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> QueuePage:
        """A page of cases in order of their due dates, with the totals of the console's tabs."""
        wanted = filter_of(self._vault, self._calendar, self._clock.today(), status, department, due, q)
        async with self._db.read() as session:
            cases, following = await repository.page(session, account.department, wanted, cursor, limit)
            ids = [case.id for case in cases]
            texts = await repository.texts_of(session, ids)
            suggestions = await triage.latest(session, ids)
            counts = {
                tab: await repository.count(
                    session, account.department, filter_of(self._vault, self._calendar, self._clock.today(), *wanted_tab)
                )
                for tab, wanted_tab in self._views.tabs.items()
            }
        rows = [self._views.row(case, texts.get(case.id), suggestions.get(case.id)) for case in cases]
        return QueuePage(items=rows, next=following, counts=counts)

    async def view(self, account: Account, number: str) -> CaseView:
        """Everything staff may see of a case; identity number and contacts masked (`reveal` shows them)."""
        async with self._db.read() as session:
            case = await self._case(session, account, number)
            return await self._views.staff(session, case, account)

    async def reveal(self, account: Account, number: str) -> dict[str, Any]:
        """The applicant's particulars in full. Each look is an event on the case."""
        async with self._db.write() as session:
            case = await self._case(session, account, number, lock=True)
            row = await repository.applicant_of(session, case.id)
            chain.append(
                session, case, "particulars_viewed", self._clock.today(), self._clock.now(), actor_of(account)
            )
            return self._views.particulars(case, row)

    async def confirm(self, account: Account, number: str, body: Confirmation) -> CaseView:
        """Confirm or correct the suggestion; both are kept. Failure `already_decided` with the decision in force."""
        async with self._db.write() as session:
            case = await self._case(session, account, number, lock=True)
            handler = self._directory.handler(body.department, case.agency_code)
            earlier = await repository.decisions_of(session, case.id)
            current = earlier[-1] if earlier else None
            await self._refuse_second(session, current, body)
            self._refuse_step(case, account, "correct" if current else "confirm")
            suggestion = (await triage.latest(session, [case.id])).get(case.id)
            decision = Decision(
                case_id=case.id,
                seq=len(earlier) + 1,
                suggestion_id=suggestion.id if suggestion else None,
                department=handler.code,
                disposition="not_this_agency" if handler.external else body.disposition,  # art. 36(5): never a silent transfer
                account_id=account.id,
                decided_at=self._clock.now(),
                supersedes_id=current.id if current else None,
                note_sealed=self._vault.seal(f"note:{case.number}", body.note) if body.note else None,
            )
            session.add(decision)
            await session.flush()
            data = {
                "decision": decision.id,
                "suggestion": decision.suggestion_id,
                "department": decision.department,
                "disposition": decision.disposition,
            }
            self._append(session, case, "corrected" if current else "confirmed", account, data)
            await self._project(session, case)
            self._tell_citizen(session, case)
            await session.flush()
            return await self._views.staff(session, case, account)

    async def record(self, account: Account, number: str, body: EventIn) -> CaseView:
        """Record a step of the workflow; Failure `step_not_allowed` or `impossible_event` with the allowed steps."""
        async with self._db.write() as session:
            case = await self._case(session, account, number, lock=True)
            self._refuse_step(case, account, body.type if body.type not in _BY_CONFIRMATION else "")
            data = body.model_dump(mode="json", exclude_none=True, exclude={"type", "on"})
            on = body.on or self._clock.today()
            if on > self._clock.today():
                raise Failure("date_invalid", fields=[FieldProblem("on", "不能晚于今天。")])
            chain.append(session, case, body.type, on, self._clock.now(), actor_of(account), data)
            before = case.status
            await self._project(session, case)
            if case.status != before:
                self._tell_citizen(session, case)
            return await self._views.staff(session, case, account)

    # --- the worker

    async def suggest_later(self, payload: Mapping[str, Any]) -> None:
        """Job: make the suggestion of a case that was accepted while no model could be used."""
        async with self._db.read() as session:
            case = await session.get(Case, payload["case"])
            texts = await repository.texts_of(session, [payload["case"]])
        sealed = texts.get(payload["case"])
        if case is None or sealed is None:
            return
        asked = self._vault.open(f"case_text:{case.number}", sealed)
        suggestion = await self._triage.suggest(asked["description"], asked["title"] or "")
        if suggestion is None:
            raise Failure("model_loading")
        async with self._db.write() as session:
            locked = await repository.by_number(session, case.number, lock=True)
            if locked and not await triage.latest(session, [locked.id]):
                self._keep_suggestion(session, locked, suggestion)

    async def drop_expired(self) -> None:
        """Job: forget idempotency keys after their seven days."""
        async with self._db.write() as session:
            await repository.drop_expired_keys(session, self._clock.now())

    # --- shared

    async def _register(self, filing: Filing, key: str | None) -> Receipt:
        agency = self._directory.agency(filing.body.addressee)
        suggestion = await self._triage.suggest(filing.body.description, filing.body.title or "")
        claim = Claim.of(self._vault, key, filing) if key else None
        async with self._db.write() as session:
            if claim and (taken := await self._claim(session, claim)):
                return await self._replay(session, claim, taken)
            nonce = secrets.token_urlsafe(16)
            case = await open_case(session, self._vault, self._clock, agency, filing, nonce)
            if suggestion:
                self._keep_suggestion(session, case, suggestion)
            else:
                enqueue(session, SUGGEST_JOB, {"case": case.id}, self._clock.now())
            await session.flush()
            await self._project(session, case)
            if claim:
                sealed = self._vault.seal(f"idempotency:{claim.key_hash}", nonce)
                await repository.fill_key(session, claim.key_hash, case.id, sealed)
            return self._receipt(case, nonce)

    async def _claim(self, session: AsyncSession, claim: Claim) -> IdempotencyKey | None:
        return await repository.claim_key(session, claim.key_hash, claim.body_hash, self._clock.now() + KEY_LIFE)

    async def _replay(self, session: AsyncSession, claim: Claim, taken: IdempotencyKey) -> Receipt:
        if taken.body_hash != claim.body_hash or taken.case_id is None or taken.sealed is None:
            raise Failure("idempotency_conflict")
        case = await session.get_one(Case, taken.case_id)
        return self._receipt(case, self._vault.open(f"idempotency:{claim.key_hash}", taken.sealed))

    def _receipt(self, case: Case, nonce: str) -> Receipt:
        fields = ("number", "status", "received_on", "receipt_basis", "due_on", "due_provisional")
        shown = {name: getattr(case, name) for name in fields}
        return Receipt(query_code=self._vault.query_code(case.number, nonce), **shown)

    def _keep_suggestion(self, session: AsyncSession, case: Case, suggestion: dict[str, Any]) -> None:
        self._triage.store(session, case.id, case.number, suggestion, self._clock.now())
        case.flags = sorted({*case.flags, *(flag["code"] for flag in suggestion["flags"])})

    async def _case(self, session: AsyncSession, account: Account, number: str, *, lock: bool = False) -> Case:
        case = await repository.by_number(session, number.strip().upper()[:40], department=account.department, lock=lock)
        if case is None:
            raise Failure("staff_case_not_found", number=number[:40])
        return case

    def _append(self, session: AsyncSession, case: Case, kind: str, account: Account, data: dict[str, Any]) -> None:
        chain.append(session, case, kind, self._clock.today(), self._clock.now(), actor_of(account), data)

    async def _project(self, session: AsyncSession, case: Case) -> None:
        await session.flush()
        record = Record(case, await repository.events_of(session, case.id))
        try:
            project(record, self._calendar, self._clock.today())
        except StatuteError as error:
            raise Failure("impossible_event", reason=error.message, extra={"reason": error.code}) from None

    def _refuse_step(self, case: Case, account: Account, step: str) -> None:
        allowed = workflow.allowed(case.status, account.role)
        if step not in {s.code for s in allowed}:
            raise Failure(
                "step_not_allowed",
                state=workflow.label(case.status),
                extra={"allowed": [{"code": s.code, "label": s.label} for s in allowed]},
            )

    async def _refuse_second(self, session: AsyncSession, current: Decision | None, body: Confirmation) -> None:
        if current is None:
            if body.supersedes is not None:
                raise Failure("superseded")
            return
        if body.supersedes == current.id:
            return
        shown = (await self._views.decisions(session, [current]))[0]
        extra = {"decision": shown.model_dump(mode="json")}
        if body.supersedes is None:
            raise Failure("already_decided", extra=extra, by=shown.by, department=shown.department_name)
        raise Failure("superseded", extra=extra)

    def _tell_citizen(self, session: AsyncSession, case: Case) -> None:
        if case.channel in _BY_CHAT:
            self._outbox.put(session, case.id, case.number, case.channel, self._views.sentence(case))
