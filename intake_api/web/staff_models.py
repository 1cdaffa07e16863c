"""Staff console: the models (模型), how suggestions fare, labels in doubt; training, promoting, forgetting."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.http import office_of
from intake_api.kit.errors import Failure
from intake_api.people import rights
from intake_api.people.service import Account
from intake_api.web import texts
from intake_api.web.papers import as_html
from intake_api.web.security import same_origin
from intake_api.web.staff import PostDep, StaffDep
from intake_api.web.templating import render

router = APIRouter(prefix="/staff", include_in_schema=False)
guard = [Depends(same_origin)]
HISTORY = 20  # decisions on models shown
# The chart of overrides: a column a week, in SVG units.
COLUMN, GAP, HEIGHT, LEAST_COLUMNS = 18, 6, 120, 13


async def for_the_office(account: StaffDep) -> Account:
    """Who may look at the models: reviewers and administrators of the whole office; Failure `not_allowed`."""
    rights.for_the_office(account, rights.ANSWERABLE)
    return account


OfficeWide = Annotated[Account, Depends(for_the_office)]


@router.get("/models")
async def models_page(request: Request, account: OfficeWide) -> Response:
    """Show versions, the latest training, overrides and drift, labels in doubt."""
    return await _page(request, account)


@router.get("/models/run")
async def run_part(request: Request, account: OfficeWide) -> Response:
    """The latest training alone, for the page to refresh itself while it runs."""
    return render(request, "staff/_model_run.html", account=account, run=await office_of(request).learning.run())


@router.post("/models/retrain", dependencies=guard)
async def retrain(request: Request, account: OfficeWide, values: PostDep) -> Response:
    """Ask for a training."""
    return await _step(request, account, office_of(request).learning.ask_as(account), "model_retrained")


@router.post("/models/rollback", dependencies=guard)
async def rollback(request: Request, account: OfficeWide, values: PostDep) -> Response:
    """Go back to the model before the one that the page showed."""
    leaving = values.get("leaving", "")
    return await _step(request, account, office_of(request).learning.rollback(account, leaving), "model_rolled_back")


@router.post("/models/promote", dependencies=guard)
async def promote(request: Request, account: OfficeWide, values: PostDep) -> Response:
    """Make a model live."""
    return await _step(
        request, account, office_of(request).learning.promote(account, values.get("version", "")[:60]), "model_promoted"
    )


@router.post("/models/doubts", dependencies=guard)
async def check_doubt(request: Request, account: OfficeWide, values: PostDep) -> Response:
    """Keep what somebody found of a doubtful label."""
    number, right = values.get("number", "")[:40], values.get("verdict") == "right"
    return await _step(request, account, office_of(request).learning.check_doubt(number, right=right, account=account))


@router.get("/models/{version}")
async def model_page(request: Request, account: OfficeWide, version: str) -> Response:
    """Show a model's card and its entry for an algorithm register."""
    office = office_of(request)
    papers = [as_html(paper, office.directory.name_of) for paper in await office.learning.papers(version)]
    return render(request, "staff/model.html", account=account, model=version, papers=papers)


@router.post("/cases/{number}/forgotten", dependencies=guard)
async def forget(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """Take a case out of all future training."""
    await office_of(request).learning.forget(number, account)
    return RedirectResponse(f"/staff/cases/{number}", 303)


async def _step(request: Request, account: Account, step: Any, kind: str = "") -> Response:
    try:
        await step
        if kind:
            await office_of(request).trail.record(account.id, kind)
    except Failure as failure:
        return await _page(request, account, failure)
    return RedirectResponse("/staff/models", 303)


async def _page(request: Request, account: Account, failure: Failure | None = None) -> Response:
    if failure and failure.code == "not_allowed":
        raise failure
    office = office_of(request)
    overview = await office.learning.overview()
    weeks = list(overview["drift"]["weeks"].items())
    return render(
        request,
        "staff/models.html",
        account=account,
        listing=overview["listing"],
        history=[history_line(one) for one in overview["listing"]["history"][:HISTORY]],
        run=overview["run"],
        drift=overview["drift"],
        weeks=weeks,
        columns=columns([figures["overridden"] for _, figures in weeks]),
        width=max(len(weeks), LEAST_COLUMNS) * (COLUMN + GAP),
        height=HEIGHT,
        column=COLUMN,
        doubts=await office.learning.doubts.listing(),
        failure=failure,
        status=failure.status if failure else 200,
    )


def history_line(decision: dict[str, Any]) -> dict[str, Any]:
    """A decision on a model as the page tells it: when, `who` in words, `against` which verdict or what moved."""
    known, _, login = decision["by"].partition(" (")
    actor = texts.MODEL_ACTORS.get(known)
    who = decision["by"] if actor is None else actor + (f"（{login.removesuffix(')')}）" if login else "")
    verdict: dict[str, Any] = decision.get("verdict") or {}
    against = ""
    if decision.get("forced") and not verdict.get("accepted"):
        reasons = "；".join(verdict.get("reasons", ()))
        against = texts.FORCED_AGAINST.format(reasons=reasons) if verdict else texts.FORCED_UNCOMPARED
    if decision["action"] == "tune":
        against = texts.LIMITS_MOVED.format(**decision["tuning"])
    return decision | {"at": datetime.fromisoformat(decision["at"]), "who": who, "against": against}


def columns(shares: list[float]) -> list[dict[str, float]]:
    """Place and height of each column of a chart of shares."""
    return [
        {"x": place * (COLUMN + GAP), "y": round(HEIGHT * (1 - share), 1), "height": round(HEIGHT * share, 1)}
        for place, share in enumerate(shares)
    ]
