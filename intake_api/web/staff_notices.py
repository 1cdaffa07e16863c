"""Staff console: the notices of a case (文书), drafting one, issuing it, its files."""

from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from intake_api.cases.record import Record
from intake_api.http import RowId, office_of, row_id
from intake_api.kit.errors import Failure
from intake_api.kit.problems import failure_of, problems_in
from intake_api.notices.routes import download
from intake_api.notices.schemas import NoticeChange, NoticeIn, NoticeView
from intake_api.notices.service import DraftChange
from intake_api.notices.views import page as listed
from intake_api.notices.views import view
from intake_api.people.service import Account
from intake_api.statute import consultation
from intake_api.statute.letters import steps_of
from intake_api.statute.outcomes import OUTCOMES
from intake_api.statute.workflow import STEPS, event_label, label
from intake_api.terms.handling import OPINIONS, PARTIES, SECRECY_RESULTS
from intake_api.web import again, texts
from intake_api.web.forms import at_fault
from intake_api.web.security import same_origin
from intake_api.web.staff import PostDep, StaffDep
from intake_api.web.staff_case import FEE, PREFILLED, fees_are_off, offered
from intake_api.web.templating import render

router = APIRouter(prefix="/staff/cases/{number}/notices", include_in_schema=False)
guard = [Depends(same_origin)]
# Steps that are the letter itself; what others do with a letter has a day of its own.
_DATED_BY_LETTER = ("clarification_requested", "consultation_started", "extended", "delayed")
_ON_APPROVAL = STEPS["reviewed"].notices  # the form that goes round before the steps it speaks of: it leads to none
_WRITTEN = ("elements.", "paragraphs.")  # fields of a draft's form


@router.get("")
async def listing(request: Request, account: StaffDep, number: str) -> Response:
    """Show the notices of a case and what can be begun."""
    return await _listing(request, account, number)


@router.post("", dependencies=guard)
async def begin(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """Begin a draft and go on to it."""
    try:
        replaces = {"replaces": values["replaces"]} if values.get("replaces") else {}
        wanted = NoticeIn(code=values.get("code", ""), elements=replaces)
        begun = await office_of(request).notices.begin(account, number, wanted.code, wanted.change())
    except ValidationError as error:
        return await _listing(request, account, number, failure_of(problems_in(error)))
    except Failure as failure:
        return await _listing(request, account, number, failure)
    return _to(number, begun)


@router.get("/{notice_id}")
async def page(request: Request, account: StaffDep, number: str, notice_id: RowId) -> Response:
    """Show a draft with what it still lacks, or an issued notice."""
    return await draft_page(request, account, number, notice_id)


@router.get("/{notice_id}/file")
async def file(
    request: Request, account: StaffDep, number: str, notice_id: RowId, format: Literal["docx", "pdf"] = "pdf"
) -> Response:
    """Show the PDF, or hand over the Word file; of a draft a preview."""
    sheet = await office_of(request).notices.sheet(account, number, notice_id, format)
    return download(sheet, format, inline=format == "pdf")


@router.post("/{notice_id}", dependencies=guard)
async def save(request: Request, account: StaffDep, number: str, notice_id: RowId, values: PostDep) -> Response:
    """Keep what was entered or reworded."""
    notices = office_of(request).notices
    try:
        opened = await notices.open(account, number, notice_id)
        await notices.save(opened, change_of(view(await notices.seen(opened)), values))
    except ValidationError as error:
        return await draft_page(request, account, number, notice_id, failure_of(problems_in(error)), values)
    except Failure as failure:
        return await draft_page(request, account, number, notice_id, failure, values)
    return _to(number, notice_id)


@router.post("/{notice_id}/issue", dependencies=guard)
async def issue(request: Request, account: StaffDep, number: str, notice_id: RowId, values: PostDep) -> Response:
    """Number the notice and send it out; a letter that took a step leads back to its case.

    What was typed and not saved is saved instead: a letter goes out as somebody has seen it whole.
    """
    notices = office_of(request).notices
    try:
        opened = await notices.open(account, number, notice_id)
        shown = view(await notices.seen(opened))
        if changed(shown, values):
            await notices.save(opened, change_of(shown, values))
            return await draft_page(request, account, number, notice_id, saved_first=True)
        await notices.issue(account, number, notice_id, _version(values))
    except ValidationError as error:
        return await draft_page(request, account, number, notice_id, failure_of(problems_in(error)), values)
    except Failure as failure:
        return await draft_page(request, account, number, notice_id, failure, values)
    took = steps_of(shown.code)
    return RedirectResponse(f"/staff/cases/{number}#notices-title", 303) if took else _to(number, notice_id)


@router.post("/{notice_id}/discard", dependencies=guard)
async def discard(request: Request, account: StaffDep, number: str, notice_id: RowId, values: PostDep) -> Response:
    """Throw a draft away."""
    try:
        await office_of(request).notices.discard(account, number, notice_id)
    except Failure as failure:
        return await draft_page(request, account, number, notice_id, failure)
    return RedirectResponse(f"/staff/cases/{number}/notices", 303)


@again.shows(
    "/staff/cases/{number}/notices/{notice_id:int}",
    "/staff/cases/{number}/notices/{notice_id:int}/issue",
    "/staff/cases/{number}/notices/{notice_id:int}/approval",
    "/staff/cases/{number}/notices/{notice_id:int}/return",
)
async def draft_again(
    request: Request, account: Account, where: dict[str, str], values: dict[str, str], told: Failure
) -> Response:
    """Show what was entered or reworded in a session that had ended."""
    return await draft_page(request, account, where["number"], row_id(where["notice_id"]), told, values)


def _to(number: str, notice_id: int) -> Response:
    return RedirectResponse(f"/staff/cases/{number}/notices/{notice_id}#go", 303)


def _version(values: dict[str, str]) -> int | None:
    given = values.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def changed(shown: NoticeView, values: dict[str, str]) -> list[str]:
    """Return what was typed over what a notice says, in the order of the form."""
    said = {f"elements.{element.code}": element.value for element in shown.elements}
    said |= {f"paragraphs.{paragraph.key}": paragraph.text for paragraph in shown.paragraphs}
    return [text for name, text in _typed(values).items() if text != said.get(name, "").strip()]


def change_of(shown: NoticeView, values: dict[str, str]) -> DraftChange:
    """What a form changes: a field that repeats the record is left to the record, so that it stays up to date."""
    known = {element.code: element.known for element in shown.elements}
    drafted = {paragraph.key: paragraph.text for paragraph in shown.paragraphs}
    elements, paragraphs = (_group(_typed(values), group) for group in ("elements", "paragraphs"))
    return NoticeChange(
        elements={code: "" if text == known.get(code) else text for code, text in elements.items()},
        paragraphs={key: text for key, text in paragraphs.items() if text != drafted.get(key)},
        version=_version(values),
    ).change()


def _typed(values: dict[str, str]) -> dict[str, str]:
    return {n: text.replace("\r\n", "\n").strip() for n, text in values.items() if n.startswith(_WRITTEN)}


def _group(values: dict[str, str], group: str) -> dict[str, str]:
    return {name.removeprefix(f"{group}."): text for name, text in values.items() if name.startswith(f"{group}.")}


def _of_letter(notice: NoticeView, step: str) -> dict[str, str]:
    """What the notice says of the step that goes with it, by the step's fields: the record must not say otherwise."""
    told = {element.code: element.value for element in notice.elements if element.value}
    told["reply_by"] = told.get("clarify_by", "")  # an element of this name is a term for others than the applicant
    rows = [one.code for one in OUTCOMES.values() if notice.code in {ground.notice for ground in one.grounds}]
    if len(rows) == 1:
        told["outcome"] = rows[0]
    if step in _DATED_BY_LETTER and notice.issued_on:
        told["on"] = notice.issued_on.isoformat()
    if step == FEE.code and notice.issued_on:
        told["sent_on"] = notice.issued_on.isoformat()
    return {name: told[name] for name in PREFILLED if told.get(name)}


async def _listing(request: Request, account: Account, number: str, failure: Failure | None = None) -> Response:
    if failure and failure.status in (403, 404):
        raise failure
    case = await office_of(request).cases.record_of(account, number)
    notices = listed(await office_of(request).notices.of_case(account, number))
    if fees_are_off(request):
        notices.kinds = [kind for kind in notices.kinds if kind.code not in FEE.notices]
    status = failure.status if failure else 200
    return render(
        request,
        "staff/notices.html",
        account=account,
        case=case,
        status_label=label(case.standing.status),
        notices=notices,
        failure=failure,
        status=status,
    )


async def draft_page(
    request: Request,
    account: Account,
    number: str,
    notice_id: int,
    failure: Failure | None = None,
    values: dict[str, str] | None = None,
    *,
    saved_first: bool = False,
) -> Response:
    """Show a draft with what it lacks and whose approval it waits for, or a notice as it went out."""
    if failure and failure.status in (403, 404):
        raise failure
    office = office_of(request)
    opened = await office.notices.open(account, number, notice_id)
    notice, record = view(await office.notices.seen(opened)), opened.record
    problems = at_fault(failure)
    steps = offered(request, office.cases.allowed(account, record))
    happened = record.standing.happened
    named = {notice.code} - {*_ON_APPROVAL}
    following = [step for step in steps if named & {*step.notices} and step.code not in happened]
    return render(
        request,
        "staff/notice.html",
        account=account,
        case=record,
        notice=notice,
        following=[(step.label, urlencode({"step": step.code} | _of_letter(notice, step.code))) for step in following],
        failure=failure,
        problems=problems,
        approval=office.approvals.of(opened),
        results=SECRECY_RESULTS.words(),
        request_words=record.words.description if record.words else "",
        opinions=_opinions(record),
        due_on=record.standing.due_on,
        days_left=record.standing.clock.working_days_left if record.standing.clock else None,
        takes="、".join(event_label(step) for step in sorted(steps_of(notice.code))),
        values=values or {},
        overtaken=failure is not None and failure.code == "notice_changed",
        saved_first=saved_first,
        unkept=changed(notice, values or {}),
        fonts="" if notice.number else await _fonts(request),
        status=failure.status if failure else 200,
    )


def _opinions(record: Record) -> str:
    """What those who were asked have said."""
    asked = consultation.consultations(record.standing.by_day())
    said = [(PARTIES[one.party].label, OPINIONS[one.opinion].label) for one in asked if one.opinion]
    return "；".join(f"{party}：{opinion}" for party, opinion in said)


async def _fonts(request: Request) -> str:
    """What whoever makes a PDF should know of its fonts; nothing where they are those shipped."""
    try:
        faces = await office_of(request).notices.faces()
    except Failure as failure:
        return failure.message
    return "" if faces.shipped else texts.OTHER_FONTS.format(names=faces.names)
