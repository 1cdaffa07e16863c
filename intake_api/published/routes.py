"""HTTP of published information."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from intake_api.http import OfficeDep, count, error_responses, public
from intake_api.published.schemas import FoundItem, FoundItems
from intake_api.published.service import MOST_FOUND

router = APIRouter(tags=["citizens"])


@router.get("/published", responses=error_responses(422, 429))
@public
async def search(
    request: Request,
    office: OfficeDep,
    q: Annotated[str, Query(description="用自己的话写；超过 500 字的部分不计")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_FOUND)] = 10,
) -> FoundItems:
    """查找已经公开的信息，best first。Any text is welcome; without a word in it nothing is found."""
    await count(request, "suggest")
    found = await office.published.search(q, limit)
    return FoundItems(items=[FoundItem.model_validate(item) for item in found])
