"""`gongkai classify | train | evaluate` (docs/contract.md §2): the classifier on the command line.

Results go to stdout as JSON lines, everything else to stderr. numpy, the segmenter and scikit-learn are imported when
a verb needs them, so that `--help` and other verbs stay quick.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import structlog
import typer

from classifier.errors import ClassifierError, DataError, ModelError
from intake_api.commands.common import ROOT, SHIPPED_PROFILE, load_settings, stop, written
from intake_api.kit.clock import Clock

if TYPE_CHECKING:
    from classifier.serve.neighbours import Neighbours
    from classifier.serve.predict import Predictor

log = structlog.get_logger()
REQUESTS = ROOT / "training_data" / "requests.jsonl"
# Rows evaluated between two movements of the progress bar.
_STEP = 256
HOLDOUT = ROOT / "training_data" / "holdout.jsonl"

DataDir = Annotated[
    Path | None, typer.Option("--data", help="Data directory (数据目录); default GONGKAI_DATA or ./data.")
]


def classify(
    file: Annotated[Path | None, typer.Argument(help="JSONL of {id, text, subject?}; default: standard input.")] = None,
    model: Annotated[
        Path | None, typer.Option(help="Model directory; default: the active one, else the shipped.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many departments to list.")] = 5,
    data: DataDir = None,
) -> None:
    """Suggest departments and a disposition for each line; a bad line yields an error object and exit code 1."""
    with told():
        predictor = load_predictor(data_dir(data), model)
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
    with told():
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
    print_line(metrics)


def evaluate(
    model: Annotated[Path, typer.Option(help="Model directory.")],
    data: Annotated[Path, typer.Option(help="JSONL of answered rows.")],
    predictions: Annotated[Path | None, typer.Option(help="Write the suggestion for each row to this file.")] = None,
) -> None:
    """Print the metrics of a model on answered rows as one JSON object."""
    from classifier.data import load
    from classifier.measure.evaluate import judge, metrics
    from classifier.serve.predict import Predictor

    with told():
        predictor = Predictor.load(model)
        rows = load([data])
        judged, lines = [], []
        with progress_bar("evaluate") as report:
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
    print_line(metrics(judged))


def load_predictor(data: Path, model: Path | None = None) -> Predictor:
    """Load the model given, else the active one of the data directory, else the shipped. Raises ClassifierError."""
    from classifier.serve.predict import Predictor

    return Predictor.load(model or model_in_use(data))


def model_in_use(data: Path) -> Path:
    """The directory of the active model, else of the shipped one. Raises ClassifierError."""
    from classifier.store.registry import Registry

    registry = Registry(data / "models")
    active = registry.active()
    return registry.path(active) if active else shipped_model(data / "shipped-model")


class ServingModel:
    """A model as triage needs it (intake_api.triage.service.Classifier)."""

    def __init__(self, directory: Path) -> None:
        from classifier.serve.predict import Predictor
        from classifier.store import registry

        self._model, self.version = registry.load(directory)
        self._predictor = Predictor(self._model, self.version)

    def suggest(self, text: str, subject: str = "", *, top: int = 5) -> dict[str, Any]:
        """Give the suggestion of docs/contract.md §4, without `id`."""
        return self._predictor.suggest(text, subject, top).as_dict()

    def vectors(self, messages: Sequence[tuple[str, str]], key: bytes) -> list[bytes]:
        """Give each (text, subject) as keyed hashes of terms and their weights."""
        from classifier.serve.neighbours import pack

        return pack(self._model, messages, key)

    def neighbours(self, vectors: Sequence[tuple[str, bytes]]) -> Neighbours:
        """Make past cases ready to be searched."""
        from classifier.serve.neighbours import Neighbours

        return Neighbours.of(vectors)


def serving_model(data: Path) -> ServingModel:
    """Load what the API serves with: the active model, else the shipped one. Raises ClassifierError.

    An active model that this version of the program cannot read is no reason to serve without any.
    """
    try:
        return ServingModel(model_in_use(data))
    except ModelError as error:
        log.error("active_model_unusable", code=error.code)
        return ServingModel(shipped_model(data / "shipped-model"))


def shipped_model(fallback: Path) -> Path:
    """Find the model trained from training_data/, or train it where there is none that can serve on this machine.

    It lies in the project's build/; where that cannot be written, in `fallback`.
    """
    from classifier.store import registry

    built = ROOT / "build" / "model"
    for directory in (built, fallback):
        try:
            registry.check(directory)
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
    from classifier import data
    from classifier.learn.train import train as learn
    from classifier.profile import Profile
    from classifier.store import registry

    rows = data.load(files)
    with progress_bar("train") as report:
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
                print_line({"id": item.id, "error": {"code": item.error.code, "message": item.error.message}})
            else:
                print_line({"id": item.id} | next(found).as_dict())
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
def told() -> Iterator[None]:
    """Errors become one line on stderr; a gate that refuses has run (1), anything else could not (2)."""
    try:
        yield
    except ClassifierError as error:
        stop(error.code, error.message, 1 if error.code == "gate_refused" else 2)


def data_dir(data: Path | None) -> Path:
    """Resolve the data directory: as given, else that of the settings."""
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
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on stderr; call what it yields with (done, total)."""
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


def print_line(item: dict[str, Any]) -> None:
    """Write one JSON line to stdout at once."""
    sys.stdout.buffer.write(_encoded(item))
    sys.stdout.buffer.flush()


def _write(path: Path, items: Iterable[dict[str, Any]]) -> None:
    try:
        with written(path) as file:
            file.writelines(map(_encoded, items))
    except OSError as error:
        raise DataError("file_unwritable", f"写不进文件：{path}（{error.strerror}）") from None
