"""What citizens and staff see of a case, built from its record once whatever was done is committed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases import repository
from intake_api.cases.acts import Taken
from intake_api.cases.contested import Fought, contested, fought
from intake_api.cases.decisions import opened_notes, with_names
from intake_api.cases.desk import Desk, actor_of
from intake_api.cases.elsewhere import reached
from intake_api.cases.models import Case, Decision
from intake_api.cases.queue import NOT_NARROWED, Narrow, filter_of
from intake_api.cases.record import Record
from intake_api.cases.repository import OFFICE, QueueFilter, Whole
from intake_api.cases.schemas import (
    Asked,
    CaseView,
    ChildCase,
    CitizenView,
    ClockStep,
    DepartmentName,
    EventOut,
    QueuePage,
    QueueRow,
    Relative,
    StepOut,
    TimelineEntry,
    Turn,
)
from intake_api.cases.telling import otherwise
from intake_api.form.application import DeliveryIn
from intake_api.form.masking import masked
from intake_api.kit.text import tidy
from intake_api.people.service import Account, usernames
from intake_api.statute import workflow
from intake_api.statute.effective import Entry
from intake_api.statute.sentences import opinion
from intake_api.terms.course import CITIZENS_STATUS, MARKS, TABS
from intake_api.terms.record import CITIZEN, STAFF, SYSTEM
from intake_api.triage import service as triage
from intake_api.triage.service import StoredSuggestion

MOST_COUNTED = 999  # cases of a tab: beyond it the console says so, and a million more cost nothing


class CaseViews(Desk):
    """Queries, each in a transaction of its own; writes nothing. What somebody may see is asked of the repository."""

    def _suggested(self, case: Case, code: str) -> DepartmentName:
        """A suggested department by code and name, as the agency sees it that was asked."""
        handler = self._wording.handler(case, code)
        external = handler is not None and handler.external
        return DepartmentName(code=code, name=self._directory.name_of(code), external=external)

    # --- citizens

    async def citizen_view(self, number: str, code: str) -> CitizenView:
        """What the holder of number and query code may see; a wrong number and a wrong code are one and the same."""
        return (await self.citizens_own(number, code))[1]

    async def citizens_own(self, number: str, code: str) -> tuple[Record, CitizenView]:
        """The record of the case that number and query code are for, and what its applicant may see of it."""
        async with self._db.read() as session:
            case = await self._own(session, number, code)
            record = await self._record_of(session, case)
            children: list[Case] = []
            if "split" in record.standing.happened:
                parts = await repository.children_of(session, case.id, OFFICE)
                children = [one for one in parts if one.status != "merged"]
            elif there := record.standing.last("filed_on"):
                children = await repository.by_numbers(session, [there.data["number"]], OFFICE)
            texts = await repository.texts_of(session, [case.id, *(child.id for child in children)])
        return record, self._citizen(case, record, texts, children)

    def _citizen(
        self, case: Case, record: Record, texts: Mapping[int, bytes | None], children: Sequence[Case] = ()
    ) -> CitizenView:
        """The citizen's view; says nothing about suggestions, members of staff or internal steps.

        `texts` are the sealed texts of the case and of its children (or the one filed with another agency), by id.
        """
        clock = record.standing.clock
        handler = self._wording.handler(case, case.department)
        parts = [self._child(one, texts.get(one.id)) for one in children]
        filed_on = "filed_on" in record.standing.happened
        return CitizenView(
            number=case.number,
            kind=case.kind,
            status=case.status,
            status_label=CITIZENS_STATUS[case.status],
            sentence=self._wording.sentence(case),
            submitted_at=case.submitted_at,
            received_on=case.received_on,
            due_on=case.due_on,
            due_provisional=case.due_provisional,
            act_by=record.standing.act_by,
            clarification=_clarification(record),
            department=handler.name if handler and not handler.external else None,
            telling=None,
            agency=self._directory.agency(case.agency_code).name,
            title=self._reader.asked(case, texts.get(case.id))["title"],
            clock_steps=[ClockStep.model_validate(step) for step in clock.as_dict()["steps"]] if clock else [],
            timeline=self._timeline(case, record),
            children=[] if filed_on else parts,
            elsewhere=self._turn(case, parts[0] if filed_on and parts else None),
            filed_from=record.entries[0].data.get("filed_from"),
            rating=case.rating,
            allowed=self._wording.own_steps(case, record),
        )

    def _turn(self, case: Case, filed: ChildCase | None) -> Turn | None:
        """Whom to turn to instead: for what a department of another government has, that government."""
        holder = self._wording.elsewhere(case, case.agency_code)
        if holder is None:
            return None
        agency = self._directory.answering(holder.code, case.agency_code)
        return Turn(agency=agency.name if agency else holder.name, contact=reached(holder), filed=filed)

    def _timeline(self, case: Case, record: Record) -> list[TimelineEntry]:
        """What has happened, as far as applicants are told; a case of another agency is not handled there."""
        lines = [(entry.on, self._wording.line(case, entry)) for entry in record.standing.entries]
        return [TimelineEntry(on=on, title=title) for on, title in lines if title]

    def _child(self, case: Case, sealed: bytes | None) -> ChildCase:
        return ChildCase(
            number=case.number,
            title=self._reader.asked(case, sealed)["title"],
            status_label=CITIZENS_STATUS[case.status],
            sentence=self._wording.sentence(case),
            due_on=case.due_on,
        )

    # --- staff

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
        narrow: Narrow = NOT_NARROWED,
    ) -> QueuePage:
        """A page of cases in order of their due dates; `counted`: with what the console's tabs hold."""
        wanted = self._filter(status, department, due, q, narrow)
        async with self._db.read() as session:
            cases, following = await repository.page(session, account.department, wanted, cursor, limit)
            ids = [case.id for case in cases]
            texts = await repository.texts_of(session, ids)
            suggestions = await triage.latest(session, ids)
            tabs = TABS.items() if counted else ()
            asked = {code: self._filter(tab.status, None, tab.due) for code, tab in tabs}
            viewer = account.department
            asked |= {code: self._filter("all", None, None, narrow=Narrow(mark=code)) for code in MARKS if counted}
            counts = {code: await repository.count(session, viewer, one, MOST_COUNTED) for code, one in asked.items()}
        titles = {case.id: self._reader.asked(case, texts.get(case.id))["title"] for case in cases}
        rows = [self._row(case, titles[case.id], suggestions.get(case.id)) for case in cases]
        return QueuePage(items=rows, next=following, counts=counts, most=MOST_COUNTED)

    def _filter(
        self,
        status: str | None,
        department: str | None,
        due: str | None,
        q: str | None = None,
        narrow: Narrow = NOT_NARROWED,
    ) -> QueueFilter:
        status, department, due, q = (tidy(part) if part else None for part in (status, department, due, q))
        at = self._calendars.current, self._clock.today()
        return filter_of(self._vault, *at, status, department, due, q, self._typed(q or ""), narrow)

    async def contested(self, account: Account) -> list[Fought]:
        """The reviews and suits that want something done, the earliest day first; those this person may see."""
        async with self._db.read() as session:
            return await contested(session, account.department, self._reader.counting(), self._reader)

    async def view(self, account: Account, number: str) -> CaseView:
        """Everything staff may see of a case; identity number and contacts masked (`reveal` shows them)."""
        return (await self.looked_at(account, number))[1]

    async def looked_at(self, account: Account, number: str) -> tuple[Record, CaseView]:
        """The record of a case, and everything staff may see of it."""
        async with self._db.read() as session:
            return await self._staff(session, await self._whole(session, account.department, number), account)

    async def view_after(self, account: Account, taken: Taken) -> CaseView:
        """The case as a step left it, for who took the step: whoever gives it back still sees that it is gone."""
        async with self._db.read() as session:
            return (await self._staff(session, await self._whole(session, OFFICE, taken.number), account))[1]

    def _row(self, case: Case, title: str, suggestion: StoredSuggestion | None) -> QueueRow:
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
            urgency=self._wording.urgency(case),
            suggested=self._suggested(case, suggestion.department) if suggestion else None,
            suggested_probability=suggestion.probability if suggestion else None,
            confident=suggestion.confident if suggestion else None,
        )

    async def _staff(self, session: AsyncSession, found: Whole, account: Account) -> tuple[Record, CaseView]:
        """The whole case, with identity number and contacts masked, and the record it shows."""
        case, record = found.case, self._reader.whole(found)
        words, clock = record.words, record.standing.clock
        assert words is not None
        suggestion = (await triage.latest(session, [case.id])).get(case.id)
        rows = await repository.decisions_of(session, case.id)
        names = await self._names(session, found, rows)
        notes = opened_notes(self._vault, case, rows)
        made = await with_names(session, self._directory, rows, names, notes, suggestion)
        back = {e.data["decision"] for e in record.standing.entries if e.type == "returned"}
        decisions = [replace(one, returned=one.id in back) for one in made]
        row = self._row(case, words.title, suggestion)
        undoable = record.own_last(actor_of(account), account.role)
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
            proceedings=fought(case, record, words.notes),
            family=await self._family(session, case, record, account),
            seq=case.event_count,
            undoable=undoable.ref if undoable else None,
            allowed=[StepOut.model_validate(step) for step in self._wording.allowed(case, account, record)],
        )

    async def _names(self, session: AsyncSession, found: Whole, decisions: Sequence[Decision]) -> dict[int, str]:
        """Names of all accounts that had a hand in the case."""
        actors = (e.actor.removeprefix(STAFF) for e in found.events if e.actor.startswith(STAFF))
        ids = {int(actor) for actor in actors} | {row.account_id for row in decisions}
        return await usernames(session, ids) if ids else {}

    async def _family(self, session: AsyncSession, case: Case, record: Record, account: Account) -> list[Relative]:
        """Parent, children, brothers and sisters, and linked cases, as far as this person may see them."""
        viewer = account.department
        found: list[tuple[str, Case]] = []
        if case.parent_id is not None:
            parent = await repository.by_id(session, case.parent_id, viewer)
            found += [("parent", parent)] if parent else []
            siblings = await repository.children_of(session, case.parent_id, viewer)
            found += [("sibling", one) for one in siblings if one.id != case.id]
        if record.of_type("split"):  # taken back or not
            found += [("child", one) for one in await repository.children_of(session, case.id, viewer)]
        links = {e.data["number"]: e.data["relation"] for e in record.standing.entries if e.type == "linked"}
        links |= {e.data["number"]: "filed_on" for e in record.standing.entries if e.type == "filed_on"}
        links |= {e.data["filed_from"]: "filed_from" for e in record.entries[:1] if "filed_from" in e.data}
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
    actors = {f"{STAFF}{i}": name for i, name in names.items()} | {CITIZEN: "申请人", SYSTEM: "系统"}
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
    return Asked(reply_by=record.standing.act_by, otherwise=otherwise(record.kind))


def _meaning(record: Record, event: Entry) -> str | None:
    """What the opinion at the end of a consultation means for the disclosure."""
    given = event.data.get("opinion")
    if given is None:
        return None
    named = event.data.get("ref"), event.data.get("party")
    asked = (e.data for e in record.standing.entries if e.type == "consultation_started" and e.seq < event.seq)
    party = next((d["party"] for d in asked if d.get("ref") == named[0] or d["party"] == named[1]), None)
    return opinion(party, given) if party else None
