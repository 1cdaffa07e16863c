"""How well citizens' first messages are read: floors over what we wrote and over what others wrote apart."""

from collections import Counter

import pytest

from intake_api.understanding.reading import understand
from tests.quality.understood import WRITTEN_ON, Figures, measure, rows

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


def test_where_no_particulars_are_hardly_any_are_read() -> None:
    """The requests that the model learns from were written without names, numbers and addresses of who writes."""
    told = Counter(name for row in rows("requests.jsonl") for name in understand(row["text"], WRITTEN_ON).fields)
    assert told["name"] <= 6
    assert told["organisation"] <= 20
    assert told["phone"] + told["id_number"] + told["email"] + told["uscc"] <= 1


def test_more_than_four_hundred_messages_half_of_them_written_apart() -> None:
    ours, apart = (rows(name) for name in FLOORS)
    assert len(ours) >= 220
    assert len(apart) >= 210
    assert not {row["text"] for row in ours} & {row["text"] for row in apart}
