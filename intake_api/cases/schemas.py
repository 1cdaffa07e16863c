"""What goes in and out over HTTP for a case. Labels and limits are those of docs/contract.md §3."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from intake_api.form.application import DeliveryIn
from intake_api.kit.payload import Day, MaybeText, Payload, Text
from intake_api.terms.applicant import Kind
from intake_api.terms.handling import Disposition
from intake_api.terms.limits import LONGEST, SHORTEST_TEXT
from intake_api.terms.receipt import Basis, Channel


class Receipt(BaseModel):
    """登记回执: shown once; `query_code` is not stored."""

    number: str
    query_code: str
    status: str
    received_on: date | None
    receipt_basis: Basis | None
    due_on: date | None
    due_provisional: bool


class ClockStep(BaseModel):
    """One step of the calculation of the due date, in words."""

    on: date
    why: str
    due_on: date | None


class TimelineEntry(BaseModel):
    """What happened and when, as a citizen may read it."""

    on: date
    title: str


class ChildCase(BaseModel):
    """One of the cases that a request of several matters was split into, as its applicant may read it."""

    number: str
    title: str
    status_label: str
    sentence: str
    due_on: date | None


class Asked(BaseModel):
    """What the applicant is asked to make clear (补正, art. 30); the lists are empty until the notice N2 is out."""

    unclear: list[str] = Field(default_factory=list, description="不明确之处")
    needed: list[str] = Field(default_factory=list, description="需要补正的事项")
    reply_by: date | None = Field(None, description="补正期限")
    otherwise: str = Field(description="不补正的后果")


class CitizenView(BaseModel):
    """The citizen's view of a case. `sentence` says in plain words where it stands."""

    number: str
    kind: Kind
    status: str
    status_label: str
    sentence: str
    submitted_at: datetime
    received_on: date | None
    due_on: date | None
    due_provisional: bool
    act_by: date | None = Field(None, description="等申请人补正或者缴费时，最后的日期")
    clarification: Asked | None = Field(None, description="等申请人补正时，要补正什么")
    department: str | None = Field(None, description="承办机构的名称，确认之后才有")
    agency: str
    title: str
    clock_steps: list[ClockStep]
    timeline: list[TimelineEntry]
    notices: list[dict[str, Any]] = Field(default_factory=list)
    children: list[ChildCase] = Field(default_factory=list, description="分开办理的各件")
    rating: int | None = Field(None, description="申请人的评价，1 到 5")
    allowed: list[str] = Field(
        default_factory=list, description="申请人现在可以做的：clarification_received、withdrawn、rated"
    )


class DepartmentName(BaseModel):
    """A department or agency by code and name."""

    code: str
    name: str
    external: bool = False


class CaseItem(BaseModel):
    """A row of the queue."""

    number: str
    status: str
    received_on: date | None
    due_on: date | None
    department: str | None = Field(None, description="确认的承办机构的代码；未确认前为空")
    title: str


class QueueRow(CaseItem):
    """A row of the queue as the console draws it."""

    department_name: str | None
    status_label: str
    kind: Kind
    channel: Channel
    due_provisional: bool
    working_days_left: int | None
    urgency: Literal["overdue", "soon", "later", "none"]
    suggested: DepartmentName | None = None
    suggested_probability: float | None = None
    confident: bool | None = None


class Page(BaseModel):
    """A page of the queue; `next` is the cursor of the following one."""

    items: list[CaseItem]
    next: str | None


class QueuePage(BaseModel):
    """A page of the queue as the console draws it, with the totals of its tabs."""

    items: list[QueueRow]
    next: str | None
    counts: dict[str, int]


class DecisionOut(BaseModel):
    """What a person decided on which suggestion."""

    id: int
    department: str
    department_name: str
    disposition: Disposition
    by: str
    at: datetime
    supersedes: int | None
    followed_suggestion: bool
    returned: bool = False  # 承办部门已经退回
    note: str | None = None


class EventOut(BaseModel):
    """One entry of the append-only record."""

    seq: int
    type: str
    label: str
    on: date
    at: datetime
    by: str
    data: dict[str, Any]
    note: str | None = None
    meaning: str | None = Field(None, description="第三方或者有关机关的意见在条例上的后果")
    voidable: bool = Field(description="可以作废（更正记录）")
    hash: str


class StepField(BaseModel):
    """A field of a step; `values` close its vocabulary."""

    name: str
    required: bool = Field(description="不填不能记录")
    values: list[str]
    asked: bool = Field(description="页面上必须填写；用接口记录时，只有 required 的必须填写")
    default: str | None = Field(description="不填时按什么记录；空的不记录这一项")


class StepOut(BaseModel):
    """A step that may be taken now by this person, by which call, with what it asks and what follows from it."""

    code: str
    label: str
    call: str = Field(description="events、confirmation 或者 children：用哪一个接口")
    clock: str = Field(description="记录之后期限怎样：none、starts、pauses、resumes、restarts、lengthens、fixes、stops")
    notices: list[str] = Field(description="与这一步有关的文书，N1–N27")
    fields: list[StepField]


class Relative(BaseModel):
    """A case of the same family, or one that it is linked to."""

    relation: Literal["parent", "child", "sibling", "repeat", "campaign", "related"]
    number: str
    title: str
    status_label: str
    department_name: str | None


class CaseView(CaseItem):
    """The case as staff see it."""

    department_name: str | None
    kind: Kind
    channel: Channel
    agency: str
    status_label: str
    submitted_at: datetime
    due_provisional: bool
    clock: dict[str, Any] | None = Field(None, description="收到之前、更正申请（第四十一条）没有期限")
    description: str
    document_number: str | None
    delivery: DeliveryIn
    applicant: dict[str, Any]
    flags: list[str]
    suggestion: dict[str, Any] | None
    decision: DecisionOut | None
    decisions: list[DecisionOut]
    events: list[EventOut]
    family: list[Relative]
    seq: int = Field(description="最后一条记录的序号；提交时用 after 带回，案件已有变动时为 409")
    allowed: list[StepOut]


class Confirmation(Payload):
    """Confirm or correct the suggestion. `supersedes` names the decision that this one replaces."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"department": "housing", "disposition": "public", "note": "按老旧小区改造办理"}]
        }
    )
    department: Text = Field(min_length=1, max_length=LONGEST["department"])
    disposition: Disposition
    note: MaybeText = Field(None, max_length=LONGEST["note"])
    supersedes: int | None = None
    after: int | None = Field(
        None, ge=0, description="页面所见的最后一条记录（seq）；其后已有变动的，409 case_moved_on"
    )


class EventIn(Payload):
    """A step of the workflow; fields beyond `type` and `on` depend on the type (docs/contract.md §5)."""

    type: Text = Field(min_length=1, max_length=40)
    on: Day | None = None
    basis: Basis | None = None
    reply_by: Day | None = None
    party: Literal["third_party", "co_agency", "other_agency"] | None = None
    ref: MaybeText = Field(None, max_length=LONGEST["ref"])
    days: int | None = Field(None, description="延长的工作日数；最多几天由条例第三十三条第二款定")
    until: Day | None = None
    delivery: Literal["counter", "post", "electronic"] | None = None
    delivered_on: Day | None = None
    outcome: MaybeText = Field(None, max_length=10, description="答复的处理结果：年度报告表三的行号，不填时按处理意见")
    text: MaybeText = Field(None, max_length=LONGEST["text"], description="补正的内容；加密保存")
    opinion: Literal["agree", "object_with_reason", "object", "silent"] | None = None
    level: int | None = Field(None, ge=1, le=2, description="保密审查：1 承办部门，2 办公室")
    result: Literal["releasable", "partly", "not"] | Literal["upheld", "corrected", "other", "pending"] | None = Field(
        None, description="保密审查的结论，或者复议、诉讼的结果"
    )
    route: Literal["direct", "after_review"] | None = None
    way: Literal["counter", "post", "electronic"] | None = None
    tracking: MaybeText = Field(None, max_length=LONGEST["tracking"], description="邮件号；加密保存")
    archive_number: MaybeText = Field(None, max_length=LONGEST["archive_number"], description="档号；加密保存")
    number: MaybeText = Field(None, max_length=LONGEST["number"], description="关联的另一件申请")
    relation: Literal["repeat", "campaign", "related"] | None = None
    notice: Literal["void", "stands"] | None = Field(
        None, description="作废记录时，据此发出的文书：void 不再有效（不填时），stands 文书无误"
    )
    reason: MaybeText = Field(None, max_length=LONGEST["reason"], description="理由；加密保存，不进入事件链")
    after: int | None = Field(
        None, ge=0, description="页面所见的最后一条记录（seq）；其后已有变动的，409 case_moved_on"
    )


class ChildIn(Payload):
    """One matter of a request that holds several."""

    description: Text = Field(min_length=SHORTEST_TEXT, max_length=LONGEST["description"])
    title: MaybeText = Field(None, max_length=LONGEST["title"])


class SplitIn(Payload):
    """Split a request into its matters (一事一申请)."""

    children: list[ChildIn] = Field(min_length=2, max_length=20)
    after: int | None = Field(None, ge=0)


class SplitOut(BaseModel):
    """The receipts of the children; their query codes are shown only here."""

    children: list[Receipt]


class Supplement(Payload):
    """What the applicant adds to make the request clear (补正)."""

    text: Text = Field(min_length=SHORTEST_TEXT, max_length=LONGEST["text"])


class Withdrawal(Payload):
    """The applicant takes the request back; no reason is needed."""

    reason: MaybeText = Field(None, max_length=LONGEST["reason"])


class Rating(Payload):
    """How the applicant found it, from 1 (很不满意) to 5 (很满意)."""

    rating: int = Field(ge=1, le=5)
    comment: MaybeText = Field(None, max_length=LONGEST["comment"])
