"""How messages of each kind are worded: a linear machine over characters and pairs of them, whose weights are data.

`data/manner.json`, with its figures, is written by scripts/fit_manner.py from all labelled messages of training_data/.
Rules tell what is said in so many words; people say it in many more, and the wording of the whole message tells then.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_DATA = files("intake_api.understanding") / "data" / "manner.json"


def terms(text: str) -> Iterator[str]:
    """Characters and pairs of neighbours, blanks and capitals levelled."""
    level = " ".join(text.lower().split())
    yield from level
    yield from (level[at : at + 2] for at in range(len(level) - 1))


@dataclass(frozen=True)
class Manner:
    """Weights by term, in the order of `kinds`; a row begins with the term's own (idf)."""

    kinds: tuple[str, ...]
    intercept: tuple[float, ...]
    rows: dict[str, tuple[float, ...]]

    def scores(self, text: str) -> dict[str, float]:
        """The margin of each kind for a text."""
        scores, length = [0.0] * len(self.kinds), 0.0
        for term, count in Counter(terms(text)).items():
            if row := self.rows.get(term):
                value = (1 + math.log(count)) * row[0]
                length += value * value
                for at, weight in enumerate(row[1:]):
                    scores[at] += value * weight
        norm = math.sqrt(length) or 1.0
        return {kind: score / norm + base for kind, score, base in zip(self.kinds, scores, self.intercept, strict=True)}


@cache
def manner() -> Manner:
    """The weights in use."""
    data: dict[str, Any] = json.loads(_DATA.read_text("utf-8"))
    return Manner(
        tuple(data["kinds"]), tuple(data["intercept"]), {term: tuple(row) for term, row in data["terms"].items()}
    )
