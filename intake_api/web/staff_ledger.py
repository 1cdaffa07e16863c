"""Staff console: bring a ledger (台账) in, after a look at everything that is wrong with it, and take one out."""

import io
from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.cases.service import actor_of
from intake_api.http import office_of
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.text import tidy
from intake_api.ledger.columns import COLUMNS
from intake_api.people import rights
from intake_api.people.service import Account
from intake_api.statute.events import parse_day
from intake_api.web import again, forms
from intake_api.web.security import at_work
from intake_api.web.staff import PostDep, guard
from intake_api.web.templating import render

router = APIRouter(prefix="/staff/ledger", include_in_schema=False)
SHOWN = 200  # problems on a page
TABLE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


async def answerable(account: Annotated[Account, Depends(at_work)]) -> Account:
    """Who may move whole ledgers: reviewers and admins of the whole office; Failure `not_allowed`."""
    rights.for_the_office(account, rights.ANSWERABLE)
    return account


Answerable = Annotated[Account, Depends(answerable)]


@router.get("")
async def ledger(request: Request, account: Answerable) -> Response:
    """Show the forms for import and export."""
    return _page(request, account)


def _page(
    request: Request, account: Account, failure: Failure | None = None, values: dict[str, str] | None = None
) -> Response:
    done, taught = (request.query_params.get(name, "") for name in ("imported", "teaching"))
    return render(
        request,
        "staff/ledger.html",
        account=account,
        failure=failure,
        values=values or {},
        columns=list(COLUMNS.values()),
        imported=done if done.isdecimal() else "",
        teaching=taught if taught.isdecimal() else "",
        status=failure.status if failure else 200,
    )


@router.post("", dependencies=guard)
async def upload(request: Request, account: Answerable, values: PostDep) -> Response:
    """Keep the file and go on to its preview."""
    file = forms.uploaded(request, "file")
    if file is None:
        problem = FieldProblem("file", "请选择台账文件。")
        return _page(request, account, Failure("invalid_request", fields=[problem]))
    key = await office_of(request).ledger.keep(account, *file)
    return RedirectResponse(f"/staff/ledger/{key}", 303)


@router.get("/{key}")
async def preview(request: Request, account: Answerable, key: str) -> Response:
    """Show what importing the file would do, and every problem by row and column."""
    return await _preview(request, account, key)


async def _preview(request: Request, account: Account, key: str, failure: Failure | None = None) -> Response:
    service = office_of(request).ledger
    name, raw = await service.kept(account, key)
    try:
        found = await service.preview(name, raw, by=actor_of(account))
    except Failure as unreadable:
        await service.drop(key)
        return _page(request, account, unreadable)
    shown = {"preview": found, "name": name, "key": key, "failure": failure, "shown": SHOWN}
    status = failure.status if failure else 200
    return render(request, "staff/ledger_preview.html", shown, account=account, status=status)


@router.post("/{key}", dependencies=guard)
async def confirm(request: Request, account: Answerable, key: str, values: PostDep) -> Response:
    """Import the file that was looked at, whole or not at all."""
    service = office_of(request).ledger
    name, raw = await service.kept(account, key)
    try:
        found = await service.preview(name, raw, by=actor_of(account))
        await service.bring_in(found)
    except Failure as failure:
        return await _preview(request, account, key, failure)
    await service.drop(key)
    return RedirectResponse(f"/staff/ledger?imported={found.new}&teaching={found.teaching}", 303)


@router.post("/export/file", dependencies=guard)
async def export(request: Request, account: Answerable, values: PostDep) -> Response:
    """Download the cases received in a span of time; that their particulars were looked at is put on record."""
    try:
        since, until = (_day(values, name) for name in ("since", "until"))
    except ValueError:
        return _page(request, account, Failure("date_invalid"), values)
    kind = values.get("kind") if values.get("kind") in TABLE_TYPES else "xlsx"
    file = io.BytesIO()
    await office_of(request).ledger.export_for(account, file, f"ledger.{kind}", since, until)
    disposition = f"attachment; filename=\"ledger.{kind}\"; filename*=UTF-8''{quote('台账')}.{kind}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(file.getvalue(), media_type=TABLE_TYPES[str(kind)], headers=headers)


@again.shows("/staff/ledger/export/file")
async def form_again(
    request: Request, account: Account, _where: dict[str, str], values: dict[str, str], told: Failure
) -> Response:
    """Show the span of time that was to be exported while the session ended."""
    return _page(request, await answerable(account), told, values)


def _day(values: dict[str, str], name: str) -> date | None:
    given = tidy(values.get(name, ""))
    return parse_day(given) if given else None
