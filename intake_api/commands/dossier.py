"""`gongkai dossier`: everything that is kept on a case as one numbered PDF (docs/dossier.md)."""

from pathlib import Path
from typing import Annotated

import typer

from intake_api.kit.terminal import print_json, written
from intake_api.wiring.offices import with_office


def dossier(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="申请的编号")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", dir_okay=False, help="写到哪个文件")],
) -> None:
    """Write the dossier (卷宗) of a case; its making is on record. Prints `{"number", "pages", "file"}`."""
    made = with_office(lambda office: office.dossiers.make(None, number))
    with written(out) as file:
        file.write(made.content)
    print_json({"number": made.number, "pages": made.pages, "file": str(out)})
