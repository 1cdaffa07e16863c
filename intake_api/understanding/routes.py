"""HTTP of the reading: what a message says of an application. Nothing is stored."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from intake_api.http import OfficeDep, count, error_responses, public
from intake_api.kit.text import clean
from intake_api.terms.limits import LONGEST
from intake_api.terms.messages import MessageKind
from intake_api.understanding.service import hints_of, told_apart

router = APIRouter(tags=["citizens"])


class SaidIn(BaseModel):
    """What somebody said, in their own words."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "我叫张三，想看2021年征地的批文，电话13800000000"}]}
    )
    text: Annotated[str, BeforeValidator(clean), Field(min_length=1, max_length=LONGEST["description"])]


class UnderstoodOut(BaseModel):
    """What was read: the contract's `fields`; `parts` where there are several matters; `case`, a number it names."""

    kind: MessageKind
    fields: dict[str, Any] = Field(description="docs/contract.md §2：只有原文写明的各项，规范写法")
    matter: str = Field(description="要的是什么：去掉称呼、个人信息和谢语")
    parts: list[str] = Field(description="说了几件事的，逐件；只有一件的为空")
    case: str = Field(description="提到的申请编号")
    way: str = Field(description="不是信息公开申请的，更快的办法；信息公开申请为空")
    hints: list[str] = Field(description="是信息公开申请，但有疑问的，提醒的话")


@router.post("/understand", responses=error_responses(429))
@public
async def understood(request: Request, office: OfficeDep, body: SaidIn) -> UnderstoodOut:
    """这段话说的是什么事、写明了哪些申请要素 (docs/contract.md §2)；nothing is stored."""
    await count(request, "suggest")
    suggestion = await office.triage.suggest(body.text, wait=False)
    read, told = told_apart(body.text, suggestion, office.clock.today(), office.directory)
    return UnderstoodOut(
        kind=read.kind,
        fields=read.fields,
        matter=read.matter,
        parts=list(read.parts),
        case=read.case,
        way=told,
        hints=[] if told else hints_of(suggestion),
    )
