"""Letters that are steps: which step a letter takes by going out, and what of the letter is the record of that step.

The letter and its step are one act (docs/adr/0022-issue-is-the-act.md): what the letter says is what is recorded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from intake_api.statute import correction
from intake_api.statute.effective import Entry, last
from intake_api.statute.errors import refusal
from intake_api.statute.notices import NOTICES
from intake_api.statute.workflow import event_label
from intake_api.terms.delivery import WAYS
from intake_api.terms.papers import ADDED

# Of each letter that is no answer: its step, and which element is which field of the step's record.
_STEPS = {
    "N2": ("clarification_requested", {"reply_by": "clarify_by"}),
    "N3": ("extended", {"days": "days"}),
    "N4": ("consultation_started", {}),
    "N7": ("consultation_started", {"party": "party"}),
    "N9": ("fee_noticed", {}),
    "N23": ("delayed", {"until": "until"}),
    "N25": ("answered", {}),  # what is corrected counts in no row (art. 41)
}
_LAPSES = {"3.6.1": "clarification_lapsed", "3.6.2": "fee_lapsed"}
STEPS = frozenset({"answered", *_LAPSES.values(), *(step for step, _ in _STEPS.values())})
ANSWERS = frozenset({"answered", *_LAPSES.values()})  # steps whose letter ends a case
DOWNLOADED = "downloaded"  # the entry that its applicant had that letter from the page: a proof of receipt, no step
_ALWAYS = {"N4": {"party": "third_party"}}
_CALLED = {"answered": "政府信息公开申请答复书", "consultation_started": "政府信息公开征求意见书"}
_SERVED = {"post": "post", "counter": "counter", "view": "counter"}  # by the way of delivery; what is left is online


Letters = Literal["here", "elsewhere"] | None  # where the office writes its letters (setting LETTERS); None: not said
_WAYS = {"here": "请拟写并发出文书，这一步随之记录", "elsewhere": "请填写在别处制发的文书的文号和日期"}


@dataclass(frozen=True, slots=True)
class Deed:
    """A step that a letter takes: the type of its event, and the fields of its record (days as YYYY-MM-DD)."""

    step: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Course:
    """What issuing a letter does to the record.

    `takes`: the step is recorded with it; else the letter belongs to the entry `joins`, or to none. `voids`: the entry
    whose letter it replaces.
    """

    takes: bool = False
    joins: Entry | None = None
    voids: Entry | None = None


def deed_of(code: str, values: Mapping[str, object], service: str) -> Deed | None:
    """Return the step that a letter with these elements takes; None for one that only tells of something.

    `service` is how it is served. A fee notice that is posted takes none yet: its step is that it arrived (art. 42).
    """
    if NOTICES[code].grounds:
        return _answer(code, values, service)
    if code not in _STEPS or (code == "N9" and service == "post"):
        return None
    step, fields = _STEPS[code]
    said = {name: _plain(values[element]) for name, element in fields.items() if element in values}
    served = {"delivery": service} if step == "answered" else {}
    return Deed(step, _ALWAYS.get(code, {}) | said | served)


def _answer(code: str, values: Mapping[str, object], service: str) -> Deed | None:
    outcome = str(values.get("outcome", ""))
    if outcome not in NOTICES[code].grounds:
        return None
    if outcome in _LAPSES:
        return Deed(_LAPSES[outcome], {})
    return Deed("answered", {"outcome": outcome, "delivery": service})


def steps_of(code: str) -> frozenset[str]:
    """Return the steps that a letter of this kind can take."""
    answers = {_LAPSES.get(outcome, "answered") for outcome in NOTICES[code].grounds}
    return frozenset(answers | ({_STEPS[code][0]} if code in _STEPS else set()))


def served_by(way: str) -> str:
    """Return how a letter is served on who wants the answer by this way (获取方式)."""
    return _SERVED.get(way, "electronic" if WAYS[way].online or way == "fax" else "post")


def course_of(record: Sequence[Entry], standing: Sequence[Entry], deed: Deed | None, replaced: Entry | None) -> Course:
    """Return what a letter does to the record, by what counts now; `replaced` is the entry of the letter it corrects.

    Raises no error: whether the step may be taken is for the workflow to say.
    """
    if deed is None:
        return Course()
    old = step_with(record, standing, replaced) if replaced else None
    if old:
        same_step = old.type == deed.step and agrees(old, deed)
        return Course(joins=old) if same_step else Course(takes=True, voids=old)
    waiting = [e for e in standing if e.type == deed.step and letter_with(record, e) is None]
    party = deed.fields.get("party")
    same = [e for e in waiting if party is None or e.data.get("party") == party]
    return Course(joins=same[-1]) if same else Course(takes=True)


def agrees(entry: Entry, deed: Deed) -> bool:
    """Tell whether an entry says what the letter says; how it was served is no part of what it says."""
    return all(entry.data.get(name) in (None, said) for name, said in deed.fields.items() if name != "delivery")


def letter_with(record: Sequence[Entry], entry: Entry) -> Entry | None:
    """Return the letter in force by which the step of an entry was taken; None where there is none of ours."""
    gone = correction.not_in_force(record)
    out = [n for n in correction.going_with(record, entry) if entry.type in steps_of(n.data["notice"])]
    return next((notice for notice in reversed(out) if notice.data["id"] not in gone), None)


def step_with(record: Sequence[Entry], standing: Sequence[Entry], letter: Entry) -> Entry | None:
    """Return the entry that counts and was taken by a letter that is out."""
    return last([e for e in standing if letter in correction.going_with(record, e)], *steps_of(letter.data["notice"]))


def answer_without_letter(record: Sequence[Entry], standing: Sequence[Entry]) -> bool:
    """Tell whether a case was answered and neither a letter of ours nor one written elsewhere is on record."""
    answer = last(standing, "answered", *_LAPSES.values())
    if answer is None or answer.data.get("letter_number"):
        return False
    imported = bool(record) and record[0].data.get("source") == "ledger"  # the ledger keeps its letters
    return not imported and letter_with(record, answer) is None


def answer_without_file(record: Sequence[Entry], standing: Sequence[Entry]) -> bool:
    """Tell whether the answer's letter was written elsewhere, and neither its file nor a letter of ours is here."""
    answer = last(standing, "answered", *_LAPSES.values())
    if answer is None or not answer.data.get("letter_number") or record[0].data.get("source") == "ledger":
        return False
    return papers_with(standing, answer, "letter") == () and letter_with(record, answer) is None


def papers_with(standing: Sequence[Entry], entry: Entry, paper: str) -> tuple[Entry, ...]:
    """Return the entries of the papers of this kind that prove an entry."""
    return tuple(e for e in standing if e.type == ADDED and (e.data.get("ref"), e.data["paper"]) == (entry.ref, paper))


def title_elsewhere(entry: Entry) -> str:
    """Return what a letter written elsewhere is called: as ours that takes this step, of an answer what all are."""
    kinds = [code for code in NOTICES if entry.type in steps_of(code)]
    return NOTICES[kinds[0]].title if len(kinds) == 1 else _CALLED.get(entry.type, event_label(entry.type))


def lettered(record: Sequence[Entry], step: str, fields: Mapping[str, object]) -> bool:
    """Tell whether a step that is recorded by itself has its letter, or says why it has none.

    A letter of ours that took no step when it went out waits for it: a fee notice that was posted.
    """
    if step not in STEPS or fields.get("reason") or (fields.get("letter_number") and fields.get("letter_on")):
        return True
    gone = correction.not_in_force(record)
    out = (e for e in record if e.type == correction.ISSUED and "for" not in e.data and e.data["id"] not in gone)
    return any(step in steps_of(e.data["notice"]) for e in out)


def refuse_bare(record: Sequence[Entry], step: str, fields: Mapping[str, object], letters: Letters) -> None:
    """Refuse a step that is a letter without one on record, where the office has said where its letters are written.

    Raises StatuteError `letter_missing`.
    """
    if letters is not None and not lettered(record, step, fields):
        raise refusal("letter_missing", step=event_label(step), way=_WAYS[letters])


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
