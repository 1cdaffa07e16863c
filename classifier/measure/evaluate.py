"""How good a model is, in the contract's numbers; plain numpy, so that serving code can count too."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.data import Row
from classifier.serve.predict import Suggestion

_BINS = 15
_THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class Judged:
    """One suggestion beside the truth: codes from the most probable down, its probability, the set, the advice."""

    truth: str
    ranked: Sequence[str]
    probability: float
    department_set: Collection[str]
    disposition: tuple[str, str] | None = None
    flags: tuple[Collection[str], Collection[str]] = ((), ())
    right: Collection[str] = ()

    @property
    def acceptable(self) -> Collection[str]:
        """Every department that is a right answer."""
        return self.right or (self.truth,)


def judge(row: Row, suggestion: Suggestion) -> Judged:
    """Hold a suggestion (of at least three departments) against the answered row it was made for."""
    advised = row.disposition is not None and bool(suggestion.disposition)
    return Judged(
        truth=row.department,
        ranked=[label.code for label, _ in suggestion.departments],
        probability=suggestion.departments[0][1],
        department_set=suggestion.department_set,
        disposition=(str(row.disposition), suggestion.disposition[0][0]) if advised else None,
        flags=(row.flags or (), [flag.code for flag in suggestion.flags]),
        right=row.right,
    )


def metrics(judged: Sequence[Judged]) -> dict[str, Any]:
    """Count the contract's metrics; `disposition` is {} where no row has one, `flags` is there where any row has one.

    Where any row has a flag, a row without flags is one in which nothing had to be flagged. A row whose department the
    model does not know counts as wrong everywhere. Where any row says which departments are right, `acceptable`,
    `acceptable_top3` and `set_acceptable` take any of them; all other figures are of the best one.
    """
    truth = [each.truth for each in judged]
    predicted = [each.ranked[0] for each in judged]
    probability = np.array([each.probability for each in judged])
    right = np.array([each.truth == each.ranked[0] for each in judged])
    table = _per_class(truth, predicted)
    advised = [each.disposition for each in judged if each.disposition]
    flagged = [each.flags for each in judged] if any(each.flags[0] for each in judged) else []
    result = {
        "n": len(judged),
        "accuracy": _round(right.mean()),
        "macro_f1": _macro(table),
        "top3": _round(np.mean([each.truth in each.ranked[:3] for each in judged])),
        "ece": _round(expected_calibration_error(probability, right)),
        "coverage": [_coverage(threshold, probability, right) for threshold in _THRESHOLDS],
        "set_coverage": _round(np.mean([each.truth in each.department_set for each in judged])),
        "mean_set_size": _round(np.mean([len(each.department_set) for each in judged])),
        "per_class": table,
        "disposition": _advice(advised) if advised else {},
    }
    if any(each.right for each in judged):
        result |= {
            "acceptable": _share(judged, lambda each: each.ranked[:1]),
            "acceptable_top3": _share(judged, lambda each: each.ranked[:3]),
            "set_acceptable": _share(judged, lambda each: each.department_set),
        }
    return result | ({"flags": _flags(flagged)} if flagged else {})


def expected_calibration_error(probability: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """ECE of the top label over 15 bins of equal width (Guo et al. 2017)."""
    bins = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, right - probability, _BINS)
    return float(np.abs(gaps).sum() / len(right))


def _share(judged: Sequence[Judged], given: Callable[[Judged], Collection[str]]) -> float:
    """The share of suggestions in which any right department is among those `given`."""
    return _round(np.mean([any(code in given(each) for code in each.acceptable) for each in judged]))


def _coverage(threshold: float, probability: NDArray[np.float64], right: NDArray[np.bool_]) -> dict[str, Any]:
    kept = probability >= threshold
    return {
        "threshold": threshold,
        "coverage": _round(kept.mean()),
        "accuracy": _round(right[kept].mean()) if kept.any() else None,
    }


def _per_class(truth: Sequence[str], predicted: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Precision, recall and F1 of every label that is true or predicted somewhere."""
    pairs = list(zip(truth, predicted, strict=True))
    return {
        code: {"n": truth.count(code)} | _scores(pairs.count((code, code)), predicted.count(code), truth.count(code))
        for code in sorted({*truth, *predicted})
    }


def _scores(hits: int, predicted: int, true: int) -> dict[str, float]:
    return {
        "precision": _round(hits / max(predicted, 1)),
        "recall": _round(hits / max(true, 1)),
        "f1": _round(2 * hits / max(predicted + true, 1)),
    }


def _macro(table: dict[str, dict[str, Any]]) -> float:
    return _round(np.mean([scores["f1"] for scores in table.values()]))


def _advice(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    table = _per_class([true for true, _ in pairs], [said for _, said in pairs])
    accuracy = _round(np.mean([true == said for true, said in pairs]))
    return {"n": len(pairs), "accuracy": accuracy, "macro_f1": _macro(table), "per_class": table}


def _flags(pairs: Sequence[tuple[Collection[str], Collection[str]]]) -> dict[str, dict[str, Any]]:
    """Precision, recall and F1 of each flag, the first two with their 95 % intervals."""
    table = {}
    for code in sorted({code for pair in pairs for codes in pair for code in codes}):
        hits = sum(code in true and code in said for true, said in pairs)
        true = sum(code in true for true, _ in pairs)
        said = sum(code in said for _, said in pairs)
        intervals = {"precision_interval": wilson(hits, said), "recall_interval": wilson(hits, true)}
        table[code] = {"n": true, "raised": said} | _scores(hits, said, true) | intervals
    return table


def wilson(hits: int, n: int) -> list[float]:
    """95 % interval of a share (Wilson 1927); [0, 1] where nothing was counted."""
    if n == 0:
        return [0.0, 1.0]
    z = 1.959964
    middle, spread = hits + z * z / 2, z * np.sqrt(hits * (n - hits) / n + z * z / 4)
    return [_round(max((middle - spread) / (n + z * z), 0)), _round(min((middle + spread) / (n + z * z), 1))]


def _round(value: Any) -> float:
    return round(float(value), 6)
