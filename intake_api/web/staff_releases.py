"""Staff console: answered cases that may become proactive publication (条例 art. 44)."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.http import office_of
from intake_api.kit.errors import Failure
from intake_api.people.service import Account
from intake_api.statute.outcomes import OUTCOMES
from intake_api.terms.catalogue import COLUMNS
from intake_api.web import again
from intake_api.web.forms import at_fault
from intake_api.web.staff import PostDep, StaffDep, guard
from intake_api.web.staff_published import Keeper
from intake_api.web.templating import page_of, render

router = APIRouter(include_in_schema=False)


@router.get("/staff/published/proposals")
async def proposals(request: Request, account: Keeper, page: str = "1") -> Response:
    """List the answered cases of which nobody has said whether they are for everybody."""
    number = page_of(page)
    found, further = await office_of(request).releases.proposals(number)
    overtaken = await office_of(request).releases.overtaken()
    shown = {"proposals": found, "overtaken": overtaken, "page": number, "further": further, "outcomes": OUTCOMES}
    return render(request, "staff/proposals.html", shown, account=account)


@router.get("/staff/cases/{number}/release")
async def form(request: Request, account: StaffDep, number: str) -> Response:
    """Show what was asked beside the form; nothing of the applicant is filled in."""
    return await _form(request, account, number, None)


@router.post("/staff/cases/{number}/release", dependencies=guard)
async def release(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """Release a case, put it aside, or take back what was released."""
    try:
        match values.get("act"):
            case "undo":
                await office_of(request).releases.undo(account, number)
            case "aside":
                await office_of(request).releases.put_aside(account, number)
            case _:
                await office_of(request).releases.release(account, number, values)
    except Failure as failure:
        return await _form(request, account, number, values, failure)
    return RedirectResponse(f"/staff/cases/{number}/release", 303)


async def _form(
    request: Request, account: Account, number: str, values: dict[str, str] | None, failure: Failure | None = None
) -> Response:
    if failure and failure.status in (403, 404):
        raise failure
    proposal = await office_of(request).releases.proposal(account, number)
    context = {
        "proposal": proposal,
        "values": {"title": proposal.offered, "log": "1", "catalogue": "1"} if values is None else values,
        "failure": failure,
        "problems": at_fault(failure),
        "labels": COLUMNS.words(),
        "outcomes": OUTCOMES,
    }
    return render(request, "staff/release.html", context, account=account, status=failure.status if failure else 200)


@again.shows("/staff/cases/{number}/release")
async def form_again(
    request: Request, account: Account, where: dict[str, str], values: dict[str, str], told: Failure
) -> Response:
    """Show what was being written while the session ended."""
    return await _form(request, account, where["number"], values, told)
