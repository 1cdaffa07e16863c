"""Office shares (各部门件数的份额): a department that is asked often is likelier than the text alone says.

π = (n + α·π0)/(N + α), p ∝ p·(π/π0)^τ, with n of N cases of the office and π0 the shares the model itself expects.
"""

from collections.abc import Sequence

import numpy as np

from classifier.model.calibrate import Floats

# α: cases that the model's own expectation is worth; τ; and how often at most a department's probability is taken.
# Measured, with what wrong shares cost: docs/learning.md.
WORTH, SHARPNESS, MOST = 30.0, 0.6, 2.0


def factors(expected: Floats, cases: Floats) -> Floats:
    """What each department's probability is multiplied with (classes,), before they sum to one again.

    `expected` (classes,) are the model's mean probabilities of rows it had not seen, `cases` the office's numbers.
    """
    own = (expected + 1e-4) / (expected + 1e-4).sum()
    office = (cases + WORTH * own) / (cases.sum() + WORTH)
    return np.asarray(np.clip((office / own) ** SHARPNESS, 1 / MOST, MOST))


def shifted(chances: Floats, by: Sequence[float] | Floats) -> Floats:
    """Probabilities (rows, classes) with factors (classes,) applied; without any, as they are."""
    if not len(by):
        return chances
    moved = chances * np.asarray(by)
    return np.asarray(moved / moved.sum(axis=1, keepdims=True))
