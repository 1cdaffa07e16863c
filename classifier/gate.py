"""The gate (上线比较): a new model against the one in use, on answered rows that neither has seen."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from classifier.data import Row
from classifier.predict import Predictor

RESAMPLES = 2_000
# Share of paired bootstrap resamples in which the challenger must be ahead.
AHEAD = 0.9
# A department with at least FLOOR_ROWS rows may not lose more than FLOOR of its recall.
FLOOR_ROWS, FLOOR = 10, 0.15


def compare(
    champion: Predictor, challenger: Predictor, rows: Sequence[Row], seed: int = 0, *, better: bool = True
) -> dict[str, Any]:
    """Judge a challenger; the verdict is JSON. Without `better` it need only not be worse: it replaces for a reason.

    `accepted`, `reasons` (Chinese, empty when accepted), `n`, both accuracies, the 95 % `interval` of their
    difference and the share of resamples `ahead` (paired bootstrap, Efron), departments `fallen` under the floor.
    """
    old, new = _right(champion, rows), _right(challenger, rows)
    gain = new.astype(float) - old
    draws = np.random.default_rng(seed).integers(len(rows), size=(RESAMPLES, len(rows)))
    differences = gain[draws].mean(axis=1)
    ahead, behind = float((differences > 0).mean()), float((differences < 0).mean())
    fallen = _fallen(rows, gain)
    reasons = []
    if not better and behind >= AHEAD:
        reasons.append(f"新模型在未见过的 {len(rows)} 条数据上更差（{behind:.0%} 的重抽样中落后）")
    if better and ahead < AHEAD:
        reasons.append(
            f"新模型在未见过的 {len(rows)} 条数据上没有明确更好（{ahead:.0%} 的重抽样中领先，要求 {AHEAD:.0%}）"
        )
    if fallen:
        reasons.append(f"这些部门的召回率下降超过 {FLOOR:.0%}：{'、'.join(fallen)}")
    return {
        "accepted": not reasons,
        "reasons": reasons,
        "n": len(rows),
        "champion": {"version": champion.version, "accuracy": round(float(old.mean()), 6)},
        "challenger": {"version": challenger.version, "accuracy": round(float(new.mean()), 6)},
        "interval": [round(float(end), 6) for end in np.percentile(differences, [2.5, 97.5])],
        "ahead": round(ahead, 4),
        "fallen": fallen,
    }


def _right(predictor: Predictor, rows: Sequence[Row]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    found = predictor.suggest_many([(row.text, row.subject) for row in rows], top=1, reasons=False)
    return np.array([each.departments[0][0].code == row.department for each, row in zip(found, rows, strict=True)])


def _fallen(rows: Sequence[Row], gain: np.ndarray[Any, np.dtype[np.float64]]) -> list[str]:
    counts = Counter(row.department for row in rows)
    change: Counter[str] = Counter()
    for row, step in zip(rows, gain.tolist(), strict=True):
        change[row.department] += int(step)
    return sorted(code for code, n in counts.items() if n >= FLOOR_ROWS and change[code] < -FLOOR * n)
