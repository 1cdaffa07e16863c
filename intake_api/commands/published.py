"""`gongkai published import|list`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intake_api.kit.terminal import progress
from intake_api.wiring.offices import with_office

if TYPE_CHECKING:
    from intake_api.office import Office

_AT_ONCE = 2_000  # items: a few minutes
published = typer.Typer(no_args_is_help=True, help="已主动公开的信息")


@published.command("import")
def import_file(file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)]) -> None:
    """Add or replace (by url) the items of a JSONL file; all or nothing.

    A line: `{"url"?, "title", "summary", "body"?, "source"?, "published_on", "number"?, "topic"?, "expires_on"?}`. They
    are found by meaning at once; of more than 2,000 new ones the worker of `gongkai serve` reads the rest.
    """
    from intake_api.published.files import lines_of

    async def bring_in(office: "Office") -> int:
        count = await office.published.import_items(lines_of(file.read_bytes()))
        with progress("读懂") as bar:
            await office.published.make_vectors(_AT_ONCE, bar)
        return count

    typer.echo(f"{with_office(bring_in, begin=True)} items")


@published.command("list")
def listing() -> None:
    """All items, the newest first: date, department, title, address."""
    for item in with_office(lambda office: office.published.listing()):
        typer.echo("\t".join((item.published_on.isoformat(), item.source or "-", item.title, item.url)))
