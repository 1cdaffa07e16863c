"""How well citizens' first messages are read: floors over what we wrote and over what others wrote apart."""

from collections import Counter

import pytest

from intake_api.understanding.reading import understand
from tests.quality.understood import WRITTEN_ON, Figures, measure, rows

# What was measured, less a row or two, by file and the letters that the ids of a set begin with: docs/understanding.md
# says how the sets written apart (all but d) came to be, and their first figures.
FLOORS = {
    ("understand_dev.jsonl", "d"): (0.99, 0.98, 0.98),
    ("understand_dev.jsonl", "ab"): (0.98, 0.97, 0.98),
    ("understand_dev.jsonl", "e"): (0.99, 0.985, 0.98),
    ("understand_holdout.jsonl", "h"): (0.99, 0.965, 0.98),
    ("understand_holdout.jsonl", "c"): (0.97, 0.945, 0.965),
    ("understand_holdout.jsonl", "f"): (0.99, 0.985, 0.98),
    ("understand_blind.jsonl", "g"): (0.98, 0.885, 0.925),  # nothing was learned of it: the one that tells the truth
}


@pytest.fixture(scope="module")
def figures() -> dict[tuple[str, str], Figures]:
    return {(name, sets): measure([row for row in rows(name) if row["id"][0] in sets]) for name, sets in FLOORS}


@pytest.mark.parametrize("part", FLOORS, ids=lambda part: part[1])
def test_particulars_are_taken_rightly_and_kinds_told_apart(
    part: tuple[str, str], figures: dict[tuple[str, str], Figures]
) -> None:
    precision, recall, kind = FLOORS[part]
    found = figures[part]
    assert found.precision >= precision, found.wrong
    assert found.recall >= recall, found.wrong
    assert found.kind >= kind, found.wrong


def test_where_no_particulars_are_hardly_any_are_read() -> None:
    """The requests that the model learns from were written without names, numbers and addresses of who writes."""
    told = Counter(name for row in rows("requests.jsonl") for name in understand(row["text"], WRITTEN_ON).fields)
    assert told["name"] <= 4
    assert told["organisation"] <= 20
    assert told["phone"] + told["id_number"] + told["email"] + told["uscc"] <= 1


def test_more_than_a_thousand_messages_most_of_them_written_apart() -> None:
    ours, apart = rows("understand_dev.jsonl"), rows("understand_holdout.jsonl")
    assert len(ours) >= 590
    assert len(apart) >= 500
    assert not {row["text"] for row in ours} & {row["text"] for row in apart}
