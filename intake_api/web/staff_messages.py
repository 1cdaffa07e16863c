"""Staff send a message to an applicant once more, and give a new query code to one who lost theirs."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.http import RowId, office_of
from intake_api.web.security import same_origin
from intake_api.web.staff import PostDep, StaffDep
from intake_api.web.templating import render

router = APIRouter(prefix="/staff/cases/{number}", include_in_schema=False)
guard = [Depends(same_origin)]


@router.post("/messages/{message_id}", dependencies=guard)
async def again(request: Request, account: StaffDep, number: str, message_id: RowId, values: PostDep) -> Response:
    """Send a message once more."""
    await office_of(request).following.again(account, number, message_id)
    return RedirectResponse(f"/staff/cases/{number}#messages", 303)


@router.post("/query-code", dependencies=guard)
async def reissue(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """Give a new query code; it is shown in this answer only."""
    receipt = await office_of(request).following.reissue(account, number)
    return render(request, "staff/code.html", account=account, receipt=receipt)
