"""HTTP of published information."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from intake_api.http import OfficeDep, by_bot, count, error_responses, public
from intake_api.published.schemas import FoundItem, FoundItems
from intake_api.published.service import MOST_FOUND, Found

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
    for_chat = by_bot(request)
    if found and for_chat:
        await office.deflection.count("chat", "shown")
    return FoundItems(
        items=[
            FoundItem(
                title=item.title,
                url=_url(item, own, counted=for_chat),
                summary=item.summary,
                published_on=item.published_on,
                source=item.source,
                fit=item.fit or None,
            )
            for item in found
        ]
    )


def _url(item: Found, own: str, *, counted: bool) -> str:
    """Where the item is to be read; from a chat by way of us, where we have an address, so that it can be counted."""
    if counted and (own or item.url.startswith("/")):
        return f"{own}/published/to/{item.id}?from=chat"
    return own + item.url if item.url.startswith("/") else item.url
