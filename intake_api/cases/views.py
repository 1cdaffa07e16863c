"""What citizens and staff see of a case, built from its record."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.calendars.current import Calendars
from intake_api.cases import repository
from intake_api.cases.models import Applicant, Case, Decision, Event
from intake_api.cases.projection import LateClarification, Record
from intake_api.cases.queue import soon_limit
from intake_api.cases.schemas import (
    Asked,
    CaseView,
    ChildCase,
    CitizenView,
    ClockStep,
    DecisionOut,
    DepartmentName,
    EventOut,
    QueueRow,
    Relative,
    StepOut,
    TimelineEntry,
)
from intake_api.directory import Department, Directory
from intake_api.form.application import DeliveryIn
from intake_api.form.masking import masked
from intake_api.kit.clock import Clock
from intake_api.kit.errors import Failure
from intake_api.kit.vault import Vault
from intake_api.people.service import Account, usernames
from intake_api.statute import progress, workflow
from intake_api.statute.calendar import Calendar
from intake_api.statute.deadlines import Clock as Clockwork
from intake_api.statute.progress import Progress
from intake_api.statute.sentences import NOT_CORRECTED, NOT_SUPPLEMENTED, opinion
from intake_api.statute.steps import Demands
from intake_api.terms.record import CITIZEN, DAMAGED, ERASED, SYSTEM
from intake_api.triage import service as triage
from intake_api.triage.service import Suggestion, TriageService

TITLE_LENGTH = 40  # characters of a description that stand in for a missing title
UNSAID = "（台账没有写明申请内容）"


class Views:
    """Builds the view models; reads sealed rows, writes nothing."""

    def __init__(
        self,
        vault: Vault,
        clock: Clock,
        directory: Directory,
        calendars: Calendars,
        suggestions: TriageService,
        demands: Demands,
        late_clarification: LateClarification,
    ) -> None:
        self._vault = vault
        self._clock = clock
        self._directory = directory
        self._calendars = calendars
        self._triage = suggestions
        self._demands = demands
        self._late = late_clarification

    @property
    def _calendar(self) -> Calendar:
        return self._calendars.current

    # --- pieces

    def asked(self, case: Case, sealed: bytes | None) -> dict[str, Any]:
        """Title, description and document number as filed."""
        if sealed is None:
            return {"title": ERASED, "description": ERASED, "document_number": None}
        texts: dict[str, Any] | None = self._vault.read(f"case_text:{case.number}", sealed)
        if texts is None:
            return {"title": DAMAGED, "description": DAMAGED, "document_number": None}
        if not texts["title"]:
            first = " ".join(texts["description"].split()) or UNSAID
            texts["title"] = first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"
        return texts

    def particulars(self, case: Case, row: Applicant | None) -> dict[str, Any]:
        """The applicant in full."""
        if row is None or row.sealed is None:
            return {"type": case.applicant_type, "name": ERASED}
        opened: dict[str, Any] | None = self._vault.read(f"applicant:{case.number}", row.sealed)
        return opened or {"type": case.applicant_type, "name": DAMAGED}

    def name(self, code: str | None) -> DepartmentName | None:
        """A department or agency by code and name."""
        if code is None:
            return None
        external = any(d.code == code and d.external for d in self._directory.departments)
        return DepartmentName(code=code, name=self._directory.name_of(code), external=external)

    def sentence(self, case: Case) -> str:
        """Where the case stands, in words for the citizen."""
        at = Progress(case.status, case.kind == "correction", term=self._term(case), outcome=case.outcome)
        handler = self._handler(case, case.department)
        if handler and handler.external:
            phone = f"（电话 {handler.contact.phone}）" if handler.contact.phone else ""
            at = replace(at, elsewhere=handler.name + phone)
        elif handler:
            at = replace(at, handler=handler.name)
        return progress.sentence(at)

    def _term(self, case: Case) -> progress.Term:
        if not case.open or case.due_on is None:
            return "none"
        return "over" if case.due_on < self._clock.today() else "runs"

    def _handler(self, case: Case, code: str | None) -> Department | None:
        """Who handles a case, inside the office or elsewhere; by its code alone where the directory lost it."""
        if code is None:
            return None
        try:
            return self._directory.handler(code, case.agency_code)
        except Failure:
            return Department(code, self._directory.name_of(code))

    def _timeline(self, record: Record) -> list[TimelineEntry]:
        """What has happened, as far as applicants are told; a case of another agency is not handled there."""
        lines = [(event.on, self.told(record.case, event)) for event in record.standing]
        return [TimelineEntry(on=on, title=title) for on, title in lines if title]

    def told(self, case: Case, event: Event) -> str:
        """The line for an event; empty for one that applicants are not told of."""
        if event.type in ("confirmed", "corrected"):
            handler = self._handler(case, event.data["department"])
            if handler and handler.external:
                return progress.ELSEWHERE
        return workflow.citizen_event(event.type)

    def words(self, case: Case, seq: int, sealed: bytes) -> str:
        """The words that go with an event; those of the applicant carry the salt of their digest."""
        opened: str | dict[str, str] | None = self._vault.read(f"event_note:{case.number}:{seq}", sealed)
        return opened["text"] if isinstance(opened, dict) else opened or DAMAGED

    def allowed(self, case: Case, account: Account, record: Record | None = None) -> list[dict[str, Any]]:
        """The steps that this person may take now, as `StepOut`; with the record also without those taken for good."""
        office = account.department is None
        happened = {e.type for e in record.standing} if record and case.kind == "disclosure" else set()
        return [
            {
                "code": step.code,
                "label": step.label,
                "call": step.call,
                "clock": step.clock if case.kind == "disclosure" else "none",
                "notices": list(step.notices),
                "fields": [
                    {"name": f.name, "required": f.required, "values": list(f.values)}
                    | {"asked": f.required or f.asked, "default": f.default or None}
                    for f in step.fields
                ],
            }
            for step in workflow.allowed(
                case.status, account.role, office=office, demands=self._demands, happened=happened
            )
        ]

    # --- citizens

    def citizen(self, record: Record, texts: Mapping[int, bytes | None], children: Sequence[Case] = ()) -> CitizenView:
        """The citizen's view; says nothing about suggestions, members of staff or internal steps.

        `texts` are the sealed texts of the case and of its children, by id.
        """
        case, clock = record.case, record.clock(self._calendar, self._clock.today(), self._late)
        handler = self._handler(case, case.department)
        return CitizenView(
            number=case.number,
            kind=case.kind,
            status=case.status,
            status_label=workflow.label(case.status),
            sentence=self.sentence(case),
            submitted_at=case.submitted_at,
            received_on=case.received_on,
            due_on=case.due_on,
            due_provisional=case.due_provisional,
            act_by=_act_by(record, clock),
            clarification=_asked(record),
            department=handler.name if handler and not handler.external else None,
            agency=self._directory.agency(case.agency_code).name,
            title=self.asked(case, texts.get(case.id))["title"],
            clock_steps=[ClockStep.model_validate(step) for step in clock.as_dict()["steps"]] if clock else [],
            timeline=self._timeline(record),
            children=[self._child(child, texts.get(child.id)) for child in children],
            rating=case.rating,
            allowed=[step.code for step in workflow.allowed_to_citizen(case.status)],
        )

    def _child(self, case: Case, sealed: bytes | None) -> ChildCase:
        return ChildCase(
            number=case.number,
            title=self.asked(case, sealed)["title"],
            status_label=workflow.label(case.status),
            sentence=self.sentence(case),
            due_on=case.due_on,
        )

    # --- staff

    def row(self, case: Case, sealed: bytes | None, suggestion: Suggestion | None) -> QueueRow:
        """A row of the queue."""
        today = self._clock.today()
        running = case.open and case.due_on is not None
        left = self._calendar.workdays_between(today, case.due_on) if running and case.due_on else None
        return QueueRow(
            number=case.number,
            status=case.status,
            status_label=workflow.label(case.status),
            received_on=case.received_on,
            due_on=case.due_on,
            due_provisional=case.due_provisional,
            department=case.department,
            department_name=self._directory.name_of(case.department) if case.department else None,
            title=self.asked(case, sealed)["title"],
            kind=case.kind,
            channel=case.channel,
            working_days_left=left,
            urgency=self._urgency(case),
            suggested=self.name(suggestion.department) if suggestion else None,
            suggested_probability=suggestion.probability if suggestion else None,
            confident=suggestion.confident if suggestion else None,
        )

    def _urgency(self, case: Case) -> Literal["overdue", "soon", "later", "none"]:
        today = self._clock.today()
        if not case.open or case.due_on is None:
            return "none"
        if case.due_on < today:
            return "overdue"
        return "soon" if case.due_on <= soon_limit(self._calendar, today) else "later"

    async def staff(self, session: AsyncSession, case: Case, account: Account) -> CaseView:
        """The whole case, with identity number and contacts masked."""
        record = Record(case, await repository.events_of(session, case.id))
        decisions = await self.decisions(session, await repository.decisions_of(session, case.id), case)
        back = {e.data["decision"] for e in record.standing if e.type == "returned"}
        for decision in decisions:
            decision.returned = decision.id in back
        texts = await repository.texts_of(session, [case.id])
        suggestion = (await triage.latest(session, [case.id])).get(case.id)
        clock = record.clock(self._calendar, self._clock.today(), self._late)
        asked = self.asked(case, texts.get(case.id))
        row = self.row(case, texts.get(case.id), suggestion)
        applicant = self.particulars(case, await repository.applicant_of(session, case.id))
        return CaseView(
            **{name: getattr(row, name) for name in set(CaseView.model_fields) & set(QueueRow.model_fields)},
            agency=case.agency_code,
            submitted_at=case.submitted_at,
            clock={"id": case.number} | clock.as_dict() if clock else None,
            description=asked["description"],
            document_number=asked["document_number"],
            delivery=DeliveryIn(medium=case.delivery_medium, way=case.delivery_way),
            applicant=masked(applicant),
            flags=case.flags,
            suggestion=self._triage.shown(case.number, suggestion) if suggestion else None,
            decision=decisions[-1] if decisions and not decisions[-1].returned else None,
            decisions=decisions,
            events=await self._events(session, record),
            family=await self._family(session, record, account),
            seq=case.event_count,
            allowed=[StepOut.model_validate(step) for step in self.allowed(case, account, record)],
        )

    async def decisions(
        self, session: AsyncSession, rows: list[Decision], case: Case | None = None
    ) -> list[DecisionOut]:
        """Decisions with names; a note is opened only for the case's own page."""
        names = await usernames(session, {row.account_id for row in rows})
        suggested = await triage.departments(session, [row.suggestion_id for row in rows if row.suggestion_id])
        return [
            DecisionOut(
                id=row.id,
                department=row.department,
                department_name=self._directory.name_of(row.department),
                disposition=row.disposition,
                by=names.get(row.account_id, ""),
                at=row.decided_at,
                supersedes=row.supersedes_id,
                followed_suggestion=suggested.get(row.suggestion_id or 0) == row.department,
                note=self._note(case, row),
            )
            for row in rows
        ]

    def _note(self, case: Case | None, row: Decision) -> str | None:
        if case is None or row.note_sealed is None:
            return None
        note: str | None = self._vault.read(f"note:{case.number}", row.note_sealed)
        return note or DAMAGED

    async def _events(self, session: AsyncSession, record: Record) -> list[EventOut]:
        case, events = record.case, record.events
        ids = {int(e.actor.removeprefix("account:")) for e in events if e.actor.startswith("account:")}
        names = await usernames(session, ids)
        notes = await repository.notes_of(session, case.id)
        actors = {f"account:{i}": name for i, name in names.items()} | {CITIZEN: "申请人", SYSTEM: "系统"}
        standing = {e.seq for e in record.standing}
        return [
            EventOut(
                seq=e.seq,
                type=e.type,
                label=workflow.event_label(e.type),
                on=e.on,
                at=e.at,
                by=actors.get(e.actor, e.actor),
                data=e.data,
                note=self.words(case, e.seq, sealed) if (sealed := notes.get(e.seq)) else None,
                meaning=_meaning(record, e),
                voidable=e.seq in standing and workflow.can_be_voided(e.type),
                hash=e.hash,
            )
            for e in events
        ]

    async def _family(self, session: AsyncSession, record: Record, account: Account) -> list[Relative]:
        """Parent, children, brothers and sisters, and linked cases, as far as this person may see them."""
        case, viewer = record.case, account.department
        found: list[tuple[str, Case]] = []
        if case.parent_id is not None:
            parent = await session.get(Case, case.parent_id)
            found += [("parent", parent)] if parent and viewer in (None, parent.department) else []
            siblings = await repository.children_of(session, case.parent_id, viewer)
            found += [("sibling", one) for one in siblings if one.id != case.id]
        found += [("child", one) for one in await repository.children_of(session, case.id, viewer)]
        links = {e.data["number"]: e.data["relation"] for e in record.standing if e.type == "linked"}
        linked = await repository.by_numbers(session, list(links), viewer) if links else []
        found += [(links[one.number], one) for one in linked]
        texts = await repository.texts_of(session, [one.id for _, one in found])
        return [
            Relative.model_validate(
                {
                    "relation": relation,
                    "number": one.number,
                    "title": self.asked(one, texts.get(one.id))["title"],
                    "status_label": workflow.label(one.status),
                    "department_name": self._directory.name_of(one.department) if one.department else None,
                }
            )
            for relation, one in found
        ]


def _asked(record: Record) -> Asked | None:
    """What the record alone says of a clarification that is awaited: by when, and what happens otherwise."""
    if record.case.status != "clarifying":
        return None
    otherwise = NOT_CORRECTED if record.case.kind == "correction" else NOT_SUPPLEMENTED
    return Asked(reply_by=_act_by(record, None), otherwise=otherwise)


def _act_by(record: Record, clock: Clockwork | None) -> date | None:
    """The last day for the applicant to supplement or to pay, while that is awaited."""
    if record.case.status == "awaiting_fee":
        return clock.pay_by if clock else None
    if record.case.status != "clarifying":
        return None
    asked = next(e for e in reversed(record.standing) if e.type == "clarification_requested")
    return date.fromisoformat(asked.data["reply_by"]) if asked.data.get("reply_by") else None


def _meaning(record: Record, event: Event) -> str | None:
    """What the opinion at the end of a consultation means for the disclosure."""
    given = event.data.get("opinion")
    if given is None:
        return None
    named = event.data.get("ref"), event.data.get("party")
    asked = (e.data for e in record.standing if e.type == "consultation_started" and e.seq < event.seq)
    party = next((d["party"] for d in asked if d.get("ref") == named[0] or d["party"] == named[1]), None)
    return opinion(party, given) if party else None
