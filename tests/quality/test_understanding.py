"""How well citizens' first messages are read: floors over what we wrote and over what others wrote apart."""

import pytest

from tests.quality.understood import Figures, measure, rows

# What was measured, less a row or two: docs/understanding.md says how the second file came to be, and its first figure.
FLOORS = {"understand_dev.jsonl": (0.99, 0.98, 0.98), "understand_holdout.jsonl": (0.97, 0.93, 0.94)}


@pytest.fixture(scope="module")
def figures() -> dict[str, Figures]:
    return {name: measure(rows(name)) for name in FLOORS}


@pytest.mark.parametrize("name", FLOORS)
def test_particulars_are_taken_rightly_and_kinds_told_apart(name: str, figures: dict[str, Figures]) -> None:
    precision, recall, kind = FLOORS[name]
    found = figures[name]
    assert found.precision >= precision, found.wrong
    assert found.recall >= recall, found.wrong
    assert found.kind >= kind, found.wrong


def test_more_than_four_hundred_messages_half_of_them_written_apart() -> None:
    ours, apart = (rows(name) for name in FLOORS)
    assert len(ours) >= 220
    assert len(apart) >= 210
    assert not {row["text"] for row in ours} & {row["text"] for row in apart}
