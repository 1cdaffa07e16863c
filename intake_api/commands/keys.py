"""`gongkai keys list|copy|rotate|reseal`: the main keys (docs/deployment.md)."""

from pathlib import Path
from typing import Annotated

import typer

from intake_api.kit.terminal import print_json, progress
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


@keys.command()
def rotate() -> None:
    """Make a new key, which seals from now on; the older ones stay, to open what they have sealed."""
    from intake_api.upkeep import keyring

    typer.echo(keyring.rotate(load_settings()))


@keys.command()
def reseal() -> None:
    """Seal everything anew that an older key has sealed, while the office works; may be ended and begun again.

    Prints `{"values", "damaged"}`; exit code 1 where something could not be opened.
    """
    from intake_api.upkeep import keyring

    with progress("重新加密") as said:
        done = keyring.reseal(load_settings(), said)
    print_json(done._asdict())
    if done.damaged:
        raise typer.Exit(1)
