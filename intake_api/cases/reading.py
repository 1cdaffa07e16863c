"""From rows to a record: which entries there are, and what is sealed, opened."""

import json
from collections.abc import Iterable
from typing import Any

from intake_api.calendars.current import Calendars
from intake_api.cases.models import Case, Event
from intake_api.cases.record import Counting, LateClarification, Record, Words
from intake_api.cases.repository import Whole
from intake_api.form.fields import amendable
from intake_api.form.masking import shown_as
from intake_api.kit.clock import Clock
from intake_api.kit.vault import Vault
from intake_api.statute.calendar import Calendar
from intake_api.statute.effective import Entry
from intake_api.terms.record import DAMAGED, ERASED

TITLE_LENGTH = 40  # characters of a description that stand in for a missing title
UNSAID = "（台账没有写明申请内容）"


def entry_of(event: Event) -> Entry:
    """An event as the rules read it."""
    return Entry(event.seq, event.type, event.on, event.data, event.actor)


def record_of(case: Case, events: Iterable[Event], counting: Counting, words: Words | None = None) -> Record:
    """A case and its events, oldest first, as a record."""
    return Record(
        number=case.number,
        kind=case.kind,
        agency=case.agency_code,
        channel=case.channel,
        medium=case.delivery_medium,
        way=case.delivery_way,
        entries=tuple(map(entry_of, events)),
        counting=counting,
        words=words,
    )


class Reader:
    """Opens what is sealed of a case; what is erased or damaged is said so, and the rest goes on."""

    def __init__(self, vault: Vault, clock: Clock, calendars: Calendars, late_clarification: LateClarification) -> None:
        self._vault = vault
        self._clock = clock
        self._calendars = calendars
        self._late = late_clarification

    def counting(self, calendar: Calendar | None = None) -> Counting:
        """How days are counted now; `calendar`: by this one, which the caller's transaction holds."""
        return Counting(calendar or self._calendars.current, self._clock.today(), self._late)

    def record(self, case: Case, events: Iterable[Event]) -> Record:
        """The record alone, to be moved on."""
        return record_of(case, events, self.counting())

    def whole(self, found: Whole) -> Record:
        """The record with its words, to be read."""
        case, asked = found.case, self.asked(found.case, found.text)
        notes = {seq: self.note(case, seq, sealed) for seq, sealed in found.notes.items() if sealed}
        words = Words(**asked, applicant=self.applicant(case, found.applicant), notes=notes)
        return record_of(case, found.events, self.counting(), words)

    def asked(self, case: Case, sealed: bytes | None) -> dict[str, Any]:
        """Title, description and document number as filed."""
        opened = self._vault.read(f"case_text:{case.number}", sealed) if sealed is not None else None
        if opened is None:
            gone = ERASED if sealed is None else DAMAGED
            return {"title": gone, "description": gone, "document_number": None}
        return {
            "title": opened["title"] or shortened(opened["description"]) or UNSAID,
            "description": opened["description"],
            "document_number": opened["document_number"],
        }

    def applicant(self, case: Case, sealed: bytes | None) -> dict[str, Any]:
        """The applicant in full."""
        if sealed is None:
            return {"type": case.applicant_type, "name": ERASED}
        opened: dict[str, Any] | None = self._vault.read(f"applicant:{case.number}", sealed)
        return opened or {"type": case.applicant_type, "name": DAMAGED}

    def note(self, case: Case, seq: int, sealed: bytes) -> str:
        """The words that go with an entry; those of the applicant carry the salt of their digest.

        Of a correction of the application what was corrected, as far as it may be seen without a look on record.
        """
        opened: str | dict[str, str] | None = self._vault.read(f"event_note:{case.number}:{seq}", sealed)
        if isinstance(opened, dict) and "amended" in opened:
            return _amended(opened["amended"])
        return opened["text"] if isinstance(opened, dict) else opened or DAMAGED


def _amended(words: str) -> str:
    kept, known = json.loads(words), amendable()
    said = [
        f"{known[path].ask.label}：{shown_as(path, old) or '（没有）'}，改为 {shown_as(path, new) or '（删去）'}"
        for path, (old, new) in kept["changes"].items()
        if path in known
    ]
    return "；".join([*said, f"理由：{kept['reason']}"])


def shortened(text: str) -> str:
    """The beginning of a text on one line, to stand for its title."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1] + "…"
