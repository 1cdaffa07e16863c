"""`gongkai published import|list`."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from intake_api.commands.common import load_settings, stop

if TYPE_CHECKING:
    from intake_api.published.service import PublishedService

published = typer.Typer(no_args_is_help=True, help="已主动公开的信息")
Result = TypeVar("Result")


def _with_service(work: "Callable[[PublishedService], Coroutine[Any, Any, Result]]", *, begin: bool = False) -> Result:
    from intake_api import installation
    from intake_api.kit.db import Database
    from intake_api.kit.errors import Failure
    from intake_api.published.service import PublishedService

    async def run(db: Database) -> Result:
        try:
            return await work(PublishedService(db))
        finally:
            await db.dispose()

    try:
        settings = load_settings()
        installation.settle(settings, begin=begin)
        return asyncio.run(run(Database(settings.database)))
    except Failure as failure:
        for problem in failure.fields[1:]:
            typer.echo(f"{problem.name}：{problem.message}", err=True)
        stop(failure.code, failure.message, 2 if failure.code == "published_file_invalid" else 1)


@published.command("import")
def import_file(file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)]) -> None:
    """Add or replace (by url) the items of a JSONL file; all or nothing.

    A line: `{"url", "title", "summary", "body"?, "source"?, "published_on"}`.
    """
    from intake_api.published.files import lines_of

    async def bring_in(service: "PublishedService") -> int:
        return await service.import_items(lines_of(file.read_bytes()))

    typer.echo(f"{_with_service(bring_in, begin=True)} items")


@published.command("list")
def listing() -> None:
    """All items, the newest first: date, department, title, address."""
    for item in _with_service(lambda service: service.listing()):
        typer.echo("\t".join((item.published_on.isoformat(), item.source or "-", item.title, item.url)))
