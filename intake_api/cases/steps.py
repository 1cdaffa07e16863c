"""Steps that staff take in a case: confirming and correcting, and every entry of the workflow's table."""

from dataclasses import replace
from datetime import date
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.acts import Act, Beside, Choice, Letter, Taken
from intake_api.cases.amending import AMENDED, Amending
from intake_api.cases.attaching import FILED
from intake_api.cases.decisions import in_force
from intake_api.cases.desk import actor_of, actors_of
from intake_api.cases.models import Case, Decision
from intake_api.cases.record import Record, day_in
from intake_api.cases.registration import BASIS_MISFIT
from intake_api.cases.repository import OFFICE
from intake_api.cases.telling import NOTHING_ASKED, Shown, asked_of, news, tell
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.people.service import Account
from intake_api.statute import approval, consultation, correction, countersigns, entries, letters, proceedings, workflow
from intake_api.statute.effective import Entry
from intake_api.statute.errors import StatuteError, refusal
from intake_api.statute.events import TYPES
from intake_api.statute.outcomes import DISPOSITIONS, OUTCOMES
from intake_api.statute.sentences import chinese_day
from intake_api.statute.steps import Call
from intake_api.terms.delivery import TRACKING
from intake_api.terms.receipt import CHANNELS
from intake_api.triage import service as triage

_MAY_CORRECT_NOTICES = ("reviewer", "admin")


class StaffSteps(Amending):
    """Use cases of staff that move a case on."""

    async def confirm(self, account: Account, number: str, choice: Choice) -> Taken:
        """Confirm or correct the suggestion; both are kept. Failure `already_decided` with the decision in force.

        After a department has given the case back no decision is in force, and confirming is open again.
        """
        async with self._db.write() as session:
            case = await self._case(session, account, number, lock=True)
            self._refuse_routing(case, account)
            handler = self._directory.handler(choice.department, case.agency_code)
            earlier = await repository.decisions_of(session, case.id)
            last = earlier[-1] if earlier else None
            current = last if case.department else None
            await self._refuse_second(session, case, account, (last, current), choice)
            record = await self._record_of(session, case)
            self._refuse_moved_on(case, record, account, choice.after)
            self._refuse_step(case, account, "correct" if current else "confirm", record)
            suggestion = (await triage.latest(session, [case.id])).get(case.id)
            decision = Decision(
                case_id=case.id,
                seq=len(earlier) + 1,
                suggestion_id=suggestion.id if suggestion else None,
                department=handler.code,
                disposition="not_this_agency"
                if handler.external
                else choice.disposition,  # art. 36(5): never a silent transfer
                account_id=account.id,
                decided_at=self._clock.now(),
                supersedes_id=last.id if last else None,
                note_sealed=self._vault.seal(f"note:{case.number}", choice.note) if choice.note else None,
            )
            session.add(decision)
            await session.flush()
            data = {
                "decision": decision.id,
                "suggestion": decision.suggestion_id,
                "department": decision.department,
                "disposition": decision.disposition,
            }
            entry = self._append(session, case, "corrected" if current else "confirmed", actor_of(account), data)
            return await self._moved(session, account, case, record, entry)

    async def _moved(self, session: AsyncSession, account: Account, case: Case, record: Record, entry: Entry) -> Taken:
        """Count an entry that was just added: the projection follows it, and the applicant is told."""
        before = Shown.of(case)
        after = record.with_entry(entry)
        await self._project(session, case, after, account)
        asks = asked_of(after) if entry.type == "clarification_requested" else NOTHING_ASKED
        await self._tell(session, case, before, entry, asks=asks)
        return Taken(case.number, entry.seq, case.department)

    def _refuse_routing(self, case: Case, account: Account) -> None:
        """Whoever is limited to a department gives a case back (退回分办) and never sends it to another."""
        if not account.in_office:
            raise Failure("department_returns", extra={"allowed": self._wording.allowed(case, account)})

    async def _refuse_second(
        self,
        session: AsyncSession,
        case: Case,
        account: Account,
        decided: tuple[Decision | None, Decision | None],
        choice: Choice,
    ) -> None:
        """`decided`: the last decision there was, and the one in force."""
        last, current = decided
        if last is None:
            if choice.supersedes is not None:
                raise Failure("not_decided", extra={"allowed": self._wording.allowed(case, account)})
            return
        if choice.supersedes == last.id or (choice.supersedes is None and current is None):
            return
        shown = await in_force(session, self._directory, last)
        extra = {"decision": to_jsonable_python(shown), "allowed": self._wording.allowed(case, account)}
        if choice.supersedes is None:
            raise Failure("already_decided", extra=extra, by=shown.by, department=shown.department_name)
        raise Failure("superseded", extra=extra, by=shown.by, department=shown.department_name)

    async def record(self, account: Account, number: str, act: Act, beside: Beside | None = None) -> Taken:
        """Record a step of the workflow; Failure `step_not_allowed` or `impossible_event` with the allowed steps.

        `beside` is done with it or not at all: the file that proves the step.
        """
        on = act.on or self._clock.today()
        if on > self._clock.today():
            raise Failure("date_invalid", fields=[FieldProblem("on", "不能晚于今天。")])
        async with self._db.write() as session:
            case, partner = await self._locked(session, account, number, act)
            if partner and act.type == "linked":
                act = replace(act, fields={**act.fields, "number": partner.number})  # as that case has it
            record = await self._record_of(session, case)
            self._refuse_moved_on(case, record, account, act.after)
            self._refuse_bare(case, record, account, act)
            if act.type == AMENDED:
                self._refuse_step(case, account, act.type, record)
                entry = await self._amend(session, case, account, act, on)
            else:
                entry = self._enter(session, case, record, account, act, on)
            if partner:
                await self._mirror(session, case, partner, entry)
            if act.type == "voided":
                await self._rejoin(session, account, case, record, entry)
            taken = await self._moved(session, account, case, record, entry)
            if beside:
                await beside(session, entry.ref)
            return taken

    def _refuse_bare(self, case: Case, record: Record, account: Account, act: Act) -> None:
        """Refuse a step without its letter, as far as the office has said so (setting LETTERS)."""
        try:
            letters.refuse_bare(record.entries, act.type, act.fields, self._letters)
        except StatuteError as error:
            raise self._impossible(case, account, error) from None

    def _enter(
        self,
        session: AsyncSession,
        case: Case,
        record: Record,
        account: Account,
        act: Act,
        on: date,
        *,
        call: Call = "events",
    ) -> Entry:
        """Put a step on record where it fits."""
        step = workflow.STEPS.get(act.type)
        self._refuse_step(case, account, act.type if step and step.call == call else "", record)
        try:
            data, words = self._content(case, record, account, act, on)
        except StatuteError as error:
            raise self._impossible(case, account, error) from None
        entry = self._append(session, case, act.type, actor_of(account), data, on)
        if words:
            self._keep_words(session, case, entry, words)
        return entry

    def _refuse_unapproved(self, case: Case, record: Record, account: Account, letter: Letter) -> None:
        """Refuse an answer whose draft, as it goes out, has not passed the hands that the office wants."""
        entries = approval.about(record.standing.entries, letter.approved)
        try:
            approval.refuse_answer(entries, letter.outcome or "", self._demands)
        except StatuteError as error:
            raise self._impossible(case, account, error) from None

    async def take(self, session: AsyncSession, account: Account, number: str, act: Act) -> Taken:
        """Take a step of the approval of a draft in the caller's transaction; refused like any other step."""
        case = await self._case(session, account, number, lock=True)
        record = await self._record_of(session, case)
        entry = self._enter(session, case, record, account, act, self._clock.today(), call="approval")
        return await self._moved(session, account, case, record, entry)

    async def issue(self, session: AsyncSession, account: Account, number: str, letter: Letter) -> bool:
        """Put on record, in the caller's transaction, that a letter goes out, and with it the step that it takes.

        False, and nothing done, where the record has grown since the letter was set. Refused whenever the step would
        be: `step_not_allowed`, `impossible_event`, `notice_is_out` with the allowed steps.
        """
        case = await self._case(session, account, number, lock=True)
        if case.event_count != letter.seen:
            return False
        record, before, today = await self._record_of(session, case), Shown.of(case), self._clock.today()
        if letter.voids:
            void = Act("voided", fields={"ref": letter.voids, "reason": str(letter.entry["number"])})
            entry = self._enter(session, case, record, account, void, today)
            record = record.with_entry(entry)
            await self._project(session, case, record, account)
        if letter.outcome is not None:
            self._refuse_unapproved(case, record, account, letter)
        ref, told = letter.joins, ""
        if letter.act:
            entry = self._enter(session, case, record, account, letter.act, today)
            record, ref, told = record.with_entry(entry), entry.ref, self._wording.line(case, entry)
        data = {**letter.entry, **({"for": ref} if ref else {})}
        sent = self._append(session, case, correction.ISSUED, actor_of(account), data)
        after = record.with_entry(sent)
        await self._project(session, case, after, account)
        sentence = news(case, before, told, self._wording.sentence(case))
        asks = asked_of(after, letter.asks) if letter.asks else NOTHING_ASKED
        await tell(session, self._outbox, case, sentence + letter.message, asks=asks)
        return True

    def _content(self, case: Case, record: Record, account: Account, act: Act, on: date) -> tuple[dict[str, Any], str]:
        """What goes into the chain, and the words that are sealed beside it; StatuteError where it cannot be."""
        given = dict(act.fields)
        if act.type == "answered" and (case.kind == "disclosure" or act.get("outcome")):
            given["outcome"] = self._outcome(case, act.get("outcome"))
        entries.check_fields(act.type, on, given)
        if given.get("waited") and not str(given.get("reason") or "").strip():
            raise refusal("waited_unreasoned")
        words = [given.pop(name) for name in entries.sealed_fields(act.type) if name in given]
        self._refuse_receipt(case, act, on)
        if act.type == countersigns.ASKED:
            self._refuse_outside(case, str(given["department"]))
        self._refuse_facts(record, account, act, on, given)
        if act.type == "returned":
            given["decision"] = record.standing.decision
        if act.type == "consultation_started":
            given.setdefault("ref", f"c{len(record.entries) + 1}")  # so that a page can say which one has ended
        return given, "；".join(words)

    def _refuse_receipt(self, case: Case, act: Act, on: date) -> None:
        """Refuse a receipt that its channel cannot have (art. 31), and what would have happened before it."""
        if act.type == "received" and act.get("basis") and act.get("basis") not in CHANNELS[case.channel].bases:
            raise Failure("invalid_request", fields=[FieldProblem("basis", BASIS_MISFIT)])
        if act.type != "received" and case.received_on and on < case.received_on:
            raise refusal("before_receipt", on=chinese_day(on), event=workflow.event_label(act.type))

    def _refuse_outside(self, case: Case, department: str) -> None:
        """Inside are the other departments of the agency that was applied to; others are consulted (征求意见)."""
        if department == case.department or self._directory.handler(department, case.agency_code).external:
            raise Failure("invalid_request", fields=[FieldProblem("department", "请选择本机关的另一个部门。")])

    def _refuse_facts(self, record: Record, account: Account, act: Act, on: date, data: dict[str, Any]) -> None:
        """Refuse what contradicts the rest of the record; StatuteError."""
        by, office = actor_of(account), account.in_office
        self._refuse_earlier_end(record, act.type, on)
        countersigns.refuse(record.standing.countersigns, act.type, on, data)
        proceedings.refuse(record.standing.proceedings, act.type, on, data)
        if act.type == "answered":
            outcome = data.get("outcome", "")
            correction.refuse_outcome(record.kind, outcome)
            if not act.by_letter:
                approval.refuse_answer(record.standing.entries, outcome, self._demands)
            consultation.refuse_override(record.standing.by_day(), outcome, act.get("reason"))
        elif act.type in approval.KINDS:
            entry = Entry(len(record.entries) + 1, act.type, on, data, by)
            approval.refuse_hand(
                record.standing.entries,
                entry,
                account.role,
                office=office,
                demands=self._demands,
                hands=actors_of(account),
            )
        elif act.type == "voided":
            self._refuse_void(record, account, str(data["ref"]))
        elif act.type == "clarification_lapsed":
            self._refuse_early_lapse(record, on)
        elif act.type == "consultation_ended" and act.get("opinion") == "silent":
            consultation.refuse_silence(record.standing.by_day(), data)
            self._refuse_early_silence(record, act, on)
        elif act.type == "delivered":
            if act.get("tracking") and (act.get("way") != "post" or not TRACKING.fullmatch(act.get("tracking"))):
                raise refusal("bad_tracking")
            if record.standing.ended_on and on < record.standing.ended_on:
                raise refusal("delivered_before_end")

    def _refuse_void(self, record: Record, account: Account, ref: str) -> None:
        entry = next((e for e in record.standing.entries if e.ref == ref and workflow.can_be_voided(e.type)), None)
        if entry is None:
            raise refusal("ref_unknown", ref=ref)
        if record.built_on(entry) and account.role not in _MAY_CORRECT_NOTICES:
            raise refusal("notice_is_out")
        if entry != record.own_last(actor_of(account), account.role) and not workflow.voids_any(
            account.role, record.standing.status
        ):
            raise refusal("own_last_only")

    def _refuse_earlier_end(self, record: Record, kind: str, on: date) -> None:
        """Refuse an end of the term before the day of what is on record already."""
        if workflow.STEPS[kind].clock != "stops":
            return
        counted = {*TYPES, *(approval.KINDS if kind == "answered" else ())}
        last = max((e for e in record.standing.entries if e.type in counted), key=lambda e: e.on, default=None)
        if last and on < last.on:
            names = {"event": workflow.event_label(last.type), "step": workflow.event_label(kind)}
            raise refusal("before_later_entry", day=chinese_day(last.on), on=chinese_day(on), **names)

    def _refuse_early_lapse(self, record: Record, on: date) -> None:
        """Not to supplement means something only after the last day that the applicant was given (art. 30)."""
        asked = record.standing.last("clarification_requested")
        reply_by = day_in(asked, "reply_by")
        if asked is None or reply_by is None:
            raise refusal("reply_by_missing")
        told = [day_in(letter, "reply_by") for letter in correction.going_with(record.entries, asked)]
        last = record.counting.last_day(max([reply_by, *(day for day in told if day)]))
        if last and on <= last:  # the clock says so too, but it knows no letter, and a request for correction has none
            raise refusal("lapse_too_early", deadline=chinese_day(last))

    def _refuse_early_silence(self, record: Record, act: Act, on: date) -> None:
        """Silence means something only after the fifteen working days; other agencies have none in law."""
        clock = record.standing.clock
        for one in clock.consultations if clock else ():
            named = act.get("ref") in (None, one.ref) and act.get("party") in (None, one.party)
            if named and one.party != "other_agency" and on <= one.reply_by:
                raise refusal("silence_too_early", reply_by=chinese_day(one.reply_by))

    def _outcome(self, case: Case, given: str | None) -> str:
        """The row of 表三 that the answer counts in: as given, else where the decision leads."""
        code = given or (DISPOSITIONS[case.disposition].outcome if case.disposition else "")
        if code not in OUTCOMES:
            raise Failure("invalid_request", fields=[FieldProblem("outcome", "请选择处理结果。")])
        return code

    # --- a split that is taken back (并回)

    async def _rejoin(self, session: AsyncSession, account: Account, case: Case, record: Record, void: Entry) -> None:
        """Where the entry voided is a split, end its parts as rejoined; refused once one of them was acted on."""
        split = next((e for e in record.of_type("split") if e.ref == void.data["ref"]), None)
        if split is None:
            return
        if account.department is not None:
            raise self._impossible(case, account, refusal("office_only"))
        copied = sum(e.type in TYPES for e in record.standing.entries if e.seq < split.seq)
        await repository.lock(session, split.data["children"])
        for part in await repository.by_numbers(session, split.data["children"], OFFICE):
            own = await self._record_of(session, part)
            since = [e for e in own.entries if e.seq > copied + 1]  # beyond its submission and the clock it was given
            if any(workflow.moves_on(e.type) or e.type in (*FILED, correction.ISSUED) for e in since):
                raise self._impossible(case, account, refusal("part_acted_on", number=part.number))
            back = self._append(session, part, "merged", void.by, {"parent": case.number})
            await self._project(session, part, own.with_entry(back), account)

    # --- links (重复申请、集中申请): an entry on both sides

    async def _locked(self, session: AsyncSession, account: Account, number: str, act: Act) -> tuple[Case, Case | None]:
        """The case, and the one it is linked to by this step, both held, always in the order of their ids."""
        case = await self._case(session, account, number)
        other = await self._partner(session, case, act)
        if other is None:
            return await self._case(session, account, number, lock=True), None
        await repository.lock(session, [case.number, other])
        partner = await repository.by_number(session, other, account.department)
        if partner is None or partner.id == case.id:
            raise Failure("invalid_request", fields=[FieldProblem("number", "没有这个编号的另一件申请。")])
        return await self._case(session, account, number, lock=True), partner

    async def _partner(self, session: AsyncSession, case: Case, act: Act) -> str | None:
        """The number of the other case of a link that is made or taken back."""
        if act.type == "linked" and act.get("number"):
            return self._typed(act.get("number"))
        if act.type == "voided":
            links = (await self._record_of(session, case)).of_type("linked")
            return next((link.data["number"] for link in links if link.ref == act.get("ref")), None)
        return None

    async def _mirror(self, session: AsyncSession, case: Case, partner: Case, entry: Entry) -> None:
        """Write the same entry on the other side."""
        if entry.type == "linked":
            self._append(session, partner, "linked", entry.by, {**entry.data, "number": case.number}, entry.on)
            return
        theirs = (await self._record_of(session, partner)).standing.entries
        link = next((e for e in theirs if e.type == "linked" and e.data["number"] == case.number), None)
        if link:
            self._append(session, partner, "voided", entry.by, {"ref": link.ref}, entry.on)
