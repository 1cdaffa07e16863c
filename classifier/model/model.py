"""A model in memory: vocabulary, linear heads, limits, and what is known of how it came to be."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.model.calibrate import Calibration
from classifier.text.features import Floats, Ints, Rows, Vocabulary
from classifier.text.segment import Segmenter


@dataclass(frozen=True)
class Label:
    """A class of the routing: a department's code and name, and whether another agency answers."""

    code: str
    name: str
    external: bool


@dataclass(frozen=True)
class Head:
    """A linear classifier: `weight` (terms,) of each term, `coef` (terms, columns), `intercept` (columns,)."""

    weight: Floats
    coef: NDArray[np.float32]
    intercept: NDArray[np.float32]

    @cached_property
    def average(self) -> Floats:
        """Mean coefficient of each term over all columns (terms,)."""
        return np.asarray(self.coef.mean(axis=1, dtype=np.float64))

    def margins(self, rows: Rows, values: Floats) -> Floats:
        """Signed distances (documents, columns) of documents with weighed `values`."""
        small = values.astype(np.float32)
        sums = [small[a:b] @ self.coef.take(rows.index[a:b], axis=0) for a, b in pairwise(rows.pointers.tolist())]
        return np.asarray(sums, np.float64) + self.intercept


@dataclass(frozen=True)
class Limits:
    """Measured on rows not seen: where a class enters the set, and under what a suggestion is not leaned on.

    `set_thresholds` has one each class. A text is thin with fewer than `known` different known words, or a share of
    them under `known_share`.
    """

    set_thresholds: tuple[float, ...]
    confident: float
    known: int
    known_share: float


@dataclass(frozen=True)
class Advice:
    """What to advise: `head` has a column for each of `dispositions`, then of `flagged` (codes of flags).

    `by_size` (steps, columns) adds what the length of a text says, with its `steps` in characters; `calibration` is
    that of the dispositions, `flags` the limits of the flags that were learned (calibrate.flag_limits), `signs` what
    each sign (classifier/model/signs.py) adds to the margin of its flag.
    """

    dispositions: tuple[str, ...]
    flagged: tuple[str, ...]
    steps: tuple[int, ...]
    head: Head
    by_size: NDArray[np.float32]
    calibration: Calibration
    flags: dict[str, tuple[float, float]]
    signs: dict[str, dict[str, float]]


@dataclass(frozen=True)
class Duties(Rows):
    """Duty lines (职责) as weighed terms, no line without a term.

    `texts` has them as published, `columns` (ascending) the department of each.
    """

    texts: tuple[str, ...]
    columns: Ints

    @cached_property
    def spans(self) -> dict[int, tuple[int, int]]:
        """First line of each department and the line after its last."""
        columns, first = np.unique(self.columns, return_index=True)
        return dict(zip(columns.tolist(), pairwise([*first.tolist(), len(self.columns)]), strict=True))

    @cached_property
    def _numbers(self) -> tuple[Ints, Ints]:
        """Terms of the duty lines counted from 0: the number of each entry, and of each term (the last: not theirs)."""
        terms, entries = np.unique(self.index, return_inverse=True)
        numbers = np.full(terms.max(initial=-1) + 2, len(terms))
        numbers[terms] = np.arange(len(terms))
        return entries, numbers

    def nearest(self, columns: Ints, index: Ints, gave: Floats) -> list[str | None]:
        """Of each department column the line whose terms drove it most, None where none did.

        `gave` (terms, columns) is what each of the terms `index` gave to each column.
        """
        entries, numbers = self._numbers
        own = numbers[np.minimum(index, len(numbers) - 1)]
        drove = np.zeros(int(numbers[-1]) + 1)
        found: list[str | None] = []
        for column, part in zip(columns.tolist(), gave.T, strict=True):
            drove[own] = part
            drove[-1] = 0
            first, last = self.spans.get(column, (0, 0))
            start, end = self.pointers[first], self.pointers[last]
            scores = np.add.reduceat(
                drove[entries[start:end]] * self.value[start:end], self.pointers[first:last] - start
            )
            best = int(scores.argmax()) if last > first else 0
            found.append(self.texts[first + best] if last > first and scores[best] > 0 else None)
        return found


@dataclass(frozen=True)
class Trial:
    """What models that had not seen the training rows said of them, so that limits can be found anew later.

    `chances` (rows, classes) are calibrated probabilities, `truth` (rows,) the column of the right department; of
    several right ones the likeliest.
    """

    chances: NDArray[np.float16]
    truth: Ints


@dataclass(frozen=True)
class Model:
    """Everything that predicts, and `facts` for the manifest (JSON).

    No advice where none was learned, no `shares` (a factor each class, classifier/model/shares.py) where an office's
    did not prove themselves, no trial in models of before there were any.
    """

    labels: tuple[Label, ...]
    segmenter: Segmenter
    vocabulary: Vocabulary
    departments: Head
    calibration: Calibration
    limits: Limits
    advice: Advice | None
    duties: Duties
    facts: dict[str, Any]
    trial: Trial | None = None
    shares: tuple[float, ...] = ()
