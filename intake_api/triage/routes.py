"""HTTP of the suggestion for a text that is not (yet) a case."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from intake_api.http import OfficeDep, count, error_responses, public
from intake_api.kit.text import clean
from intake_api.terms.limits import LONGEST

router = APIRouter(tags=["citizens"])


class Question(BaseModel):
    """A text in the citizen's own words."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "我想看看我们小区加装电梯的规划审批材料"}]}
    )
    text: Annotated[str, BeforeValidator(clean), Field(min_length=1, max_length=LONGEST["description"])]
    subject: Annotated[str, BeforeValidator(clean), Field(max_length=LONGEST["title"])] = ""


@router.post("/suggestions", responses=error_responses(422, 429, 503))
@public
async def suggest(request: Request, office: OfficeDep, body: Question) -> dict[str, Any]:
    """可能的承办部门和办理意见 (docs/contract.md §4)；nothing is stored."""
    await count(request, "suggest")
    return await office.triage.public(body.text, body.subject)
