"""Departments asked inside for a countersignature or for help (会签、协办): who has not returned it yet, and by when.

The clock of the request does not stop for it: only other agencies and third parties do that (arts 32-34).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from intake_api.statute.effective import Entry
from intake_api.statute.errors import refusal

ASKED, RETURNED = "countersign_asked", "countersign_returned"


@dataclass(frozen=True, slots=True)
class Countersign:
    """A department that was asked `since` a day: for what (`form`), and until when it was given time (None: no day)."""

    ref: str
    department: str
    form: str
    since: date
    reply_by: date | None


def waiting(entries: Iterable[Entry]) -> tuple[Countersign, ...]:
    """Return what was sent and has not come back, after the entries that count, oldest first."""
    found: dict[str, Countersign] = {}
    for entry in entries:
        if entry.type == ASKED:
            by = entry.data.get("reply_by")
            given = date.fromisoformat(by) if by else None
            found[entry.ref] = Countersign(entry.ref, entry.data["department"], entry.data["form"], entry.on, given)
        elif entry.type == RETURNED:
            found.pop(entry.data.get("ref") or next(iter(found), ""), None)
    return tuple(found.values())


def refuse(known: Sequence[Countersign], type_: str, on: date, data: Mapping[str, Any]) -> None:
    """Refuse a return of what was not sent, or of one of several without saying which; StatuteError."""
    if type_ == ASKED and any(one.department == data["department"] for one in known):
        raise refusal("countersign_repeated")
    if type_ != RETURNED:
        return
    if not data.get("ref") and len(known) > 1:
        raise refusal("countersign_ambiguous")
    one = next((one for one in known if data.get("ref") in (None, "", one.ref)), None)
    if one is None:
        raise refusal("countersign_none")
    if on < one.since:
        raise refusal("countersign_before")
