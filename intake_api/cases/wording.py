"""What is said of a case whoever asks: where it stands, what its applicant reads of a step, what may be done next."""

from dataclasses import replace
from typing import Any

from intake_api.cases.models import Case
from intake_api.cases.queue import soon_limit, urgency
from intake_api.cases.reading import Reader
from intake_api.cases.record import Record, Standing
from intake_api.directory import Department, Directory
from intake_api.kit.clock import Clock
from intake_api.kit.errors import Failure
from intake_api.people.service import Account
from intake_api.statute import progress, workflow
from intake_api.statute.effective import Entry
from intake_api.statute.outcomes import DISPOSITIONS
from intake_api.statute.progress import Progress
from intake_api.statute.steps import Demands, Step
from intake_api.terms import papers
from intake_api.terms.applicant import Kind
from intake_api.terms.course import Urgency
from intake_api.terms.handling import RECIPIENTS
from intake_api.terms.record import STAFF


class Wording:
    """Sentences, lines and steps by the calendar and the directory of the office."""

    def __init__(self, clock: Clock, directory: Directory, reader: Reader, demands: Demands) -> None:
        self._clock = clock
        self._directory = directory
        self._reader = reader
        self._demands = demands

    def sentence(self, case: Case) -> str:
        """Where the case stands, in words for the citizen."""
        at = Progress(case.status, case.kind == "correction", term=self._term(case), outcome=case.outcome)
        handler = self.handler(case, case.department)
        if handler and handler.external:
            phone = f"（电话 {handler.contact.phone}）" if handler.contact.phone else ""
            at = replace(at, elsewhere=handler.name + phone)
        elif handler:
            at = replace(at, handler=handler.name)
        return progress.sentence(at)

    def _term(self, case: Case) -> progress.Term:
        found = self.urgency(case)
        return "none" if found == "none" else "over" if found == "overdue" else "runs"

    def handler(self, case: Case, code: str | None) -> Department | None:
        """Who handles a case, inside the office or elsewhere; by its code alone where the directory lost it."""
        return self._handler(case.agency_code, code)

    def _handler(self, agency: str, code: str | None) -> Department | None:
        if code is None:
            return None
        try:
            return self._directory.handler(code, agency)
        except Failure:
            return Department(code, self._directory.name_of(code))

    def line(self, case: Case, entry: Entry) -> str:
        """The line of the timeline for an entry; empty for one that applicants are not told of."""
        if entry.type in ("confirmed", "corrected"):
            handler = self.handler(case, entry.data["department"])
            if handler and handler.external:
                return progress.ELSEWHERE
        if entry.type == papers.ADDED and entry.data["visible"] == "applicant":
            return progress.PAPER_ADDED
        if entry.type == "transferred":
            return progress.handed_on(RECIPIENTS[entry.data["recipient"]].label, entry.data.get("their_number"))
        return workflow.citizen_event(entry.type)

    def elsewhere(self, held: Case | Standing, agency: str) -> Department | None:
        """Who is responsible instead by the answer of `agency` that stands (art. 36(5)); None where it names nobody."""
        meant = DISPOSITIONS["not_this_agency"]
        if (held.disposition, held.outcome) != (meant.code, meant.outcome):
            return None
        handler = self._handler(agency, held.department)
        return handler if handler and handler.external else None

    def _fits(self, step: Step, held: Case | Standing, agency: str) -> bool:
        """Whether a step has its object: filing on needs an agency that takes applications here."""
        if not step.elsewhere:
            return True
        holder = self.elsewhere(held, agency)
        return holder is not None and self._directory.answering(holder.code, agency) is not None

    def own_steps(self, case: Case, record: Record) -> list[str]:
        """The steps that the applicant may take now."""
        found = [s for s in workflow.allowed_to_citizen(case.status) if self._fits(s, case, case.agency_code)]
        return [s.code for s in found if not (s.once and s.event in record.standing.happened)]

    def steps(
        self, held: Case | Standing, agency: str, kind: Kind, account: Account, record: Record | None = None
    ) -> tuple[Step, ...]:
        """The steps that this person may take now; with the record without those taken for good."""
        happened = record.standing.happened if record and record.kind == "disclosure" else ()
        undoes = record is not None and record.own_last(f"{STAFF}{account.id}", account.role) is not None
        found = workflow.allowed(
            held.status,
            account.role,
            office=account.in_office,
            demands=self._demands,
            happened=happened,
            term=kind == "disclosure",
            undoes=undoes,
            contested="pending" in (held.review, (held.litigation or "").rpartition(":")[2]),
        )
        return tuple(step for step in found if self._fits(step, held, agency))

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
                "paper": step.paper,
            }
            for step in self.steps(case, case.agency_code, case.kind, account, record)
        ]

    def urgency(self, case: Case) -> Urgency:
        """How urgent a case is today."""
        today = self._clock.today()
        due_on = case.due_on if case.open else None
        return urgency(due_on, today, soon_limit(self._reader.counting().calendar, today))
