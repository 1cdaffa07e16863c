"""Pages by which an applicant is told of a case by message, and gets a new query code where it was lost.

The links of messages open a page with a button: what looks into a mail beforehand confirms, stops and renews nothing.
"""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.http import count, office_of, public
from intake_api.kit.errors import Failure
from intake_api.kit.text import tidy
from intake_api.terms.limits import LONGEST
from intake_api.web import forms, texts
from intake_api.web.citizen_case import ask_anew, kept_page, shown_case
from intake_api.web.security import keep_case, same_origin
from intake_api.web.templating import render

router = APIRouter(prefix="/status", include_in_schema=False)
guard = [Depends(same_origin)]
ADDRESS, STOP = "address.", "stop."  # before the channel, in the names of fields and of buttons


def _asking(request: Request, call: str, number: str, token: str, failure: Failure | None = None) -> Response:
    """Show the page of a link, with the one button that does what it is for."""
    number, token = number[: LONGEST["number"]], token[: LONGEST["token"]]
    status = failure.status if failure else 200
    return render(request, "link.html", call=call, number=number, token=token, failure=failure, status=status)


@router.get("/follow")
@public
async def follow_link(request: Request, number: str = "", token: str = "") -> Response:
    """Ask whether an address is to be told."""
    return _asking(request, "follow", number, token)


@router.get("/unfollow")
@public
async def unfollow_link(request: Request, number: str = "", token: str = "") -> Response:
    """Ask whether an address is to be told no more."""
    return _asking(request, "unfollow", number, token)


@router.get("/code")
@public
async def code_link(request: Request, number: str = "", token: str = "") -> Response:
    """Ask whether there is to be a new query code."""
    return _asking(request, "code", number, token)


async def _linked(request: Request) -> tuple[str, str]:
    values = await forms.read(request)
    await count(request, "recover")
    return tidy(values.get("number", "")), tidy(values.get("token", ""))


@router.post("/follow", dependencies=guard)
@public
async def follow(request: Request) -> Response:
    """Confirm an address."""
    return await _taken(request, "follow", office_of(request).following.confirm)


@router.post("/unfollow", dependencies=guard)
@public
async def unfollow(request: Request) -> Response:
    """Stop the messages to an address."""
    return await _taken(request, "unfollow", office_of(request).following.stop)


async def _taken(request: Request, call: str, step: Callable[[str, str], Awaitable[str]]) -> Response:
    """Do what a link asks for; where that cannot be, say why on the page that asked."""
    number, token = await _linked(request)
    try:
        channel = await step(number, token)
    except Failure as failure:
        return _asking(request, call, number, "", failure)
    return render(request, "link_done.html", call=call, number=number, channel=channel)


@router.post("/code", dependencies=guard)
@public
async def renew_code(request: Request) -> Response:
    """Show the receipt with a new query code; the old one stops."""
    number, token = await _linked(request)
    try:
        receipt = await office_of(request).following.recovered(number, token)
    except Failure as failure:
        return _asking(request, "code", number, "", failure)
    response = RedirectResponse("/status/receipt", 303)
    keep_case(request, response, receipt.number, receipt.query_code, path="/status")
    return response


@router.get("/lost")
@public
async def lost_form(request: Request) -> Response:
    """Say what can be done about a lost query code."""
    return render(request, "lost.html", values={}, message="", sent=False)


@router.post("/lost", dependencies=guard)
@public
async def lost(request: Request) -> Response:
    """Send a link to the confirmed address; the answer says nothing of whether there is such a case."""
    values = await forms.read(request)
    number, address = tidy(values.get("number", "")), tidy(values.get("address", ""))
    if not (number and address):
        return render(request, "lost.html", values=values, message=texts.LOST_BOTH, sent=False, status=422)
    try:
        await count(request, "recover")
        await office_of(request).following.lost(number[: LONGEST["number"]], address[: LONGEST["contact"]])
    except Failure as failure:
        return render(request, "lost.html", values=values, message=failure.message, sent=False, status=failure.status)
    return render(request, "lost.html", values={}, message="", sent=True)


@router.post("/telling", dependencies=guard)
@public
async def telling(request: Request) -> Response:
    """Ask an address whether it is to be told, or stop one, for the case that the form names."""
    values = await forms.read(request)
    number, following = tidy(values.get("number", "")), office_of(request).following
    kept = shown_case(request, number)
    if kept is None:
        return ask_anew(request, number, values)
    stopped = next((name.removeprefix(STOP) for name in values if name.startswith(STOP)), "")
    channel = values.get("channel", "") or stopped
    try:
        await count(request, "status")
        if stopped:
            await following.stop_own(*kept, stopped)
        else:
            await following.ask(*kept, channel, tidy(values.get(ADDRESS + channel, ""))[: LONGEST["contact"]])
    except Failure as failure:
        return await kept_page(request, "status_case.html", values=values, problem=failure.message)
    return RedirectResponse("/status/case#telling", 303)
