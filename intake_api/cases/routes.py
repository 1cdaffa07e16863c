"""HTTP of cases: citizens' submission and status, staff queue, case, confirmation, events."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, File, Header, Query, Request, Response, UploadFile, status

from intake_api.cases.acts import Receipt
from intake_api.cases.schemas import (
    Address,
    CaseView,
    CitizenView,
    Confirmation,
    ConsentIn,
    EventIn,
    Page,
    Post,
    ProceedingIn,
    Proceedings,
    Rating,
    SplitIn,
    SplitOut,
    Supplement,
    TellingIn,
    TellingList,
    TellingView,
    Withdrawal,
)
from intake_api.form.application import StaffSubmission, Submission
from intake_api.http import OfficeDep, RowId, StaffDep, by_bot, count, error_responses, public
from intake_api.kit.errors import Failure
from intake_api.notify.service import Followed
from intake_api.office import Office
from intake_api.terms.limits import LONGEST

router = APIRouter()
Key = Annotated[
    str | None, Header(alias="Idempotency-Key", max_length=200, description="同一个键 + 同一内容 = 同一件申请")
]
Outcome = Literal["refused", "nobody", "blocked"] | None
Code = Annotated[str, Header(alias="X-Query-Code", description="回执上的查询码")]


@router.post(
    "/requests",
    status_code=status.HTTP_201_CREATED,
    tags=["citizens"],
    responses=error_responses(409, 413, 422, 429, 503),
)
@public
async def submit(request: Request, office: OfficeDep, body: Submission, key: Key = None) -> Receipt:
    """提交政府信息公开申请。Answered only once the case is durable and its suggestion is stored."""
    await count(request, "submit")
    by_chat = by_bot(request)
    sender = f"chat:{request.headers.get('X-Client', '')}" if by_chat else ""
    return await office.cases.submit(body, key=key, sender=sender, by_chat=by_chat)


@router.post("/requests/check", tags=["citizens"], responses=error_responses(422))
@public
async def check(office: OfficeDep, partial: Annotated[dict[str, Any], Body()]) -> dict[str, list[dict[str, str]]]:
    """检查尚未填完的申请：only what is given is judged; nothing is stored."""
    return {"problems": [{"name": p.name, "message": p.message} for p in office.cases.check(partial)]}


@router.get("/requests/{number}", tags=["citizens"], responses=error_responses(404, 429))
@public
async def case_status(request: Request, office: OfficeDep, number: str, code: Code = "") -> CitizenView:
    """申请人查询进度。A wrong number and a wrong code give the same 404."""
    await count(request, "status")
    return await view_of_applicant(office, number, code)


async def view_of_applicant(office: Office, number: str, code: str) -> CitizenView:
    """What the holder of number and query code may see of a case, with the notices that were sent to them."""
    record, case = await office.case_views.citizens_own(number, code)
    sent = await office.notices.to_applicant(record)
    case.notices = [asdict(letter) | {"issued_on": letter.issued_on.isoformat()} for letter in sent.letters]
    files = await office.files.of_applicant(number, code)
    case.attachments = [{name: value for name, value in asdict(one).items() if value is not None} for one in files]
    if offered := office.following.offered:
        told = shown_addresses(await office.following.of(number, code))
        case.telling = TellingView.model_validate({"offered": offered, "items": told})
    if case.clarification:
        case.clarification.unclear, case.clarification.needed = list(sent.unclear), list(sent.needed)
        case.clarification.reply_by = case.clarification.reply_by or sent.reply_by  # the day on record is what counts
    return case


def shown_addresses(found: list[Followed]) -> list[Address]:
    """The addresses of a case as they are shown."""
    return [Address.model_validate(asdict(one)) for one in found]


@router.post("/requests/{number}/supplements", tags=["citizens"], responses=error_responses(404, 409, 429))
@public
async def supplement(
    request: Request, office: OfficeDep, number: str, body: Supplement, code: Code = ""
) -> CitizenView:
    """申请人补正。Only while a clarification is asked for; the same text again changes nothing."""
    await count(request, "status")
    await office.cases.supplement(number, code, body.text, by_chat=by_bot(request))
    return await view_of_applicant(office, number, code)


@router.post("/requests/{number}/withdrawal", tags=["citizens"], responses=error_responses(404, 409, 429))
@public
async def withdraw(
    request: Request, office: OfficeDep, number: str, body: Withdrawal | None = None, code: Code = ""
) -> CitizenView:
    """申请人撤回申请。Only while the case is open; once withdrawn it stays so."""
    await count(request, "status")
    await office.cases.withdraw(number, code, body.reason if body else None, by_chat=by_bot(request))
    return await view_of_applicant(office, number, code)


@router.post("/requests/{number}/rating", tags=["citizens"], responses=error_responses(404, 409, 429))
@public
async def rate(request: Request, office: OfficeDep, number: str, body: Rating, code: Code = "") -> CitizenView:
    """申请人评价办理情况，1 到 5。Once the case has ended; the last rating counts."""
    await count(request, "status")
    await office.cases.rate(number, code, body.rating, body.comment, by_chat=by_bot(request))
    return await view_of_applicant(office, number, code)


@router.post(
    "/requests/{number}/filed-on",
    status_code=status.HTTP_201_CREATED,
    tags=["citizens"],
    responses=error_responses(404, 409, 429),
)
@public
async def file_on(request: Request, office: OfficeDep, number: str, code: Code = "") -> Receipt:
    """申请人同意：向负责的机关提出同一申请（条例第三十六条第（五）项）。Again: the same number and query code."""
    await count(request, "submit")
    return await office.elsewhere.own(number, code, by_chat=by_bot(request))


@router.put("/requests/{number}/telling", tags=["citizens"], responses=error_responses(404, 409, 422, 429))
@public
async def be_told(request: Request, office: OfficeDep, number: str, body: TellingIn, code: Code = "") -> CitizenView:
    """在这里接收办理进展。Nothing but a question goes to the address before its link is opened."""
    await count(request, "status")
    await office.following.ask(number, code, body.channel, body.address)
    return await view_of_applicant(office, number, code)


@router.delete("/requests/{number}/telling/{channel}", tags=["citizens"], responses=error_responses(404, 429))
@public
async def be_told_no_more(
    request: Request, office: OfficeDep, number: str, channel: Post, code: Code = ""
) -> CitizenView:
    """不再在这里接收办理进展; again: the same."""
    await count(request, "status")
    await office.following.stop_own(number, code, channel)
    return await view_of_applicant(office, number, code)


@router.get("/staff/cases", tags=["staff"], responses=error_responses(401))
async def queue(
    office: OfficeDep,
    account: StaffDep,
    case_status: Annotated[str | None, Query(alias="status", max_length=40)] = None,
    department: Annotated[str | None, Query(max_length=LONGEST["department"])] = None,
    due: Literal["overdue", "soon", ""] = "",
    q: Annotated[str | None, Query(max_length=LONGEST["q"])] = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page:
    """待办列表，按到期日排序。`q`: number, applicant's name, identity number, telephone or e-mail, exact."""
    found = await office.case_views.queue(
        account, status=case_status, department=department, due=due, q=q, cursor=cursor, limit=limit
    )
    return Page.model_validate(found.model_dump())


@router.post(
    "/staff/cases", status_code=status.HTTP_201_CREATED, tags=["staff"], responses=error_responses(401, 403, 409, 422)
)
async def enter(office: OfficeDep, account: StaffDep, body: StaffSubmission, key: Key = None) -> Receipt:
    """登记当面、邮寄、传真、电子邮件或口头提出的申请: entered by a clerk."""
    return await office.cases.enter(account, body, key=key)


@router.get("/staff/cases/{number}", tags=["staff"], responses=error_responses(401, 404))
async def case(office: OfficeDep, account: StaffDep, number: str) -> CaseView:
    """案件全貌：text, suggestion as it was shown, decisions, events, clock, allowed steps."""
    return await office.case_views.view(account, number)


@router.post("/staff/cases/{number}/particulars", tags=["staff"], responses=error_responses(401, 404))
async def particulars(office: OfficeDep, account: StaffDep, number: str) -> dict[str, Any]:
    """查看申请人的完整证件号码和联系方式；each look is an event on the case."""
    return await office.cases.reveal(account, number)


@router.post("/staff/cases/{number}/confirmation", tags=["staff"], responses=error_responses(401, 403, 404, 409, 422))
async def confirm(office: OfficeDep, account: StaffDep, number: str, body: Confirmation) -> CaseView:
    """确认或更正建议。A second one is 409 `already_decided` with the first, unless it says what it supersedes."""
    return await office.case_views.view_after(account, await office.cases.confirm(account, number, body.choice()))


@router.post("/staff/cases/{number}/events", tags=["staff"], responses=error_responses(401, 403, 404, 409, 422))
async def record(office: OfficeDep, account: StaffDep, number: str, body: EventIn) -> CaseView:
    """记录办理步骤。409 with the allowed steps where it does not fit."""
    return await office.case_views.view_after(account, await office.approvals.record(account, number, body.act()))


@router.get("/staff/proceedings", tags=["staff"], responses=error_responses(401))
async def proceedings(office: OfficeDep, account: StaffDep) -> Proceedings:
    """行政复议、行政诉讼：尚未审结的，和决定、裁判要求重新答复的, the earliest day first."""
    return Proceedings(items=await office.case_views.contested(account))


@router.get("/staff/cases/{number}/proceedings", tags=["staff"], responses=error_responses(401, 404))
async def proceedings_of(office: OfficeDep, account: StaffDep, number: str) -> Proceedings:
    """一件申请的行政复议、行政诉讼，with the last day to answer."""
    return Proceedings(items=(await office.case_views.view(account, number)).proceedings)


@router.post(
    "/staff/cases/{number}/proceedings",
    status_code=status.HTTP_201_CREATED,
    tags=["staff"],
    responses=error_responses(401, 403, 404, 409, 422),
)
async def open_proceeding(office: OfficeDep, account: StaffDep, number: str, body: ProceedingIn) -> Proceedings:
    """收到复议答复通知书、应诉通知书: the step `proceeding_opened`; what follows is recorded with `POST …/events`."""
    taken = await office.approvals.record(account, number, body.act())
    return Proceedings(items=(await office.case_views.view_after(account, taken)).proceedings)


@router.post(
    "/staff/cases/{number}/children",
    status_code=status.HTTP_201_CREATED,
    tags=["staff"],
    responses=error_responses(401, 403, 404, 409, 422),
)
async def split(office: OfficeDep, account: StaffDep, number: str, body: SplitIn) -> SplitOut:
    """把含有几件事项的申请分开办理。Each child has its own number, query code (shown only here) and clock."""
    return SplitOut(children=await office.cases.split(account, number, body.matters(), body.after))


@router.post(
    "/staff/cases/{number}/filed-on",
    status_code=status.HTTP_201_CREATED,
    tags=["staff"],
    responses=error_responses(401, 403, 404, 409, 422),
)
async def consented(office: OfficeDep, account: StaffDep, number: str, body: ConsentIn) -> Receipt:
    """记录申请人同意，并向负责的机关提出同一申请。The receipt is shown only here."""
    return await office.elsewhere.consented(account, number, body.consent())


@router.get("/staff/cases/{number}/messages", tags=["staff"], responses=error_responses(401, 404))
async def messages(office: OfficeDep, account: StaffDep, number: str) -> TellingList:
    """申请人收到过哪些消息：when, by which way, what became of each; newest first. `addresses`: where they are told."""
    told = await office.following.addresses(account, number)
    return TellingList(items=await office.following.messages(account, number), addresses=shown_addresses(told))


@router.post("/staff/cases/{number}/messages/{message_id}", tags=["staff"], responses=error_responses(401, 404))
async def send_again(office: OfficeDep, account: StaffDep, number: str, message_id: RowId) -> TellingList:
    """再发一次: one that was sent or refused; not one whose link is used once."""
    await office.following.again(account, number, message_id)
    return await messages(office, account, number)


@router.post("/staff/cases/{number}/query-code", tags=["staff"], responses=error_responses(401, 403, 404, 409))
async def reissue(office: OfficeDep, account: StaffDep, number: str) -> Receipt:
    """重发查询码：the applicant has shown who they are. The new code is shown only here; the old one stops."""
    return await office.following.reissue(account, number)


async def service_only(request: Request) -> None:
    """Only our own bot, which knows the service key."""
    if not by_bot(request):
        raise Failure("sign_in_required")


service = APIRouter(prefix="/service", dependencies=[Depends(service_only)], include_in_schema=False)


@service.get("/outbox")
async def outbox(office: OfficeDep, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> dict[str, Any]:
    """Messages for citizens who applied by chat, leased to the bot."""
    quiet = {"quiet": True} if office.post.quiet() else {}
    return {"items": [item | quiet for item in await office.outbox.fetch(limit)]}


@service.post("/attachments", status_code=status.HTTP_204_NO_CONTENT)
async def check_file(office: OfficeDep, file: Annotated[UploadFile, File()]) -> Response:
    """Whether a file may be kept with a case, before there is one: Failures of `examined`; nothing is stored."""
    await office.files.examined(file.filename or "", await file.read())
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@service.post("/deflected", status_code=status.HTTP_204_NO_CONTENT)
async def deflected(office: OfficeDep) -> Response:
    """A citizen says in a chat that what is public already was what they wanted."""
    await office.deflection.count("chat", "found")
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@service.post("/outbox/{message_id}/delivered", status_code=status.HTTP_204_NO_CONTENT)
async def delivered(office: OfficeDep, message_id: RowId, result: Outcome = None) -> Response:
    """The bot has delivered a message, or says why it never will."""
    await office.outbox.delivered(message_id, result)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@service.post("/outbox/{message_id}/refused", status_code=status.HTTP_204_NO_CONTENT)
async def refused(office: OfficeDep, message_id: RowId, result: Outcome = None) -> Response:
    """The bot could not send a message, and perhaps why; it comes again, and not as a repeat."""
    await office.outbox.refused(message_id, result)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
