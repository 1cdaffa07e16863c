"""`gongkai ledger import|export` (docs/contract.md §6, docs/ledger.md)."""

import tempfile
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intake_api.kit.terminal import print_json, progress, stop, written
from intake_api.wiring.offices import load_settings, make_office, with_office

if TYPE_CHECKING:
    from intake_api.ledger.mapping import Mapping
    from intake_api.ledger.service import ImportPreview
    from intake_api.office import Office

ledger = typer.Typer(no_args_is_help=True, help="台账")
_DAY = {"formats": ["%Y-%m-%d"], "metavar": "DAY"}


@ledger.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help=".csv or .xlsx")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what importing would do")] = False,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", exists=True, dir_okay=False, help="own headers and words (TOML)")
    ] = None,
) -> None:
    """Bring an office's ledger (台账) in, all or nothing; every problem with its row and column on stderr.

    Prints `{"rows", "new", "unchanged", "errors", "warnings", "imported"}`.
    """
    from intake_api.ledger.mapping import Mapping, read_mapping

    own = read_mapping(mapping.read_bytes()) if mapping else Mapping()
    with tempfile.TemporaryDirectory() as nowhere:
        office = _office_to_try(nowhere) if dry_run else None
        brought_in = partial(_import, name=file.name, raw=file.read_bytes(), mapping=own, dry_run=dry_run)
        preview = with_office(brought_in, office, begin=True)
    for problem in preview.problems:
        kind = "错误" if problem.error else "提醒"
        typer.echo(f"{kind} {problem.place}（{problem.code}）：{problem.message}", err=True)
    if len(preview.sheets) > 1:
        read = "、".join(f"{sheet}（{rows} 行）" for sheet, rows in preview.sheets.items())
        typer.echo(f"读取了 {len(preview.sheets)} 个工作表：{read}。", err=True)
    errors, done = len(preview.errors), not (dry_run or preview.errors)
    counts = {"rows": preview.rows, "new": preview.new, "unchanged": preview.unchanged}
    counts |= {"errors": errors, "warnings": len(preview.warnings), "imported": preview.new if done else 0}
    print_json(counts)
    if done and preview.teaching:
        taught = f"其中 {preview.teaching} 件写明了申请内容、承办部门和办理结果"
        typer.echo(f"{taught}，可以用来训练模型：gongkai models retrain", err=True)
    if errors:
        stop("ledger_invalid", f"台账中有 {errors} 处错误，没有导入任何一行；位置和原因见上。")


def _office_to_try(nowhere: str) -> "Office":
    """The office that is there, else one that is gone afterwards: trying makes neither database nor key."""
    from intake_api.kit.errors import Failure

    try:
        return make_office(load_settings(), begin=False)
    except Failure as failure:
        if failure.code != "database_missing":
            raise
    return make_office(load_settings(data=nowhere, database_url=f"sqlite:///{nowhere}/none.db"))


async def _import(office: "Office", name: str, raw: bytes, mapping: "Mapping", dry_run: bool) -> "ImportPreview":
    from intake_api.terms.record import SYSTEM

    await office.cases.prepare()
    with progress("读取和核对") as advance:
        preview = await office.ledger.preview(name, raw, by=SYSTEM, mapping=mapping, advance=advance)
    if not dry_run and not preview.errors:
        with progress("写入") as advance:
            await office.ledger.bring_in(preview, advance=advance)
    return preview


@ledger.command("export")
def export_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, help=".csv or .xlsx")],
    since: Annotated[datetime | None, typer.Option("--from", help="first day of receipt", **_DAY)] = None,
    until: Annotated[datetime | None, typer.Option("--to", help="last day of receipt", **_DAY)] = None,
    chinese: Annotated[bool, typer.Option("--chinese", help="headers and codes in Chinese words")] = False,
) -> None:
    """Write the cases received in a span of time as a ledger that `ledger import` reads back."""
    from intake_api.ledger.files import kind_of

    kind_of(file.name)  # refused before anything is opened
    if since and until and since > until:
        stop("usage", "--from 不能晚于 --to。")
    days = [moment.date() if moment else None for moment in (since, until)]

    async def write(office: "Office") -> int:
        with written(file) as stream:
            return len(await office.ledger.export(stream, file.name, *days, chinese=chinese))

    typer.echo(f"{with_office(write)} cases")
