"""HTTP of notices: begin, complete, issue and download for staff; download for the applicant."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Header, Query, Request, Response, status

from intake_api.http import OfficeDep, RowId, StaffDep, count, error_responses, public
from intake_api.notices.schemas import GiveBack, NoticeChange, NoticeIn, NoticePage, NoticeView
from intake_api.notices.service import Format, Sheet
from intake_api.notices.views import page, view
from intake_api.office import Office
from intake_api.people.service import Account

router = APIRouter()
Code = Annotated[str, Header(alias="X-Query-Code", description="回执上的查询码")]
FormatQuery = Annotated[Format, Query(alias="format", description="docx 或 pdf")]
MEDIA_TYPES: dict[Format, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}, "description": "文书文件"}
}


def download(sheet: Sheet, form: Format, *, inline: bool = False) -> Response:
    """A notice file with its Chinese name (RFC 6266); never cached, because it names people."""
    disposition = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(sheet.name)}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(sheet.content, media_type=MEDIA_TYPES[form], headers=headers)


@router.get("/staff/cases/{number}/notices", tags=["staff"], responses=error_responses(401, 404))
async def notices(office: OfficeDep, account: StaffDep, number: str) -> NoticePage:
    """案件的文书，以及可以拟写的文书：the kinds that fit where the case stands come first."""
    return page(await office.notices.of_case(account, number))


@router.post(
    "/staff/cases/{number}/notices",
    status_code=status.HTTP_201_CREATED,
    tags=["staff"],
    responses=error_responses(401, 404, 422),
)
async def begin(office: OfficeDep, account: StaffDep, number: str, body: NoticeIn) -> NoticeView:
    """拟写一份文书。The facts of the case are filled in; `missing` says what is still to be entered."""
    return await _shown(office, account, number, await office.notices.begin(account, number, body.code, body.change()))


async def _shown(office: Office, account: Account, number: str, notice_id: int) -> NoticeView:
    opened = await office.notices.open(account, number, notice_id)
    return view(await office.notices.seen(opened), office.approvals.of(opened))


@router.get(
    "/staff/cases/{number}/notices/{notice_id}",
    tags=["staff"],
    response_model=NoticeView,
    responses={**error_responses(401, 404, 422), **_FILE},
)
async def notice(
    office: OfficeDep,
    account: StaffDep,
    number: str,
    notice_id: RowId,
    form: Annotated[Format | None, Query(alias="format", description="不填：要素、缺项和段落（JSON）")] = None,
) -> NoticeView | Response:
    """一份文书：as JSON, or with `format` the file as it went out; of a draft a preview."""
    if form is None:
        return await _shown(office, account, number, notice_id)
    return download(await office.notices.sheet(account, number, notice_id, form), form)


@router.put("/staff/cases/{number}/notices/{notice_id}", tags=["staff"], responses=error_responses(401, 404, 409, 422))
async def save(office: OfficeDep, account: StaffDep, number: str, notice_id: RowId, body: NoticeChange) -> NoticeView:
    """填写要素、改写段落。An empty value takes back what was entered or reworded."""
    opened = await office.notices.open(account, number, notice_id)
    await office.notices.save(opened, body.change())
    return view(await office.notices.seen(await office.notices.again(opened)))


@router.delete(
    "/staff/cases/{number}/notices/{notice_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    tags=["staff"],
    responses=error_responses(401, 404, 409),
)
async def discard(office: OfficeDep, account: StaffDep, number: str, notice_id: RowId) -> Response:
    """删除草稿。What was issued cannot be deleted."""
    await office.notices.discard(account, number, notice_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post(
    "/staff/cases/{number}/notices/{notice_id}/issue",
    tags=["staff"],
    responses=error_responses(401, 403, 404, 409, 422),
)
async def issue(
    office: OfficeDep, account: StaffDep, number: str, notice_id: RowId, version: int | None = None
) -> NoticeView:
    """编号并发出。409 `notice_incomplete` with `missing` while an element is missing; afterwards nothing changes it."""
    await office.notices.issue(account, number, notice_id, version)
    return await _shown(office, account, number, notice_id)


@router.post(
    "/staff/cases/{number}/notices/{notice_id}/approval",
    tags=["staff"],
    responses=error_responses(401, 403, 404, 409, 422),
)
async def send(office: OfficeDep, account: StaffDep, number: str, notice_id: RowId) -> NoticeView:
    """送审。The approvals that the settings want are then given by `POST …/events`, with `letter` and `draft`."""
    await office.approvals.send(account, number, notice_id)
    return await _shown(office, account, number, notice_id)


@router.post(
    "/staff/cases/{number}/notices/{notice_id}/return",
    tags=["staff"],
    responses=error_responses(401, 403, 404, 409, 422),
)
async def give_back(office: OfficeDep, account: StaffDep, number: str, notice_id: RowId, body: GiveBack) -> NoticeView:
    """退回修改。Whoever wrote it reads the reason, and it is sent again."""
    await office.approvals.give_back(account, number, notice_id, body.reason)
    return await _shown(office, account, number, notice_id)


@router.get(
    "/requests/{number}/notices/{notice_id}",
    tags=["citizens"],
    response_class=Response,
    responses={**error_responses(404, 422, 429), **_FILE},
)
@public
async def citizens_notice(
    request: Request, office: OfficeDep, number: str, notice_id: RowId, form: FormatQuery = "pdf", code: Code = ""
) -> Response:
    """申请人下载发给自己的文书；same credential as the status."""
    await count(request, "status")
    return download(await office.notices.citizen_sheet(number, code, notice_id, form), form)
