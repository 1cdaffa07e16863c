"""What citizens and staff see of a case, built from its record."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.models import Case, Decision
from intake_api.cases.queue import soon_limit, urgency
from intake_api.cases.reading import Reader
from intake_api.cases.record import Record
from intake_api.cases.repository import Whole
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
from intake_api.statute.effective import Entry
from intake_api.statute.progress import Progress
from intake_api.statute.sentences import NOT_CORRECTED, NOT_SUPPLEMENTED, opinion
from intake_api.statute.steps import Demands, Step
from intake_api.terms.course import Urgency
from intake_api.terms.record import CITIZEN, DAMAGED, SYSTEM
from intake_api.triage import service as triage
from intake_api.triage.service import StoredSuggestion, TriageService

_STAFF = "account:"  # how entries name members of staff


class Views:
    """Builds the view models; reads sealed rows, writes nothing."""

    def __init__(
        self,
        vault: Vault,
        clock: Clock,
        directory: Directory,
        reader: Reader,
        suggestions: TriageService,
        demands: Demands,
    ) -> None:
        self._vault = vault
        self._clock = clock
        self._directory = directory
        self._reader = reader
        self._triage = suggestions
        self._demands = demands

    # --- pieces

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
        found = self._urgency(case)
        return "none" if found == "none" else "over" if found == "overdue" else "runs"

    def _handler(self, case: Case, code: str | None) -> Department | None:
        """Who handles a case, inside the office or elsewhere; by its code alone where the directory lost it."""
        if code is None:
            return None
        try:
            return self._directory.handler(code, case.agency_code)
        except Failure:
            return Department(code, self._directory.name_of(code))

    def _timeline(self, case: Case, record: Record) -> list[TimelineEntry]:
        """What has happened, as far as applicants are told; a case of another agency is not handled there."""
        lines = [(entry.on, self.line(case, entry)) for entry in record.standing.entries]
        return [TimelineEntry(on=on, title=title) for on, title in lines if title]

    def line(self, case: Case, entry: Entry) -> str:
        """The line of the timeline for an entry; empty for one that applicants are not told of."""
        if entry.type in ("confirmed", "corrected"):
            handler = self._handler(case, entry.data["department"])
            if handler and handler.external:
                return progress.ELSEWHERE
        return workflow.citizen_event(entry.type)

    def steps(self, status: str, account: Account, record: Record | None = None) -> tuple[Step, ...]:
        """The steps that this person may take now; with the record without those taken for good."""
        happened = record.standing.happened if record and record.kind == "disclosure" else ()
        office = account.department is None
        return workflow.allowed(status, account.role, office=office, demands=self._demands, happened=happened)

    def allowed(self, case: Case, account: Account, record: Record | None = None) -> list[dict[str, Any]]:
        """The same, as `StepOut`."""
        return [
            {
                "code": step.code,
                "label": step.label,
                "call": step.call,
                "clock": step.clock if case.kind == "disclosure" else "none",
                "notices": list(step.notices),
                "fields": [
                    {"name": f.name, "required": f.required, "values": list(f.values), "words": dict(f.words)}
                    | {"asked": f.required or f.asked, "default": f.default or None, "explained": f.explained}
                    | {"label": f.label, "kind": f.kind, "longest": f.longest}
                    for f in step.fields
                ],
            }
            for step in self.steps(case.status, account, record)
        ]

    # --- citizens

    def citizen(
        self, case: Case, record: Record, texts: Mapping[int, bytes | None], children: Sequence[Case] = ()
    ) -> CitizenView:
        """The citizen's view; says nothing about suggestions, members of staff or internal steps.

        `texts` are the sealed texts of the case and of its children, by id.
        """
        clock = record.standing.clock
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
            act_by=record.standing.act_by,
            clarification=_clarification(record),
            department=handler.name if handler and not handler.external else None,
            agency=self._directory.agency(case.agency_code).name,
            title=self._reader.asked(case, texts.get(case.id))["title"],
            clock_steps=[ClockStep.model_validate(step) for step in clock.as_dict()["steps"]] if clock else [],
            timeline=self._timeline(case, record),
            children=[self._child(child, texts.get(child.id)) for child in children],
            rating=case.rating,
            allowed=[step.code for step in workflow.allowed_to_citizen(case.status)],
        )

    def _child(self, case: Case, sealed: bytes | None) -> ChildCase:
        return ChildCase(
            number=case.number,
            title=self._reader.asked(case, sealed)["title"],
            status_label=workflow.label(case.status),
            sentence=self.sentence(case),
            due_on=case.due_on,
        )

    # --- staff

    def row(self, case: Case, title: str, suggestion: StoredSuggestion | None) -> QueueRow:
        """A row of the queue."""
        today = self._clock.today()
        running = case.open and case.due_on is not None
        calendar = self._reader.counting().calendar
        left = calendar.workdays_between(today, case.due_on) if running and case.due_on else None
        return QueueRow(
            number=case.number,
            status=case.status,
            status_label=workflow.label(case.status),
            received_on=case.received_on,
            due_on=case.due_on,
            due_provisional=case.due_provisional,
            department=case.department,
            department_name=self._directory.name_of(case.department) if case.department else None,
            title=title,
            kind=case.kind,
            channel=case.channel,
            working_days_left=left,
            urgency=self._urgency(case),
            suggested=self.name(suggestion.department) if suggestion else None,
            suggested_probability=suggestion.probability if suggestion else None,
            confident=suggestion.confident if suggestion else None,
        )

    def _urgency(self, case: Case) -> Urgency:
        today = self._clock.today()
        due_on = case.due_on if case.open else None
        return urgency(due_on, today, soon_limit(self._reader.counting().calendar, today))

    async def staff(self, session: AsyncSession, found: Whole, account: Account) -> tuple[Record, CaseView]:
        """The whole case, with identity number and contacts masked, and the record it shows."""
        case, record = found.case, self._reader.whole(found)
        words, clock = record.words, record.standing.clock
        assert words is not None
        suggestion = (await triage.latest(session, [case.id])).get(case.id)
        rows = await repository.decisions_of(session, case.id)
        names = await self._names(session, found, rows)
        decisions = await self._decided(session, rows, names, case, suggestion)
        back = {e.data["decision"] for e in record.standing.entries if e.type == "returned"}
        for decision in decisions:
            decision.returned = decision.id in back
        row = self.row(case, words.title, suggestion)
        return record, CaseView(
            **{name: getattr(row, name) for name in set(CaseView.model_fields) & set(QueueRow.model_fields)},
            agency=case.agency_code,
            submitted_at=case.submitted_at,
            clock={"id": case.number} | clock.as_dict() if clock else None,
            description=words.description,
            document_number=words.document_number,
            delivery=DeliveryIn(medium=case.delivery_medium, way=case.delivery_way),
            applicant=masked(dict(words.applicant)),
            flags=case.flags,
            suggestion=self._triage.shown(case.number, suggestion) if suggestion else None,
            decision=decisions[-1] if decisions and not decisions[-1].returned else None,
            decisions=decisions,
            events=_events(found, record, names),
            family=await self._family(session, case, record, account),
            seq=case.event_count,
            allowed=[StepOut.model_validate(step) for step in self.allowed(case, account, record)],
        )

    async def decision(self, session: AsyncSession, row: Decision) -> DecisionOut:
        """One decision with names, without its note: for whoever came too late to make it."""
        names = await usernames(session, {row.account_id})
        return (await self._decided(session, [row], names))[0]

    async def _names(self, session: AsyncSession, found: Whole, decisions: Sequence[Decision]) -> dict[int, str]:
        """Names of all accounts that had a hand in the case."""
        actors = (e.actor.removeprefix(_STAFF) for e in found.events if e.actor.startswith(_STAFF))
        ids = {int(actor) for actor in actors} | {row.account_id for row in decisions}
        return await usernames(session, ids) if ids else {}

    async def _decided(
        self,
        session: AsyncSession,
        rows: Sequence[Decision],
        names: Mapping[int, str],
        case: Case | None = None,
        latest: StoredSuggestion | None = None,
    ) -> list[DecisionOut]:
        """Decisions with names; a note is opened only for the case's own page. `latest`: a suggestion known already."""
        suggested = {latest.id: latest.department} if latest else {}
        others = {row.suggestion_id for row in rows if row.suggestion_id} - suggested.keys()
        if others:
            suggested |= await triage.departments(session, list(others))
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

    async def _family(self, session: AsyncSession, case: Case, record: Record, account: Account) -> list[Relative]:
        """Parent, children, brothers and sisters, and linked cases, as far as this person may see them."""
        viewer = account.department
        found: list[tuple[str, Case]] = []
        if case.parent_id is not None:
            parent = await repository.by_id(session, case.parent_id, viewer)
            found += [("parent", parent)] if parent else []
            siblings = await repository.children_of(session, case.parent_id, viewer)
            found += [("sibling", one) for one in siblings if one.id != case.id]
        if "split" in record.standing.happened:
            found += [("child", one) for one in await repository.children_of(session, case.id, viewer)]
        links = {e.data["number"]: e.data["relation"] for e in record.standing.entries if e.type == "linked"}
        linked = await repository.by_numbers(session, links, viewer) if links else []
        found += [(links[one.number], one) for one in linked]
        if not found:
            return []
        texts = await repository.texts_of(session, [one.id for _, one in found])
        return [
            Relative.model_validate(
                {
                    "relation": relation,
                    "number": one.number,
                    "title": self._reader.asked(one, texts.get(one.id))["title"],
                    "status_label": workflow.label(one.status),
                    "department_name": self._directory.name_of(one.department) if one.department else None,
                }
            )
            for relation, one in found
        ]


def _events(found: Whole, record: Record, names: Mapping[int, str]) -> list[EventOut]:
    """The entries as the page lists them; `hash` and the moment are those of the chain."""
    assert record.words is not None
    actors = {f"{_STAFF}{i}": name for i, name in names.items()} | {CITIZEN: "申请人", SYSTEM: "系统"}
    counting = {entry.seq for entry in record.standing.entries}
    return [
        EventOut(
            seq=e.seq,
            type=e.type,
            label=workflow.event_label(e.type),
            on=e.on,
            at=e.at,
            by=actors.get(e.actor, e.actor),
            data=e.data,
            note=record.words.notes.get(e.seq),
            meaning=_meaning(record, entry),
            voidable=e.seq in counting and workflow.can_be_voided(e.type),
            hash=e.hash,
        )
        for e, entry in zip(found.events, record.entries, strict=True)
    ]


def _clarification(record: Record) -> Asked | None:
    """What the record alone says of a clarification that is awaited: by when, and what happens otherwise."""
    if record.standing.status != "clarifying":
        return None
    otherwise = NOT_CORRECTED if record.kind == "correction" else NOT_SUPPLEMENTED
    return Asked(reply_by=record.standing.act_by, otherwise=otherwise)


def _meaning(record: Record, event: Entry) -> str | None:
    """What the opinion at the end of a consultation means for the disclosure."""
    given = event.data.get("opinion")
    if given is None:
        return None
    named = event.data.get("ref"), event.data.get("party")
    asked = (e.data for e in record.standing.entries if e.type == "consultation_started" and e.seq < event.seq)
    party = next((d["party"] for d in asked if d.get("ref") == named[0] or d["party"] == named[1]), None)
    return opinion(party, given) if party else None
