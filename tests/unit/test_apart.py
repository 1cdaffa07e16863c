"""A file that kills its reader kills a child process, within limits of memory and time: an error like any other."""

import gc
from typing import Any

import pytest

from intake_api.kit import apart
from intake_api.kit.apart import Broken, Limits, Refused, TooMuch, values_apart

SMALL = Limits(memory=512, computing=2, seconds=60.0, output=1)


def read(reader: str, raw: bytes = b"", limits: Limits = SMALL) -> list[Any]:
    return list(values_apart(f"tests.fakes.readers:{reader}", raw, limits))


def test_what_a_reader_says_arrives_whole() -> None:
    assert read("lengths", b"\n".join(b"x" * n for n in range(2_000))) == [*range(2_000)]
    big = b"y" * 3_000_000  # more than a pipe holds, in and out
    assert read("lengths", b"\n".join([big] * 3)) == [3_000_000] * 3


def test_the_child_knows_no_settings_and_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_SECRET_KEY", "示例")
    (names,) = read("surroundings")
    assert not [name for name in names if name.startswith("GONGKAI") or "KEY" in name]


@pytest.mark.parametrize(
    ("reader", "error"),
    [
        ("refusing", Refused),
        ("failing", Broken),
        ("hungry", TooMuch),
        ("dying", TooMuch),
        ("busy", TooMuch),
        ("asleep", TooMuch),
        ("talking", TooMuch),
        ("not_there", Broken),
    ],
)
def test_a_reader_that_cannot_go_on_is_an_error(reader: str, error: type[Exception]) -> None:
    limits = SMALL._replace(seconds=1.0) if reader == "asleep" else SMALL
    with pytest.raises(error):
        read(reader, b"x" * 200_000, limits)


def test_a_file_given_up_half_way_leaves_no_child_and_no_place_taken() -> None:
    for _ in range(4):  # more than may be read at once
        values = values_apart("tests.fakes.readers:lengths", b"1\n" * 100_000, SMALL)
        assert next(values) == 1
        del values
        gc.collect()
    assert apart.AT_ONCE.acquire(timeout=0)
    apart.AT_ONCE.release()
