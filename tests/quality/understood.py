"""How well messages are read: fields by precision and recall, kinds by accuracy, over a labelled file."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from classifier.serve.predict import Predictor
from intake_api.understanding.reading import understand
from intake_api.wiring.shipped import BUILT, shipped_model

DATA = Path(__file__).parents[2] / "training_data"
WRITTEN_ON = date(2026, 11, 30)
"""The day on which the messages were written: 去年 is 2025."""


@dataclass(frozen=True)
class Figures:
    """Precision and recall over all values of all fields (a list counts by its members), accuracy of the kind."""

    rows: int
    precision: float
    recall: float
    kind: float
    wrong: tuple[tuple[str, Any, Any], ...]


def rows(name: str) -> list[dict[str, Any]]:
    """The labelled messages of a file."""
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def units(fields: dict[str, Any]) -> set[tuple[str, Any]]:
    """Each value by its field; the members of a list one by one."""
    return {(name, each) for name, value in fields.items() for each in (value if isinstance(value, list) else [value])}


def flags_of(texts: list[str]) -> list[set[str]]:
    """What the model that ships raises, as `gongkai understand` asks it."""
    found = Predictor.load(shipped_model(BUILT)).suggest_many([(text, "") for text in texts], 1, reasons=False)
    return [{flag.code for flag in one.flags} for one in found]


def measure(labelled: list[dict[str, Any]]) -> Figures:
    """Read every message and hold it against its label."""
    count: Counter[str] = Counter()
    flags = flags_of([row["text"] for row in labelled])
    wrong: list[tuple[str, Any, Any]] = []
    for row, raised in zip(labelled, flags, strict=True):
        read = understand(row["text"], WRITTEN_ON, raised)
        told, meant = units(read.fields), units(row["fields"])
        count.update(right=len(told & meant), told=len(told), meant=len(meant), kind=read.kind == row["kind"])
        if told != meant:
            wrong.append((row["id"], sorted(told - meant, key=str), sorted(meant - told, key=str)))
        if read.kind != row["kind"]:
            wrong.append((row["id"], read.kind, row["kind"]))
    return Figures(
        len(labelled),
        count["right"] / count["told"],
        count["right"] / count["meant"],
        count["kind"] / len(labelled),
        tuple(wrong),
    )
