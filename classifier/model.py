"""A model in memory: vocabulary, linear heads, limits, and what is known of how it came to be."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.calibrate import softmax
from classifier.features import Floats, Vector, Vocabulary
from classifier.segment import Segmenter


@dataclass(frozen=True)
class Label:
    """A class of the routing: a department's code and name, and whether another agency answers."""

    code: str
    name: str
    external: bool


@dataclass(frozen=True)
class Head:
    """A linear classifier with a temperature: `coef` is (features, classes), `intercept` (classes,)."""

    coef: NDArray[np.float32]
    intercept: NDArray[np.float32]
    temperature: float

    @cached_property
    def average(self) -> Floats:
        """Mean coefficient of each feature over all classes (features,)."""
        return np.asarray(self.coef.mean(axis=1, dtype=np.float64))

    def margins(self, vector: Vector) -> Floats:
        """Signed distances, one a class."""
        return np.asarray(vector.value @ self.coef[vector.index] + self.intercept, np.float64)

    def probabilities(self, vector: Vector) -> Floats:
        """Calibrated probabilities, one a class."""
        return softmax(self.margins(vector), self.temperature)


@dataclass(frozen=True)
class Limits:
    """Measured on rows not seen: where a class enters the set, and under what a suggestion is not leaned on.

    A text is thin with fewer than `known` different known words, or a share of them under `known_share`.
    """

    set_threshold: float
    confident: float
    known: int
    known_share: float


@dataclass(frozen=True)
class Model:
    """Everything that predicts, and `facts` for the manifest (JSON). `disposition` is None where none was learned."""

    labels: tuple[Label, ...]
    segmenter: Segmenter
    vocabulary: Vocabulary
    departments: Head
    disposition: Head | None
    dispositions: tuple[str, ...]
    limits: Limits
    facts: dict[str, Any]
