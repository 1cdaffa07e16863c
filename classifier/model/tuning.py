"""Limits that move (调整): sets and `confident` are held to what they promise by what people decided.

The promise never moves. What moves is the level at which its thresholds are read off the rows that the model had not
seen: adaptive conformal inference (Gibbs and Candès 2021). A set has one threshold a department, so that the promise
holds within each, however often that one is asked (label shift; Podkopaev and Ramdas 2021): office shares come first.
"""

from dataclasses import dataclass, replace
from typing import Self

from classifier.model import calibrate
from classifier.model.calibrate import CONFIDENT_AIM, CONFIDENT_WRONG, SET_MISS
from classifier.model.model import Model
from classifier.model.shares import shifted

# A step for each decision, and where a level stops.
STEP, LEAST, LARGEST = 0.005, 0.001, 0.25


@dataclass(frozen=True)
class Tuning:
    """Share of sets that may miss, and of confident suggestions that may be wrong, as the thresholds are set to."""

    miss: float = SET_MISS
    wrong: float = CONFIDENT_AIM

    def after(self, sets: tuple[int, int], confident: tuple[int, int]) -> Self:
        """The levels after some decisions: of (broken, number) sets and confident suggestions."""
        miss, wrong = _moved(self.miss, SET_MISS, *sets), _moved(self.wrong, CONFIDENT_WRONG, *confident)
        return replace(self, miss=miss, wrong=wrong)


def _moved(level: float, promised: float, broken: int, number: int) -> float:
    return round(min(max(level + STEP * (promised * number - broken), LEAST), LARGEST), 6)


def tuned(model: Model, tuning: Tuning) -> Model:
    """The model with its limits at these levels, under its own shares; as it is where it kept no trial."""
    if model.trial is None:
        return model
    chances, truth = shifted(model.trial.chances.astype(float), model.shares), model.trial.truth
    limits = replace(
        model.limits,
        set_thresholds=tuple(calibrate.set_thresholds(chances, truth, tuning.miss).tolist()),
        confident=calibrate.confident_threshold(chances, truth, tuning.wrong),
    )
    return replace(model, limits=limits)
