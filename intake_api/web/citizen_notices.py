"""Page of the applicant: the files of notices, for the case that the status page shows."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.http import office_of, public
from intake_api.notices.routes import download
from intake_api.web.security import count, kept_case

router = APIRouter(prefix="/status/notices", include_in_schema=False)


@router.get("/{notice_id}")
@public
async def file(request: Request, notice_id: int, format: Literal["docx", "pdf"] = "pdf") -> Response:
    """Hand over a notice that was issued to the applicant; ask for number and code where no case is kept."""
    kept = kept_case(request)
    if kept is None:
        return RedirectResponse("/status", 303)
    await count(request, "status")
    return download(await office_of(request).notices.citizen_sheet(*kept, notice_id, format), format)
