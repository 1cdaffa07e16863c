"""Staff console: one case, its confirmation or correction, its further steps."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from intake_api.cases.schemas import CaseView, Confirmation, EventIn, EventOut
from intake_api.errors import Failure
from intake_api.http import office_of
from intake_api.people.service import Account
from intake_api.problems import failure_of, problems_of
from intake_api.statute.events import TYPES
from intake_api.web import forms
from intake_api.web.security import same_origin
from intake_api.web.staff import PostDep, StaffDep
from intake_api.web.templating import render

router = APIRouter(prefix="/staff/cases", include_in_schema=False)
guard = [Depends(same_origin)]
CHOICES = 3
# What is asked for each step of the procedure besides its code (docs/contract.md §5).
STEP_FIELDS: dict[str, tuple[str, ...]] = {
    "received": ("on", "basis"),
    "clarification_requested": ("on", "reply_by"),
    "consultation_started": ("on", "party", "delivered_on"),
    "consultation_ended": ("on", "party"),
    "extended": ("on", "days"),
    "delayed": ("on", "until"),
    "answered": ("on", "delivery"),
    "voided": ("ref", "reason"),
}


@router.get("/{number}")
async def case_page(request: Request, account: StaffDep, number: str) -> Response:
    """Show everything about a case on one page."""
    return await _page(request, account, number)


@router.post("/{number}/confirmation", dependencies=guard)
async def confirm(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """Confirm or correct; a case that somebody else decided meanwhile shows that decision and offers to correct it."""
    try:
        choice = Confirmation.model_validate(forms.nested(values))
        await office_of(request).cases.confirm(account, number, choice)
    except ValidationError as error:
        return await _page(request, account, number, failure_of(problems_of(error)), values)
    except Failure as failure:
        return await _page(request, account, number, failure, values)
    return RedirectResponse(f"/staff/cases/{number}", 303)


@router.post("/{number}/events", dependencies=guard)
async def record(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """Record a step of the procedure."""
    try:
        await office_of(request).cases.record(account, number, EventIn.model_validate(forms.nested(values)))
    except ValidationError as error:
        return await _page(request, account, number, failure_of(problems_of(error)), values)
    except Failure as failure:
        return await _page(request, account, number, failure, values)
    return RedirectResponse(f"/staff/cases/{number}#steps", 303)


@router.post("/{number}/particulars", dependencies=guard)
async def particulars(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """Show the applicant's full particulars; that they were looked at is put on record."""
    revealed = await office_of(request).cases.reveal(account, number)
    return await _page(request, account, number, revealed=revealed)


async def _page(
    request: Request,
    account: Account,
    number: str,
    failure: Failure | None = None,
    values: dict[str, str] | None = None,
    revealed: dict[str, Any] | None = None,
) -> Response:
    if failure and failure.status in (403, 404):
        raise failure
    case = await office_of(request).cases.view(account, number)
    return render(
        request,
        "staff/case.html",
        account=account,
        case=case,
        ranked=ranked(case, {d.code for d in office_of(request).directory.departments if d.external}),
        step_fields=STEP_FIELDS,
        voidable=voidable(case),
        gone=gone(case),
        failure=failure,
        values=values or {},
        applicant=revealed or case.applicant,
        revealed=revealed is not None,
        status=failure.status if failure else 200,
    )


def gone(case: CaseView) -> set[str]:
    """Return the references of the entries that were voided."""
    return {event.data["ref"] for event in case.events if event.type == "voided"}


def voidable(case: CaseView) -> list[EventOut]:
    """Return the entries that can be taken out of the calculation (更正记录), newest first."""
    out = gone(case)
    counted = [e for e in case.events if e.type in TYPES and e.type != "voided" and f"e{e.seq}" not in out]
    return counted[::-1]


def ranked(case: CaseView, external: set[str]) -> list[dict[str, Any]]:
    """Return the first choices of the suggestion, each with the words that speak for it."""
    suggestion = case.suggestion or {}
    reasons = suggestion.get("reasons", {})
    return [
        choice
        | {
            "terms": [reason["term"] for reason in reasons.get(choice["code"], []) if reason["weight"] > 0],
            "external": choice["code"] in external,
            "first": place == 0,
        }
        for place, choice in enumerate(suggestion.get("departments", [])[:CHOICES])
    ]
