"""Use cases of a case: submit, enter, look up, confirm, record. Each is one transaction, committed before the reply.

The model is asked before the transaction opens: on SQLite everything awaited inside keeps other writers waiting.
"""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import chain, particulars, repository
from intake_api.cases.models import Case, Decision, Event, EventNote, IdempotencyKey
from intake_api.cases.projection import Record, project
from intake_api.cases.queue import TABS, filter_of
from intake_api.cases.registration import BASES, Claim, Filing, citizens_filing, open_case
from intake_api.cases.repository import QueueFilter
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
from intake_api.statute.deadlines import IN_FORCE
from intake_api.statute.errors import StatuteError, refusal
from intake_api.statute.events import TYPES, parse_events
from intake_api.statute.outcomes import DISPOSITIONS, OUTCOMES
from intake_api.text import clean
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

    async def prepare(self) -> None:
        """Mirror the profile's agencies, so that cases can refer to them; at every start."""
        async with self._db.write() as session:
            agencies = [(a.code, a.name, a.number_prefix) for a in self._directory.agencies]
            await repository.sync_agencies(session, agencies)

    async def total(self) -> int:
        """How many cases there are."""
        async with self._db.read() as session:
            return await repository.count(session, None, QueueFilter())

    # --- citizens

    def check(self, partial: dict[str, Any]) -> list[FieldProblem]:
        """Problems of a half-filled application; nothing is stored."""
        return particulars.check_partial(partial)

    def problems_of_form(self, data: dict[str, Any], model: type[Submission] = Submission) -> list[FieldProblem]:
        """Everything that is wrong with a filled-in form, for a page to show at once."""
        return particulars.problems_of_form(data, model)

    async def submit(self, body: Submission, *, key: str | None = None, channel: Channel = "web") -> Receipt:
        """Register an application. The same key and body give the same receipt; the same key with another body: 409."""
        body = particulars.normalised(body)
        return await self._register(citizens_filing(body, channel, self._clock, self._confirm_internet), key)

    async def citizen_view(self, number: str, code: str) -> CitizenView:
        """What the holder of number and query code may see; a wrong number and a wrong code are one and the same."""
        number = self._typed(number)
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
        if body.received_on and not IN_FORCE <= body.received_on <= self._clock.today():
            told = "收到日应在 2019年5月15日（现行条例施行）至今天之间。"
            raise Failure("date_invalid", fields=[FieldProblem("received_on", told)])
        if body.receipt_basis not in BASES[body.channel]:
            raise Failure("invalid_request", fields=[FieldProblem("receipt_basis", "收到日的依据与渠道不符，请核对。")])
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
        counted: bool = False,
    ) -> QueuePage:
        """A page of cases in order of their due dates; `counted`: with the totals of the console's tabs."""
        wanted = self._filter(status, department, due, q)
        async with self._db.read() as session:
            cases, following = await repository.page(session, account.department, wanted, cursor, limit)
            ids = [case.id for case in cases]
            texts = await repository.texts_of(session, ids)
            suggestions = await triage.latest(session, ids)
            tabs = TABS.items() if counted else ()
            counts = {tab: await repository.count(session, account.department, self._filter(*t)) for tab, t in tabs}
        rows = [self._views.row(case, texts.get(case.id), suggestions.get(case.id)) for case in cases]
        return QueuePage(items=rows, next=following, counts=counts)

    def _filter(self, status: str | None, department: str | None, due: str | None, q: str | None = None) -> QueueFilter:
        given = [str(clean(part)) if part else None for part in (status, department, due, q)]
        return filter_of(self._vault, self._calendar, self._clock.today(), *given)

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
            self._append(session, case, "particulars_viewed", account)
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
                disposition="not_this_agency"
                if handler.external
                else body.disposition,  # art. 36(5): never a silent transfer
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
            await self._project(session, case, account)
            self._tell_citizen(session, case)
            await session.flush()
            return await self._views.staff(session, case, account)

    async def record(self, account: Account, number: str, body: EventIn) -> CaseView:
        """Record a step of the workflow; Failure `step_not_allowed` or `impossible_event` with the allowed steps."""
        on = body.on or self._clock.today()
        if on > self._clock.today():
            raise Failure("date_invalid", fields=[FieldProblem("on", "不能晚于今天。")])
        async with self._db.write() as session:
            case = await self._case(session, account, number, lock=True)
            self._refuse_step(case, account, body.type if body.type not in _BY_CONFIRMATION else "")
            record = Record(case, await repository.events_of(session, case.id))
            data = body.model_dump(mode="json", exclude_none=True, exclude={"type", "on", "reason"})
            if body.type == "answered":
                data["outcome"] = self._outcome(case, body.outcome)
            self._refuse_impossible(account, record, {"type": body.type, "on": on, **data})
            event = self._append(session, case, body.type, account, data, on)
            if body.reason:
                place = f"event_note:{case.number}:{event.seq}"
                session.add(EventNote(case_id=case.id, seq=event.seq, sealed=self._vault.seal(place, body.reason)))
            before = case.status
            await self._project(session, case, account)
            if case.status != before:
                self._tell_citizen(session, case)
            await session.flush()
            return await self._views.staff(session, case, account)

    def _refuse_impossible(self, account: Account, record: Record, event: dict[str, Any]) -> None:
        """Refuse fields that do not belong to the event, and the voiding of what is no event of the clock."""
        kind = event["type"]
        of_clock = {name: value for name, value in event.items() if name not in workflow.extras(kind)}
        try:
            if kind in TYPES:
                parse_events([of_clock])
            elif set(of_clock) != {"type", "on"}:
                raise refusal("unknown_field", type=kind, field=next(iter(set(of_clock) - {"type", "on"})))
            if kind == "voided" and event["ref"] not in {f"e{e.seq}" for e in record.standing if e.type in TYPES}:
                raise refusal("ref_unknown", ref=event["ref"])
        except StatuteError as error:
            raise self._impossible(record.case, account, error) from None

    def _outcome(self, case: Case, given: str | None) -> str:
        """The row of 表三 that the answer counts in: as given, else where the decision leads."""
        code = given or (DISPOSITIONS[case.disposition].outcome if case.disposition else "")
        if code not in OUTCOMES:
            raise Failure("invalid_request", fields=[FieldProblem("outcome", "请选择处理结果。")])
        return code

    def _impossible(self, case: Case, account: Account, error: StatuteError) -> Failure:
        extra = {"reason": error.code, "allowed": self._views.allowed(case, account)}
        return Failure("impossible_event", reason=error.message, extra=extra)

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

    def _typed(self, number: str) -> str:
        """A case number as somebody typed it: blanks, dashes and case do not matter."""
        given = str(clean(number)).upper()[:40]
        plain = "".join(ch for ch in given if ch.isalnum())
        for prefix in (f"{a.number_prefix}{kind}" for a in self._directory.agencies for kind in ("-GZ", "")):
            rest = plain.removeprefix(prefix.replace("-", "").upper())
            if rest != plain and rest.isdigit() and len(rest) > 4:
                return f"{prefix}-{rest[:4]}-{rest[4:]}"
        return given

    async def _register(self, filing: Filing, key: str | None) -> Receipt:
        agency = self._directory.agency(filing.body.addressee)
        suggestion = await self._triage.suggest(filing.body.description, filing.body.title or "")
        claim = Claim.of(self._vault, key, filing) if key else None
        async with self._db.write() as session:
            if claim and (taken := await self._claim(session, claim)):
                return self._replay(claim, taken)
            nonce = secrets.token_urlsafe(16)
            case = await open_case(session, self._vault, self._clock, agency, filing, nonce)
            if suggestion:
                self._keep_suggestion(session, case, suggestion)
            else:
                enqueue(session, SUGGEST_JOB, {"case": case.id}, self._clock.now())
            await session.flush()
            await self._project(session, case)
            receipt = self._receipt(case, nonce)
            if claim:
                shown = {"nonce": nonce, "receipt": receipt.model_dump(mode="json", exclude={"query_code"})}
                sealed = self._vault.seal(f"idempotency:{claim.key_hash}", shown)
                await repository.fill_key(session, claim.key_hash, case.id, sealed)
            return receipt

    async def _claim(self, session: AsyncSession, claim: Claim) -> IdempotencyKey | None:
        return await repository.claim_key(session, claim.key_hash, claim.body_hash, self._clock.now() + KEY_LIFE)

    def _replay(self, claim: Claim, taken: IdempotencyKey) -> Receipt:
        """The answer as it was first given, whatever has become of the case since."""
        if taken.body_hash != claim.body_hash or taken.sealed is None:
            raise Failure("idempotency_conflict")
        shown = self._vault.open(f"idempotency:{claim.key_hash}", taken.sealed)
        code = self._vault.query_code(shown["receipt"]["number"], shown["nonce"])
        return Receipt(query_code=code, **shown["receipt"])

    def _receipt(self, case: Case, nonce: str) -> Receipt:
        fields = ("number", "status", "received_on", "receipt_basis", "due_on", "due_provisional")
        shown = {name: getattr(case, name) for name in fields}
        return Receipt(query_code=self._vault.query_code(case.number, nonce), **shown)

    def _keep_suggestion(self, session: AsyncSession, case: Case, suggestion: dict[str, Any]) -> None:
        self._triage.store(session, case.id, case.number, suggestion, self._clock.now())
        case.flags = sorted({*case.flags, *(flag["code"] for flag in suggestion["flags"])})

    async def _case(self, session: AsyncSession, account: Account, number: str, *, lock: bool = False) -> Case:
        case = await repository.by_number(session, self._typed(number), department=account.department, lock=lock)
        if case is None:
            raise Failure("staff_case_not_found", number=self._typed(number))
        return case

    def _append(
        self,
        session: AsyncSession,
        case: Case,
        kind: str,
        account: Account,
        data: dict[str, Any] | None = None,
        on: date | None = None,
    ) -> Event:
        now = self._clock.now()
        return chain.append(session, case, kind, on or self._clock.today(), now, actor_of(account), data)

    async def _project(self, session: AsyncSession, case: Case, account: Account | None = None) -> None:
        await session.flush()
        record = Record(case, await repository.events_of(session, case.id))
        try:
            project(record, self._calendar, self._clock.today())
        except StatuteError as error:
            if account is None:
                raise Failure("impossible_event", reason=error.message, extra={"reason": error.code}) from None
            raise self._impossible(case, account, error) from None

    def _refuse_step(self, case: Case, account: Account, step: str) -> None:
        allowed = self._views.allowed(case, account)
        if step not in {a["code"] for a in allowed}:
            raise Failure("step_not_allowed", state=workflow.label(case.status), extra={"allowed": allowed})

    async def _refuse_second(self, session: AsyncSession, current: Decision | None, body: Confirmation) -> None:
        if current is None:
            if body.supersedes is not None:
                raise Failure("not_decided")
            return
        if body.supersedes == current.id:
            return
        shown = (await self._views.decisions(session, [current]))[0]
        extra = {"decision": shown.model_dump(mode="json")}
        if body.supersedes is None:
            raise Failure("already_decided", extra=extra, by=shown.by, department=shown.department_name)
        raise Failure("superseded", extra=extra, by=shown.by, department=shown.department_name)

    def _tell_citizen(self, session: AsyncSession, case: Case) -> None:
        if case.channel in _BY_CHAT:
            self._outbox.put(session, case.id, case.number, case.channel, self._views.sentence(case))
