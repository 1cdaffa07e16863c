"""What goes in and out over HTTP for notices."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from intake_api.kit.payload import Payload, Text
from intake_api.notices.service import DraftChange
from intake_api.terms.limits import LONGEST

ElementText = Annotated[Text, Field(max_length=LONGEST["element"])]
ParagraphText = Annotated[Text, Field(max_length=LONGEST["paragraph"])]


class NoticeChange(Payload):
    """What a clerk entered (by element) and reworded (by paragraph). An empty value takes back the one before.

    `version` is that of the draft which was changed; without it the change is made on whatever is there.
    """

    elements: dict[str, ElementText] = Field(default_factory=dict, max_length=40)
    paragraphs: dict[str, ParagraphText] = Field(default_factory=dict, max_length=40)
    version: int | None = None

    def change(self) -> DraftChange:
        """The same without its shape on the wire."""
        return DraftChange(self.elements, self.paragraphs, self.version)


class NoticeIn(NoticeChange):
    """Begin a draft."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"code": "N10", "elements": {"place": "示例市人民政府网站，政府公报2025年第3期"}}]
        }
    )
    code: Text = Field(min_length=1, max_length=10)


class GiveBack(Payload):
    """Return a draft for change."""

    reason: Text = Field(min_length=1, max_length=LONGEST["reason"])


class ElementOut(BaseModel):
    """An element of a notice; `value` as entered or else known (ISO days, choices by code), `known` by the record."""

    code: str
    label: str
    kind: Literal["text", "lines", "date", "number", "choice"]
    required: bool
    fact: bool = Field(description="只能来自案件记录，不能填写")
    value: str
    known: str
    options: dict[str, str] | None


class ParagraphOut(BaseModel):
    """A paragraph of the body; it can be reworded by its key."""

    key: str
    text: str
    edited: bool


class MissingOut(BaseModel):
    """A required element that the notice does not have."""

    code: str
    label: str


class NoticeItem(BaseModel):
    """A notice in a list; `number` and `issued_on` are null while it is a draft."""

    id: int
    code: str
    title: str
    addressee: Literal["applicant", "third_party", "agency", "internal"]
    number: str | None
    issued_on: date | None
    sha256: dict[str, str] = Field(default_factory=dict)
    in_force: bool = Field(True, description="所依据的记录作废之后，或者已由另一份文书更正的，为 false")
    replaced_by: str | None = Field(None, description="更正后的文书的文号")


class ApprovalOut(BaseModel):
    """An approval that a draft needs; an edit of the draft takes it back."""

    kind: str = Field(description="记录它的步骤：signed_off、secrecy_reviewed、reviewed")
    level: int | None = Field(description="保密审查的级别")
    label: str
    given: bool


class NoticeView(NoticeItem):
    """A notice in full."""

    approvals: list[ApprovalOut] = Field(default_factory=list, description="草稿要经过的审签；不需要的、已发出的为空")
    draft: str | None = Field(None, description="现在这一稿的哈希，审签时用 draft 带回")
    sent_for_approval: bool = Field(False, description="已经送审")

    version: int
    trigger: str
    may_issue: bool
    elements: list[ElementOut]
    paragraphs: list[ParagraphOut]
    remedy: list[str]
    missing: list[MissingOut]
    boxed: dict[str, str] = Field(
        default_factory=dict, description="字库没有、在 PDF 中以“□”代替的字符：码位 → 字符；Word 文件中保留"
    )


class NoticeKind(BaseModel):
    """A kind of notice that can be begun; `proposed`: it fits where the case stands."""

    code: str
    title: str
    trigger: str
    proposed: bool


class NoticePage(BaseModel):
    """The notices of a case, and what can be begun, the likeliest first."""

    items: list[NoticeItem]
    kinds: list[NoticeKind]
