"""Answered rows whose label looks wrong (存疑的归口), for a person to look at: confident learning.

A row is suspect when models that never saw it give the department it has less than that department usually gets, and
another one as much as that one usually gets (Northcutt, Jiang, Chuang 2021, Confident Learning).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifier.data import Row
from classifier.learn import fit, folds
from classifier.learn.folds import FOLDS, Progress, Steps
from classifier.learn.train import learn_from, route
from classifier.model.calibrate import Calibration
from classifier.profile import Profile
from classifier.text.features import Floats, Ints

# A weak "no" and a strong "yes": less would list what is merely hard to tell.
GIVEN_MOST, INSTEAD_LEAST = 0.1, 0.6


@dataclass(frozen=True)
class Suspect:
    """A row (its place), the department it was given, the one it looks like, and both probabilities."""

    place: int
    given: str
    instead: str
    of_given: float
    of_instead: float


def suspects(
    rows: Sequence[Row], profile: Profile, *, seed: int = 0, progress: Progress = lambda done, total: None
) -> list[Suspect]:
    """Suspect rows, the most glaring first."""
    labels, _, material = learn_from(rows, profile, seed)
    steps = Steps(progress, FOLDS)

    def judge(inside: Ints, outside: Ints) -> Floats:
        head = route(material, inside, seed)
        features = fit.weigh(material.vocabulary, material.counts[outside], head.weight)
        return np.asarray(features @ head.coef + head.intercept, np.float64)

    margins = folds.unseen(material.folds, material.classes, judge, steps)[: len(rows)]
    truth = material.truth[: len(rows)]
    chances = Calibration.fit(margins, truth).probabilities(margins)
    codes = [label.code for label in labels]
    return [
        Suspect(place, codes[given], codes[instead], round(own, 4), round(other, 4))
        for place, given, instead, own, other in _glaring(chances, truth)
        if codes[instead] not in rows[place].acceptable
    ]


def _glaring(chances: Floats, truth: Ints) -> list[tuple[int, int, int, float, float]]:
    usual = np.array(
        [chances[truth == place, place].mean() if (truth == place).any() else 1.0 for place in range(chances.shape[1])]
    )
    own = chances[np.arange(len(truth)), truth]
    instead = chances.argmax(axis=1)
    other = chances.max(axis=1)
    found = np.flatnonzero(
        (instead != truth)
        & (own <= np.minimum(usual[truth], GIVEN_MOST))
        & (other >= np.maximum(usual[instead], INSTEAD_LEAST))
    )
    order = found[np.argsort(own[found] - other[found], kind="stable")]
    return list(
        zip(
            order.tolist(),
            truth[order].tolist(),
            instead[order].tolist(),
            own[order].tolist(),
            other[order].tolist(),
            strict=True,
        )
    )
