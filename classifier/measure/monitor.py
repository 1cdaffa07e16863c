"""How suggestions fare in use (运行监测): overrides, doubt and drift by week and department, and warnings in words."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from classifier.measure.evaluate import expected_calibration_error, wilson
from classifier.model.calibrate import CONFIDENT_WRONG, SET_MISS
from classifier.text.features import Floats

# Population stability index: over 0.25 another population (Siddiqi 2006). Small samples of one population differ more
# than that: a bound is also what chance alone stays under in all but one of a hundred cases, found by drawing.
SHIFTED = 0.25
CHANCE, DRAWS = 0.99, 2_000
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


def chance_psi(expected: Sequence[float], observed: Sequence[float]) -> float:
    """What the index of two samples of these sizes reaches by chance, both drawn from what the two are together.

    Its distribution depends on the sizes and on how many bins there are (Yurdakul and Naranjo 2020).
    """
    a, b = np.asarray(expected, float), np.asarray(observed, float)
    chance, draw = (a + b) / (a + b).sum(), np.random.default_rng(0)
    drawn = (draw.multinomial(int(side.sum()), chance, DRAWS) + 0.5 for side in (a, b))
    p, q = (counts / counts.sum(axis=1, keepdims=True) for counts in drawn)
    return round(float(np.quantile(((q - p) * np.log(q / p)).sum(axis=1), CHANCE)), 4)


def chance_share(share: float, number: int) -> float:
    """What the share of `number` cases reaches by chance where it is `share`."""
    return float(np.quantile(np.random.default_rng(0).binomial(number, share, DRAWS), CHANCE)) / number


def chance_ece(probability: Floats) -> float:
    """What the calibration error reaches by chance where every probability is right."""
    draws = np.random.default_rng(0).random((DRAWS // 10, len(probability))) < probability
    return float(np.quantile([expected_calibration_error(probability, right) for right in draws], CHANCE))


def reference(suggested: Iterable[str], known_shares: Iterable[float]) -> dict[str, Any]:
    """What the population looked like when the model was measured, for its manifest."""
    counts = np.histogram(list(known_shares), SHARES)[0].tolist()
    return {"suggested": dict(sorted(Counter(suggested).items())), "known_share": counts}


def report(decided: Sequence[Decided], today: date, expected: Mapping[str, Any] | None) -> dict[str, Any]:
    """JSON: `weeks` and `departments` (of the recent eight weeks), `recent` as a whole, `drift`, `bounds`, `warnings`.

    `promises` tells of sets and of confident suggestions what was promised, how it was kept, and a sentence.

    `bounds` are what each figure may reach before it is warned of, so many cases as they are.

    `expected` is the `reference` of the model in use; without it `drift` is None: there is nothing to compare with.
    """
    recent = [each for each in decided if each.on > today - RECENT]
    drift = _drift(recent, expected) if expected and len(recent) >= FEW else None
    whole = figures(recent)
    bounds = _bounds(recent, whole, expected if drift else None)
    return {
        "weeks": _by(decided, lambda each: (each.on - timedelta(each.on.weekday())).isoformat()),
        "departments": _by(recent, lambda each: each.department),
        "recent": whole,
        "promises": promises(recent),
        "drift": drift,
        "bounds": bounds,
        "warnings": _warnings(whole, drift, bounds),
    }


def figures(decided: Sequence[Decided]) -> dict[str, Any]:
    """Shares and means of some decided cases; None where nothing can be said."""
    right = np.array([each.department == each.suggested for each in decided], bool)
    probability = np.array([each.probability for each in decided], float)
    (outside, sets), (wrong, confident) = broken(decided)
    return {
        "n": len(decided),
        "overridden": _mean(~right),
        "sets": sets,
        "outside_set": round(outside / sets, 4) if sets else None,
        "confident": confident,
        "confident_right": round(1 - wrong / confident, 4) if confident else None,
        "thin": _mean([not each.confident for each in decided]),
        "confidence": _mean(probability),
        "ece": round(expected_calibration_error(probability, right), 4) if len(decided) else None,
    }


def broken(decided: Sequence[Decided]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Of the sets and of the confident suggestions: how many were not right, of how many."""
    held = [each.inside for each in decided if each.inside is not None]
    right = [each.department == each.suggested for each in decided if each.confident]
    return (held.count(False), len(held)), (right.count(False), len(right))


_KEPT = {
    "sets": "最近八周 {n} 件建议的部门范围里，{kept:.1%} 含有最后确定的部门（承诺 {promised:.0%}）",
    "confident": "最近八周 {n} 件有把握的建议里，{kept:.1%} 的首选就是最后确定的部门（承诺 {promised:.0%}）",
}
_FOUND = {
    "kept": "：做到了。",
    "chance": "：略低于承诺，按现有的件数可能只是偶然。",
    "broken": "：没有做到。界限每周随之收紧，直到做到为止。",
}


def promises(decided: Sequence[Decided]) -> dict[str, dict[str, Any]]:
    """How each promise was kept: `n`, `kept` (a share) and its 95 % `interval`, `promised`, `sentence`.

    `found` is `few` (under FEW decisions nothing is said), `kept`, `chance` (less than promised, but the interval
    reaches it) or `broken`.
    """
    told: dict[str, dict[str, Any]] = {}
    for (name, said), promised, (missed, n) in zip(
        _KEPT.items(), (1 - SET_MISS, 1 - CONFIDENT_WRONG), broken(decided), strict=True
    ):
        kept, interval = (1 - missed / n if n else None), wilson(n - missed, n)
        if kept is None or n < FEW:
            found, sentence = "few", f"只有 {n} 件可比，还看不出承诺做到没有（承诺 {promised:.0%}）。"
        else:
            found = "kept" if kept >= promised else "chance" if interval[1] >= promised else "broken"
            sentence = said.format(n=n, kept=kept, promised=promised) + _FOUND[found]
        told[name] = {"n": n, "kept": kept and round(kept, 4), "interval": interval, "promised": promised}
        told[name] |= {"found": found, "sentence": sentence}
    return told


def _by(decided: Iterable[Decided], key: Callable[[Decided], str]) -> dict[str, dict[str, Any]]:
    parts: dict[str, list[Decided]] = defaultdict(list)
    for each in decided:
        parts[key(each)].append(each)
    return {name: figures(part) for name, part in sorted(parts.items())}


def _mean(values: Any) -> float | None:
    return round(float(np.mean(values)), 4) if len(values) else None


def _drift(recent: Sequence[Decided], expected: Mapping[str, Any]) -> dict[str, float | None]:
    return {name: psi(*pair) if pair else None for name, pair in _histograms(recent, expected).items()}


def _histograms(
    recent: Sequence[Decided], expected: Mapping[str, Any]
) -> dict[str, tuple[list[float], list[float]] | None]:
    """What was expected and what is there, over the same bins; None where the suggestions do not say."""
    suggested = Counter(each.suggested for each in recent)
    codes = sorted({*suggested, *expected["suggested"]})
    shares = [each.known_share for each in recent if each.known_share is not None]
    known = expected["known_share"], np.histogram(shares, SHARES)[0].tolist()
    return {
        "departments": ([expected["suggested"].get(code, 0) for code in codes], [suggested[code] for code in codes]),
        "known_words": known if shares else None,
    }


def _bounds(
    recent: Sequence[Decided], whole: Mapping[str, Any], expected: Mapping[str, Any] | None
) -> dict[str, float]:
    """The most that each figure may reach; nothing is warned of under FEW cases, so none is found."""
    if whole["n"] < FEW:
        return {}
    bounds = {"overridden": OVERRIDE_MOST, "thin": THIN_MOST}
    bounds["outside_set"] = max(OUTSIDE_MOST, chance_share(SET_MISS, whole["n"]))
    bounds["ece"] = max(ECE_MOST, chance_ece(np.array([each.probability for each in recent])))
    for name, pair in _histograms(recent, expected).items() if expected else ():
        if pair:
            bounds[name] = max(SHIFTED, chance_psi(*pair))
    return {name: round(bound, 4) for name, bound in bounds.items()}


_SENTENCES = {
    "overridden": "最近八周有 {:.0%} 的首选建议被工作人员改掉，建议重新训练。",
    "outside_set": "最近八周有 {:.0%} 的承办部门不在建议的集合里（应不超过 5%）。",
    "thin": "最近八周有 {:.0%} 的申请系统拿不准，可能出现了新的事项。",
    "ece": "建议的概率与实际相差 {:.0%}，概率暂不宜作为依据。",
    "departments": "申请的事项构成与训练时明显不同（PSI {:.2f}），请留意是否有新的热点。",
    "known_words": "申请的用语与训练时明显不同（PSI {:.2f}），模型认识的词变了。",
}


def _warnings(
    recent: Mapping[str, Any], drift: Mapping[str, float | None] | None, bounds: Mapping[str, float]
) -> list[dict[str, str]]:
    values = {**recent, **(drift or {})}
    return [
        {"code": code, "sentence": sentence.format(values[code])}
        for code, sentence in _SENTENCES.items()
        if code in bounds and values.get(code) is not None and values[code] > bounds[code]
    ]
