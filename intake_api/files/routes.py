"""HTTP of files on a case: applicants send them in, staff list and save them."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Header, Request, Response, UploadFile, status
from pydantic import BaseModel

from intake_api.files.service import Content, Filed
from intake_api.http import OfficeDep, RowId, StaffDep, count, error_responses, public

router = APIRouter()
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
    responses=error_responses(404, 409, 413, 415, 429),
)
@public
async def attach(
    request: Request, office: OfficeDep, number: str, file: Annotated[UploadFile, File()], code: Code = ""
) -> Filed:
    """申请人提交材料（身份证明、授权书、有助于查找的材料）：a photo, a PDF or a .docx, one a call."""
    await count(request, "status")
    return await office.files.add(number, code, file.filename or "", await file.read())


@router.get("/requests/{number}/attachments", tags=["citizens"], responses=error_responses(404, 429))
@public
async def own_attachments(request: Request, office: OfficeDep, number: str, code: Code = "") -> Attachments:
    """申请人提交过的材料: names, kinds, sizes, days."""
    await count(request, "status")
    return Attachments(items=await office.files.of_applicant(number, code))


@router.get("/staff/cases/{number}/attachments", tags=["staff"], responses=error_responses(401, 404))
async def attachments(office: OfficeDep, account: StaffDep, number: str) -> Attachments:
    """申请人提交的材料: names, kinds, sizes, days."""
    return Attachments(items=await office.files.of_case(account, number))


@router.get(
    "/staff/cases/{number}/attachments/{attachment_id}",
    tags=["staff"],
    response_class=Response,
    responses={
        **error_responses(401, 404),
        200: {"content": {"application/octet-stream": {}}, "description": "文件；每次下载都会记录"},
    },
)
async def attachment(office: OfficeDep, account: StaffDep, number: str, attachment_id: RowId) -> Response:
    """下载材料。Each look is an event on the case."""
    return saved(await office.files.content(account, number, attachment_id))
