"""`gongkai doctor`: how the installation stands, and what to do (docs/deployment.md)."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from intake_api.upkeep.findings import Finding


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="每项一行 JSON：code、level、said、todo")] = False,
) -> None:
    """Look at set-up, machine, database, keys, backups, model, mail and Telegram; exit code 1 where something is wrong.

    Changes nothing, and works while `serve` runs, without a database and with a broken one.
    """
    from intake_api.kit.terminal import print_json

    findings = _findings()
    for line in findings:
        if as_json:
            print_json(line._asdict())
        else:
            typer.echo(_as_text(line))
    raise typer.Exit(int(any(line.level == "fault" for line in findings)))


def _findings() -> "list[Finding]":
    from intake_api.kit.errors import Failure
    from intake_api.upkeep.service import unusable
    from intake_api.wiring.offices import load_settings
    from intake_api.wiring.upkeep import make_doctor

    try:
        settings = load_settings()
    except Failure as failure:
        return unusable(failure.message)
    return make_doctor(settings).findings()


def _as_text(line: "Finding") -> str:
    from intake_api.upkeep.texts import LABELS, LEVELS

    told = f"[{LEVELS[line.level]}] {LABELS[line.code]}（{line.code}）：{line.said}"
    return f"{told}\n    → {line.todo}" if line.todo else told
