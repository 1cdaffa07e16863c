"""Pages of the applicant about one case: look it up, its progress, supplement, withdraw, rate, clear.

Every form says which case it shows. Where the browser holds another by now, or none (a quarter of an hour is short for
a supplement), number and code are asked for again and the step is taken with them, so that nothing typed is lost.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.cases.acts import Receipt
from intake_api.cases.routes import view_of_applicant
from intake_api.http import count, office_of, public
from intake_api.kit.errors import Failure
from intake_api.kit.text import clean, tidy
from intake_api.office import Office
from intake_api.terms.limits import LONGEST, SHORTEST_TEXT
from intake_api.web import forms, texts
from intake_api.web.security import CASE_COOKIE, keep_case, kept_case, same_origin
from intake_api.web.templating import render

router = APIRouter(prefix="/status", include_in_schema=False)
guard = [Depends(same_origin)]
EXPIRED, OTHER_CASE = 401, 409


@dataclass(frozen=True)
class ApplicantStep:
    """What an applicant can do; `typed` and `chosen` are its fields, `lacks` says what is wrong with them.

    `take` gives the receipt of the case that it opens, where it opens one.
    """

    code: str
    take: Callable[[Office, tuple[str, str], dict[str, str]], Awaitable[Receipt | None]]
    lacks: Callable[[dict[str, str]], str | None]
    typed: str = ""
    chosen: tuple[str, ...] = ()


def words(values: dict[str, str], name: str) -> str:
    """Return a text of the form as it is stored."""
    return str(clean(values.get(name, "")))


def too_long(values: dict[str, str], name: str) -> str | None:
    """Say that a text is longer than it may be; it is never cut without a word."""
    most = LONGEST[name]
    return texts.TEXT_TOO_LONG.format(most=most) if len(words(values, name)) > most else None


def _supplement_lacks(values: dict[str, str]) -> str | None:
    if len(words(values, "text")) < SHORTEST_TEXT:
        return texts.SUPPLEMENT_EMPTY
    return too_long(values, "text")


def _rating_lacks(values: dict[str, str]) -> str | None:
    if values.get("rating") not in texts.RATINGS:
        return texts.RATING_MISSING
    return too_long(values, "comment")


SUPPLEMENT = ApplicantStep(
    "supplement",
    lambda office, kept, values: office.cases.supplement(*kept, words(values, "text")),
    _supplement_lacks,
    typed="text",
)
WITHDRAWAL = ApplicantStep(
    "withdrawal",
    lambda office, kept, values: office.cases.withdraw(*kept),
    lambda values: None if values.get("sure") else texts.WITHDRAW_UNSURE,
    chosen=("sure", "withdraw"),
)
RATING = ApplicantStep(
    "rating",
    lambda office, kept, values: office.cases.rate(*kept, int(values["rating"]), words(values, "comment") or None),
    _rating_lacks,
    typed="comment",
    chosen=("rating",),
)


FILING_ON = ApplicantStep("filed-on", lambda office, kept, values: office.elsewhere.own(*kept), lambda values: None)


def asking(
    request: Request, values: dict[str, str], message: str = "", *, status: int = 200, step: ApplicantStep | None = None
) -> Response:
    """Ask for number and query code; `step` is what then happens with the words already typed."""
    return render(request, "status_form.html", values=values, message=message, step=step, status=status)


@router.get("")
@public
async def status_form(request: Request) -> Response:
    """Ask for number and query code."""
    return asking(request, {})


@router.post("", dependencies=guard)
@public
async def status(request: Request) -> Response:
    """Look up a case; the code travels in the body only, then in a short-lived cookie."""
    values = await forms.read(request)
    number, code = tidy(values.get("number", "")), tidy(values.get("code", ""))
    if not (number and code):
        return asking(request, values, texts.STATUS_BOTH, status=422)
    try:
        await count(request, "status")
        case = await office_of(request).case_views.citizen_view(number, code)
    except Failure as failure:
        return asking(request, values, failure.message, status=failure.status)
    response = RedirectResponse("/status/case", 303)
    keep_case(request, response, case.number, code, path="/status")
    return response


@router.get("/case")
@public
async def status_case(request: Request) -> Response:
    """Show where the case stands, its timeline, its due date with the calculation, and what can be done."""
    return await kept_page(request, "status_case.html", values={}, problem=None)


@router.get("/receipt")
@public
async def receipt_page(request: Request) -> Response:
    """Show the receipt (登记回执) with number and query code, for the screen and for paper."""
    return await kept_page(request, "receipt.html")


async def kept_page(request: Request, template: str, **more: Any) -> Response:
    """Show a page about the case that the cookie names; the question for number and code where it names none."""
    kept = kept_case(request)
    if kept is None:
        return RedirectResponse("/status", 303)
    try:
        await count(request, "status")
        case = await view_of_applicant(office_of(request), *kept)
    except Failure as failure:
        return asking(request, {}, failure.message, status=failure.status)
    return render(request, template, case=case, code=kept[1], **more)


@router.post("/supplement", dependencies=guard)
@public
async def supplement(request: Request) -> Response:
    """Take what the applicant adds to make the request clear (补正)."""
    return await _take(request, SUPPLEMENT)


@router.post("/withdrawal", dependencies=guard)
@public
async def withdraw(request: Request) -> Response:
    """Take the request back, once the applicant has ticked that this is meant."""
    return await _take(request, WITHDRAWAL)


@router.post("/rating", dependencies=guard)
@public
async def rate(request: Request) -> Response:
    """Take the applicant's rating."""
    return await _take(request, RATING)


@router.post("/filed-on", dependencies=guard)
@public
async def file_on(request: Request) -> Response:
    """File the same application with the agency responsible, as the applicant agrees; show its receipt."""
    return await _take(request, FILING_ON)


async def _take(request: Request, step: ApplicantStep) -> Response:
    """Take a step in the case that the form names, with the code from the form or kept for that very case."""
    values = await forms.read(request)
    number, code = tidy(values.get("number", "")), tidy(values.get("code", ""))
    kept = (number, code) if code else shown_case(request, number)
    if kept is None:
        return ask_anew(request, number, values, step)
    try:
        await count(request, "status")
        case = await view_of_applicant(office_of(request), *kept)
    except Failure as failure:
        return asking(request, values, failure.message, status=failure.status, step=step)
    problem, status = step.lacks(values), 422
    opened = None
    if problem is None:
        try:
            opened = await step.take(office_of(request), kept, values)
        except Failure as failure:
            problem, status = failure.message, failure.status
    if opened:
        kept = opened.number, opened.query_code
    response: Response = RedirectResponse("/status/receipt" if opened else "/status/case", 303)
    if problem is not None:
        shown = {"case": case, "code": kept[1], "values": values, "problem": problem, "typed": step.typed}
        response = render(request, "status_case.html", shown, status=status)
    keep_case(request, response, opened.number if opened else case.number, kept[1], path="/status")
    return response


def shown_case(request: Request, number: str) -> tuple[str, str] | None:
    """Return number and code of the case that a page showed, where the browser still holds that very case."""
    kept = kept_case(request)
    return kept if kept and kept[0] == number else None


def ask_anew(request: Request, number: str, values: dict[str, str], step: ApplicantStep | None = None) -> Response:
    """Ask anew for a case that the browser holds no more, and say why: time went by, or another was opened."""
    if kept_case(request) is None:
        told = texts.CASE_EXPIRED if step else texts.CASE_EXPIRED_READING
        return asking(request, values, told, status=EXPIRED, step=step)
    told = (texts.OTHER_CASE if step else texts.OTHER_CASE_READING).format(number=number or texts.CASE_UNNAMED)
    return asking(request, values, told, status=OTHER_CASE, step=step)


@router.post("/close", dependencies=guard)
@public
async def close(request: Request) -> Response:
    """Forget the case on this device, for shared computers."""
    response = RedirectResponse("/status", 303)
    response.delete_cookie(CASE_COOKIE, path="/status")
    return response
