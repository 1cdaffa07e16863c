"""Learning an office's shares (各部门件数的份额), which have to prove themselves on its own answered cases.

A blind share costs up to three points where it is wrong (docs/learning.md). So each answered case is judged with the
shares of the others' spans of time and of what has no text, and without: what the gate would refuse is not used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from classifier.learn.crossfit import Unseen
from classifier.measure import gate
from classifier.model.model import Model
from classifier.model.shares import factors, shifted
from classifier.model.tuning import Tuning, tuned
from classifier.text.features import Floats, Ints


def with_shares(
    model: Model, unseen: Unseen, truth: Sequence[str], groups: Sequence[str], folds: Ints, beside: Mapping[str, int]
) -> tuple[Model, dict[str, Any] | None]:
    """The model with the office's shares if they prove themselves, its limits found anew; and the verdict.

    `unseen` are its answered cases, `truth` their departments, `beside` counts further cases by department. None
    where there is nothing to judge by.
    """
    codes = [label.code for label in model.labels]
    if model.trial is None or not len(truth) or list(unseen.codes) != codes:
        return model, None
    expected, column = model.trial.chances.mean(axis=0, dtype=float), np.array([codes.index(code) for code in truth])
    others = np.array([beside.get(code, 0) for code in codes], float)

    def by(places: Ints) -> Floats:
        return factors(expected, others + np.bincount(column[places], minlength=len(codes)))

    plain = model.calibration.probabilities(unseen.margins)
    moved = plain.copy()
    for fold in np.unique(folds).tolist():
        moved[folds == fold] = shifted(plain[folds == fold], by(np.flatnonzero(folds != fold)))
    verdict = gate.judge(_side("without", plain, column), _side("with", moved, column), truth, groups)
    if verdict["accepted"]:
        model = tuned(replace(model, shares=tuple(by(np.arange(len(column))).round(6).tolist())), Tuning())
    return model, {"used": verdict["accepted"], "cases": int(others.sum()) + len(truth)} | verdict


def _side(name: str, chances: Floats, column: Ints) -> gate.Side:
    of_truth = np.log(np.maximum(chances[np.arange(len(column)), column], gate.LEAST_CHANCE))
    return gate.Side(name, chances.argmax(axis=1) == column, of_truth)
