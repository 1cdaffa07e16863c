"""`gongkai notices check`: whether an office's own templates can be used, and which fonts the PDF is set with."""

from pathlib import Path
from typing import Annotated

import typer

from intake_api.wiring.offices import load_settings

notices = typer.Typer(no_args_is_help=True, help="文书")


@notices.callback()
def _group() -> None:
    """文书模板."""


@notices.command("check")
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="默认：数据目录中的 notice_templates/", exists=True, file_okay=False),
    ] = None,
) -> None:
    """Check a folder's .docx templates (name, fields, filling in) and the fonts of the PDF; exit code 1 on a fault."""
    from intake_api.kit.errors import Failure
    from intake_api.notices import fonts, render_docx

    data, failed = load_settings().data, False
    folder = folder or data / "notice_templates"
    try:
        faces = fonts.faces(data / "fonts")
        typer.echo(f"fonts {'shipped' if faces.shipped else 'system'} {faces.names}")
    except Failure as failure:
        failed = True
        typer.echo(f"error {failure.code}: {failure.message}", err=True)
    for path in sorted(folder.glob("*.docx")):
        try:
            render_docx.check(path)
            typer.echo(f"{path.name} ok")
        except Failure as failure:
            failed = True
            typer.echo(f"error {failure.code}: {failure.message}", err=True)
    if failed:
        raise typer.Exit(1)
