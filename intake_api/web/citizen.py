"""Pages for citizens: start, application form, notices about the site."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.cases.acts import Receipt
from intake_api.directory import Department
from intake_api.form.application import Submission
from intake_api.form.checks import normalised
from intake_api.http import count, office_of, public
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.problems import failure_of
from intake_api.kit.text import tidy
from intake_api.terms.limits import LONGEST
from intake_api.understanding.service import told_apart
from intake_api.web import forms, texts
from intake_api.web.heard import answers, filled, flat, own_numbers
from intake_api.web.security import keep_case, local_path, same_origin, set_cookie
from intake_api.web.templating import LARGE_TYPE, render

router = APIRouter(include_in_schema=False)
Filed = TypeVar("Filed", bound=Submission)
guard = [Depends(same_origin)]
YEAR_MINUTES = 365 * 24 * 60
# What can be judged only once something else is chosen: nothing is said of it before.
FOLLOWING = {"who": ("applicant.type", "applicant.id_number"), "channel": ("receipt_basis", "received_on")}
SHORTEST_HINT = 4
STEPS = ("check", "edit", "strip")  # of the form, before it is sent


@router.get("/")
@public
async def start(request: Request, q: str = "") -> Response:
    """Show the start page; a question shows what is already published first."""
    q = tidy(q)[: LONGEST["q"]]
    hits = await office_of(request).published.search(q) if q else []
    if hits:
        await office_of(request).deflection.count("page", "shown")
    return render(request, "start.html", q=q, hits=hits)


@router.get("/apply")
@public
async def form(request: Request, q: str = "") -> Response:
    """Show the application form, with the question already asked."""
    response = application(request, {"description": q[: LONGEST["description"]]})
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
    values = values | {"key": values.get("key") or uuid.uuid4().hex}
    if failure:
        failure.fields = tuple(sorted(failure.fields, key=lambda problem: place_of(problem.name)))
    problems = {texts.ANCHORS.get(p.name, p.name): p.message for p in failure.fields} if failure else {}
    status = failure.status if failure else 200
    shown = {"values": values, "problems": problems, "failure": failure, "agencies": agencies_of(request)} | more
    return render(request, template, status=status, **shown)


def agencies_of(request: Request) -> dict[str, str]:
    """Return the agencies to choose from, by code; none where there is no choice."""
    found = office_of(request).directory.agencies
    return {one.code: one.name for one in found} if len(found) > 1 else {}


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
        if (step := values.pop("step", "")) in STEPS:
            return await _step(request, step, values)
        submission = parsed(request, values | {"channel": "web"}, Submission, _unreachable(values))
        receipt = await office_of(request).cases.submit(submission, key=values["key"], sender="page")
    except Failure as failure:
        return application(request, values, failure)
    await _ask_to_tell(request, values, submission, receipt)
    response = RedirectResponse("/status/receipt", 303)
    keep_case(request, response, receipt.number, receipt.query_code, path="/status")
    return response


async def _step(request: Request, step: str, values: dict[str, str]) -> Response:
    """Show the form filled in so far, or what would be registered; nothing is sent."""
    office = office_of(request)
    if step == "edit":
        return application(request, values, unsent=True)
    await count(request, "suggest")
    text = tidy(values.get("description", ""))[: LONGEST["description"]]
    suggestion = await office.triage.suggest(text, wait=False) if text else None
    read, way = told_apart(text, suggestion, office.clock.today(), office.directory)
    values, heard = filled(values, read)
    if step == "strip":
        values["description"] = read.matter
    try:
        submission = parsed(request, values | {"channel": "web"}, Submission, _unreachable(values))
        body = normalised(submission, office.clock.today())
    except Failure as failure:
        return application(request, values, failure, heard=heard)
    own = own_numbers(read) if step == "check" and read.matter != text else []
    return render(
        request,
        "check.html",
        values={name: value for name, value in values.items() if name != "website"},
        facts=flat(body.model_dump()),
        agencies=agencies_of(request),
        heard=heard,
        own=own,
        way=way,
        parts=read.parts,
        correction=read.kind == "correction" and not values.get("kind"),
        tell_email=bool(values.get("tell_email")),
    )


def _unreachable(values: dict[str, str]) -> list[FieldProblem]:
    """Return what is missing for news by mail."""
    if values.get("tell_email") and not tidy(values.get("applicant.email", "")):
        return [FieldProblem("applicant.email", texts.EMAIL_FOR_NEWS)]
    return []


async def _ask_to_tell(request: Request, values: dict[str, str], filed: Submission, receipt: Receipt) -> None:
    """Send the question to the address, where news is wanted there; the application stands whatever comes of it."""
    following = office_of(request).following
    if values.get("tell_email") and filed.applicant.email and "email" in following.offered:
        with suppress(Failure):
            await following.ask(receipt.number, receipt.query_code, "email", filed.applicant.email)


def parsed(request: Request, values: dict[str, str], model: type[Filed], more: Sequence[FieldProblem] = ()) -> Filed:
    """Read the form as a submission; a Failure names every field at fault, also what the delivery still needs.

    What the page asks of people is never answered for them: who applies, and to which of several agencies. `more`: what
    else the page asks.
    """
    payload = forms.submission(values)
    asked = ("who", "addressee") if agencies_of(request) else ("who",)
    unchosen = [FieldProblem(name, texts.CHOOSE) for name in asked if not tidy(values.get(name, ""))]
    problems = [*unchosen, *office_of(request).cases.problems_of_form(payload, model), *more]
    open_yet = {problem.name for problem in problems}
    follow = {name for first, names in FOLLOWING.items() if first in open_yet for name in names}
    if told := [problem for problem in problems if problem.name not in follow]:
        raise failure_of(told)
    return model.model_validate(payload)


@router.post("/apply/hint", dependencies=guard)
@public
async def hint(request: Request) -> Response:
    """Show who is likely responsible and what is already published. POST keeps the text out of logs."""
    values = await forms.read(request)
    text = tidy(values.get("description", ""))[: LONGEST["description"]]
    office = office_of(request)
    await count(request, "suggest")
    if len(text) < SHORTEST_HINT:
        return render(request, "_hint.html", departments=[], hits=[], way="", parts=(), own=[], heard=[])
    hits = await office.published.search(text[: LONGEST["q"]], limit=3)
    if hits and not values.get("hinted"):  # the hint is made anew as one types
        await office.deflection.count("form", "shown")
    suggestion = await office.triage.suggest(text, wait=False)
    read, way = told_apart(text, suggestion, office.clock.today(), office.directory)
    said = answers(read)
    return render(
        request,
        "_hint.html",
        departments=likely(request, suggestion),
        hits=hits,
        way=way,
        parts=read.parts,
        own=own_numbers(read),
        heard=[name for name in texts.FIELDS if name in said],
    )


def likely(request: Request, suggestion: dict[str, Any] | None) -> list[Department]:
    """Return the departments that almost surely include the right one; empty where in doubt."""
    office = office_of(request)
    if not suggestion or not suggestion["confident"]:
        return []
    known = {
        department.code: department for department in office.directory.handlers(office.directory.default_agency.code)
    }
    return [known[code] for code in suggestion["department_set"][:2] if code in known]


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
