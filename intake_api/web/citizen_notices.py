"""Page of the applicant: the files of notices, for the case that the status page shows."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from intake_api.http import RowId, count, office_of, public
from intake_api.notices.routes import download
from intake_api.web.citizen_case import ask_anew, shown_case

router = APIRouter(prefix="/status/notices", include_in_schema=False)


@router.get("/{notice_id}")
@public
async def file(
    request: Request, notice_id: RowId, number: str = "", format: Literal["docx", "pdf"] = "pdf"
) -> Response:
    """Hand over a notice of the case named; ask for number and code where the browser holds that case no more."""
    kept = shown_case(request, number)
    if kept is None:
        return ask_anew(request, number, {"number": number[:40]})
    await count(request, "status")
    return download(await office_of(request).notices.citizen_sheet(*kept, notice_id, format), format)
