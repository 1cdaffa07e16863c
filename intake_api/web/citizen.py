"""Pages for citizens: start, application form, receipt, status, notices about the site."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.cases.schemas import CitizenView, Submission
from intake_api.cases.service import CaseService
from intake_api.directory import Department
from intake_api.errors import Failure, FieldProblem
from intake_api.http import office_of, public
from intake_api.problems import failure_of
from intake_api.text import clean
from intake_api.web import forms, texts
from intake_api.web.security import CASE_COOKIE, count, keep_case, kept_case, local_path, same_origin, set_cookie
from intake_api.web.templating import LARGE_TYPE, render

router = APIRouter(include_in_schema=False)
Filed = TypeVar("Filed", bound=Submission)
guard = [Depends(same_origin)]
YEAR_MINUTES = 365 * 24 * 60
LONGEST_QUERY = 200
SHORTEST_HINT = 4
SHORTEST_TEXT, LONGEST_TEXT = 2, 10_000  # characters of a supplement, as in the interface


@router.get("/")
@public
async def start(request: Request, q: str = "") -> Response:
    """Show the start page; a question shows what is already published first."""
    q = q.strip()[:LONGEST_QUERY]
    hits = await office_of(request).published.search(q) if q else []
    return render(request, "start.html", q=q, hits=hits)


@router.get("/apply")
@public
async def form(request: Request, q: str = "") -> Response:
    """Show the application form, with the question already asked."""
    response = application(request, {"description": q[:10_000]})
    # going back after submitting must find this very form, whose key makes a second press the same application
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def application(
    request: Request, values: dict[str, str], failure: Failure | None = None, template: str = "apply.html", **more: Any
) -> Response:
    """Show the form with everything typed so far; a key is replaced only when it stands for another application."""
    if failure and failure.code == "idempotency_conflict":
        values = values | {"key": ""}
        failure = Failure("invalid_request", fields=[FieldProblem("", texts.SENT_BEFORE)])
    values = {"who": "natural", "delivery.medium": "electronic", "delivery.way": "email"} | values
    values["key"] = values.get("key") or uuid.uuid4().hex
    if failure:
        failure.fields = tuple(sorted(failure.fields, key=lambda problem: place_of(problem.name)))
    problems = {texts.ANCHORS.get(p.name, p.name): p.message for p in failure.fields} if failure else {}
    status = failure.status if failure else 200
    return render(request, template, status=status, values=values, problems=problems, failure=failure, **more)


def place_of(name: str) -> int:
    """Return how far down the page a field stands; what has no field comes last."""
    shown = list(texts.FIELDS)
    name = texts.ANCHORS.get(name, name)
    return shown.index(name) if name in shown else len(shown)


@router.post("/apply", dependencies=guard)
@public
async def apply(request: Request) -> Response:
    """Submit; on any failure the form comes back with what was typed."""
    values = await forms.read(request)
    values["key"] = values.get("key", "")[:64] or uuid.uuid4().hex
    try:
        if values.get("website"):
            raise Failure("invalid_request", fields=[FieldProblem("website", texts.TRAP_FILLED)])
        await count(request, "submit")
        submission = parsed(request, values | {"channel": "web"}, Submission)
        receipt = await office_of(request).cases.submit(submission, key=f"web:{values['key']}")
    except Failure as failure:
        return application(request, values, failure)
    response = RedirectResponse("/status/receipt", 303)
    keep_case(request, response, receipt.number, receipt.query_code, path="/status")
    return response


def parsed(request: Request, values: dict[str, str], model: type[Filed]) -> Filed:
    """Read the form as a submission; a Failure names every field at fault, also what the delivery still needs."""
    payload = forms.submission(values)
    if problems := office_of(request).cases.problems_of_form(payload, model):
        raise failure_of(problems)
    return model.model_validate(payload)


@router.post("/apply/hint", dependencies=guard)
@public
async def hint(request: Request) -> Response:
    """Show who is likely responsible and what is already published. POST keeps the text out of logs."""
    values = await forms.read(request)
    text = values.get("description", "").strip()[:10_000]
    office = office_of(request)
    await count(request, "suggest")
    if len(text) < SHORTEST_HINT:
        return render(request, "_hint.html", departments=[], hits=[])
    hits = await office.published.search(text[:LONGEST_QUERY], limit=3)
    return render(request, "_hint.html", departments=await likely(request, text), hits=hits)


async def likely(request: Request, text: str) -> list[Department]:
    """Return the departments that almost surely include the right one; empty where in doubt."""
    office = office_of(request)
    suggestion = await office.triage.suggest(text, wait=False)
    if not suggestion or not suggestion["confident"]:
        return []
    known = {department.code: department for department in office.directory.departments}
    return [known[code] for code in suggestion["department_set"][:2] if code in known]


@router.get("/status")
@public
async def status_form(request: Request) -> Response:
    """Ask for number and query code."""
    return render(request, "status_form.html", values={}, message="")


@router.post("/status", dependencies=guard)
@public
async def status(request: Request) -> Response:
    """Look up a case; the code travels in the body only, then in a short-lived cookie."""
    values = await forms.read(request)
    number, code = values.get("number", "").strip(), values.get("code", "").strip()
    if not (number and code):
        return render(request, "status_form.html", values=values, message=texts.STATUS_BOTH, status=422)
    try:
        await count(request, "status")
        await office_of(request).cases.citizen_view(number, code)
    except Failure as failure:
        return render(request, "status_form.html", values=values, message=failure.message, status=failure.status)
    response = RedirectResponse("/status/case", 303)
    keep_case(request, response, number, code, path="/status")
    return response


@router.get("/status/case")
@public
async def status_case(request: Request) -> Response:
    """Show where the case stands, its timeline, its due date with the calculation, and what can be done."""
    return await kept_page(request, "status_case.html", values={}, problem=None)


@router.post("/status/supplement", dependencies=guard)
@public
async def supplement(request: Request) -> Response:
    """Take what the applicant adds to make the request clear (补正)."""
    values = await forms.read(request)
    text = str(clean(values.get("text", "")))
    problem = None if len(text) >= SHORTEST_TEXT else texts.SUPPLEMENT_EMPTY
    return await _step(request, values, problem, lambda cases, kept: cases.supplement(*kept, text[:LONGEST_TEXT]))


@router.post("/status/withdrawal", dependencies=guard)
@public
async def withdraw(request: Request) -> Response:
    """Take the request back, once the applicant has ticked that this is meant."""
    values = await forms.read(request)
    problem = None if values.get("sure") else texts.WITHDRAW_UNSURE
    return await _step(request, values, problem, lambda cases, kept: cases.withdraw(*kept))


@router.post("/status/rating", dependencies=guard)
@public
async def rate(request: Request) -> Response:
    """Take the applicant's rating."""
    values = await forms.read(request)
    given, comment = values.get("rating", ""), str(clean(values.get("comment", "")))[:1_000]
    problem = None if given in texts.RATINGS else texts.RATING_MISSING
    return await _step(request, values, problem, lambda cases, kept: cases.rate(*kept, int(given), comment or None))


async def _step(
    request: Request,
    values: dict[str, str],
    problem: str | None,
    take: Callable[[CaseService, tuple[str, str]], Awaitable[CitizenView]],
) -> Response:
    """Take a step of the applicant in the case that the cookie names; on a problem the page says so, words kept."""
    kept = kept_case(request)
    if kept is None:
        return RedirectResponse("/status", 303)
    status = 422
    if problem is None:
        try:
            await count(request, "status")
            await take(office_of(request).cases, kept)
            return RedirectResponse("/status/case", 303)
        except Failure as failure:
            problem, status = failure.message, failure.status
    return await kept_page(request, "status_case.html", values=values, problem=problem, status=status)


@router.get("/status/receipt")
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
        case = await office_of(request).notices.citizen_view(*kept)
    except Failure as failure:
        return render(request, "status_form.html", values={}, message=failure.message, status=failure.status)
    return render(request, template, case=case, code=kept[1], **more)


@router.post("/status/close", dependencies=guard)
@public
async def close(request: Request) -> Response:
    """Forget the case on this device, for shared computers."""
    response = RedirectResponse("/status", 303)
    response.delete_cookie(CASE_COOKIE, path="/status")
    return response


@router.post("/display", dependencies=guard)
@public
async def display(request: Request) -> Response:
    """Switch the large-type mode (适老化) and go back to the page."""
    values = await forms.read(request)
    response = RedirectResponse(local_path(values.get("next", "/")), 303)
    size = "large" if values.get("size") == "large" else "standard"
    set_cookie(request, response, LARGE_TYPE, size, path="/", minutes=YEAR_MINUTES)
    return response


@router.get("/privacy")
@public
async def privacy(request: Request) -> Response:
    """Say what is stored about an applicant and why."""
    return render(request, "privacy.html")


@router.get("/accessibility")
@public
async def accessibility(request: Request) -> Response:
    """Say how the site can be used, and who can help."""
    return render(request, "accessibility.html")
