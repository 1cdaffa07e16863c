"""Corrections (更正): what a request for one (art. 41) is answered with, and notices that do not hold any more.

A notice does not hold where the entry it went with was voided, or a corrected notice names it. An issued notice is
never changed. It is marked, and whoever got it is owed the corrected one (更正后的文书).
"""

from collections.abc import Sequence

from intake_api.statute.effective import VOIDED, Entry
from intake_api.statute.errors import refusal
from intake_api.statute.notices import NOTICES
from intake_api.statute.outcomes import OUTCOMES
from intake_api.statute.workflow import step_of
from intake_api.terms.applicant import Kind

ISSUED = "notice_issued"


# 部分公开、不予公开、不予处理 answer what asks for information; a record about oneself is set right or not (art. 41).
_OF_DISCLOSURE = frozenset(code for code in OUTCOMES if code.startswith(("3.2", "3.3", "3.5")))


def refuse_outcome(kind: Kind, outcome: str) -> None:
    """Refuse to answer a request for correction with a row for disclosure; StatuteError `not_for_correction`."""
    if kind == "correction" and outcome in _OF_DISCLOSURE:
        raise refusal("not_for_correction", outcome=OUTCOMES[outcome].label)


def going_with(record: Sequence[Entry], entry: Entry) -> list[Entry]:
    """Return the notices that were issued for an entry, before or after it was recorded; internal forms are none.

    A letter that took its step names it (`for`). Of one that names none, what lies beyond the next or the last entry of
    the same type belongs to that one.
    """
    step = step_of(entry.type)
    codes = {code for code in step.notices if NOTICES[code].addressee != "internal"} if step else set()
    same = [e.seq for e in record if e.type == entry.type and e.seq != entry.seq]
    last = max((seq for seq in same if seq < entry.seq), default=0)
    following = min((seq for seq in same if seq > entry.seq), default=len(record) + 1)
    near = [e for e in record if e.type == ISSUED and e.data["notice"] in codes and last < e.seq < following]
    named = [e for e in record if e.type == ISSUED and e.data.get("for") == entry.ref]
    return sorted([*named, *(e for e in near if "for" not in e.data)])


def not_in_force(record: Sequence[Entry]) -> dict[int, str]:
    """Return the ids of the notices that do not hold, each with the number of the one in its place, or "".

    `record` is the whole record of a case, oldest first. A voiding may say that the notice itself was right.
    """
    entries = {entry.ref: entry for entry in record}
    found: dict[int, str] = {}
    for void in (e for e in record if e.type == VOIDED and e.data.get("notice") != "stands"):
        gone = going_with(record, entries[void.data["ref"]])
        found |= {notice.data["id"]: "" for notice in gone if notice.seq < void.seq}
    for notice in (e for e in record if e.type == ISSUED and e.data.get("replaces")):
        found[notice.data["replaces"]] = notice.data["number"]
    return found
