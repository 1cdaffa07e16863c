"""Pages of what is already public: by department and topic, the newest first, an item's own page, feed and site map."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from intake_api.http import count, office_of, public
from intake_api.kit.text import tidy
from intake_api.published.service import PAGE
from intake_api.terms.limits import LONGEST
from intake_api.web.templating import page_of, render, rendered

router = APIRouter(include_in_schema=False)
IN_FEED = 50
MOST_IN_MAP = 49_000  # sitemaps.org: 50,000 addresses a file; with the pages of the site
PAGES = ("/", "/published", "/apply", "/chat", "/status", "/privacy", "/accessibility")
AN_HOUR = {"Cache-Control": "public, max-age=3600"}
ATOM, XML = "application/atom+xml; charset=utf-8", "application/xml; charset=utf-8"


@router.get("/published")
@public
async def listing(request: Request, q: str = "", source: str = "", topic: str = "", page: str = "1") -> Response:
    """Show what is published, of a department or on a topic; a question shows what fits it, as everywhere."""
    published, q = office_of(request).published, tidy(q)[: LONGEST["q"]]
    shown = {"q": q, "source": source, "topic": topic, "shelves": await published.shelves(), "number": 1}
    if q:
        await count(request, "suggest")
        return render(request, "published.html", shown, items=await published.search(q), further=False)
    number = page_of(page)
    items = await published.page(number, source, topic)
    return render(request, "published.html", shown, items=items[:PAGE], number=number, further=len(items) > PAGE)


@router.get("/published/feed.xml")
@public
async def feed(request: Request, source: str = "", topic: str = "") -> Response:
    """What was published last, as an Atom feed (RFC 4287), whole or of a department or topic."""
    items = await office_of(request).published.page(1, source, topic, IN_FEED)
    asked = {"source": source, "topic": topic, "items": items[:IN_FEED], "site": site_of(request)}
    return Response(rendered(request, "feed.xml", asked), media_type=ATOM, headers=AN_HOUR)


@router.get("/sitemap.xml")
@public
async def site_map(request: Request) -> Response:
    """The public pages, and the items that have no page elsewhere (sitemaps.org)."""
    items = await office_of(request).published.own_pages(MOST_IN_MAP)
    shown = {"pages": PAGES, "items": items, "site": site_of(request)}
    return Response(rendered(request, "sitemap.xml", shown), media_type=XML, headers=AN_HOUR)


def site_of(request: Request) -> str:
    """The address of this site, without a stroke at its end."""
    return (office_of(request).settings.public_url or str(request.base_url)).rstrip("/")


@router.get("/published/{key}")
@public
async def item(request: Request, key: str) -> Response:
    """Show one item that has no address elsewhere."""
    return render(request, "published_item.html", item=await office_of(request).published.one(key))
