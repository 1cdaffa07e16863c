"""Readers as a hostile file would make them, for the child process of `intake_api.kit.apart`."""

import os
import time
from collections.abc import Iterator
from typing import Any

from intake_api.kit.apart import Refused


def lengths(raw: bytes) -> Iterator[Any]:
    """One value a line of the input."""
    yield from map(len, raw.splitlines())


def surroundings(raw: bytes) -> Iterator[Any]:
    """What the child knows of where it came from."""
    yield sorted(os.environ)


def refusing(raw: bytes) -> Iterator[Any]:
    """Says why, after a first value."""
    yield 1
    raise Refused("这个文件设有密码。")


def failing(raw: bytes) -> Iterator[Any]:
    """Meets damage."""
    yield 1
    raise KeyError(raw)


def hungry(raw: bytes) -> Iterator[Any]:
    """Wants more memory than there is."""
    yield 1
    yield len(bytearray(1 << 40))


def dying(raw: bytes) -> Iterator[Any]:
    """Aborts, as a library does that cannot allocate."""
    yield 1
    os.abort()


def busy(raw: bytes) -> Iterator[Any]:
    """Computes for ever."""
    while True:
        pass
    yield


def asleep(raw: bytes) -> Iterator[Any]:
    """Waits for ever."""
    time.sleep(3_600)
    yield


def talking(raw: bytes) -> Iterator[Any]:
    """Says more than anybody can hold."""
    while True:
        yield "长" * 100_000
