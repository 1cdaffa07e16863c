"""Notices that do not hold any more: the entry they went with was voided, or a corrected notice names them.

An issued notice is never changed. It is marked, and whoever got it is owed the corrected one (更正后的文书).
"""

from collections.abc import Sequence

from intake_api.statute.effective import VOIDED, Entry
from intake_api.statute.notices import NOTICES
from intake_api.statute.workflow import step_of

ISSUED = "notice_issued"


def going_with(record: Sequence[Entry], entry: Entry) -> list[Entry]:
    """Return the notices that were issued for an entry, before or after it was recorded; internal forms are none.

    What lies beyond the next or the last entry of the same type belongs to that one.
    """
    step = step_of(entry.type)
    codes = {code for code in step.notices if NOTICES[code].addressee != "internal"} if step else set()
    same = [e.seq for e in record if e.type == entry.type and e.seq != entry.seq]
    last = max((seq for seq in same if seq < entry.seq), default=0)
    following = min((seq for seq in same if seq > entry.seq), default=len(record) + 1)
    return [e for e in record if e.type == ISSUED and e.data["notice"] in codes and last < e.seq < following]


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
