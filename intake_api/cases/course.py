"""What an office's ledger (台账, art. 45) says of the course of a case, drawn from its record: a few words a column."""

from collections.abc import Callable, Mapping, Sequence

from intake_api.statute import letters
from intake_api.statute.effective import Entry, effective, last
from intake_api.statute.notices import NOTICES
from intake_api.terms.delivery import TRACKING

COLUMNS = ("due_on", "clarification", "extension", "consultation", "fee", "handled_by", "tracking", "archive_number")
_ANSWERS = frozenset(
    code for code in NOTICES if letters.steps_of(code) & {"answered", "clarification_lapsed", "fee_lapsed"}
)


def words_of(
    record: Sequence[Entry], due_on: str, note: Callable[[int], str], names: Mapping[str, str]
) -> dict[str, str]:
    """The columns of a live case, and the number of its answer; `note` opens the words of an entry."""
    entries = effective(record)
    answered, posted, closed = last(entries, "answered"), last(entries, "delivered"), last(entries, "closed")
    found = TRACKING.search(note(posted.seq)) if posted else None
    return {
        "due_on": due_on,
        "clarification": _told(entries, {"clarification_requested": "告知", "clarification_received": "收到补正"}),
        "extension": "；".join(f"{e.on}延长{e.data['days']}个工作日" for e in entries if e.type == "extended"),
        "consultation": _told(entries, {"consultation_started": "发出", "consultation_ended": "结束"}),
        "fee": _told(entries, {"fee_noticed": "收到通知", "fee_paid": "缴费"}),
        "handled_by": names.get(answered.by, "") if answered else "",
        "tracking": found[0] if found else "",
        "archive_number": note(closed.seq) if closed else "",
        "notice_number": _number(record, answered),
    }


def _told(entries: Sequence[Entry], words: Mapping[str, str]) -> str:
    return "，".join(f"{entry.on}{words[entry.type]}" for entry in entries if entry.type in words)


def _number(record: Sequence[Entry], answered: Entry | None) -> str:
    """The number of the answer: of the letter issued here, else of the one made elsewhere."""
    issued = [e for e in record if e.type == "notice_issued" and e.data["notice"] in _ANSWERS]
    elsewhere = answered.data.get("letter_number") if answered else None
    return str(issued[-1].data["number"] if issued else elsewhere or "")
