"""`gongkai classify | train | evaluate | models` (docs/contract.md §2): the classifier on the command line.

Results go to stdout as JSON lines, everything else to stderr. numpy, the segmenter and scikit-learn are imported when
a verb needs them, so that `--help` and other verbs stay quick.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from classifier.errors import ClassifierError, DataError, ModelError
from intake_api.clock import Clock
from intake_api.commands.common import ROOT, SHIPPED_PROFILE, load_settings, stop

if TYPE_CHECKING:
    from classifier.predict import Predictor

REQUESTS = ROOT / "training_data" / "requests.jsonl"
# Rows evaluated between two movements of the progress bar.
_STEP = 256
HOLDOUT = ROOT / "training_data" / "holdout.jsonl"

DataDir = Annotated[
    Path | None, typer.Option("--data", help="Data directory (数据目录); default GONGKAI_DATA or ./data.")
]

models = typer.Typer(help="The models of the data directory: list, show, promote, rollback.", no_args_is_help=True)


def classify(
    file: Annotated[Path | None, typer.Argument(help="JSONL of {id, text, subject?}; default: standard input.")] = None,
    model: Annotated[
        Path | None, typer.Option(help="Model directory; default: the active one, else the shipped.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many departments to list.")] = 5,
    data: DataDir = None,
) -> None:
    """Suggest departments and a disposition for each line; a bad line yields an error object and exit code 1."""
    with _told():
        predictor = load_predictor(_data_dir(data), model)
        with _stream(file) as stream:
            failed = _classify(predictor, stream, top)
    if failed:
        raise typer.Exit(1)


def train(
    out: Annotated[Path | None, typer.Option(help="Directory of the new model.")] = None,
    data: Annotated[list[Path] | None, typer.Option(help="JSONL of {text, department, disposition?, …}.")] = None,
    more: Annotated[list[Path] | None, typer.Argument(help="Further data files.", metavar="[FILE]...")] = None,
    profile: Annotated[Path | None, typer.Option(help="Department directory (部门目录).")] = None,
    labels: Annotated[
        Literal["profile", "free"], typer.Option(help="free: any label strings, no directory.")
    ] = "profile",
    seed: Annotated[int, typer.Option(min=0, help="Same data and seed, same model.")] = 0,
    shipped: Annotated[
        bool, typer.Option("--shipped", help="Train the model that ships, from training_data/.")
    ] = False,
) -> None:
    """Train a model; the last line of output is its metrics on rows it had not seen (grouped cross-validation)."""
    with _told():
        files = [*(data or []), *(more or [])]
        if shipped:
            metrics = _train([REQUESTS], SHIPPED_PROFILE, out or ROOT / "build" / "model", seed)
        elif labels == "free" and profile:
            raise DataError("arguments_contradict", "--labels free 不使用部门目录，请去掉 --profile。")
        elif out is None or not files:
            raise DataError("arguments_missing", "需要 --data FILE 和 --out DIR（或者 --shipped）。")
        else:
            directory = None if labels == "free" else profile or load_settings().profile or SHIPPED_PROFILE
            metrics = _train(files, directory, out, seed)
    _print(metrics)


def evaluate(
    model: Annotated[Path, typer.Option(help="Model directory.")],
    data: Annotated[Path, typer.Option(help="JSONL of answered rows.")],
    predictions: Annotated[Path | None, typer.Option(help="Write the suggestion for each row to this file.")] = None,
) -> None:
    """Print the metrics of a model on answered rows as one JSON object."""
    from classifier.data import load
    from classifier.evaluate import judge, metrics
    from classifier.predict import Predictor

    with _told():
        predictor = Predictor.load(model)
        rows = load([data])
        judged, lines = [], []
        with _progress("evaluate") as report:
            for done in range(0, len(rows), _STEP):
                batch = rows[done : done + _STEP]
                asked = [(row.text, row.subject) for row in batch]
                found = predictor.suggest_many(asked, top=len(predictor.labels), reasons=False)
                for row, suggestion in zip(batch, found, strict=True):
                    judged.append(judge(row, suggestion))
                    lines.append({"id": row.id, "truth": row.department} | suggestion.as_dict())
                report(done + len(batch), len(rows))
        if predictions:
            _write(predictions, lines)
    _print(metrics(judged))


@models.command("list")
def list_models(data: DataDir = None) -> None:
    """Print one line for each model: version, whether it is active, rows it learned from, measured quality."""
    from classifier.registry import Registry

    with _told():
        for entry in Registry(_data_dir(data) / "models").entries():
            measured = {name: entry.manifest["metrics"][name] for name in ("accuracy", "macro_f1", "top3", "ece")}
            _print({"version": entry.version, "active": entry.active, "rows": entry.manifest["rows"]} | measured)


@models.command()
def show(version: str, data: DataDir = None) -> None:
    """Print the manifest of one model."""
    from classifier.registry import Registry, read_manifest

    with _told():
        _print(read_manifest(Registry(_data_dir(data) / "models").path(version)))


@models.command()
def promote(
    version: Annotated[str, typer.Argument(help="A registered version, or a model directory to register first.")],
    force: Annotated[bool, typer.Option("--force", help="Promote against the gate; recorded.")] = False,
    holdout: Annotated[Path, typer.Option(help="Answered rows that neither model has seen.")] = HOLDOUT,
    data: DataDir = None,
) -> None:
    """Make a model live if it is better than the live one on rows neither has seen; prints the verdict."""
    from classifier import gate
    from classifier.data import load
    from classifier.predict import Predictor
    from classifier.registry import Registry

    with _told():
        registry = Registry(_data_dir(data) / "models")
        if Path(version).is_dir():
            version = registry.add(Path(version))
        challenger = Predictor.load(registry.path(version))
        active = registry.active()
        verdict = None
        if active and not force:
            verdict = gate.compare(Predictor.load(registry.path(active)), challenger, load([holdout]))
        registry.promote(version, Clock().now(), verdict, force)
    _print({"active": version, "verdict": verdict})


@models.command()
def rollback(data: DataDir = None) -> None:
    """Go back to the model that was live before."""
    from classifier.registry import Registry

    with _told():
        _print({"active": Registry(_data_dir(data) / "models").rollback(Clock().now())})


def load_predictor(data: Path, model: Path | None = None) -> Predictor:
    """Load the model given, else the active one of the data directory, else the shipped. Raises ClassifierError."""
    from classifier.predict import Predictor
    from classifier.registry import Registry

    registry = Registry(data / "models")
    active = registry.active()
    return Predictor.load(model or (registry.path(active) if active else shipped_model(data / "shipped-model")))


class ServingModel:
    """A predictor as triage needs it (intake_api.triage.service.Classifier)."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self.version = predictor.version

    def suggest(self, text: str, subject: str = "", *, top: int = 5) -> dict[str, Any]:
        """Give the suggestion of docs/contract.md §4, without `id`."""
        return self._predictor.suggest(text, subject, top).as_dict()


def serving_model(data: Path) -> ServingModel:
    """Load what the API serves with: the active model, else the shipped one. Raises ClassifierError."""
    return ServingModel(load_predictor(data))


def shipped_model(fallback: Path) -> Path:
    """Find the model trained from training_data/, or train it where there is none that can be read.

    It lies in the project's build/; where that cannot be written, in `fallback`.
    """
    from classifier.registry import read_manifest

    built = ROOT / "build" / "model"
    for directory in (built, fallback):
        try:
            read_manifest(directory)
        except ModelError:
            continue
        return directory
    try:
        _train([REQUESTS], SHIPPED_PROFILE, built, seed=0)
    except ModelError as error:
        if error.code != "model_not_written":
            raise
        _train([REQUESTS], SHIPPED_PROFILE, fallback, seed=0)
        return fallback
    return built


def _train(files: list[Path], profile: Path | None, out: Path, seed: int) -> dict[str, Any]:
    from classifier import data, registry
    from classifier.profile import Profile
    from classifier.train import train as learn

    rows = data.load(files)
    with _progress("train") as report:
        model = learn(rows, Profile.load(profile) if profile else None, seed=seed, progress=report)
    version = registry.save(model, out, Clock().today())
    metrics: dict[str, Any] = model.facts["metrics"]
    return {"version": version} | metrics


def _classify(predictor: Predictor, stream: BufferedReader, top: int) -> bool:
    from classifier.data import Fault, messages

    failed = False
    number = 1
    for lines in _as_they_come(stream):
        items = list(messages(lines, number))
        number += len(lines)
        asked = [(item.text, item.subject) for item in items if not isinstance(item, Fault)]
        found = iter(predictor.suggest_many(asked, top))
        for item in items:
            if isinstance(item, Fault):
                failed = True
                _print({"id": item.id, "error": {"code": item.error.code, "message": item.error.message}})
            else:
                _print({"id": item.id} | next(found).as_dict())
    return failed


def _as_they_come(stream: BufferedReader) -> Iterator[list[bytes]]:
    """Lines that are there already: a slow sender gets each answer at once, a file goes fast."""
    rest = bytearray()
    while chunk := stream.read1(1 << 16):
        rest += chunk
        if b"\n" in chunk:
            lines = bytes(rest).split(b"\n")
            rest = bytearray(lines.pop())
            yield lines
    if rest:
        yield [bytes(rest)]


@contextmanager
def _told() -> Iterator[None]:
    """Errors become one line on stderr; a gate that refuses has run (1), anything else could not (2)."""
    try:
        yield
    except ClassifierError as error:
        stop(error.code, error.message, 1 if error.code == "gate_refused" else 2)


def _data_dir(data: Path | None) -> Path:
    return load_settings(data=data).data


@contextmanager
def _stream(file: Path | None) -> Iterator[BufferedReader]:
    if file is None:
        yield cast(BufferedReader, sys.stdin.buffer)
        return
    try:
        stream = file.open("rb")
    except OSError:
        raise DataError("file_unreadable", f"读不到文件：{file}") from None
    with stream:
        yield stream


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield report


def _encoded(item: dict[str, Any]) -> bytes:
    """One JSON line; a lone surrogate in an id becomes its JSON escape again."""
    return json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"


def _print(item: dict[str, Any]) -> None:
    sys.stdout.buffer.write(_encoded(item))
    sys.stdout.buffer.flush()


def _write(path: Path, items: Iterable[dict[str, Any]]) -> None:
    try:
        path.write_bytes(b"".join(map(_encoded, items)))
    except OSError as error:
        raise DataError("file_unwritable", f"写不进文件：{path}（{error.strerror}）") from None
