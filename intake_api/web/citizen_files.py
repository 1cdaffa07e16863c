"""The applicant sends files to a case from its status page, and downloads what the office has opened to them."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.cases.routes import view_of_applicant
from intake_api.files.routes import saved
from intake_api.http import RowId, count, office_of, public
from intake_api.kit.errors import Failure
from intake_api.kit.text import tidy
from intake_api.web import forms, texts
from intake_api.web.citizen_case import ask_anew, asking, guard, shown_case
from intake_api.web.security import keep_case
from intake_api.web.templating import render

router = APIRouter(prefix="/status", include_in_schema=False)


@router.post("/attachments", dependencies=guard)
@public
async def attach(request: Request) -> Response:
    """Take a file; a case that the browser holds no more is asked for anew, and the file has to be chosen again."""
    values = await forms.read(request)
    number = tidy(values.get("number", ""))
    kept = shown_case(request, number)
    if kept is None:
        return ask_anew(request, number, values)
    office = office_of(request)
    try:
        await count(request, "status")
        case = await view_of_applicant(office, *kept)
    except Failure as failure:
        return asking(request, values, failure.message, status=failure.status)
    file, problem, status = forms.uploaded(request, "file"), texts.FILE_MISSING, 422
    response: Response = RedirectResponse("/status/case#files", 303)
    if file is not None:
        try:
            await office.files.add(*kept, *file)
            problem = ""
        except Failure as failure:
            problem, status = failure.message, failure.status
    if problem:
        shown = {"case": case, "code": kept[1], "values": {}, "problem": problem}
        response = render(request, "status_case.html", shown, status=status)
    keep_case(request, response, case.number, kept[1], path="/status")
    return response


@router.get("/attachments/{attachment_id}")
@public
async def given(request: Request, attachment_id: RowId, number: str = "") -> Response:
    """Hand over a paper of the case named; ask for number and code where the browser holds that case no more."""
    kept = shown_case(request, number)
    if kept is None:
        return ask_anew(request, number, {"number": number[:40]})
    await count(request, "status")
    return saved(await office_of(request).files.open_to_applicant(*kept, attachment_id))
