"""HTTP of files on a case: applicants send them in, staff keep papers beside them; each gets what they may see."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Header, Request, Response, UploadFile, status
from pydantic import BaseModel

from intake_api.files.service import Content, Filed, Paper
from intake_api.http import OfficeDep, RowId, StaffDep, count, error_responses, public
from intake_api.terms import papers
from intake_api.terms.limits import LONGEST

router = APIRouter()
FILE: dict[str, Any] = {
    "content": {"application/octet-stream": {}},
    "description": "文件；工作人员每次下载都会记录",
}
Code = Annotated[str, Header(alias="X-Query-Code", description="回执上的查询码")]


class Attachments(BaseModel):
    """The files of a case in the order in which they came."""

    items: list[Filed]


def saved(content: Content) -> Response:
    """A file to save: whatever is in it, no browser opens or runs it here."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(content.name)}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(content.content, media_type="application/octet-stream", headers=headers)


@router.post(
    "/requests/{number}/attachments",
    status_code=status.HTTP_201_CREATED,
    tags=["citizens"],
    response_model_exclude_none=True,
    responses=error_responses(404, 409, 413, 415, 429),
)
@public
async def attach(
    request: Request, office: OfficeDep, number: str, file: Annotated[UploadFile, File()], code: Code = ""
) -> Filed:
    """申请人提交材料（身份证明、授权书、有助于查找的材料）：a photo, a PDF or a .docx, one a call."""
    await count(request, "status")
    return await office.files.add(number, code, file.filename or "", await file.read())


@router.get(
    "/requests/{number}/attachments",
    tags=["citizens"],
    response_model_exclude_none=True,
    responses=error_responses(404, 429),
)
@public
async def own_attachments(request: Request, office: OfficeDep, number: str, code: Code = "") -> Attachments:
    """申请人提交过的材料，和机关向申请人开放的材料（`paper`）: names, kinds, sizes, days."""
    await count(request, "status")
    return Attachments(items=await office.files.of_applicant(number, code))


@router.get(
    "/requests/{number}/attachments/{attachment_id}",
    tags=["citizens"],
    response_class=Response,
    responses={**error_responses(404, 429), 200: FILE},
)
@public
async def open_attachment(
    request: Request, office: OfficeDep, number: str, attachment_id: RowId, code: Code = ""
) -> Response:
    """申请人下载机关向其开放的材料。What they sent in is not given out again: identity papers are among it."""
    await count(request, "status")
    return saved(await office.files.open_to_applicant(number, code, attachment_id))


@router.post(
    "/staff/cases/{number}/attachments",
    status_code=status.HTTP_201_CREATED,
    tags=["staff"],
    response_model_exclude_none=True,
    responses=error_responses(401, 404, 409, 413, 415),
)
async def keep(
    office: OfficeDep,
    account: StaffDep,
    number: str,
    file: Annotated[UploadFile, File()],
    paper: Annotated[papers.Paper, Form(description="哪一种材料")],
    visible: Annotated[papers.Visible | None, Form(description="谁可以看到；不写的，申请人看不到")] = None,
    ref: Annotated[str | None, Form(max_length=LONGEST["ref"], description="证明哪一条记录，如 e7")] = None,
) -> Filed:
    """机关存入材料（别处制发的文书、第三方意见、送达凭证、公开的材料）。One file a call, at any time."""
    return await office.files.put(account, number, file.filename or "", await file.read(), Paper(paper, visible, ref))


@router.get(
    "/staff/cases/{number}/attachments",
    tags=["staff"],
    response_model_exclude_none=True,
    responses=error_responses(401, 404),
)
async def attachments(office: OfficeDep, account: StaffDep, number: str) -> Attachments:
    """申请人提交的、机关存入的材料: names, kinds, sizes, days."""
    return Attachments(items=await office.files.of_case(account, number))


@router.get(
    "/staff/cases/{number}/attachments/{attachment_id}",
    tags=["staff"],
    response_class=Response,
    responses={**error_responses(401, 404), 200: FILE},
)
async def attachment(office: OfficeDep, account: StaffDep, number: str, attachment_id: RowId) -> Response:
    """下载材料。Each look is an event on the case."""
    return saved(await office.files.content(account, number, attachment_id))
