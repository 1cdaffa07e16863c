"""From margins to probabilities a person can rely on, and from those to sets and to silence.

One temperature (Guo et al. 2017), split conformal sets (Vovk; Sadinle et al. 2019, least ambiguous sets), and the
probability under which a suggestion is not to be leaned on. All are fitted on margins of rows that the model which
gave them had not seen.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SET_COVERAGE = 0.95
# An office leans on a suggestion that is right four times in five; under that it reads the text itself.
CONFIDENT_ACCURACY = 0.80
_TEMPERATURES = np.geomspace(0.02, 5, 120)


def softmax(margins: Floats, temperature: float) -> Floats:
    """Probabilities along the last axis."""
    scaled = margins / temperature
    raised = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def temperature(margins: Floats, truth: Ints) -> float:
    """Temperature with the least log loss over rows (n, classes) and their true columns (n,)."""
    rows = np.arange(len(truth))
    losses = [
        -np.log(np.maximum(softmax(margins, value)[rows, truth], 1e-12)).mean() for value in _TEMPERATURES.tolist()
    ]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def set_threshold(probabilities: Floats, truth: Ints, coverage: float = SET_COVERAGE) -> float:
    """Least probability with which a class enters the set, so that sets hold the truth with `coverage`.

    The floor((n + 1) * (1 - coverage))-th smallest probability of the truth; 0 (every class) where n is too small
    to promise the coverage.
    """
    of_truth = np.sort(probabilities[np.arange(len(truth)), truth])
    rank = int(np.floor((len(truth) + 1) * (1 - coverage)))
    return float(of_truth[rank - 1]) if rank else 0.0


def confident_threshold(probabilities: Floats, truth: Ints) -> float:
    """Least top probability from which suggestions are right CONFIDENT_ACCURACY of the time.

    Never so low that suggestions near it are wrong as often as right (a moving window of a twentieth of the rows), and
    never under the first percentile of what was seen.
    """
    top = probabilities.max(axis=1)
    order = np.argsort(-top, kind="stable")
    right = (probabilities.argmax(axis=1) == truth)[order]
    accuracy = np.cumsum(right) / np.arange(1, len(right) + 1)
    good = np.flatnonzero(accuracy >= CONFIDENT_ACCURACY)
    selective = float(top[order[good[-1]]]) if len(good) else 1.0
    rising, window = top[order][::-1], min(len(right), max(20, len(right) // 20))
    near = np.convolve(right[::-1], np.ones(window) / window, "valid")
    tossed = np.flatnonzero(near <= 0.5)
    even = float(rising[tossed[-1] + window // 2]) if len(tossed) else 0.0
    return max(selective, even, float(np.percentile(top, 1)))
