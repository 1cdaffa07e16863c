"""A letter as an act: what its going out does to the case (statute/letters.py)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from intake_api.cases.acts import Act, Letter
from intake_api.cases.record import Record
from intake_api.kit.errors import Failure
from intake_api.notices.drafting import Written
from intake_api.notices.facts import issued_as
from intake_api.statute import letters
from intake_api.statute.letters import Course, Deed


def deed_of(written: Written) -> Deed | None:
    """The step that a draft takes when it is issued."""
    values, code = written.draft.values, written.draft.notice.code
    return letters.deed_of(code, values, str(values["delivery"]))


def letter_of(record: Record, written: Written, entry: Mapping[str, Any], message: str) -> Letter:
    """The letter with what it does; Failure `answer_stands`, `letter_differs` where it contradicts what holds."""
    deed = deed_of(written)
    replaced = issued_as(record, written.draft.values.get("replaces"))
    course = letters.course_of(record.entries, record.standing.entries, deed, replaced)
    letter = Letter({**entry, **({"replaces": replaced.data["id"]} if replaced else {})}, len(record.entries), message)
    if deed is None:
        return letter
    _refuse_contradiction(record, deed, course)
    if deed.step == "answered":
        letter = replace(letter, outcome=str(deed.fields.get("outcome", "")))
    if not course.takes:
        return replace(letter, joins=course.joins.ref if course.joins else None)
    reason = written.draft.values.get("override_reason")
    fields = {**deed.fields, **({"reason": reason} if reason and deed.step == "answered" else {})}
    return replace(
        letter, act=Act(deed.step, fields=fields, by_letter=True), voids=course.voids.ref if course.voids else None
    )


def _refuse_contradiction(record: Record, deed: Deed, course: Course) -> None:
    """One standing answer a case: another only in the place of the first (更正、撤销)."""
    if course.joins and not letters.agrees(course.joins, deed):
        raise Failure("letter_differs", extra={"event": course.joins.seq})
    answer = record.standing.last("answered")
    if deed.step != "answered" or answer is None or course.joins or course.voids:
        return
    letter = letters.letter_with(record.entries, answer)
    raise Failure("answer_stands", number=letter.data["number"] if letter else "")
