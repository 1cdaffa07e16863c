"""`gongkai keys list|copy`: the main keys (docs/deployment.md)."""

from pathlib import Path
from typing import Annotated

import typer

from intake_api.kit.terminal import print_json
from intake_api.wiring.offices import load_settings

keys = typer.Typer(no_args_is_help=True, help="主密钥")


@keys.command("list")
def list_() -> None:
    """Print the keys at hand, one JSON line each, the one that seals what is new first; never a key itself."""
    from intake_api.upkeep import keyring

    for held in keyring.listing(load_settings()):
        print_json(held._asdict())


@keys.command()
def copy(folder: Annotated[Path, typer.Argument(file_okay=False, help="另外保存的介质上的文件夹")]) -> None:
    """Copy the keys to a place of their own, and let the database know that there is a copy (`gongkai doctor`)."""
    from intake_api.kit.clock import Clock
    from intake_api.upkeep import keyring

    for name in keyring.copy(load_settings(), folder, Clock()):
        typer.echo(folder / name)
