"""Staff console: what the product takes to be the law, how sure each rule is, and where it is changed (规则依据)."""

from collections import Counter

from fastapi import APIRouter, Request
from fastapi.responses import Response

from intake_api import rulebook
from intake_api.http import office_of
from intake_api.statute.rules import STATUSES, SUBJECTS
from intake_api.web.staff_models import OfficeWide
from intake_api.web.templating import render

router = APIRouter(prefix="/staff/rules", include_in_schema=False)


@router.get("")
async def rules(request: Request, account: OfficeWide) -> Response:
    """Show every rule by subject; for reviewers and administrators of the whole office."""
    lines = list(rulebook.lines(office_of(request).settings))
    context = {
        "subjects": [(label, [line for line in lines if line.subject == code]) for code, label in SUBJECTS.items()],
        "statuses": STATUSES,
        "counts": Counter(line.status for line in lines),
    }
    return render(request, "staff/rules.html", context, account=account)
