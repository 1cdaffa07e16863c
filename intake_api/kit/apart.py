"""A child process for files that strangers made: what it may use is limited, and its death is an error like any other.

A file of a kilobyte can ask its reader for terabytes (one cell in the last row and column, a zip of zeros), and the
libraries that read it allocate first and fail with the whole process. So they run in a child that has limits of memory
and time, no settings, no keys and no core dumps; it reads the file from its input and writes one JSON value a line.
"""

import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NamedTuple

MIB = 1024 * 1024
AT_ONCE = threading.BoundedSemaphore(2)  # children of one process
PATIENCE = 60.0  # seconds in which one of them should end
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL")  # nothing of the office's own settings
_ROOT = str(Path(__file__).parents[1])
_CHILD = f"import sys; from {__name__} import child; sys.exit(child(*sys.argv[1:]))"
_TOO_MUCH = 3  # exit code; others and signals are deaths


class Limits(NamedTuple):
    """What a child may use: memory (MiB of address space), seconds of computing and in all, MiB that it may say."""

    memory: int = 1536
    computing: int = 120
    seconds: float = 300.0
    output: int = 128


USUAL = Limits()


class Refused(Exception):
    """The reader's own sentence on why it will not read the file."""


class TooMuch(Exception):
    """The file would have taken more than the limits; or too many are being read."""


class Broken(Exception):
    """The reader failed, as it does on a damaged file."""


def values_apart(reader: str, raw: bytes, limits: Limits = USUAL) -> Iterator[Any]:
    """What `reader` ("package.module:function", bytes -> iterator of JSON values) says of a file, read in a child.

    Raises Refused, TooMuch and Broken; values that came before are given all the same.
    """
    if not AT_ONCE.acquire(timeout=PATIENCE):
        raise TooMuch
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | {"PYTHONPATH": _ROOT}
    command = [sys.executable, "-P", "-c", _CHILD, reader, *map(str, limits)]
    try:
        with subprocess.Popen(  # noqa: S603 - this interpreter, our own words
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        ) as child:
            watch = threading.Timer(limits.seconds, child.kill)
            feed = threading.Thread(target=_feed, args=(child.stdin, raw), daemon=True)
            watch.start()
            feed.start()
            try:
                assert child.stdout
                yield from _values(child.stdout, limits.output * MIB)
                _judge(child.wait())
            finally:
                child.kill()
                feed.join()
                watch.cancel()
    finally:
        AT_ONCE.release()


def _feed(stdin: IO[bytes] | None, raw: bytes) -> None:
    assert stdin
    try:
        with stdin:
            stdin.write(raw)
    except BrokenPipeError:
        pass  # it died, or was refused what it wanted: its exit code tells


def _values(stdout: IO[bytes], left: int) -> Iterator[Any]:
    while line := stdout.readline(left):
        left -= len(line)
        if left <= 0 or not line.endswith(b"\n"):
            raise TooMuch
        value = json.loads(line)
        if isinstance(value, dict) and "refused" in value:
            raise Refused(value["refused"])
        yield value


def _judge(code: int) -> None:
    if code == _TOO_MUCH or code < 0:  # killed for its time, or aborted where memory ended
        raise TooMuch
    if code:
        raise Broken


def _limit(limits: Limits) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory * MIB),
        (resource.RLIMIT_CPU, limits.computing),
        (resource.RLIMIT_CORE, 0),  # a core dump would hold what the file holds
    ):
        resource.setrlimit(kind, (most, most))


def child(reader: str, *limits: str) -> int:
    """What the child does: read its input, say what the reader says; its exit code."""
    _limit(Limits(*(int(float(limit)) for limit in limits)))
    module, _, name = reader.partition(":")
    out = sys.stdout.buffer
    try:
        read: Callable[[bytes], Iterator[Any]] = getattr(import_module(module), name)
        for value in read(sys.stdin.buffer.read()):
            out.write(json.dumps(value).encode() + b"\n")
    except Refused as refused:
        out.write(json.dumps({"refused": str(refused)}).encode() + b"\n")
    except MemoryError:
        return _TOO_MUCH
    except Exception:  # a damaged file fails in any of the layers below: zip, XML, the libraries' own models
        return 1
    out.flush()
    return 0
