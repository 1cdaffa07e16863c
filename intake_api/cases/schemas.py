"""What goes in and out over HTTP for a case. Labels and limits are those of docs/contract.md §3."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, create_model
from pydantic import Field as Limit

from intake_api.cases.acts import Act, Choice, Consent, Decided, Matter, Receipt
from intake_api.cases.contested import Fought
from intake_api.form.application import DeliveryIn
from intake_api.jobs.service import Told
from intake_api.kit.payload import Blank, Day, MaybeText, Payload, Text
from intake_api.statute import proceedings
from intake_api.statute.steps import Field, Step
from intake_api.statute.workflow import STEPS
from intake_api.terms.applicant import Kind
from intake_api.terms.course import Urgency
from intake_api.terms.handling import Disposition
from intake_api.terms.limits import LONGEST, SHORTEST_TEXT
from intake_api.terms.receipt import DESK_CHANNELS, Channel


class ClockStep(BaseModel):
    """One step of the calculation of the due date, in words."""

    on: date
    why: str
    due_on: date | None


Post = Literal["email", "sms"]


class TellingIn(Payload):
    """Where the applicant wants to be told of what happens."""

    channel: Post
    address: Text = Limit(min_length=1, max_length=LONGEST["contact"], description="电子邮箱，或者电话号码")


class Address(BaseModel):
    """An address at which an applicant is told; `shown` is shortened. `bounced_on`: what was sent there came back."""

    channel: Post
    shown: str
    confirmed: bool
    bounced_on: date | None = Limit(None, description="退信的日期", exclude_if=lambda day: day is None)


class TellingList(BaseModel):
    """What an applicant was told, newest first, and the addresses at which they are."""

    items: list[Told]
    addresses: list[Address]


class TellingView(BaseModel):
    """The channels that the office has, and the addresses of a case."""

    offered: list[Post]
    items: list[Address]


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

    unclear: list[str] = Limit(default_factory=list, description="不明确之处")
    needed: list[str] = Limit(default_factory=list, description="需要补正的事项")
    reply_by: date | None = Limit(None, description="补正期限")
    otherwise: str = Limit(description="不补正的后果")


class Turn(BaseModel):
    """The agency that is responsible instead (art. 36(5)), and the case that was filed there with the consent."""

    agency: str
    contact: str
    filed: ChildCase | None = None


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
    act_by: date | None = Limit(None, description="等申请人补正或者缴费时，最后的日期")
    clarification: Asked | None = Limit(None, description="等申请人补正时，要补正什么")
    department: str | None = Limit(None, description="承办机构的名称，确认之后才有")
    agency: str
    title: str
    clock_steps: list[ClockStep]
    timeline: list[TimelineEntry]
    notices: list[dict[str, Any]] = Limit(default_factory=list)
    attachments: list[dict[str, Any]] = Limit(
        default_factory=list, description="申请人提交的材料，和机关给其的（`paper`）"
    )
    telling: TellingView | None = Limit(None, description="在哪里接收进展；本机关没有对话以外的渠道时为空")
    children: list[ChildCase] = Limit(default_factory=list, description="分开办理的各件")
    elsewhere: Turn | None = Limit(None, description="答复为不属于本机关负责公开的，由谁负责")
    filed_from: str | None = Limit(None, description="经申请人同意转来的，原来那件的编号")
    rating: int | None = Limit(None, description="申请人的评价，1 到 5")
    allowed: list[str] = Limit(
        default_factory=list, description="申请人现在可以做的：clarification_received、withdrawn、rated、filed_on"
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
    department: str | None = Limit(None, description="确认的承办机构的代码；未确认前为空")
    title: str


class QueueRow(CaseItem):
    """A row of the queue as the console draws it."""

    department_name: str | None
    status_label: str
    kind: Kind
    channel: Channel
    due_provisional: bool
    working_days_left: int | None
    urgency: Urgency
    suggested: DepartmentName | None = None
    suggested_probability: float | None = None
    confident: bool | None = None


class Page(BaseModel):
    """A page of the queue; `next` is the cursor of the following one."""

    items: list[CaseItem]
    next: str | None


class QueuePage(BaseModel):
    """A page of the queue as the console draws it, with the totals of its tabs; above `most` it was not counted on."""

    items: list[QueueRow]
    next: str | None
    counts: dict[str, int]
    most: int


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
    meaning: str | None = Limit(None, description="第三方或者有关机关的意见在条例上的后果")
    voidable: bool = Limit(description="可以作废（更正记录）")
    hash: str


class StepField(BaseModel):
    """A field of a step; `values` close its vocabulary."""

    name: str
    required: bool = Limit(description="不填不能记录")
    values: list[str]
    asked: bool = Limit(description="页面上必须填写；用接口记录时，只有 required 的必须填写")
    default: str | None = Limit(description="不填时按什么记录；空的不记录这一项")
    label: str
    kind: Literal["day", "code", "count", "yes", "line", "text", "fields"]
    longest: int = Limit(description="最多几个字；0：不是文字")
    words: dict[str, str] = Limit(description="values 各自的说法")
    explained: bool = Limit(description="名称里已经说明什么时候可以不填")


class StepOut(BaseModel):
    """A step that may be taken now by this person, by which call, with what it asks and what follows from it."""

    code: str
    label: str
    call: str = Limit(description="events、confirmation、children 或者 filed-on：用哪一个接口")
    clock: str = Limit(description="记录之后期限怎样：none、starts、pauses、resumes、restarts、lengthens、fixes、stops")
    notices: list[str] = Limit(description="与这一步有关的文书，N1–N27")
    paper: str | None = Limit(description="证明这一步的是哪一种材料")
    fields: list[StepField]


class Relative(BaseModel):
    """A case of the same family, or one that it is linked to."""

    relation: Literal["parent", "child", "sibling", "repeat", "campaign", "related", "filed_on", "filed_from"]
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
    clock: dict[str, Any] | None = Limit(None, description="收到之前、更正申请（第四十一条）没有期限")
    description: str
    document_number: str | None
    delivery: DeliveryIn
    applicant: dict[str, Any]
    flags: list[str]
    suggestion: dict[str, Any] | None
    decision: Decided | None
    decisions: list[Decided]
    events: list[EventOut]
    family: list[Relative]
    proceedings: list[Fought]
    seq: int = Limit(description="最后一条记录的序号；提交时用 after 带回，案件已有变动时为 409")
    undoable: str | None = Limit(None, description="自己刚才记录、还没有人接着办的那一步（ref），可以用 voided 撤销")
    allowed: list[StepOut]


class Confirmation(Payload):
    """Confirm or correct the suggestion. `supersedes` names the decision that this one replaces."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"department": "housing", "disposition": "public", "note": "按老旧小区改造办理"}]
        }
    )
    department: Text = Limit(min_length=1, max_length=LONGEST["department"])
    disposition: Disposition
    note: MaybeText = Limit(None, max_length=LONGEST["note"])
    supersedes: int | None = None
    after: int | None = Limit(
        None, ge=0, description="页面所见的最后一条记录（seq）；其后已有变动的，409 case_moved_on"
    )

    def choice(self) -> Choice:
        """The same without its shape on the wire."""
        return Choice(**self.model_dump())


def _type_of(asked: Field) -> Any:
    """How a field of a step is sent."""
    if asked.kind == "day":
        return Day | None
    if asked.kind == "count":
        return int | None
    if asked.kind == "fields":
        return dict[str, Annotated[str | None, Limit(max_length=asked.longest), Blank]] | None
    if asked.kind == "yes":
        return bool | None
    if asked.kind != "code":
        return Annotated[str | None, Limit(max_length=asked.longest), Blank]
    if all(code.isdecimal() for code in asked.values):
        numbers = [int(code) for code in asked.values]
        return Annotated[int | None, Limit(ge=min(numbers), le=max(numbers))]
    return Literal[asked.values] | None


def _of_steps(steps: Iterable[Step]) -> dict[str, Any]:
    """The fields of all steps that are recorded as events; a vocabulary of two steps is both of them."""
    found: dict[str, Field] = {}
    for step in steps:
        for asked in step.fields if step.call == "events" else ():
            known = found.get(asked.name)
            found[asked.name] = replace(asked, words={**known.words, **asked.words}) if known else asked
    sealed = {True: "；加密保存", False: ""}
    return {
        name: (_type_of(asked), Limit(default=None, description=asked.label + sealed[asked.sealed]))
        for name, asked in found.items()
    }


_EventFields: Any = create_model("_EventFields", __base__=Payload, **_of_steps(STEPS.values()))
_ProceedingFields: Any = create_model("_ProceedingFields", __base__=Payload, **_of_steps([STEPS[proceedings.OPENED]]))


class EventIn(_EventFields):  # type: ignore[misc]  # its fields are those of the steps (intake_api.statute.workflow)
    """A step of the workflow; fields beyond `type` and `on` depend on the type (docs/steps.md)."""

    type: Text = Limit(min_length=1, max_length=40)
    after: int | None = Limit(
        None, ge=0, description="页面所见的最后一条记录（seq）；其后已有变动的，409 case_moved_on"
    )

    def act(self) -> Act:
        """The same without its shape on the wire, and without the fields left open."""
        fields = self.model_dump(mode="json", exclude_none=True, exclude={"type", "on", "after"})
        return Act(self.type, self.on, fields, self.after)


class ProceedingIn(_ProceedingFields):  # type: ignore[misc]  # its fields are those of the step
    """A notice to answer a review or suit has come: the step `proceeding_opened` (docs/steps.md)."""

    after: int | None = Limit(None, ge=0)

    def act(self) -> Act:
        """The same without its shape on the wire, and without the fields left open."""
        fields = self.model_dump(mode="json", exclude_none=True, exclude={"on", "after"})
        return Act(proceedings.OPENED, self.on, fields, self.after)


class Proceedings(BaseModel):
    """The reviews and suits of a case, or those that want something done."""

    items: list[Fought]


class ConsentIn(Payload):
    """The applicant has agreed that the same application is filed with the agency responsible."""

    channel: Literal[tuple(DESK_CHANNELS)] = Limit(description="怎样同意的")  # type: ignore[valid-type]  # its codes
    on: Day | None = Limit(None, description="同意的日期；不填是今天")
    after: int | None = Limit(None, ge=0)

    def consent(self) -> Consent:
        """The same without its shape on the wire."""
        return Consent(self.channel, self.on, self.after)


class ChildIn(Payload):
    """One matter of a request that holds several."""

    description: Text = Limit(min_length=SHORTEST_TEXT, max_length=LONGEST["description"])
    title: MaybeText = Limit(None, max_length=LONGEST["title"])


class SplitIn(Payload):
    """Split a request into its matters (一事一申请)."""

    children: list[ChildIn] = Limit(min_length=2, max_length=20)
    after: int | None = Limit(None, ge=0)

    def matters(self) -> list[Matter]:
        """The same without its shape on the wire."""
        return [Matter(child.description, child.title) for child in self.children]


class SplitOut(BaseModel):
    """The receipts of the children; their query codes are shown only here."""

    children: list[Receipt]


class Supplement(Payload):
    """What the applicant adds to make the request clear (补正)."""

    text: Text = Limit(min_length=SHORTEST_TEXT, max_length=LONGEST["text"])


class Withdrawal(Payload):
    """The applicant takes the request back; no reason is needed."""

    reason: MaybeText = Limit(None, max_length=LONGEST["reason"])


class Rating(Payload):
    """How the applicant found it, from 1 (很不满意) to 5 (很满意)."""

    rating: int = Limit(ge=1, le=5)
    comment: MaybeText = Limit(None, max_length=LONGEST["comment"])
