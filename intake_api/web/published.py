"""Pages of what is already public: all of it, the newest first, and a page for each item that has none elsewhere."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from intake_api.http import count, office_of, public
from intake_api.kit.text import tidy
from intake_api.published.service import PAGE
from intake_api.terms.limits import LONGEST
from intake_api.web.templating import render

router = APIRouter(prefix="/published", include_in_schema=False)


@router.get("")
@public
async def listing(request: Request, q: str = "", page: str = "1") -> Response:
    """Show what is published, newest first; a question shows what fits it, as the start page and the chat do."""
    published, q = office_of(request).published, tidy(q)[: LONGEST["q"]]
    number = int(page) if page.isascii() and page.isdecimal() and 0 < len(page) < 6 else 1
    if q:
        await count(request, "suggest")
        return render(request, "published.html", q=q, items=await published.search(q), number=1, further=False)
    items = await published.page(number)
    return render(request, "published.html", q="", items=items[:PAGE], number=number, further=len(items) > PAGE)


@router.get("/{key}")
@public
async def item(request: Request, key: str) -> Response:
    """Show one item that has no address elsewhere."""
    return render(request, "published_item.html", item=await office_of(request).published.one(key))
