"""What is learned from, dealt into folds, so that every answered row is also judged by a model that never saw it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.text.features import Document, Floats, Ints, Vocabulary

FOLDS = 5

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Material:
    """Answered rows, then lines of the directory: `counts` is a scipy matrix, `truth` their column of the labels.

    `also` (rows, classes) marks the columns that are right beside the truth.
    `documents` are the answered rows only. `folds` is the fold of each row; a line of the directory has none (-1) and
    is always learned from.
    """

    documents: list[Document]
    vocabulary: Vocabulary
    counts: Any
    truth: Ints
    also: NDArray[np.bool_]
    folds: Ints
    classes: int


@dataclass
class Steps:
    """Reports how many of the `total` machines are fitted."""

    report: Progress
    total: int
    done: int = 0

    def next(self) -> None:
        """One more is done."""
        self.done += 1
        self.report(self.done, self.total)


def assign(labels: Sequence[int], groups: Sequence[str], seed: int) -> Ints:
    """Fold of each row: groups stay whole, each class is dealt out evenly; a class of one row is no trouble."""
    members: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    order = list(members)
    np.random.default_rng(seed).shuffle(order)
    main = {group: Counter(labels[place] for place in members[group]).most_common(1)[0][0] for group in order}
    order.sort(key=lambda group: (main[group], -len(members[group])))
    folds = np.empty(len(labels), np.int64)
    for turn, group in enumerate(order):
        folds[members[group]] = turn % FOLDS
    return folds


def unseen(folds: Ints, columns: int, judge: Callable[[Ints, Ints], Floats], steps: Steps) -> Floats:
    """Margins (rows, columns) of every row; `judge` learns from the rows of its first and judges those of its second.

    A fold with nothing to learn from or nothing to judge keeps margins of 0.
    """
    margins = np.zeros((len(folds), columns))
    for fold in range(FOLDS):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if len(inside) and len(outside):
            margins[outside] = judge(inside, outside)
        steps.next()
    return margins
