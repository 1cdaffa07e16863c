"""Who has approved an answer, when and in what words: what the internal sheet (N27, 呈批单) takes from the record."""

from collections.abc import Mapping, Sequence

from intake_api.cases.record import Record
from intake_api.notices import texts
from intake_api.notices.document import Value
from intake_api.statute import approval
from intake_api.statute.effective import Entry
from intake_api.statute.sentences import chinese_day
from intake_api.statute.workflow import STEPS
from intake_api.terms.handling import SECRECY_RESULTS
from intake_api.terms.record import STAFF

CODE = STEPS["signed_off"].notices[0]  # the internal sheet
_PLACES = {"signed_off": "head_signed", "reviewed": "office_signed"}


def approvals_of(record: Record, draft: Mapping[str, object] | None) -> tuple[Entry, ...]:
    """The approvals that hold: of the draft named (its id and hash), without one of the draft approved last."""
    given = approval.given(record.standing.entries)
    named = draft or (given[-1].data if given else {})
    return approval.given(approval.about(record.standing.entries, named))


def signers(entries: Sequence[Entry]) -> set[int]:
    """The accounts that gave them."""
    return {int(entry.by.removeprefix(STAFF)) for entry in entries}


def signed(record: Record, entries: Sequence[Entry], names: Mapping[int, str]) -> dict[str, Value]:
    """What the sheet says of the approvals; what nobody has given yet is left out, for a hand to sign."""
    notes = record.words.notes if record.words else {}
    found: dict[str, list[str]] = {"secrecy": [], **{place: [] for place in _PLACES.values()}}
    for entry in entries:
        who, on = names.get(int(entry.by.removeprefix(STAFF)), ""), chinese_day(entry.on)
        if entry.type == "secrecy_reviewed":
            hand = approval.Hand(entry.type, entry.data["level"]).label
            said = SECRECY_RESULTS[entry.data["result"]].label
            line = f"{on}，{hand}（{who}）：{said}"
        else:
            line = f"{on}，{who}：{texts.AGREED}"
        note = notes.get(entry.seq)
        found[_PLACES.get(entry.type, "secrecy")].append(f"{line}。{note}" if note else line)
    return {place: "\n".join(lines) for place, lines in found.items() if lines}
