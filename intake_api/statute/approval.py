"""What must come before a step besides its place in the table: the hands an answer passes through (条例 art. 17).

Two levels of secrecy review (保密审查) before anything is released, the sign-off of the department and the review of
the office, each as far as the office wants them (`Demands`). They hold for the department that has the case: with
another department, or after a return, they begin anew.
"""

from collections.abc import Mapping, Sequence

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
    "secrecy": "GONGKAI_SECRECY_REVIEW（one 或者 two）",
    "sign_off": "GONGKAI_SIGN_OFF（department 或者 office）",
    "office_review": "GONGKAI_SIGN_OFF=office",
}
_FITS = {"3.1": ("releasable",), "3.2": ("releasable", "partly")}


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


def refuse_hand(entries: Sequence[Entry], entry: Entry, role: str, *, office: bool, demands: Demands) -> None:
    """Refuse an approval out of its order, by the wrong hand, or by the same hand twice.

    Raises StatuteError: approval_off, secrecy_review_order, sign_off_missing, office_only, second_person.
    """
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
    if first is not None and first.by == entry.by:
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
