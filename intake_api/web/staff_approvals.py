"""Staff console: what waits for somebody's approval, and the approval of a draft."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from intake_api.cases.acts import Act
from intake_api.http import RowId, office_of
from intake_api.kit.errors import Failure
from intake_api.kit.problems import failure_of, problems_in
from intake_api.kit.text import tidy
from intake_api.notices.schemas import GiveBack
from intake_api.notices.views import view
from intake_api.web.security import same_origin
from intake_api.web.staff import PostDep, StaffDep, standing_in
from intake_api.web.staff_notices import change_of, changed, draft_page
from intake_api.web.templating import render

router = APIRouter(prefix="/staff", include_in_schema=False)
guard = [Depends(same_origin)]
_FIELDS = ("level", "result", "draft")


@router.get("/approvals")
async def waiting(request: Request, account: StaffDep) -> Response:
    """Show the drafts that wait for this person (待我审签)."""
    found = await office_of(request).approvals.waiting(account)
    context = {"waiting": found} | await standing_in(request, account)
    return render(request, "staff/approvals.html", context, account=account)


@router.post("/cases/{number}/notices/{notice_id}/approval", dependencies=guard)
async def send(request: Request, account: StaffDep, number: str, notice_id: RowId, values: PostDep) -> Response:
    """Save what was typed and send the draft on its way."""
    office = office_of(request)
    try:
        opened = await office.notices.open(account, number, notice_id)
        shown = view(await office.notices.seen(opened))
        if changed(shown, values):
            await office.notices.save(opened, change_of(shown, values))
        await office.approvals.send(account, number, notice_id)
    except ValidationError as error:
        return await draft_page(request, account, number, notice_id, failure_of(problems_in(error)), values)
    except Failure as failure:
        return await draft_page(request, account, number, notice_id, failure, values)
    return RedirectResponse(f"/staff/cases/{number}", 303)


@router.post("/cases/{number}/notices/{notice_id}/approve", dependencies=guard)
async def approve(request: Request, account: StaffDep, number: str, notice_id: RowId, values: PostDep) -> Response:
    """Approve the draft as it was read; then what waits next."""
    fields = {name: tidy(values[name]) for name in _FIELDS if tidy(values.get(name, ""))}
    given = {**fields, "letter": notice_id} | ({"level": int(fields["level"])} if "level" in fields else {})
    try:
        await office_of(request).approvals.record(account, number, Act(tidy(values.get("type", "")), fields=given))
    except Failure as failure:
        return await draft_page(request, account, number, notice_id, failure)
    return RedirectResponse("/staff/approvals", 303)


@router.post("/cases/{number}/notices/{notice_id}/return", dependencies=guard)
async def give_back(request: Request, account: StaffDep, number: str, notice_id: RowId, values: PostDep) -> Response:
    """Return the draft with the reason."""
    try:
        body = GiveBack.model_validate({"reason": values.get("reason", "")})
        await office_of(request).approvals.give_back(account, number, notice_id, body.reason)
    except ValidationError as error:
        return await draft_page(request, account, number, notice_id, failure_of(problems_in(error)))
    except Failure as failure:
        return await draft_page(request, account, number, notice_id, failure)
    return RedirectResponse("/staff/approvals", 303)
