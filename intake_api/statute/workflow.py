"""The course of a case as two tables: its states, and the steps that lead from one to another and who may take them.

A state is always derived from the events that still count, so that a voided one leaves no trace in it (ADR 0001). What
a step needs beyond its place in the table (two hands, an opinion, a notice that is out) is in `approval`.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from intake_api.statute import steps as ask
from intake_api.statute.errors import refusal
from intake_api.statute.outcomes import OUTCOMES
from intake_api.statute.steps import NO_DEMANDS, Demands, Field, Step
from intake_api.terms.applicant import Kind
from intake_api.terms.course import STATUSES
from intake_api.terms.delivery import SERVICES
from intake_api.terms.handling import (
    CONCURRENCES,
    COUNTERSIGNS,
    NOTICE_FATES,
    OPINIONS,
    PARTIES,
    PROCEEDINGS,
    RATINGS,
    RECIPIENTS,
    RELATIONS,
    RESULTS,
    ROLES,
    ROUTES,
    SECRECY_LEVELS,
    SECRECY_RESULTS,
    VERDICTS,
)
from intake_api.terms.limits import LONGEST
from intake_api.terms.receipt import BASES, DESK_CHANNELS

FIRST = "registered"
_RANK = {role: rank for rank, role in enumerate(ROLES)}

UNROUTED = frozenset({FIRST, "received"})
_OPEN = frozenset(state.code for state in STATUSES.values() if state.open)
_ENDED = frozenset({"answered", "withdrawn", "lapsed"})
_OVER = _ENDED | {"closed"}
_HANDLING = frozenset({"handling"})
_WORKING = _HANDLING | {"consulting"}
_TERM_RUNS = _WORKING | {"received"}
_PAYING = frozenset({"awaiting_fee"})
_CLARIFYING = frozenset({"clarifying"})
# An answer is fought over, or that there is none yet.
_RECEIVED = _TERM_RUNS | _CLARIFYING | _PAYING
_FOUGHT = _OVER | _RECEIVED

NO_LETTER = "理由（没有文书的，写明为什么没有）"
OVERRIDE_REASON = "决定全部公开的理由（不公开对公共利益的重大影响）"
RELEASES = ("3.1", "3.2")  # outcomes that give something out
_LAPSES = ("3.6.1", "3.6.2")
# Answers by outcome; a case that lapses has a notice of its own.
ANSWERS = tuple(sorted({g.notice for o in OUTCOMES.values() if o.code not in _LAPSES for g in o.grounds if g.notice}))

_ON = ask.on()
_CONSULTED = Field(
    "ref",
    "line",
    "哪一项征求意见",
    required=False,
    longest=LONGEST["ref"],
    asked=True,
    default="正在进行的那一项，只有一项时",
)
# A step that is a letter (statute/letters.py), recorded without one of ours: the office's own letter, or why none.
_LETTER = (
    ask.line("letter_number", "在别处制发的文书的文号", LONGEST["letter_number"], required=False),
    ask.day("letter_on", "该文书的日期", required=False),
    ask.text("reason", NO_LETTER, LONGEST["reason"], required=False, explained=True),
)
# Which draft an approval is of: its id, and its hash as it was read.
_OF_DRAFT = (
    Field("letter", "count", "哪一份文书草稿", required=False, explained=True),
    ask.line("draft", "所看的那一稿", LONGEST["draft"], required=False),
)
_RESULT = ask.code("result", "结论", RESULTS.words())
_PROCEEDING = ask.line("ref", "哪一件复议、诉讼", LONGEST["ref"], required=False)
_DECISION = (
    ask.code("verdict", "怎样决定、裁判", VERDICTS.words(), required=False),
    ask.day("redo_by", "限期重新答复的，到哪一日", required=False),
    _PROCEEDING,
)
_REASON = ask.text("reason", "理由", LONGEST["reason"])
# The rows of 表三, with their section where the row does not name it.
_OUTCOMES = {
    code: f"{one.section[3:]}：{one.label}" if one.section[3:] not in one.label else one.label
    for code, one in OUTCOMES.items()
}

_ROUTING = (
    Step(
        code="received",
        label="确认收到",
        least="clerk",
        sources=frozenset({FIRST}),
        begins="received",
        told="确认收到申请",
        clock="starts",
        notices=("N1",),
        fields=(
            ask.on("收到日期"),
            ask.code("basis", "依据", BASES.words(), required=False, asked=True, default="登记时写明的依据"),
        ),
    ),
    Step(
        code="confirm",
        label="确认承办部门",
        least="clerk",
        sources=frozenset({"received", "clarifying"}),
        records="confirmed",
        begins="handling",
        told="确定承办部门，开始办理",
        office=True,  # a department gives a case back (退回分办)
        undo=False,
        call="confirmation",
    ),
    Step(
        code="correct",
        label="更正承办部门",
        least="clerk",
        sources=_WORKING | _CLARIFYING | _PAYING,
        records="corrected",
        told="更正承办部门",
        office=True,
        undo=False,
        call="confirmation",
    ),
    Step(
        code="returned",
        label="退回分办",
        least="officer",
        sources=_HANDLING,
        ends="handling",
        fields=(_REASON,),
        undo=False,  # whoever confirms again has the last word
    ),
    Step(
        code="split",
        label="分成几件办理",
        least="clerk",
        sources=frozenset({"received", "handling"}),
        begins="split",
        told="申请包含几件事项，分开办理",
        clock="stops",
        office=True,
        call="children",
    ),
    Step(
        code="merged",
        label="并回原来的申请",
        least=None,  # comes with the voiding of the split
        sources=frozenset({"registered", "received", "clarifying"}),
        begins="merged",
        told="并回原来的申请一起办理",
        undo=False,
    ),
)

_CLARIFICATION = (
    Step(
        code="clarification_requested",
        label="要求补正",
        least="clerk",
        sources=frozenset({"received", "handling"}),
        begins="clarifying",
        told="请您补正申请内容",
        clock="pauses",
        notices=("N2",),
        fields=(_ON, ask.day("reply_by", "补正期限", required=False), *_LETTER),
        once=True,
        paper="letter",
        shown=True,
    ),
    Step(
        code="clarification_received",
        label="收到补正",
        least="clerk",
        sources=_CLARIFYING,
        ends="clarifying",
        told="收到您的补正",
        clock="restarts",
        fields=(
            _ON,
            ask.text("text", "补正的内容（书面补正的，可以摘录）", LONGEST["text"], required=False, explained=True),
        ),
        citizen=True,
    ),
    Step(
        code="clarification_lapsed",
        label="逾期不补正，不再处理",
        least="officer",
        sources=_CLARIFYING,
        begins="lapsed",
        told="逾期未补正，不再处理",
        clock="stops",
        notices=("N24",),
        fields=(_ON, *_LETTER),
        paper="letter",
        shown=True,
    ),
)

_CONSULTATION = (
    Step(
        code="consultation_started",
        label="征求意见",
        least="clerk",
        sources=_WORKING,
        begins="consulting",
        told="开始征求意见",
        clock="pauses",
        notices=("N4", "N5", "N7"),
        fields=(
            ask.on("发出日期"),
            ask.code("party", "征求谁的意见", PARTIES.words()),
            ask.day("delivered_on", "对方收到日期（可稍后补）", required=False, explained=True),
            *_LETTER,
        ),
        paper="letter",
    ),
    Step(
        code="consultation_delivered",
        label="对方收到征求意见书",
        least="clerk",
        sources=frozenset({"consulting"}),
        fields=(ask.on("对方收到的日期"), _CONSULTED),
        paper="proof",
    ),
    Step(
        code="consultation_ended",
        label="征求意见结束",
        least="clerk",
        sources=frozenset({"consulting"}),
        ends="consulting",
        told="征求意见结束",
        clock="resumes",
        fields=(
            ask.on("收到意见或期满的日期"),
            _CONSULTED,
            ask.code("opinion", "对方的意见", OPINIONS.words(), required=False, asked=True),
            Field("waited", "yes", "不得不等到期满之后：这段时间也不计入期限", required=False),
            ask.text("reason", "为什么不得不等", LONGEST["reason"], required=False, explained=True),
        ),
        paper="opinion",
    ),
)

_INSIDE = (
    Step(
        code="countersign_asked",
        label="送其他部门会签、协办",
        least="clerk",
        sources=_RECEIVED,
        fields=(
            ask.on("送出的日期"),
            ask.code("form", "会签还是协办", COUNTERSIGNS.words()),
            ask.line("department", "送哪个部门", LONGEST["department"]),
            ask.day("reply_by", "请在哪一日前退回", required=False),
            ask.text("reason", "请对方办什么", LONGEST["reason"], required=False),
        ),
    ),
    Step(
        code="countersign_returned",
        label="会签、协办退回",
        least="clerk",
        sources=_RECEIVED,
        fields=(
            ask.on("退回的日期"),
            ask.line("ref", "哪一个部门的", LONGEST["ref"], required=False),
            ask.code("concurrence", "对方的意见", CONCURRENCES.words()),
            ask.text("reason", "意见的内容", LONGEST["reason"], required=False),
        ),
    ),
    Step(
        code="transferred",
        label="转 12345、信访等处理",
        least="clerk",
        sources=_RECEIVED | {"answered"},
        told="您反映的事项已经转给有关部门处理",
        fields=(
            ask.on("转办的日期"),
            ask.code("recipient", "转给谁", RECIPIENTS.words()),
            ask.line("their_number", "对方的编号", LONGEST["their_number"], required=False),
            _REASON,
        ),
    ),
)

_TERM = (
    Step(
        code="extended",
        label="延长答复期限",
        least="reviewer",
        sources=_TERM_RUNS,
        told="延长答复期限",
        clock="lengthens",
        notices=("N3", "N27-3"),
        fields=(_ON, Field("days", "count", "延长的工作日数（最多 20）"), *_LETTER),
        term=True,
        paper="letter",
        shown=True,
    ),
    Step(
        code="delayed",
        label="告知延迟答复",
        least="reviewer",
        sources=_TERM_RUNS,
        told="告知延迟答复的日期",
        clock="fixes",
        notices=("N23",),
        fields=(_ON, ask.day("until", "延迟到"), *_LETTER),
        term=True,
        paper="letter",
        shown=True,
    ),
    Step(
        code="fee_noticed",
        label="收费通知已送达",
        least="officer",
        sources=_WORKING,
        begins="awaiting_fee",
        told="收费通知送达",
        clock="pauses",
        notices=("N9",),
        fields=(
            ask.on("申请人收到收费通知的日期"),
            ask.day("sent_on", "收费通知发出的日期", required=False, asked=True),
            *_LETTER,
        ),
        once=True,
        term=True,
        paper="letter",
        shown=True,
    ),
    Step(
        code="fee_paid",
        label="完成缴费",
        least="clerk",
        sources=_PAYING,
        ends="awaiting_fee",
        told="收到您的缴费",
        clock="restarts",
        fields=(_ON,),
    ),
    Step(
        code="fee_lapsed",
        label="逾期未缴费，不再处理",
        least="officer",
        sources=_PAYING,
        begins="lapsed",
        told="逾期未缴费，不再处理",
        clock="stops",
        notices=("N24",),
        fields=(_ON, *_LETTER),
        paper="letter",
        shown=True,
    ),
)

_APPROVAL = (
    Step(
        code="sent_for_approval",
        label="送审",
        least="clerk",
        sources=_WORKING,
        fields=_OF_DRAFT,
        demand="any",
        undo=False,
        call="approval",
    ),
    Step(
        code="draft_returned",
        label="退回修改",
        least="officer",
        sources=_WORKING,
        fields=(*_OF_DRAFT, _REASON),
        demand="any",
        undo=False,
        call="approval",
    ),
    Step(
        code="secrecy_reviewed",
        label="保密审查",
        least="officer",
        sources=_WORKING,
        notices=("N27",),
        fields=(
            _ON,
            ask.code("level", "哪一级", SECRECY_LEVELS.words()),
            ask.code("result", "结论", SECRECY_RESULTS.words()),
            *_OF_DRAFT,
        ),
        demand="secrecy",
    ),
    Step(
        code="signed_off",
        label="部门负责人签批",
        least="officer",
        sources=_WORKING,
        notices=("N27",),
        fields=(_ON, *_OF_DRAFT),
        demand="sign_off",
    ),
    Step(
        code="reviewed",
        label="办公室审核",
        least="reviewer",
        sources=_WORKING,
        notices=("N27",),
        fields=(_ON, *_OF_DRAFT),
        demand="office_review",
        office=True,
    ),
)

_END = (
    Step(
        code="answered",
        label="答复",
        least="officer",
        sources=_WORKING,
        begins="answered",
        told="答复",
        clock="stops",
        notices=ANSWERS,
        informs="N6",
        fields=(
            ask.on("答复日期（寄出、签收或电子发送之日）"),
            Field("outcome", "line", "处理结果", False, _OUTCOMES, longest=10, default="初步处理的意见所对应的一行"),
            ask.code("delivery", "送达方式", SERVICES.words(), required=False, asked=True),
            *_LETTER,
        ),
        paper="letter",
        shown=True,
    ),
    Step(
        code="withdrawn",
        label="申请人撤回",
        least="clerk",
        sources=_OPEN,
        begins="withdrawn",
        told="您撤回了申请",
        clock="stops",
        fields=(_ON,),
        citizen=True,
    ),
    Step(
        code="delivered",
        label="记录送达",
        least="clerk",
        sources=frozenset({"answered", "lapsed"}),
        told="文书送达",
        notices=("N26",),
        fields=(
            ask.on("送达日期（签收或到达之日）"),
            ask.code("way", "送达方式", SERVICES.words()),
            ask.line("tracking", "邮件号（邮寄的）", LONGEST["tracking"], required=False, sealed=True),
        ),
        paper="proof",
    ),
    Step(
        code="rated",
        label="申请人评价",
        least=None,
        sources=_OVER,
        told="您评价了办理情况",
        fields=(
            ask.code("rating", "满意程度", RATINGS.words()),
            ask.text("comment", "说明", LONGEST["comment"], required=False),
        ),
        citizen=True,
        undo=False,
        call="rating",
    ),
    Step(
        code="filed_on",
        label="经申请人同意，向负责的机关提出",
        least="clerk",
        sources=frozenset({"answered", "closed"}),
        told="经您同意，已向负责的机关提出同一申请",
        fields=(ask.on("申请人同意的日期"), ask.code("channel", "申请人怎样同意的", DESK_CHANNELS)),
        citizen=True,
        undo=False,
        once=True,
        elsewhere=True,
        call="filed-on",
    ),
    Step(
        code="closed",
        label="归档",
        least="clerk",
        sources=_ENDED,
        begins="closed",
        fields=(_ON, ask.line("archive_number", "档号", LONGEST["archive_number"], required=False, sealed=True)),
    ),
    Step(
        code="proceeding_opened",
        label="收到复议答复通知书、应诉通知书",
        least="officer",
        sources=_FOUGHT,
        fields=(
            ask.on("收到通知书的日期"),
            ask.code("kind", "哪一种", PROCEEDINGS.words()),
            ask.code("route", "起诉的途径（一审要填）", ROUTES.words(), required=False),
            Field("simplified", "yes", "适用简易程序（复议）", required=False),
            ask.line("body", "复议机关、法院", LONGEST["body"], required=False),
            ask.line("docket", "案号", LONGEST["docket"], required=False, sealed=True),
            ask.line("about", "所争议的文书的文号", LONGEST["about"], required=False),
        ),
        paper="proceeding",
    ),
    Step(
        code="defended",
        label="提交复议答复、诉讼答辩",
        least="officer",
        sources=_FOUGHT,
        contested=_FOUGHT,
        fields=(ask.on("提交的日期"), _PROCEEDING),
        paper="proceeding",
    ),
    Step(
        code="heard",
        label="听证、开庭的日期",
        least="officer",
        sources=_FOUGHT,
        contested=_FOUGHT,
        fields=(ask.on("收到通知的日期"), ask.day("held_on", "听证、开庭的日期"), _PROCEEDING),
        paper="proceeding",
    ),
    Step(
        code="review",
        label="行政复议的结果",
        least="officer",
        sources=_FOUGHT,
        contested=_RECEIVED,
        fields=(ask.on("复议决定作出的日期（尚未审结的填今天）"), _RESULT, *_DECISION),
        paper="proceeding",
    ),
    Step(
        code="litigation",
        label="行政诉讼的结果",
        least="officer",
        sources=_FOUGHT,
        contested=_RECEIVED,
        fields=(
            ask.on("裁判作出的日期（尚未审结的填今天）"),
            ask.code("route", "起诉的途径", ROUTES.words()),
            _RESULT,
            *_DECISION,
        ),
        paper="proceeding",
    ),
)

_RECORD = (
    Step(
        code="amended",
        label="更正登记的内容",
        least="clerk",
        sources=_OPEN,
        told="更正了登记的内容",
        fields=(
            ask.on("发现或者收到更正要求的日期"),
            Field("changes", "fields", "要更正的内容", longest=LONGEST["description"], sealed=True),
            _REASON,
        ),
        undo=False,  # what was put right wrongly is put right again
    ),
    Step(
        code="linked",
        label="与另一件申请关联",
        least="clerk",
        sources=frozenset(STATUSES),
        fields=(
            ask.line("number", "另一件申请的编号", LONGEST["number"]),
            ask.code("relation", "为什么关联", RELATIONS.words()),
        ),
    ),
    Step(
        code="voided",
        label="更正记录",
        least="officer",
        sources=frozenset(STATUSES),
        fields=(
            ask.line("ref", "哪一条记录有误", LONGEST["ref"]),
            ask.text("reason", "理由", LONGEST["reason"], required=False, asked=True),
            ask.code(
                "notice", "据此发出的文书", NOTICE_FATES.words(), required=False, default="void：据此发出的文书不再有效"
            ),
        ),
        undo=False,
    ),
)

STEPS: dict[str, Step] = {
    step.code: step
    for group in (_ROUTING, _CLARIFICATION, _CONSULTATION, _INSIDE, _TERM, _APPROVAL, _END, _RECORD)
    for step in group
}

_BY_EVENT = {step.event: step for step in STEPS.values()}
# Entries that are no step: label for staff, line of the citizen's timeline.
_RECORD_ONLY = {
    "submitted": ("提交申请", "提交申请"),
    "particulars_viewed": ("查看申请人信息", ""),
    "code_renewed": ("重发查询码", ""),
    "attached": ("申请人提交材料", "提交材料"),
    "paper_added": ("存入材料", ""),
    "paper_viewed": ("查看材料", ""),
    "dossier_made": ("制作卷宗", ""),
    "downloaded": ("申请人在网上下载了答复文书", ""),
    "unlearned": ("不再用于训练模型", ""),
    "notice_issued": ("发出文书", ""),
    "due_corrected": ("期限的算法更正，届满日重新计算", "答复期限的届满日重新计算"),
    "due_changed": ("放假安排变动，届满日重新计算", "放假安排变动，答复期限的届满日重新计算"),
}


def state_of(events: Iterable[str]) -> str:
    """Return the state after the events (by type) that still count; types outside the table do not matter."""
    holds: Counter[str | None] = Counter()
    for event in events:
        step = _BY_EVENT.get(event)
        if step is not None:
            holds[step.begins] += 1
            holds[step.ends] -= 1
    holds[FIRST] = not holds["received"]
    return next(code for code in STATUSES if holds[code] > 0)


def allowed(
    state: str,
    role: str,
    *,
    office: bool = True,
    demands: Demands = NO_DEMANDS,
    happened: Collection[str] = (),
    term: bool = True,
    undoes: bool = False,
    contested: bool = False,
) -> tuple[Step, ...]:
    """Return the steps that this role may take in this state, in the order of the table.

    `office`: the person belongs to the office itself, not to a department that handles cases. `happened`: the events by
    type that still count, for a case whose clock refuses some of them a second time. `term`: the law sets the case one.
    `undoes`: the last act on the case is their own, and nothing was built on it yet. `contested`: a review or suit over
    the case is not decided yet.
    """
    return tuple(
        step
        for step in STEPS.values()
        if state in step.sources
        and step.least is not None
        and (_RANK[role] >= _least(step, step.least, state) or (undoes and step.code == "voided"))
        and (office or not step.office)
        and demands.wants(step.demand)
        and not (step.once and step.event in happened)
        and (term or not step.term)
        and (contested or state not in step.contested)
    )


def allowed_to_citizen(state: str) -> tuple[Step, ...]:
    """Return the steps that the applicant may take in this state."""
    return tuple(step for step in STEPS.values() if step.citizen and state in step.sources)


def _least(step: Step, least: str, state: str) -> int:
    """Once a notice is out, only a reviewer may void what it was built on (docs/contract.md §5)."""
    return _RANK["reviewer" if step.code == "voided" and not is_open(state) else least]


def apply(events: Iterable[str], step: str) -> str:
    """Return the state after one more step; StatuteError `unknown_step`, `step_not_allowed`."""
    past = list(events)
    state = state_of(past)
    if step not in STEPS:
        raise refusal("unknown_step", step=step[:40])
    if state not in STEPS[step].sources:
        raise refusal("step_not_allowed", state=label(state), step=STEPS[step].label)
    return state_of([*past, STEPS[step].event])


def refuse_without_term(step: str, kind: Kind) -> None:
    """Refuse what a correction (art. 41) cannot have: neither a term to lengthen nor a fee; StatuteError `no_term`."""
    if kind == "correction" and STEPS[step].term:
        raise refusal("no_term", step=STEPS[step].label)


def step_of(event: str) -> Step | None:
    """Return the step that is recorded as an event of this type; None where there is none."""
    return _BY_EVENT.get(event)


def voids_any(role: str, state: str) -> bool:
    """Tell whether this role voids entries whoever made them, and not only its own last act."""
    return _RANK[role] >= _least(STEPS["voided"], "officer", state)


def may_take(event: str, role: str) -> bool:
    """Tell whether an entry of this type is a step that this role takes."""
    least = _BY_EVENT[event].least if event in _BY_EVENT else None
    return least is not None and _RANK[role] >= _RANK[least]


def can_be_voided(event: str) -> bool:
    """Tell whether an entry of this type may be taken out of the record's account (更正记录)."""
    return event in _BY_EVENT and _BY_EVENT[event].undo


MOVING = frozenset(_BY_EVENT)
"""The types of entries that change what may be done next."""


def moves_on(event: str) -> bool:
    """Tell whether an entry of this type changes what may be done next: looking at particulars does not."""
    return event in MOVING


def label(state: str) -> str:
    """Return the state's name for staff and citizens."""
    return STATUSES[state].label


def is_open(state: str) -> bool:
    """Tell whether the case is still to be answered."""
    return STATUSES[state].open


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
