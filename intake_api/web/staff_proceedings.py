"""Staff console: reviews and suits (行政复议、行政诉讼) that want something done."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from intake_api.cases.service import soon_limit
from intake_api.http import office_of
from intake_api.web.staff import StaffDep
from intake_api.web.templating import render

router = APIRouter(prefix="/staff/proceedings", include_in_schema=False)


@router.get("")
async def proceedings(request: Request, account: StaffDep) -> Response:
    """List them, the earliest day first; an account of a department sees those of its cases."""
    office = office_of(request)
    fought = await office.case_views.contested(account)
    near = soon_limit(office.calendar, office.clock.today())
    return render(request, "staff/proceedings.html", account=account, fought=fought, near=near)
