"""`gongkai published import|export|list`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intake_api.kit.terminal import progress, written
from intake_api.wiring.offices import with_office

if TYPE_CHECKING:
    from intake_api.office import Office

_AT_ONCE = 2_000  # items: a few minutes
published = typer.Typer(no_args_is_help=True, help="已主动公开的信息")


@published.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只核对，不写入")] = False,
) -> None:
    """Add or replace (by url) the items of a .jsonl, .csv or .xlsx file; all or nothing.

    A line: `{"url"?, "title", "summary", "body"?, "source"?, "published_on", "number"?, "topic"?, "expires_on"?}`; a
    table has the same columns, under Chinese or English heads. They are found by meaning at once; of more than 2,000
    new ones the worker of `gongkai serve` reads the rest.
    """
    from intake_api.published.files import refuse_any

    # whatever its name is, a file that is no table is lines of JSON, as it always was
    name = file.name if file.suffix.lower() in (".csv", ".xlsx", ".xls") else "items.jsonl"

    async def bring_in(office: "Office") -> int:
        changes = await office.catalogue.preview(name, file.read_bytes())
        refuse_any(changes.refused)
        told = f"{len(changes.added)} new, {len(changes.changed)} changed, {changes.unchanged} unchanged"
        typer.echo(told, err=True)
        if not dry_run:
            await office.catalogue.bring_in(changes)
            with progress("读懂") as bar:
                await office.published.make_vectors(_AT_ONCE, bar)
        return len(changes.added) + len(changes.changed) + changes.unchanged

    typer.echo(f"{with_office(bring_in, begin=True)} items")


@published.command("export")
def export_file(file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False)]) -> None:
    """Write all items as .jsonl, .csv or .xlsx, whichever FILE ends with; the same file can be imported."""
    from intake_api.published.files import format_of

    format_of(file.name)  # refused before anything is opened

    async def write(office: "Office") -> int:
        with written(file) as stream:
            return await office.catalogue.export(stream, file.name)

    typer.echo(f"{with_office(write)} items")


@published.command("list")
def listing() -> None:
    """All items, the newest first: date, department, title, address."""
    for item in with_office(lambda office: office.published.listing()):
        typer.echo("\t".join((item.published_on.isoformat(), item.source or "-", item.title, item.url)))
