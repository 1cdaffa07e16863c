"""`gongkai models`: the registry, retraining from answered cases, forgetting, drift and doubtful labels."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from intake_api.commands.classifier import HOLDOUT, DataDir, data_dir, print_line, progress_bar, told
from intake_api.commands.common import existing_office, run, run_in
from intake_api.kit.clock import Clock

if TYPE_CHECKING:
    from classifier.store.registry import Registry
    from intake_api.commands.learning import Outcome
    from intake_api.office import Office

models = typer.Typer(
    help="The models of the data directory: list, show, promote, rollback, retrain, forget, drift, suspects.",
    no_args_is_help=True,
)
BY = "command line"
_LOWER_PRIORITY = 15


@models.command("list")
def list_models(data: DataDir = None) -> None:
    """Print one line for each model: version, whether it is active, rows it learned from, measured quality."""
    from classifier.store.registry import Registry

    with told():
        entries = Registry(data_dir(data) / "models").entries()
        for entry in entries:
            measured = {name: entry.manifest["metrics"][name] for name in ("accuracy", "macro_f1", "top3", "ece")}
            print_line({"version": entry.version, "active": entry.active, "rows": entry.manifest["rows"]} | measured)
    if not entries:
        typer.echo("还没有登记的模型，正在使用随产品提供的模型。运行 gongkai models retrain 可以训练一个。", err=True)


@models.command()
def show(
    version: str,
    card: Annotated[bool, typer.Option("--card", help="The model card (模型说明), Markdown.")] = False,
    register: Annotated[bool, typer.Option("--register", help="The algorithm-register sheet (算法登记表).")] = False,
    data: DataDir = None,
) -> None:
    """Print the manifest of one model, or its card, or its entry for an algorithm register."""
    from classifier.store.registry import Registry, read_manifest

    with told():
        directory = Registry(data_dir(data) / "models").path(version)
        manifest = read_manifest(directory)
        if card:
            typer.echo((directory / "card.md").read_text("utf-8"))
        elif register:
            typer.echo(_room(data).register(version))
        else:
            print_line(manifest)


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
    from intake_api.commands import learning

    forgotten = _forgotten(data)
    with told():
        registry = _writable(data)
        if Path(version).is_dir():
            version = registry.add(Path(version))
        at, rows = Clock().now(), holdout if holdout != HOLDOUT else None
        verdict = learning.promote(registry, version, at, _by(), forgotten, force=force, holdout=rows)
    print_line({"active": version, "verdict": verdict})


@models.command()
def rollback(data: DataDir = None) -> None:
    """Go back to the model that was live before."""
    forgotten = _forgotten(data)
    with told():
        print_line({"active": _writable(data).rollback(Clock().now(), _by(), forgotten=forgotten)})


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
    _at(data)
    with told(), progress_bar("retrain") as bar:
        outcome = run(_retrain(existing_office(), job, lambda percent: bar(percent, 100)))
    print_line({"version": outcome.version, "verdict": outcome.verdict, "suspects": len(outcome.doubts)})


async def _retrain(office: Office, job: int | None, shown: Any) -> Outcome:
    """One retraining; the model is fitted in a thread, so that its progress can be stored meanwhile."""
    from intake_api.commands import learning

    loop = asyncio.get_running_loop()
    asked: dict[str, Any] = {"reason": "command", "by": _by()}
    if job is not None and (stored := await office.learning.job(job)):
        asked |= stored.payload

    worker = os.getppid()

    def say(percent: int, sentence: str) -> None:
        shown(percent)
        if job is not None:
            if os.getppid() != worker:
                raise SystemExit(1)  # the worker is gone: the one that takes the job up trains by itself
            asyncio.run_coroutine_threadsafe(office.learning.say(job, percent, sentence), loop).result()

    try:
        cases = [case async for case in office.learning.answered.all()]
        outcome = await asyncio.to_thread(
            learning.retrain,
            office.settings,
            office.clock,
            cases,
            asked["by"],
            say,
            await office.learning.answered.forgotten(),
        )
        await office.learning.answered.keep_doubts(outcome.doubts)
        told_now = _sentence(outcome)
        if asked["reason"] == "weekly" and office.settings.retrain == "promote" and outcome.verdict["accepted"]:
            forgotten = await office.learning.answered.forgotten()
            await asyncio.to_thread(office.learning.models.promote, outcome.version, "automatic", forgotten)
            told_now = f"新模型 {outcome.version} 比较通过，已自动启用。"
        if job is not None:
            await office.learning.say(job, 100, told_now)
        return outcome
    finally:
        await office.db.dispose()


def _sentence(outcome: Outcome) -> str:
    if outcome.verdict["accepted"]:
        return f"新模型 {outcome.version} 已训练好，比较通过，等待管理员启用。"
    return f"新模型 {outcome.version} 已训练好，没有通过比较，现用的模型不变。"


@models.command()
def forget(number: Annotated[str, typer.Argument(metavar="NUMBER")], data: DataDir = None) -> None:
    """Take a case out of all future training; prints the models that learned from it, which are to be retrained."""
    _at(data)
    office = existing_office()
    print_line({"number": number, "to_be_retrained": run(office.learning.forget(number, None))})


@models.command()
def drift(data: DataDir = None) -> None:
    """Print overrides, doubt and drift of the last half year by week and department, with warnings (JSON)."""
    _at(data)
    print_line(run(existing_office().learning.drift()))


@models.command()
def suspects(data: DataDir = None) -> None:
    """Print the answered cases whose department the last retraining doubts, one JSON line each."""
    from dataclasses import asdict

    _at(data)
    for doubt in run(existing_office().learning.answered.doubts()):
        print_line(asdict(doubt))


@models.command("check")
def check_doubt(
    number: Annotated[str, typer.Argument(metavar="NUMBER")],
    right: Annotated[bool, typer.Option("--right/--wrong", help="The department given is right, or the other one is.")],
    data: DataDir = None,
) -> None:
    """Say of a case that `suspects` lists which department is right; it is learned from then on."""
    _at(data)
    office = existing_office()
    run_in(office, office.learning.check_doubt(number, right=right, account=None))


def _at(data: Path | None) -> None:
    """Let every later reading of the settings find this data directory."""
    if data:
        os.environ["GONGKAI_DATA"] = str(data)


def _by() -> str:
    """Who works on the command line, as the machine knows them."""
    import getpass

    try:
        return f"{BY} ({getpass.getuser()})"
    except (KeyError, OSError):  # a container's number without a name
        return BY


def _forgotten(data: Path | None) -> frozenset[str]:
    """Digests of the cases that no live model may have learned from; none where there is no database yet."""
    from intake_api.kit.errors import Failure

    _at(data)
    try:
        office = existing_office()
    except Failure as failure:
        if failure.code == "database_missing":
            return frozenset()
        raise
    return run_in(office, office.learning.answered.forgotten())


def _writable(data: Path | None) -> Registry:
    """The registry of a data directory, whose files are private."""
    from classifier.store.registry import Registry
    from intake_api.commands.common import load_settings
    from intake_api.private import keep_private

    settings = load_settings(data=data)
    keep_private(settings)
    return Registry(settings.data / "models")


def _room(data: Path | None) -> Any:
    from intake_api.commands.common import load_directory, load_settings
    from intake_api.commands.learning import ModelRoom

    settings = load_settings(data=data)
    return ModelRoom(settings, load_directory(settings), Clock())
