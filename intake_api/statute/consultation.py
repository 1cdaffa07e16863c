"""What the consultations on record allow: when silence may be recorded, when an objection can be overridden.

A third party has 15 working days from the day it got the letter (收到征求意见书之日, art. 32), a co-making agency too
(art. 34). Other agencies have no term in law, so that their silence can be recorded at any time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from intake_api.statute.effective import Entry
from intake_api.statute.errors import refusal
from intake_api.statute.notices import NOTICES
from intake_api.statute.workflow import STEPS

TOLD_BY = STEPS["answered"].informs  # 政府信息公开决定告知书（告知第三方）


@dataclass(slots=True)
class Consultation:
    """A consultation: whether the day the other side got the letter is on record, and what it said once it ended."""

    ref: str | None
    party: str
    delivered: bool
    ended: bool = False
    opinion: str | None = None

    def is_meant(self, data: Mapping[str, Any]) -> bool:
        """Tell whether an entry with these fields speaks of this consultation while it is under way."""
        named = data.get("ref") in (None, self.ref) and data.get("party") in (None, self.party)
        return named and not self.ended


def consultations(entries: Iterable[Entry]) -> list[Consultation]:
    """Return the consultations among entries that still count, which come in the order of their days."""
    found: list[Consultation] = []
    for entry in entries:
        data = entry.data
        if entry.type == "consultation_started":
            found.append(Consultation(data.get("ref"), data["party"], bool(data.get("delivered_on"))))
        one = next((c for c in found if c.is_meant(data)), None)
        if one and entry.type == "consultation_delivered":
            one.delivered = True
        elif one and entry.type == "consultation_ended":
            one.ended, one.opinion = True, data.get("opinion")
    return found


def refuse_silence(entries: Sequence[Entry], data: Mapping[str, Any]) -> None:
    """Refuse silence, as named by the fields of its entry, of who is not known to have got the letter.

    Raises StatuteError `silence_undelivered`.
    """
    for one in consultations(entries):
        if one.is_meant(data) and one.party != "other_agency" and not one.delivered:
            raise refusal("silence_undelivered")


def to_be_told(entries: Iterable[Entry], outcome: str) -> list[Consultation]:
    """Return the third parties that must be told in writing of this answer, which discloses all (art. 32).

    Those who agreed need not be told; silence is no agreement.
    """
    if outcome != "3.1":  # what is withheld in part (区分处理) may be just what was objected to
        return []
    return [c for c in consultations(entries) if c.party == "third_party" and c.opinion not in (None, "agree")]


def refuse_override(entries: Iterable[Entry], outcome: str, reason: str | None) -> None:
    """Refuse to disclose all over a reasoned objection of a third party without the reason of public interest.

    Raises StatuteError `override_unreasoned` (art. 32).
    """
    objects = any(c.opinion == "object_with_reason" for c in to_be_told(entries, outcome))
    if objects and not (reason or "").strip():
        raise refusal("override_unreasoned", notice=NOTICES[TOLD_BY].title)
