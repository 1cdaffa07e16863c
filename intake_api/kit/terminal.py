"""The command line's own voice: results as JSON lines on stdout, errors and progress on stderr, files in and out."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, cast


def stop(code: str, message: str, status: int = 2) -> NoReturn:
    """End with `error CODE: sentence` on stderr."""
    print(f"error {code}: {message}", file=sys.stderr)  # noqa: T201 - the command line's own voice
    raise SystemExit(status)


def encoded(item: dict[str, Any]) -> bytes:
    """One JSON line; a lone surrogate becomes its JSON escape again."""
    return json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"


def print_json(item: dict[str, Any]) -> None:
    """Write one JSON line to stdout at once."""
    sys.stdout.buffer.write(encoded(item))
    sys.stdout.buffer.flush()


@contextmanager
def opened(path: Path | None) -> Iterator[BufferedReader]:
    """A file to read, standard input for None; one that cannot be read ends the program."""
    if path is None:
        yield cast(BufferedReader, sys.stdin.buffer)
        return
    try:
        stream = path.open("rb")
    except OSError as error:
        stop("file_unreadable", f"读不到文件：{path}（{error.strerror}）")
    with stream:
        yield stream


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file that is there whole or not at all: what failed half-way leaves the one before as it was."""
    if path.exists() and not path.is_file():  # /dev/stdout, a pipe
        with path.open("wb") as stream:
            yield stream
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("xb") as stream:
            yield stream
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Draw a bar on stderr while the block runs, where that is a terminal; the function given takes (done, of all)."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
