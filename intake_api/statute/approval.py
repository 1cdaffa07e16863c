"""What must come before a step besides its place in the table: the hands an answer passes through (条例 art. 17).

Two levels of secrecy review (保密审查) before anything is released, the sign-off of the department and the review of
the office, each as far as the office wants them (`Demands`). They hold for the department that has the case: with
another department, or after a return, they begin anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake_api.statute.effective import Entry
from intake_api.statute.errors import refusal
from intake_api.statute.outcomes import OUTCOMES
from intake_api.statute.steps import Demands, Step
from intake_api.statute.workflow import RELEASES, event_label

_LEVELS = {1: "承办部门的保密审查", 2: "办公室的保密审查"}
_RESULTS = {"releasable": "可以公开", "partly": "可以部分公开", "not": "不能公开"}
KINDS = ("secrecy_reviewed", "signed_off", "reviewed")  # the entries of an approval
_ROUTED = ("confirmed", "corrected", "returned")
_SETTINGS = {
    "any": "GONGKAI_SECRECY_REVIEW、GONGKAI_SIGN_OFF",
    "secrecy": "GONGKAI_SECRECY_REVIEW（one 或者 two）",
    "sign_off": "GONGKAI_SIGN_OFF（department 或者 office）",
    "office_review": "GONGKAI_SIGN_OFF=office",
}
_FITS = {"3.1": ("releasable",), "3.2": ("releasable", "partly")}


@dataclass(frozen=True, slots=True)
class Hand:
    """One approval of a chain: the type of its entry, and the level of a secrecy review."""

    kind: str
    level: int | None = None

    @property
    def label(self) -> str:
        """Its name for people."""
        return _LEVELS[self.level] if self.level else event_label(self.kind)

    def is_made_by(self, entry: Entry) -> bool:
        """Tell whether an entry is this approval."""
        return entry.type == self.kind and entry.data.get("level") == self.level

    def may_be_of(self, role: str, *, office: bool) -> bool:
        """Tell whether somebody of this role, of the office itself or of a department, can give it."""
        in_office = self.kind == "reviewed" or self.level == 2
        return office and role in ("reviewer", "admin") if in_office else role != "clerk"


def chain(outcome: str, demands: Demands) -> tuple[Hand, ...]:
    """Return the approvals that an answer needs, in the order in which they are asked for."""
    levels = demands.levels if outcome in RELEASES else ()
    signing = {"off": (), "department": ("signed_off",), "office": ("signed_off", "reviewed")}[demands.sign_off]
    first, last = [Hand(kind) for kind in signing[:1]], [Hand(kind) for kind in signing[1:]]
    return (*first, *(Hand("secrecy_reviewed", level) for level in levels), *last)


def about(entries: Sequence[Entry], data: Mapping[str, object]) -> tuple[Entry, ...]:
    """Return the entries without approvals of any other draft than that named; all, where none is named."""
    if not data.get("draft"):
        return tuple(entries)
    named = (data.get("letter"), data["draft"])
    return tuple(e for e in entries if e.type not in KINDS or (e.data.get("letter"), e.data.get("draft")) == named)


def given(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the approvals among entries that hold for the department that has the case."""
    return tuple(entry for entry in _present(entries) if entry.type in KINDS)


def refuse_answer(entries: Sequence[Entry], outcome: str, demands: Demands) -> None:
    """Refuse an answer that lacks an approval.

    Raises StatuteError: secrecy_review_missing, secrecy_review_forbids, sign_off_missing.
    """
    if outcome in RELEASES:
        _refuse_release(_secrecy(entries), outcome, demands)
    done = _signed(entries)
    wanted = {"off": (), "department": ("signed_off",), "office": ("signed_off", "reviewed")}[demands.sign_off]
    if missing := [event_label(kind) for kind in wanted if kind not in done]:
        raise refusal("sign_off_missing", missing="、".join(missing))


def _refuse_release(found: Mapping[int, Entry], outcome: str, demands: Demands) -> None:
    if missing := [_LEVELS[level] for level in demands.levels if level not in found]:
        raise refusal("secrecy_review_missing", missing="、".join(missing))
    for level in demands.levels:
        result = found[level].data["result"]
        if result not in _FITS[outcome]:
            raise refusal("secrecy_review_forbids", result=_RESULTS[result], outcome=OUTCOMES[outcome].label[:4])


def refuse_unwanted(step: Step, demands: Demands) -> None:
    """Refuse an approval that this office does not want; StatuteError `approval_off` names the setting."""
    if step.demand and not demands.wants(step.demand):
        raise refusal("approval_off", step=step.label, setting=_SETTINGS[step.demand])


def refuse_hand(
    entries: Sequence[Entry],
    entry: Entry,
    role: str,
    *,
    office: bool,
    demands: Demands,
    hands: frozenset[str] = frozenset(),
) -> None:
    """Refuse an approval out of its order, by the wrong hand, or by the same hand twice.

    `hands`: who else it counts as the hand of: a deputy (代理) is none beside whom they stand in for.
    Raises StatuteError: approval_off, secrecy_review_order, sign_off_missing, office_only, second_person.
    """
    entries = about(entries, entry.data)
    first = None
    if entry.type == "secrecy_reviewed" and entry.data["level"] == 2:
        if demands.secrecy != "two":
            raise refusal("approval_off", step=_LEVELS[2], setting="GONGKAI_SECRECY_REVIEW=two")
        if not office or role not in ("reviewer", "admin"):
            raise refusal("office_only")
        first = _secrecy(entries).get(1)
        if first is None:
            raise refusal("secrecy_review_order")
    elif entry.type == "reviewed":
        first = next((e for e in reversed(_present(entries)) if e.type == "signed_off"), None)
        if first is None:
            raise refusal("sign_off_missing", missing=event_label("signed_off"))
    hands |= {entry.by}
    mine = [e for e in given(entries) if e.by in hands and entry.data.get("draft")]
    again = any((e.type, e.data.get("level")) != (entry.type, entry.data.get("level")) for e in mine)
    if again or (first is not None and first.by in hands):
        raise refusal("second_person")


def _present(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The entries since the case came to the department that has it."""
    since = max((n for n, entry in enumerate(entries) if entry.type in _ROUTED), default=-1)
    return entries[since + 1 :]


def _secrecy(entries: Sequence[Entry]) -> dict[int, Entry]:
    """The last review of each level; the department's begins a new round, which the office has to follow."""
    found: dict[int, Entry] = {}
    for entry in _present(entries):
        if entry.type == "secrecy_reviewed":
            level = entry.data["level"]
            found = {1: entry} if level == 1 else found | {level: entry}
    return found


def _signed(entries: Sequence[Entry]) -> set[str]:
    """Sign-off and review that are in force; a new sign-off has to be reviewed anew."""
    done: set[str] = set()
    for entry in _present(entries):
        if entry.type == "signed_off":
            done = {"signed_off"}
        elif entry.type == "reviewed":
            done.add("reviewed")
    return done
