"""HTTP of published information."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from intake_api.http import OfficeDep, count, error_responses, public
from intake_api.published.schemas import FoundItem, FoundItems
from intake_api.published.service import MOST_FOUND

router = APIRouter(tags=["citizens"])


@router.get("/published", responses=error_responses(422, 429), response_model_exclude_none=True)
@public
async def search(
    request: Request,
    office: OfficeDep,
    q: Annotated[str, Query(description="用自己的话写；超过 500 字的部分不计")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_FOUND)] = 10,
) -> FoundItems:
    """查找已经公开的信息，best first。Any text is welcome; where nothing fits, nothing is offered."""
    await count(request, "suggest")
    found = await office.published.search(q, limit)
    own = (office.settings.public_url or "").rstrip("/")
    return FoundItems(
        items=[
            FoundItem(
                title=item.title,
                url=own + item.url if item.url.startswith("/") else item.url,
                summary=item.summary,
                published_on=item.published_on,
                source=item.source,
                fit=item.fit or None,
            )
            for item in found
        ]
    )
