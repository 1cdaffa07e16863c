"""`gongkai models`: the registry, retraining from answered cases, forgetting, drift and doubtful labels."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intake_api.kit.terminal import print_json, progress
from intake_api.wiring.offices import load_settings, model_room, with_office
from intake_api.wiring.shipped import HOLDOUT

if TYPE_CHECKING:
    from intake_api.learning.room import ModelRoom

models = typer.Typer(
    help="The models of the data directory: list, show, promote, rollback, retrain, forget, drift, suspects.",
    no_args_is_help=True,
)
BY = "command line"
_LOWER_PRIORITY = 15
_LISTED_METRICS = ("accuracy", "macro_f1", "top3", "ece")


def _chosen(data: Path | None) -> Path | None:
    """Let every later reading of the settings find this data directory."""
    if data:
        os.environ["GONGKAI_DATA"] = str(data)
    return data


DataDir = Annotated[
    Path | None,
    typer.Option("--data", callback=_chosen, help="Data directory (数据目录); default GONGKAI_DATA or ./data."),
]
Number = Annotated[str, typer.Argument(metavar="NUMBER")]


@models.command("list")
def list_models(data: DataDir = None) -> None:
    """Print one line for each model: version, whether it is active, rows it learned from, measured quality."""
    registered = model_room(load_settings()).listing()["models"]
    for model in reversed(registered):
        measured = {name: model["metrics"][name] for name in _LISTED_METRICS}
        print_json({name: model[name] for name in ("version", "active", "rows")} | measured)
    if not registered:
        typer.echo("还没有登记的模型，正在使用随产品提供的模型。运行 gongkai models retrain 可以训练一个。", err=True)


@models.command()
def show(
    version: str,
    card: Annotated[bool, typer.Option("--card", help="The model card (模型说明), Markdown.")] = False,
    register: Annotated[bool, typer.Option("--register", help="The algorithm-register sheet (算法登记表).")] = False,
    data: DataDir = None,
) -> None:
    """Print the manifest of one model, or its card, or its entry for an algorithm register."""
    room = model_room(load_settings())
    if card:
        typer.echo(room.card(version))
    elif register:
        typer.echo(room.register(version))
    else:
        print_json(room.manifest(version))


@models.command()
def promote(
    version: Annotated[str, typer.Argument(help="A registered version, or a model directory to register first.")],
    force: Annotated[bool, typer.Option("--force", help="Promote against the gate; recorded.")] = False,
    holdout: Annotated[Path, typer.Option(help="Answered rows that neither model has seen.")] = HOLDOUT,
    data: DataDir = None,
) -> None:
    """Make a model live if it is better than the live one on rows neither has seen; prints the verdict.

    What a retraining measured against the model that is still live counts, unless --holdout names other rows.
    """
    forgotten, room = _forgotten(), _private_room()
    if Path(version).is_dir():
        version = room.add(Path(version))
    rows = holdout if holdout != HOLDOUT else None
    verdict = room.promote(version, _by(), forgotten, force=force, holdout=rows)
    print_json({"active": version, "verdict": verdict})


@models.command()
def rollback(data: DataDir = None) -> None:
    """Go back to the model that was live before."""
    forgotten = _forgotten()
    print_json({"active": _private_room().rollback(_by(), forgotten)})


@models.command()
def retrain(
    job: Annotated[int | None, typer.Option(help="The job it reports to (the worker's own use).")] = None,
    data: DataDir = None,
) -> None:
    """Train on the authored rows and all answered cases, compare with the live model; prints the verdict.

    The new model is only proposed: `models promote` makes it live.
    """
    if job is not None and hasattr(os, "nice"):
        os.nice(_LOWER_PRIORITY)
    with progress("retrain") as advance:
        done = with_office(lambda office: office.learning.train(_by(), job, lambda percent, _: advance(percent, 100)))
    print_json({"version": done.version, "verdict": done.verdict, "suspects": len(done.doubts)})


@models.command()
def forget(number: Number, data: DataDir = None) -> None:
    """Take a case out of all future training; prints the models that learned from it, which are to be retrained."""
    versions = with_office(lambda office: office.learning.forget(number, None))
    print_json({"number": number, "to_be_retrained": versions})


@models.command()
def drift(data: DataDir = None) -> None:
    """Print overrides, doubt and drift of the last half year by week and department, with warnings (JSON)."""
    print_json(with_office(lambda office: office.learning.drift()))


@models.command()
def suspects(data: DataDir = None) -> None:
    """Print the answered cases whose department the last retraining doubts, one JSON line each."""
    for doubt in with_office(lambda office: office.learning.doubts.listing()):
        print_json(asdict(doubt))


@models.command("check")
def check_doubt(
    number: Number,
    right: Annotated[bool, typer.Option("--right/--wrong", help="The department given is right, or the other one is.")],
    data: DataDir = None,
) -> None:
    """Say of a case that `suspects` lists which department is right; it is learned from then on."""
    with_office(lambda office: office.learning.check_doubt(number, right=right, account=None))


def _by() -> str:
    """Who works on the command line, as the machine knows them."""
    import getpass

    try:
        return f"{BY} ({getpass.getuser()})"
    except (KeyError, OSError):  # a container's number without a name
        return BY


def _forgotten() -> frozenset[str]:
    """Digests of the cases that no live model may have learned from; none where there is no database yet."""
    from intake_api.kit.errors import Failure

    try:
        return with_office(lambda office: office.learning.answered.forgotten())
    except Failure as failure:
        if failure.code == "database_missing":
            return frozenset()
        raise


def _private_room() -> "ModelRoom":
    """The models of the data directory, to be changed: their files are private."""
    from intake_api.private import keep_private

    settings = load_settings()
    keep_private(settings)
    return model_room(settings)
