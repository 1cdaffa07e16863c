"""How suggestions fare in use (运行监测): overrides, doubt and drift by week and department, and warnings in words."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from classifier.evaluate import expected_calibration_error

# Population stability index: under 0.1 the same, over 0.25 another population (Siddiqi 2006).
MOVED, SHIFTED = 0.1, 0.25
# Fewer cases say nothing about a share or a distribution.
FEW = 50
RECENT = timedelta(weeks=8)
# Suggestions overridden more often than this, probabilities further off, or sets missing the department more often.
OVERRIDE_MOST, ECE_MOST, OUTSIDE_MOST, THIN_MOST = 0.35, 0.1, 0.1, 0.3
SHARES = np.linspace(0, 1, 11)


@dataclass(frozen=True)
class Decided:
    """A case that a person decided, beside the suggestion of that time.

    `on` is the day of the decision; `inside` whether the set held the department, `known_share` the share of words
    the model knew, None where an older suggestion does not say.
    """

    on: date
    department: str
    suggested: str
    probability: float
    confident: bool
    inside: bool | None
    known_share: float | None
    model: str


def psi(expected: Sequence[float], observed: Sequence[float]) -> float:
    """Population stability index of two histograms over the same bins; half a count keeps empty bins finite."""
    a, b = np.asarray(expected, float) + 0.5, np.asarray(observed, float) + 0.5
    a, b = a / a.sum(), b / b.sum()
    return round(float(((b - a) * np.log(b / a)).sum()), 4)


def reference(suggested: Iterable[str], known_shares: Iterable[float]) -> dict[str, Any]:
    """What the population looked like when the model was measured, for its manifest."""
    counts = np.histogram(list(known_shares), SHARES)[0].tolist()
    return {"suggested": dict(sorted(Counter(suggested).items())), "known_share": counts}


def report(decided: Sequence[Decided], today: date, expected: Mapping[str, Any] | None) -> dict[str, Any]:
    """JSON: `weeks` and `departments` (of the recent eight weeks), `recent` as a whole, `drift`, `warnings`.

    `expected` is the `reference` of the model in use; without it `drift` is None: there is nothing to compare with.
    """
    recent = [each for each in decided if each.on > today - RECENT]
    drift = _drift(recent, expected) if expected and len(recent) >= FEW else None
    whole = figures(recent)
    return {
        "weeks": _by(decided, lambda each: (each.on - timedelta(each.on.weekday())).isoformat()),
        "departments": _by(recent, lambda each: each.department),
        "recent": whole,
        "drift": drift,
        "warnings": _warnings(whole, drift),
    }


def figures(decided: Sequence[Decided]) -> dict[str, Any]:
    """Shares and means of some decided cases; None where nothing can be said."""
    right = np.array([each.department == each.suggested for each in decided], bool)
    probability = np.array([each.probability for each in decided], float)
    return {
        "n": len(decided),
        "overridden": _mean(~right),
        "outside_set": _mean([not each.inside for each in decided if each.inside is not None]),
        "thin": _mean([not each.confident for each in decided]),
        "confidence": _mean(probability),
        "ece": round(expected_calibration_error(probability, right), 4) if len(decided) else None,
    }


def _by(decided: Iterable[Decided], key: Callable[[Decided], str]) -> dict[str, dict[str, Any]]:
    parts: dict[str, list[Decided]] = defaultdict(list)
    for each in decided:
        parts[key(each)].append(each)
    return {name: figures(part) for name, part in sorted(parts.items())}


def _mean(values: Any) -> float | None:
    return round(float(np.mean(values)), 4) if len(values) else None


def _drift(recent: Sequence[Decided], expected: Mapping[str, Any]) -> dict[str, float | None]:
    suggested = Counter(each.suggested for each in recent)
    codes = sorted({*suggested, *expected["suggested"]})
    shares = [each.known_share for each in recent if each.known_share is not None]
    return {
        "departments": psi([expected["suggested"].get(code, 0) for code in codes], [suggested[code] for code in codes]),
        "known_words": psi(expected["known_share"], np.histogram(shares, SHARES)[0].tolist()) if shares else None,
    }


def _warnings(recent: Mapping[str, Any], drift: Mapping[str, float | None] | None) -> list[dict[str, str]]:
    if recent["n"] < FEW:
        return []
    told = [
        (
            "overridden",
            recent["overridden"],
            OVERRIDE_MOST,
            "最近八周有 {:.0%} 的首选建议被工作人员改掉，建议重新训练。",
        ),
        (
            "outside_set",
            recent["outside_set"],
            OUTSIDE_MOST,
            "最近八周有 {:.0%} 的承办部门不在建议的集合里（应不超过 5%）。",
        ),
        ("thin", recent["thin"], THIN_MOST, "最近八周有 {:.0%} 的申请系统拿不准，可能出现了新的事项。"),
        ("ece", recent["ece"], ECE_MOST, "建议的概率与实际相差 {:.0%}，概率暂不宜作为依据。"),
    ]
    if drift:
        told += [
            (
                "departments",
                drift["departments"],
                SHIFTED,
                "申请的事项构成与训练时明显不同（PSI {:.2f}），请留意是否有新的热点。",
            ),
            (
                "known_words",
                drift["known_words"],
                SHIFTED,
                "申请的用语与训练时明显不同（PSI {:.2f}），模型认识的词变了。",
            ),
        ]
    return [
        {"code": code, "sentence": sentence.format(value)}
        for code, value, most, sentence in told
        if value is not None and value > most
    ]
