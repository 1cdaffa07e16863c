"""`gongkai classify | understand | train | evaluate` (docs/contract.md §2): messages and models on the command line.

Results go to stdout as JSON lines, everything else to stderr. numpy, the segmenter and scikit-learn are imported when
a verb needs them, so that `--help` and other verbs stay quick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from classifier.errors import DataError
from intake_api.kit.terminal import encoded, opened, print_json, progress, written
from intake_api.wiring.offices import load_settings
from intake_api.wiring.shipped import BUILT, PROFILE, REQUESTS, train_into

if TYPE_CHECKING:
    from classifier.data import Row

_STEP = 256  # rows evaluated between two movements of the progress bar


def classify(
    file: Annotated[Path | None, typer.Argument(help="JSONL of {id, text, subject?}; default: standard input.")] = None,
    model: Annotated[
        Path | None, typer.Option(help="Model directory; default: the active one, else the shipped.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many departments to list.")] = 5,
    data: Annotated[
        Path | None, typer.Option("--data", help="Data directory (数据目录); default GONGKAI_DATA or ./data.")
    ] = None,
) -> None:
    """Suggest departments and a disposition for each line; a bad line yields an error object and exit code 1."""
    from classifier.serve.predict import Predictor
    from intake_api.wiring.serving import model_in_use

    predictor = Predictor.load(model or model_in_use(load_settings(data=data).data))

    def answers(asked: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
        return (found.as_dict() for found in predictor.suggest_many(asked, top))

    with opened(file) as stream:
        failed = _answer(stream, answers)
    if failed:
        raise typer.Exit(1)


def understand(
    file: Annotated[Path | None, typer.Argument(help="JSONL of {id, text}; default: standard input.")] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Data directory (数据目录); default GONGKAI_DATA or ./data.")
    ] = None,
) -> None:
    """Read what each message says of an application: its kind, the applicant's particulars, the matter."""
    from classifier.serve.predict import Predictor
    from intake_api.kit.clock import Clock
    from intake_api.understanding import reading
    from intake_api.wiring.serving import model_in_use

    predictor, today = Predictor.load(model_in_use(load_settings(data=data).data)), Clock().today()

    def answers(asked: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
        for (text, _), found in zip(asked, predictor.suggest_many(asked, 1, reasons=False), strict=True):
            yield reading.understand(text, today, {flag.code for flag in found.flags}).as_dict()

    with opened(file) as stream:
        failed = _answer(stream, answers)
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
    files = [*(data or []), *(more or [])]
    if shipped:
        metrics = train_into(out or BUILT, [REQUESTS], PROFILE, seed)
    elif labels == "free" and profile:
        raise DataError("arguments_contradict", "--labels free 不使用部门目录，请去掉 --profile。")
    elif out is None or not files:
        raise DataError("arguments_missing", "需要 --data FILE 和 --out DIR（或者 --shipped）。")
    else:
        directory = None if labels == "free" else profile or load_settings().profile or PROFILE
        metrics = train_into(out, files, directory, seed)
    print_json(metrics)


def evaluate(
    model: Annotated[Path, typer.Option(help="Model directory.")],
    data: Annotated[Path, typer.Option(help="JSONL of answered rows.")],
    predictions: Annotated[Path | None, typer.Option(help="Write the suggestion for each row to this file.")] = None,
) -> None:
    """Print the metrics of a model on answered rows as one JSON object."""
    from classifier.data import load
    from classifier.measure.evaluate import judge, metrics
    from classifier.serve.predict import Predictor

    predictor, rows = Predictor.load(model), load([data])
    judged, lines = [], []
    with progress("evaluate") as advance:
        for batch in _batches(rows):
            asked = [(row.text, row.subject) for row in batch]
            found = predictor.suggest_many(asked, top=len(predictor.labels), reasons=False)
            for row, suggestion in zip(batch, found, strict=True):
                judged.append(judge(row, suggestion))
                lines.append({"id": row.id, "truth": row.department} | suggestion.as_dict())
            advance(len(judged), len(rows))
    if predictions:
        with written(predictions) as file:
            file.writelines(map(encoded, lines))
    print_json(metrics(judged))


def _batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Rows a few hundred at a time: between two of them the progress bar moves."""
    for done in range(0, len(rows), _STEP):
        yield rows[done : done + _STEP]


def _answer(stream: BufferedReader, answers: Callable[[list[tuple[str, str]]], Iterator[dict[str, Any]]]) -> bool:
    """Answer each line in its place; whether one of them could not be read."""
    from classifier.data import Fault, messages

    failed = False
    number = 1
    for lines in _as_they_come(stream):
        items = list(messages(lines, number))
        number += len(lines)
        found = answers([(item.text, item.subject) for item in items if not isinstance(item, Fault)])
        for item in items:
            if isinstance(item, Fault):
                failed = True
                print_json({"id": item.id, "error": {"code": item.error.code, "message": item.error.message}})
            else:
                print_json({"id": item.id} | next(found))
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
