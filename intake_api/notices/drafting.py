"""A draft put into words: what a clerk entered and reworded, laid over what the record of the case says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from intake_api.cases.record import Record
from intake_api.directory import Directory
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.notices import texts
from intake_api.notices.document import Document, NoticeDraft, Value, compose, parse
from intake_api.notices.facts import ONLINE, derived, facts_of, issued_as, provisional
from intake_api.notices.models import Notice
from intake_api.statute import consultation, letters
from intake_api.statute import notices as table
from intake_api.statute.elements import REPLACES, Element
from intake_api.statute.outcomes import Remedy
from intake_api.statute.workflow import OVERRIDE_REASON
from intake_api.terms.delivery import SERVICES

Kept = Mapping[str, dict[str, str]]
"""What a clerk entered (`elements`, by code) and reworded (`paragraphs`, by key)."""
NOTHING: Mapping[str, Value] = {}
_UNKNOWN = "这份文书没有这一项，或者它只能来自案件记录。"
_SERVED = Element("delivery", "送达方式", "choice", options=SERVICES.words())
_OVERRIDE = Element("override_reason", OVERRIDE_REASON.partition("（")[0], "lines")
_PLACES = (
    Element("review_body", "复议机关的名称", "text"),
    Element("court", "管辖法院的名称", "text"),
    Element("review_url", "提交行政复议申请书的互联网渠道", "text"),
)


@dataclass(frozen=True)
class Written:
    """A draft with everything that it is made from, and the document it makes."""

    record: Record
    draft: NoticeDraft
    facts: Mapping[str, Value]
    document: Document


def write(
    record: Record,
    row: Notice,
    kept: Kept,
    directory: Directory,
    unsettled: Mapping[str, Remedy],
    number: str = "",
    beside: Mapping[str, Value] = NOTHING,
) -> Written:
    """Put a draft into words with the facts as they are now; `unsettled` are remedies that the office chooses.

    `beside`: facts of other cases.
    """
    notice, agency, today = table.NOTICES[row.code], directory.agency(record.agency), record.counting.today
    acting = acting_elements(record, notice)
    known = {e.code: e for e in (*notice.elements, *_PLACES, REPLACES, *acting)}
    facts = {
        name: value
        for name, value in {**beside, **facts_of(record, row.code, directory)}.items()
        if _offered(known.get(name), value)
    }
    if len(notice.grounds) == 1:
        facts["outcome"] = next(iter(notice.grounds))
    values = facts | {name: parse(known[name], given) for name, given in kept["elements"].items() if name in known}
    values |= derived(record, values)
    outcome = str(values.get("outcome", ""))
    draft = NoticeDraft(
        notice=notice,
        remedy=remedy_of(notice, outcome, unsettled),
        agency_kind=agency.kind,
        electronic=notice.addressee == "applicant" and record.way in ONLINE,
        values=values,
        edits=kept["paragraphs"],
        acting=acting,
        provisional=provisional(record, values),
    )
    document = compose(draft, number or row.number or texts.DRAFT_NUMBER, agency.full_name, row.issued_on or today)
    return Written(record, draft, facts, document)


def acting_elements(record: Record, notice: table.Notice) -> tuple[Element, ...]:
    """What the step of a letter needs beside what the letter says: how it is served, why an objection is overridden."""
    if not letters.steps_of(notice.code) & {"answered", "fee_noticed"}:
        return ()
    asked = consultation.to_be_told(record.standing.by_day(), "3.1") if "3.1" in notice.grounds else ()
    objects = any(one.opinion == "object_with_reason" for one in asked)
    return (_SERVED, _OVERRIDE) if objects else (_SERVED,)


def remedy_of(notice: table.Notice, outcome: str, unsettled: Mapping[str, Remedy]) -> Remedy:
    """The remedy of a notice; what the office chooses for an outcome holds in the letter that tells it, in no other."""
    _, remedy = notice.rests_on(outcome)
    return unsettled.get(outcome, remedy) if outcome in notice.grounds else remedy


def _offered(element: Element | None, value: Value) -> bool:
    """A fact that is none of the choices of its element is no default for it."""
    return element is None or element.options is None or value in element.options


def changed(
    record: Record, notice: table.Notice, before: Kept, elements: Mapping[str, str], paragraphs: Mapping[str, str]
) -> dict[str, Any]:
    """What is kept after a change; an empty value takes one back. Failure `invalid_request` with every problem."""
    merged = {
        "elements": before.get("elements", {}) | dict(elements),
        "paragraphs": before.get("paragraphs", {}) | dict(paragraphs),
    }
    kept = {
        group: {name: text.replace("\r\n", "\n") for name, text in given.items() if text}
        for group, given in merged.items()
    }
    problems = [*_problems_of_elements(record, notice, kept["elements"]), *_unknown_parts(notice, kept["paragraphs"])]
    if problems:
        raise Failure("invalid_request", fields=sorted(problems, key=lambda problem: problem.name))
    return kept


def _problems_of_elements(record: Record, notice: table.Notice, given: Mapping[str, str]) -> list[FieldProblem]:
    replacing = (REPLACES,) if texts.PARTS.get(notice.code) else ()
    acting = acting_elements(record, notice)
    known = {e.code: e for e in (*notice.elements, *_PLACES, *replacing, *acting) if not e.fact}
    problems = [FieldProblem(f"elements.{name}", _UNKNOWN) for name in given.keys() - known.keys()]
    for name in given.keys() & known.keys():
        try:
            parse(known[name], given[name])
        except ValueError as error:
            problems.append(FieldProblem(f"elements.{name}", str(error)))
    if "replaces" in given.keys() & known.keys() and not issued_as(record, given["replaces"]):
        problems.append(FieldProblem("elements.replaces", texts.REPLACES_UNKNOWN))
    return problems


def _unknown_parts(notice: table.Notice, given: Mapping[str, str]) -> list[FieldProblem]:
    keys = {part.key for part in (texts.REPLACES, *texts.PARTS.get(notice.code, ()))}
    return [FieldProblem(f"paragraphs.{key}", _UNKNOWN) for key in given.keys() - keys]
