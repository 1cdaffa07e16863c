"""The course of a case as two tables: its states, and the steps that lead from one to another and who may take them.

A state is always derived from the events that still count, so that a voided one leaves no trace in it (ADR 0001).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from intake_api.statute.errors import refusal

FIRST = "registered"
_RANK = {role: rank for rank, role in enumerate(("clerk", "officer", "reviewer", "admin"))}


@dataclass(frozen=True, slots=True)
class State:
    """A state: its label for staff, the sentence a citizen is told, and whether the case is still open."""

    code: str
    label: str
    told: str
    open: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """A step that `least` and every role above may take in one of the states `sources`.

    `event` is the type it is recorded as; those of docs/contract.md §5 move the clock. The state `begins` holds from
    then on, the state `ends` no longer. `told` is the line of the citizen's timeline; empty: not told. `extras` are
    the fields of its event that the clock does not know.
    """

    code: str
    label: str
    least: str
    sources: frozenset[str]
    event: str
    begins: str | None = None
    ends: str | None = None
    told: str = ""
    extras: frozenset[str] = frozenset()


# The order is the precedence: of the states that hold at a time, the first is the state of the case.
STATES: dict[str, State] = {
    state.code: state
    for state in (
        State("closed", "已归档", "这件申请已经办结。", open=False),
        State("withdrawn", "已撤回", "您已撤回这件申请，不再办理。需要时可以重新提交。", open=False),
        State("lapsed", "不再处理", "因逾期未补正或者未缴费，这件申请不再处理。需要时可以重新提交。", open=False),
        State("answered", "已答复", "您的申请已经答复，请查看答复书和其中写明的救济途径。", open=False),
        State(FIRST, "待确认收到", "您的申请已经登记。工作人员会与您确认收到的日期，答复期限自确认之日起算。"),
        State("clarifying", "待补正", "请按补正告知书补充说明您的申请；收到补正之日起，答复期限重新计算。"),
        State("awaiting_fee", "待缴费", "请按收费通知缴纳信息处理费；缴费次日起，答复期限重新计算。"),
        State("consulting", "征求意见中", "正在书面征求第三方或者有关机关的意见，所需时间不计入答复期限。"),
        State("handling", "办理中", "您的申请正由{department}办理，会在答复期限内答复您。"),
        State("received", "待分办", "您的申请已经收到，正在确定由哪个部门办理。"),
    )
}

UNROUTED = frozenset({FIRST, "received"})
_OPEN = frozenset(state.code for state in STATES.values() if state.open)
_ENDED = frozenset({"answered", "withdrawn", "lapsed"})
_WORKING = frozenset({"handling", "consulting"})
_TERM_RUNS = _WORKING | {"received"}
_PAYING = frozenset({"awaiting_fee"})
_CLARIFYING = frozenset({"clarifying"})


def _clock(
    code: str,
    label: str,
    least: str,
    sources: frozenset[str],
    told: str = "",
    *,
    begins: str | None = None,
    ends: str | None = None,
    extras: frozenset[str] = frozenset(),
) -> Step:
    return Step(code, label, least, sources, code, begins, ends, told, extras)


STEPS: dict[str, Step] = {
    step.code: step
    for step in (
        _clock("received", "确认收到", "clerk", frozenset({FIRST}), "确认收到申请", begins="received"),
        Step(
            "confirm",
            "确认承办部门",
            "clerk",
            frozenset({"received", "clarifying"}),
            "confirmed",
            begins="handling",
            told="确定承办部门，开始办理",
        ),
        Step(
            "correct",
            "更正承办部门",
            "clerk",
            _WORKING | _CLARIFYING | _PAYING,
            "corrected",
            told="更正承办部门",
        ),
        _clock(
            "clarification_requested",
            "要求补正",
            "clerk",
            frozenset({"received", "handling"}),
            "请您补正申请内容",
            begins="clarifying",
        ),
        _clock("clarification_received", "收到补正", "clerk", _CLARIFYING, "收到您的补正", ends="clarifying"),
        _clock(
            "clarification_lapsed",
            "逾期不补正，不再处理",
            "officer",
            _CLARIFYING,
            "逾期未补正，不再处理",
            begins="lapsed",
        ),
        _clock("consultation_started", "征求意见", "clerk", _WORKING, "开始征求意见", begins="consulting"),
        _clock(
            "consultation_ended",
            "征求意见结束",
            "clerk",
            frozenset({"consulting"}),
            "征求意见结束",
            ends="consulting",
        ),
        _clock("extended", "延长答复期限", "reviewer", _TERM_RUNS, "延长答复期限"),
        _clock("delayed", "告知延迟答复", "reviewer", _TERM_RUNS, "告知延迟答复的日期"),
        _clock("fee_noticed", "收费通知已送达", "officer", _WORKING, "收费通知送达", begins="awaiting_fee"),
        _clock("fee_paid", "完成缴费", "clerk", _PAYING, "收到您的缴费", ends="awaiting_fee"),
        _clock("fee_lapsed", "逾期未缴费，不再处理", "officer", _PAYING, "逾期未缴费，不再处理", begins="lapsed"),
        _clock("answered", "答复", "officer", _WORKING, "答复", begins="answered", extras=frozenset({"outcome"})),
        _clock("withdrawn", "申请人撤回", "clerk", _OPEN, "您撤回了申请", begins="withdrawn"),
        _clock("voided", "更正记录", "officer", _OPEN | _ENDED),
        Step("closed", "归档", "clerk", _ENDED, "closed", begins="closed"),
    )
}

_BY_EVENT = {step.event: step for step in STEPS.values()}
_RECORD_ONLY = {"submitted": ("提交申请", "提交申请"), "particulars_viewed": ("查看申请人信息", "")}


def state_of(events: Iterable[str]) -> str:
    """Return the state after the events (by type) that still count; types outside the table do not matter."""
    holds: Counter[str | None] = Counter()
    for event in events:
        step = _BY_EVENT.get(event)
        if step is not None:
            holds[step.begins] += 1
            holds[step.ends] -= 1
    holds[FIRST] = not holds["received"]
    return next(code for code in STATES if holds[code] > 0)


def allowed(state: str, role: str) -> tuple[Step, ...]:
    """Return the steps that this role may take in this state, in the order of the table."""
    return tuple(step for step in STEPS.values() if state in step.sources and _RANK[role] >= _least(step, state))


def _least(step: Step, state: str) -> int:
    """Once a notice is out, only a reviewer may void what it was built on (docs/contract.md §5)."""
    return _RANK["reviewer" if step.code == "voided" and not is_open(state) else step.least]


def apply(events: Iterable[str], step: str) -> str:
    """Return the state after one more step; StatuteError `unknown_step`, `step_not_allowed`."""
    past = list(events)
    state = state_of(past)
    if step not in STEPS:
        raise refusal("unknown_step", step=step[:40])
    if state not in STEPS[step].sources:
        raise refusal("step_not_allowed", state=label(state), step=STEPS[step].label)
    return state_of([*past, STEPS[step].event])


def extras(event: str) -> frozenset[str]:
    """Return the fields of an event, by type, that the case needs and the clock does not."""
    return _BY_EVENT[event].extras if event in _BY_EVENT else frozenset()


def label(state: str) -> str:
    """Return the state's name for staff and citizens."""
    return STATES[state].label


def is_open(state: str) -> bool:
    """Tell whether the case is still to be answered."""
    return STATES[state].open


def citizen_sentence(state: str, *, department: str = "承办机构") -> str:
    """Return where the case stands, in words for the citizen."""
    return STATES[state].told.format(department=department)


def event_label(event: str) -> str:
    """Return an event's name for staff; the type itself for one the statute does not know."""
    if event in _BY_EVENT:
        return _BY_EVENT[event].label
    return _RECORD_ONLY.get(event, (event, ""))[0]


def citizen_event(event: str) -> str:
    """Return the line of the citizen's timeline for an event; empty for one that citizens are not shown."""
    if event in _BY_EVENT:
        return _BY_EVENT[event].told
    return _RECORD_ONLY.get(event, ("", ""))[1]
