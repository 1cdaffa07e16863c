"""Pages of what is already public: by department and topic, an item's own page, the log, feeds and site map."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.http import RowId, count, office_of, public
from intake_api.kit.errors import Failure
from intake_api.kit.text import tidy
from intake_api.published.releases import PAGE as IN_LOG
from intake_api.published.service import PAGE
from intake_api.statute.outcomes import OUTCOMES
from intake_api.terms.catalogue import SURFACES
from intake_api.terms.limits import LONGEST
from intake_api.web.templating import page_of, render, rendered

router = APIRouter(include_in_schema=False)
IN_FEED = 50
MOST_IN_MAP = 49_000  # sitemaps.org: 50,000 addresses a file; with the pages of the site
PAGES = (
    "/",
    "/published",
    "/log",
    "/apply",
    "/chat",
    "/status",
    "/guide",
    "/forms",
    "/complaint",
    "/privacy",
    "/accessibility",
    "/en",
)
ATOM, XML = "application/atom+xml; charset=utf-8", "application/xml; charset=utf-8"


@router.get("/published")
@public
async def listing(request: Request, q: str = "", source: str = "", topic: str = "", page: str = "1") -> Response:
    """Show what is published, of a department or on a topic; a question shows what fits it, as everywhere."""
    published, q = office_of(request).published, tidy(q)[: LONGEST["q"]]
    shown = {"q": q, "source": source, "topic": topic, "shelves": await published.shelves(), "number": 1}
    if q:
        await count(request, "suggest")
        items = await published.search(q)
        if items:
            await office_of(request).deflection.count("page", "shown")
        return render(request, "published.html", shown, items=items, further=False)
    number = page_of(page)
    items = await published.page(number, source, topic)
    return render(request, "published.html", shown, items=items[:PAGE], number=number, further=len(items) > PAGE)


@router.get("/published/feed.xml")
@public
async def feed(request: Request, source: str = "", topic: str = "") -> Response:
    """What was published last, as an Atom feed (RFC 4287), whole or of a department or topic."""
    items = await office_of(request).published.page(1, source, topic, IN_FEED)
    asked = {"source": source, "topic": topic, "items": items[:IN_FEED], "site": site_of(request)}
    return Response(rendered(request, "feed.xml", asked), media_type=ATOM)


@router.get("/sitemap.xml")
@public
async def site_map(request: Request) -> Response:
    """The public pages, and the items that have no page elsewhere (sitemaps.org)."""
    if not site_of(request):  # a site map holds whole addresses only
        raise Failure("not_found")
    items = await office_of(request).published.own_pages(MOST_IN_MAP)
    shown = {"pages": PAGES, "items": items, "site": site_of(request)}
    return Response(rendered(request, "sitemap.xml", shown), media_type=XML)


def site_of(request: Request) -> str:
    """The address of this site as its settings say it; empty where they do not: who asks could name any other."""
    return (office_of(request).settings.public_url or "").rstrip("/")


@router.get("/published/to/{item}")
@public
async def onward(request: Request, item: RowId) -> Response:
    """Lead to an item that was shown to who asked, and count that it was opened."""
    office, surface = office_of(request), request.query_params.get("from", "")[:10]
    address = await office.published.address(item)
    await office.deflection.count(surface, "opened")
    own = address.startswith("/")
    return RedirectResponse(f"{address}?{urlencode({'from': surface})}" if own and surface else address, 303)


@router.get("/published/found")
@public
async def found(request: Request) -> Response:
    """Thank who found what they looked for, and count it."""
    await office_of(request).deflection.count(request.query_params.get("from", ""), "found")
    return render(request, "found.html")


@router.get("/published/{key}")
@public
async def item(request: Request, key: str) -> Response:
    """Show one item that has no address elsewhere."""
    surface = request.query_params.get("from", "")
    shown = {"item": await office_of(request).published.one(key), "surface": surface if surface in SURFACES else "page"}
    return render(request, "published_item.html", shown)


@router.get("/log")
@public
async def log(request: Request, page: str = "1") -> Response:
    """Show the public log of what was asked and given (依申请公开办理公示)."""
    number = page_of(page)
    entries = await office_of(request).releases.log(number)
    shown = {"entries": entries[:IN_LOG], "further": len(entries) > IN_LOG, "page": number, "outcomes": OUTCOMES}
    return render(request, "log.html", shown)


@router.get("/log/feed.xml")
@public
async def log_feed(request: Request) -> Response:
    """The newest entries of the log, as an Atom feed."""
    entries = await office_of(request).releases.log(1, IN_FEED)
    shown = {"entries": entries[:IN_FEED], "outcomes": OUTCOMES, "site": site_of(request)}
    return Response(rendered(request, "log_feed.xml", shown), media_type=ATOM)
