"""The gate (上线比较): a new model against the one in use, on answered cases that neither has seen.

What is compared is how probable each model finds the department that people decided on (the logarithmic score, Good
1952), not only whether it comes first: of two models that are right as often the one that is sure in the right places
is told apart with a third of the cases. Whether departments come first as often must not get worse.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.data import Row
from classifier.serve.predict import Predictor
from classifier.text.features import Floats, Ints

Bools = NDArray[np.bool_]
RESAMPLES = 2_000
# Share of paired bootstrap resamples in which the challenger must be ahead. A lucky equal is so six times in a hundred,
# and of these some put fewer departments first and are refused for that.
AHEAD = 0.94
# Fewer answered cases cannot tell a better model from luck.
LEAST = 20
# A department with at least FLOOR_ROWS rows may not lose more than FLOOR of its recall, unless it may be luck.
FLOOR_ROWS, FLOOR, LUCK = 10, 0.15, 0.02
# What may be lost on the authored rows that neither has seen: an office learns its own ways, but forgets no department.
FROZEN_LOSS = 0.03
# Nobody's mistake costs more than this: one case that was decided oddly says little of a model.
LEAST_CHANCE = 0.01
# Standard errors by which first suggestions must be right more often than the most frequent department would be.
CHANCE_ERRORS = 2.0
_UNLIKELY = np.log(LEAST_CHANCE)
_TEMPERATURES = np.geomspace(0.3, 30, 60)


@dataclass(frozen=True)
class Side:
    """How one model fares on each row: whether the true department comes first (n,), and its log probability (n,)."""

    version: str
    right: Bools
    score: Floats


def side(version: str, codes: Sequence[str], margins: Floats, truth: Sequence[str]) -> Side:
    """Judge margins (n, classes) of rows that the model had not seen against their true departments.

    Margins become probabilities by the one temperature that suits the model best, the same for both sides, so that a
    calibration fitted elsewhere decides nothing. A department that the model does not know is a certain no.
    """
    place = {code: column for column, code in enumerate(codes)}
    column = np.array([place.get(code, -1) for code in truth], np.int64)
    known = column >= 0
    scores = [_scores(margins, column, temperature) for temperature in _TEMPERATURES]
    best = scores[int(np.argmax([score[known].sum() for score in scores]))]
    return Side(version, known & (margins.argmax(axis=1) == column), np.where(known, best, _UNLIKELY))


def _scores(margins: Floats, column: Ints, temperature: float) -> Floats:
    logits = temperature * margins
    logits = logits - logits.max(axis=1, keepdims=True)
    of_truth = logits[np.arange(len(logits)), column] - np.log(np.exp(logits).sum(axis=1))
    return np.asarray(np.maximum(of_truth, _UNLIKELY))


def judge(
    champion: Side,
    challenger: Side,
    departments: Sequence[str],
    groups: Sequence[str],
    *,
    frozen: tuple[float, float] | None = None,
    better: bool = True,
    seed: int = 0,
) -> dict[str, Any]:
    """Judge a challenger; the verdict is JSON. Without `better` it need only not be worse: it replaces for a reason.

    `frozen`: accuracy of champion and challenger on authored rows that neither has seen. `accepted`, `reasons`
    (Chinese, empty when accepted), `n`, both accuracies, the 95 % `interval` of their difference and the share of
    resamples `ahead` (paired bootstrap over groups, Efron 1979), departments `fallen` under the floor.
    """
    n = len(departments)
    gain, first = challenger.score - champion.score, challenger.right.astype(float) - champion.right
    owner = np.unique(groups, return_inverse=True)[1]
    resampled = _resampled(owner, np.stack((gain, first, np.ones(n))), seed)
    ahead, behind = float((resampled[0] > 0).mean()), float((resampled[0] < 0).mean())
    fallen = _fallen(departments, first)
    reasons = []
    if better and n < LEAST:
        reasons.append(f"只有 {n} 件已答复的申请可以比较，至少要 {LEAST} 件")
    elif better and ahead < AHEAD:
        reasons.append(
            f"新模型在没有见过的 {n} 件已答复的申请上没有明确更好（{ahead:.0%} 的重抽样中领先，要求 {AHEAD:.0%}）"
        )
    elif behind >= AHEAD:
        reasons.append(f"新模型在没有见过的 {n} 件已答复的申请上更差（{behind:.0%} 的重抽样中落后）")
    if better and n >= LEAST and first.mean() < 0:
        reasons.append("新模型首选的部门对的反而更少")
    if better and n >= LEAST and challenger.right.mean() <= _guessed(departments):
        reasons.append("从内容看不出这些申请为什么这样归口：新模型不比一律归给最常见的部门好多少，请先核对归口")
    if fallen:
        reasons.append(f"这些部门的召回率下降超过 {FLOOR:.0%}：{'、'.join(fallen)}")
    if frozen and frozen[1] < frozen[0] - FROZEN_LOSS:
        reasons.append(f"在随产品提供的检验数据上准确率从 {frozen[0]:.1%} 降到 {frozen[1]:.1%}，超过 {FROZEN_LOSS:.0%}")
    return {
        "accepted": not reasons,
        "reasons": reasons,
        "n": n,
        "champion": _said(champion),
        "challenger": _said(challenger),
        "interval": [round(float(end), 6) for end in np.percentile(resampled[1], [2.5, 97.5])] if n else None,
        "ahead": round(ahead, 4),
        "fallen": fallen,
        "frozen": [round(each, 6) for each in frozen] if frozen else None,
    }


def compare(
    champion: Predictor, challenger: Predictor, rows: Sequence[Row], seed: int = 0, *, better: bool = True
) -> dict[str, Any]:
    """Judge two models directly, on rows that neither has seen; the verdict is that of `judge`."""
    truth = [row.department for row in rows]
    old, new = (
        side(model.version, [label.code for label in model.labels], model.margins(rows), truth)
        for model in (champion, challenger)
    )
    groups = [row.group if row.group is not None else str(place) for place, row in enumerate(rows)]
    return judge(old, new, truth, groups, better=better, seed=seed)


def accuracy(model: Predictor, rows: Sequence[Row]) -> float:
    """Share of rows whose department comes first."""
    first = model.margins(rows).argmax(axis=1)
    return float(np.mean([model.labels[place].code == row.department for place, row in zip(first, rows, strict=True)]))


def _guessed(departments: Sequence[str]) -> float:
    """How often, with luck, who always names the most frequent department is right.

    Labels that have nothing to do with their texts still have shares, which a model learns and a score rewards.
    """
    share = max(Counter(departments).values()) / len(departments)
    return share + CHANCE_ERRORS * float(np.sqrt(share * (1 - share) / len(departments)))


def _said(one: Side) -> dict[str, Any]:
    n = max(len(one.right), 1)
    return {
        "version": one.version,
        "accuracy": round(float(one.right.sum() / n), 6),
        "score": round(float(one.score.sum() / n), 6),
    }


def _resampled(owner: Ints, values: Floats, seed: int) -> Floats:
    """Means of values (kinds, n), the last kind counting rows, over groups drawn with replacement (kinds, draws)."""
    number = int(owner.max(initial=-1)) + 1
    if not number:
        return np.zeros((len(values), RESAMPLES))
    sums = np.stack([np.bincount(owner, each, number) for each in values])
    draws = np.random.default_rng(seed).multinomial(number, np.full(number, 1 / number), RESAMPLES)
    totals = sums @ draws.T
    return np.asarray(totals / np.maximum(totals[-1], 1))


def _fallen(departments: Sequence[str], first: Floats) -> list[str]:
    """Departments that lose too much recall, more than the toss of a coin would explain (sign test)."""
    rows = Counter(departments)
    won: Counter[str] = Counter(code for code, step in zip(departments, first.tolist(), strict=True) if step > 0)
    lost: Counter[str] = Counter(code for code, step in zip(departments, first.tolist(), strict=True) if step < 0)
    return sorted(
        code
        for code, n in rows.items()
        if n >= FLOOR_ROWS and lost[code] - won[code] > FLOOR * n and _luck(lost[code], won[code]) < LUCK
    )


def _luck(lost: int, won: int) -> float:
    """How likely a fair coin gives as many losses or more."""
    tosses = lost + won
    ways = np.cumprod([1.0, *((tosses - k) / (k + 1) for k in range(tosses))])
    return float(ways[lost:].sum() / 2.0**tosses)
