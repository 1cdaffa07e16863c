"""Where a case stands on its way, and the one thing to do next: what the page of a case begins with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from intake_api.cases.record import Record
from intake_api.notices.approving import DraftStanding
from intake_api.statute import letters
from intake_api.statute import notices as table
from intake_api.statute.steps import Demands

ANSWERS = 2
# The step whose form stands open, by state, the first that may be taken.
_NEXT = {
    "registered": ("received",),
    "clarifying": ("clarification_received",),
    "consulting": ("consultation_ended",),
    "awaiting_fee": ("fee_paid",),
    "answered": ("delivered", "closed"),
    "lapsed": ("delivered", "closed"),
    "withdrawn": ("closed",),
}


class Begun(Protocol):
    """A notice, as far as this page knows it."""

    id: Any
    code: Any
    serial: Any


AnyDraft = TypeVar("AnyDraft", bound=Begun)


@dataclass(frozen=True)
class Stage:
    """A stage of a case: `done`, `now`, `open` (still to come) or `off` (not wanted here)."""

    label: str
    state: str


@dataclass(frozen=True)
class Primary:
    """The one thing to do: a `step` whose form stands open, a letter to begin (`begin`), or a draft to go on with."""

    step: str = ""
    begin: str = ""
    draft: int = 0
    label: str = ""


def answer_draft(rows: Sequence[AnyDraft]) -> AnyDraft | None:
    """Return the draft of an answer that was begun last."""
    drafts = [row for row in rows if row.serial is None and "answered" in letters.steps_of(row.code)]
    return drafts[-1] if drafts else None


def stages(record: Record, demands: Demands, *, drafted: bool) -> list[Stage]:
    """Return the strip of a case: 分办 · 征求 · 拟稿 · 审查 · 签批 · 发出 · 送达 · 归档."""
    held, happened = record.standing, record.standing.happened
    answered = bool(happened & {"answered", "clarification_lapsed", "fee_lapsed"})
    done = {
        "分办": held.decision is not None,
        "征求": "consultation_ended" in happened and held.status != "consulting",
        "拟稿": drafted or answered,
        "审查": "secrecy_reviewed" in happened,
        "签批": ("reviewed" if demands.sign_off == "office" else "signed_off") in happened,
        "发出": answered,
        "送达": "delivered" in happened,
        "归档": "closed" in happened,
    }
    asked = held.status == "consulting" or "consultation_started" in happened
    off = {
        "征求": not asked,
        "审查": demands.secrecy == "off",
        "签批": demands.sign_off == "off",
        **(dict.fromkeys(("拟稿", "发出", "送达"), held.status == "withdrawn")),
    }
    first = next((n for n in done if not done[n] and not off.get(n)), "")
    now = "征求" if held.status == "consulting" else first
    return [Stage(n, _state(n, now, done=done[n], off=off.get(n, False))) for n in done]


def _state(name: str, now: str, *, done: bool, off: bool) -> str:
    return "now" if name == now else "done" if done else "off" if off else "open"


def primary(
    record: Record, may: Collection[str], fitting: Sequence[str], draft: Begun | None, standing: DraftStanding | None
) -> Primary:
    """Return what is to be done first by somebody who may take the steps `may`."""
    held = record.standing
    for step in _NEXT.get(held.status, ()):
        if step in may and not (step == "delivered" and "delivered" in held.happened):
            return Primary(step=step)
    if held.decision is None or held.status != "handling":
        return Primary()
    if draft:
        return Primary(draft=draft.id, label=_of_draft(draft, standing))
    code = next((code for code in fitting if table.NOTICES[code].steps or table.NOTICES[code].grounds), "")
    return Primary(begin=code, label=f"拟写{table.NOTICES[code].title}") if code else Primary()


def quick(may: Collection[str], fitting: Sequence[str]) -> list[str]:
    """Return the letters that can be begun from the page of the case: those whose step may be taken, likely answers."""
    steps = [code for code, notice in table.NOTICES.items() if not notice.grounds and letters.steps_of(code) & {*may}]
    answers = [code for code in fitting if table.NOTICES[code].grounds][:ANSWERS]
    return [code for code in [*steps, *answers] if "answered" not in letters.steps_of(code) or code in fitting]


def _of_draft(draft: Begun, standing: DraftStanding | None) -> str:
    title = table.NOTICES[draft.code].title
    if standing and standing.mine:
        return f"审签：{title}"
    if standing and not standing.complete:
        return f"审签中：{title}" if standing.sent else f"继续拟写：{title}"
    return f"核对并发出：{title}"
