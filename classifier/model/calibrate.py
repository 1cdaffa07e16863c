"""From margins to probabilities a person can rely on, and from those to sets and to silence.

A calibration of margins, conformal sets for each class (Vovk; Sadinle et al. 2019, least ambiguous sets), the
probability under which a suggestion is not to be leaned on, and the margins from which a flag is raised. All are
fitted on margins of rows that the model which gave them had not seen.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# What is promised: one set in twenty may miss, one suggestion in ten that is called confident may be wrong.
SET_MISS, CONFIDENT_WRONG = 0.05, 0.10
# `confident` is set a little stricter than promised: on unseen rows in the tone of message boards it is then right in
# 0.94 of 0.86 of them; 0.10 gave 0.94 of 0.89, 0.08 0.95 of 0.82 (docs/classifier.md).
CONFIDENT_AIM = 0.09
# More departments than this in a set help nobody choose.
SET_MOST = 6
# Rows from which a class has a conformal threshold of its own.
OWN_THRESHOLD = 60
# A flag that is wrong one time in five annoys; a limit proven on fewer than thirty flags is luck.
FLAG_PRECISION, FLAG_RAISED = 0.85, 30
# How many messages of an office deserve a flag, at most: half of its mail is message board (留言), and two in five of
# those complain, as in the training rows; requests for records, the other half, hardly do.
FLAG_SHARE = 0.2
NEVER = 1e3


@dataclass(frozen=True)
class Calibration:
    """Each margin through a logistic curve, raised to a power, the classes brought to a sum of one.

    One-against-the-rest margins are not logits: Platt's curve (1999) normalised over the classes (Zadrozny and Elkan
    2002) fits them, where one temperature (Guo et al. 2017) leaves three times the calibration error.
    """

    scale: float = 3.0
    shift: float = 2.0
    power: float = 10.0

    def probabilities(self, margins: Floats) -> Floats:
        """Probabilities along the last axis."""
        logits = -self.power * np.logaddexp(0, -(self.scale * margins + self.shift))
        raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=-1, keepdims=True))

    @classmethod
    def fit(cls, margins: Floats, truth: Ints) -> Self:
        """Fit by least log loss over rows (n, classes) and their true columns (n,)."""
        from scipy.optimize import minimize
        from scipy.special import expit

        rows = np.arange(len(truth))

        def loss(parameters: Floats) -> tuple[float, Floats]:
            scale, shift, power = _positive(parameters)
            inner = scale * margins + shift
            logits = -power * np.logaddexp(0, -inner)
            logits -= logits.max(axis=1, keepdims=True)
            total = np.log(np.exp(logits).sum(axis=1, keepdims=True))
            wrong = np.exp(logits - total)
            wrong[rows, truth] -= 1
            # The derivative of the logit by the inner line; the logit is `power` times a curve.
            steep = wrong * power * expit(-inner)
            slopes = np.array([(steep * margins).sum() * scale, steep.sum(), (wrong * logits).sum()]) / len(truth)
            # The second term keeps a handful of rows from running away with the parameters.
            value = (total[:, 0] - logits[rows, truth]).mean() + 1e-4 * (parameters**2).sum()
            return float(value), slopes + 2e-4 * parameters

        start = np.array([np.log(cls.scale), cls.shift, np.log(cls.power)])
        return cls(*_positive(minimize(loss, start, method="L-BFGS-B", jac=True).x))


def _positive(parameters: Floats) -> tuple[float, float, float]:
    scale, shift, power = parameters.tolist()
    return float(np.exp(min(scale, 10))), shift, float(np.exp(min(power, 10)))


def set_threshold(of_truth: Floats, miss: float = SET_MISS) -> float:
    """Least probability with which a class enters the set, so that sets miss the truth `miss` of the time at most.

    `of_truth` (n,) are the probabilities of the true classes: of these the floor((n + 1) * miss)-th smallest; 0 (every
    class) where n is too small to promise the coverage.
    """
    rank = int(np.floor((len(of_truth) + 1) * miss))
    return float(np.sort(of_truth)[rank - 1]) if rank else 0.0


def set_thresholds(probabilities: Floats, truth: Ints, miss: float = SET_MISS) -> Floats:
    """Threshold of each class (classes,), so that the coverage holds within each (Mondrian; Vovk et al. 2005).

    Classes of fewer than OWN_THRESHOLD rows share one: a threshold from a handful of rows is mere luck.
    """
    of_truth = probabilities[np.arange(len(truth)), truth]
    own = np.bincount(truth, minlength=probabilities.shape[1]) >= OWN_THRESHOLD
    shared = set_threshold(of_truth[~own[truth]] if (~own[truth]).any() else of_truth, miss)
    return np.array(
        [set_threshold(of_truth[truth == place], miss) if own[place] else shared for place in range(len(own))]
    )


def confident_threshold(probabilities: Floats, truth: Ints, wrong: float = CONFIDENT_AIM) -> float:
    """Least top probability from which suggestions are wrong `wrong` of the time at most.

    Never so low that suggestions near it are wrong as often as right (a moving window of a twentieth of the rows), and
    never under the first percentile of what was seen.
    """
    top = probabilities.max(axis=1)
    order = np.argsort(-top, kind="stable")
    right = (probabilities.argmax(axis=1) == truth)[order]
    accuracy = np.cumsum(right) / np.arange(1, len(right) + 1)
    good = np.flatnonzero(accuracy >= 1 - wrong)
    selective = float(top[order[good[-1]]]) if len(good) else 1.0
    rising, window = top[order][::-1], min(len(right), max(20, len(right) // 20))
    near = np.convolve(right[::-1], np.ones(window) / window, "valid")
    tossed = np.flatnonzero(near <= 0.5)
    even = float(rising[tossed[-1] + window // 2]) if len(tossed) else 0.0
    return max(selective, even, float(np.percentile(top, 1)))


def flag_limits(margins: Floats, right: Bools, ruled: Bools, precision: float = FLAG_PRECISION) -> tuple[float, float]:
    """Lowest margins (rule speaks, in any case) from which a flag is right `precision` of the time, or NEVER.

    All (n,): margins of rows not seen, whether the flag is right for them, whether its rule speaks. A flag that is
    frequent in these rows is judged as if only FLAG_SHARE of an office's messages deserved it.
    """
    share = right.mean()
    false = max(share * (1 - FLAG_SHARE) / ((1 - share) * FLAG_SHARE), 1.0)
    return _precise_from(margins[ruled], right[ruled], false, precision), _precise_from(
        margins, right, false, precision
    )


def _precise_from(margins: Floats, right: Bools, false: float, precision: float) -> float:
    order = np.argsort(-margins, kind="stable")
    hits = np.cumsum(right[order])
    wrong = np.arange(1, len(order) + 1) - hits
    # One wrong more than seen, as in conformal risk control: a limit chosen where it looks best promises too much.
    enough = hits >= precision * (hits + false * wrong + 1)
    good = np.flatnonzero(enough & (hits + wrong >= FLAG_RAISED))
    return float(margins[order[good[-1]]]) if len(good) else NEVER
