"""Staff console: the catalogue of what is published (公开目录): list, one form, tables in and out, a look at links."""

import io
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.http import RowId, office_of, row_id
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.text import tidy
from intake_api.people import rights
from intake_api.people.service import Account
from intake_api.published.catalogue import PAGE, CatalogueItem, Wanted
from intake_api.terms import catalogue as words
from intake_api.terms.limits import LONGEST
from intake_api.web import again, forms, texts
from intake_api.web.security import at_work
from intake_api.web.staff import PostDep, guard
from intake_api.web.staff_ledger import TABLE_TYPES
from intake_api.web.templating import page_of, render

router = APIRouter(prefix="/staff/published", include_in_schema=False)
HOME = "/staff/published"
TYPES = TABLE_TYPES | {"jsonl": "application/x-ndjson; charset=utf-8"}
SHOWN = 200  # lines of a preview


async def keeper(account: Annotated[Account, Depends(at_work)]) -> Account:
    """Who keeps the catalogue: everybody of the whole office; Failure `not_allowed`."""
    rights.for_the_office(account)
    return account


Keeper = Annotated[Account, Depends(keeper)]


@router.get("")
async def listing(
    request: Request,
    account: Keeper,
    q: str = "",
    source: str = "",
    topic: str = "",
    state: str = "all",
    page: str = "1",
) -> Response:
    """Show the items that are wanted, the newest first, and the forms for files and links."""
    wanted = Wanted(tidy(q)[: LONGEST["q"]], tidy(source), tidy(topic), state if state in words.SHOWN else "all")
    return await _list(request, account, wanted, page_of(page))


async def _list(
    request: Request, account: Account, wanted: Wanted, page: int = 1, failure: Failure | None = None
) -> Response:
    office = office_of(request)
    items, total = await office.catalogue.listing(wanted, page)
    done = request.query_params.get("done", "")
    context = {
        "items": items,
        "total": total,
        "wanted": wanted,
        "asked": urlencode({name: value for name, value in vars(wanted).items() if value and value != "all"}),
        "page": page,
        "pages": max(1, -(-total // PAGE)),
        "shelves": await office.published.shelves(),
        "standing": await office.published.standing(),
        "look": await office.catalogue.link_look(),
        "columns": words.COLUMNS.values(),
        "states": texts.CATALOGUE_STATES,
        "links": texts.LINK_STATES,
        "broken": words.BROKEN,
        "done": texts.CATALOGUE_DONE.get(done) or (texts.CATALOGUE_IMPORTED.format(done) if done.isdecimal() else ""),
        "failure": failure,
    }
    return render(request, "staff/published.html", context, account=account, status=failure.status if failure else 200)


@router.get("/new")
async def new(request: Request, account: Keeper) -> Response:
    """Show the form of a new item."""
    return _form(request, account, None, {"published_on": str(office_of(request).clock.today())})


@router.post("/new", dependencies=guard)
async def add(request: Request, account: Keeper, values: PostDep) -> Response:
    """Add an item."""
    try:
        await office_of(request).catalogue.save(None, values)
    except Failure as failure:
        return _form(request, account, None, values, failure)
    return RedirectResponse(f"{HOME}?done=added", 303)


@router.get("/items/{item}")
async def one(request: Request, account: Keeper, item: RowId) -> Response:
    """Show an item in its form."""
    kept = await office_of(request).catalogue.one(item)
    return _form(request, account, kept, kept.values)


@router.post("/items/{item}", dependencies=guard)
async def change(request: Request, account: Keeper, item: RowId, values: PostDep) -> Response:
    """Change an item, let it expire, or remove it."""
    catalogue, act = office_of(request).catalogue, values.pop("act", "save")
    kept = await catalogue.one(item)
    try:
        if act == "expire":
            await catalogue.expire(item)
        elif act == "remove":
            if not values.get("sure"):
                raise Failure("invalid_request", fields=[FieldProblem("sure", texts.REMOVE_UNSURE)])
            await catalogue.remove(item)
        else:
            await catalogue.save(item, values)
    except Failure as failure:
        return _form(request, account, kept, values, failure)
    done = {"expire": "expired", "remove": "removed"}.get(act, "saved")
    return RedirectResponse(f"{HOME}?done={done}", 303)


def _form(
    request: Request,
    account: Account,
    kept: CatalogueItem | None,
    values: dict[str, str],
    failure: Failure | None = None,
) -> Response:
    directory = office_of(request).directory
    context = {
        "kept": kept,
        "values": values,
        "failure": failure,
        "problems": forms.at_fault(failure),
        "labels": words.COLUMNS.words(),
        "links": texts.LINK_STATES,
        "sources": {agency.code: agency.name for agency in directory.agencies}
        | {department.code: department.name for department in directory.departments},
    }
    status = failure.status if failure else 200
    return render(request, "staff/published_item.html", context, account=account, status=status)


@again.shows("/staff/published/new", "/staff/published/items/{item:int}")
async def form_again(
    request: Request, account: Account, where: dict[str, str], values: dict[str, str], told: Failure
) -> Response:
    """Show an item that was being typed while the session ended."""
    await keeper(account)
    values.pop("act", None)
    kept = await office_of(request).catalogue.one(row_id(where["item"])) if "item" in where else None
    return _form(request, account, kept, values, told)


@router.post("/uploads", dependencies=guard)
async def upload(request: Request, account: Keeper, values: PostDep) -> Response:
    """Keep the file and go on to its preview."""
    file = forms.uploaded(request, "file")
    if file is None:
        missing = Failure("invalid_request", fields=[FieldProblem("file", texts.CATALOGUE_FILE_MISSING)])
        return await _list(request, account, Wanted(), failure=missing)
    key = await office_of(request).ledger.keep(account, *file)
    return RedirectResponse(f"{HOME}/uploads/{key}", 303)


@router.get("/uploads/{key}")
async def preview(request: Request, account: Keeper, key: str) -> Response:
    """Show what importing the file would add, change and refuse."""
    office = office_of(request)
    name, raw = await office.ledger.kept(account, key)
    try:
        changes = await office.catalogue.preview(name, raw)
    except Failure as unreadable:
        await office.ledger.drop(key)
        return await _list(request, account, Wanted(), failure=unreadable)
    shown = {"changes": changes, "name": name, "key": key, "shown": SHOWN}
    return render(request, "staff/published_preview.html", shown, account=account)


@router.post("/uploads/{key}", dependencies=guard)
async def confirm(request: Request, account: Keeper, key: str, values: PostDep) -> Response:
    """Store what the preview said would be added and changed."""
    office = office_of(request)
    changes = await office.catalogue.preview(*await office.ledger.kept(account, key))
    stored = await office.catalogue.bring_in(changes)
    await office.ledger.drop(key)
    return RedirectResponse(f"{HOME}?done={stored}", 303)


@router.get("/export.{kind}")
async def export(request: Request, account: Keeper, kind: str) -> Response:
    """Download the whole catalogue."""
    if kind not in TYPES:
        raise Failure("not_found")
    file = io.BytesIO()
    try:
        await office_of(request).catalogue.export(file, f"catalogue.{kind}")
    except Failure as failure:
        return await _list(request, account, Wanted(), failure=failure)
    disposition = f"attachment; filename=\"catalogue.{kind}\"; filename*=UTF-8''{quote('公开目录')}.{kind}"
    return Response(file.getvalue(), media_type=TYPES[kind], headers={"Content-Disposition": disposition})


@router.post("/links", dependencies=guard)
async def links(request: Request, account: Keeper, values: PostDep) -> Response:
    """Ask the worker to look at the links."""
    await office_of(request).catalogue.ask_for_links()
    return RedirectResponse(f"{HOME}#links", 303)
