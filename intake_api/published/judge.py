"""How likely an item is what was asked: a logistic regression over `evidence`, whose weights are data.

`data/judge.json` is written by scripts/fit_judge.py from training_data/published_dev.jsonl; its figures are in it.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from intake_api.published.evidence import NAMES

_DATA = files("intake_api.published") / "data" / "judge.json"


@dataclass(frozen=True)
class Judge:
    """Weights in the order of `evidence.NAMES`; `perhaps`: from here on an item is offered; `sure`: as the very one."""

    weights: tuple[float, ...]
    intercept: float
    perhaps: float
    sure: float

    def chance(self, evidence: Sequence[float]) -> float:
        """The probability that an item with this evidence is what was asked."""
        score = self.intercept + sum(w * e for w, e in zip(self.weights, evidence, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


@cache
def judge() -> Judge:
    """The judge in use; ValueError where its weights are of other evidence."""
    data: dict[str, Any] = json.loads(_DATA.read_text("utf-8"))
    if tuple(data["weights"]) != NAMES:
        raise ValueError("the judge was fitted to other evidence: run scripts/fit_judge.py")
    return Judge(tuple(data["weights"].values()), data["intercept"], data["perhaps"], data["sure"])
