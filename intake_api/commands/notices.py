"""`gongkai notices check`: whether an office's own templates can be used."""

from pathlib import Path
from typing import Annotated

import typer

from intake_api.commands.common import load_settings

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
    """Check the .docx templates of a folder: name, fields, filling in; exit code 1 where one cannot be used."""
    from intake_api.kit.errors import Failure
    from intake_api.notices import render_docx

    folder = folder or load_settings().data / "notice_templates"
    failed = False
    for path in sorted(folder.glob("*.docx")):
        try:
            render_docx.check(path)
            typer.echo(f"{path.name} ok")
        except Failure as failure:
            failed = True
            typer.echo(f"error {failure.code}: {failure.message}", err=True)
    if failed:
        raise typer.Exit(1)
