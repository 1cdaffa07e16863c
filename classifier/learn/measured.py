"""How good the recipe is, measured by learning anew: in folds over answered messages, and on rows kept apart."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from classifier.data import Row
from classifier.learn import train
from classifier.measure.evaluate import Judged, judge, metrics
from classifier.profile import Profile
from classifier.serve.predict import Predictor
from classifier.text.features import Ints

# The split of the published baselines.
FOLDS, SEED = 5, 20200406


def split(rows: Sequence[Row]) -> Iterator[tuple[Ints, Ints]]:
    """Places (inside, outside) of each fold, groups whole and classes even."""
    from sklearn.model_selection import StratifiedGroupKFold

    labels, groups = [row.department for row in rows], [row.group or row.text for row in rows]
    yield from StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(labels, labels, groups)


def in_folds(rows: Sequence[Row], number: int | None = None) -> dict[str, Any]:
    """Metrics over all folds; `number` learns from so many rows of each (a point of the learning curve)."""
    found: list[Judged] = []
    for fold, (inside, outside) in enumerate(split(rows)):
        some = np.sort(np.random.default_rng(fold).choice(inside, number, replace=False)) if number else inside
        model = train.train([rows[place] for place in some], None)
        found += judged(Predictor(model, "measured"), [rows[place] for place in outside])
    return metrics(found)


def on(rows: Sequence[Row], learned: Sequence[Row], profile: Profile) -> dict[str, Any]:
    """Metrics on rows kept apart from those `learned`, and under `folds` those of the model's own folds."""
    model = train.train(learned, profile)
    return metrics(judged(Predictor(model, "measured"), rows)) | {"folds": model.facts["metrics"]}


def judged(predictor: Predictor, rows: Sequence[Row]) -> list[Judged]:
    """Hold the suggestions for some rows against the rows."""
    messages = [(row.text, row.subject) for row in rows]
    found = predictor.suggest_many(messages, top=len(predictor.labels), reasons=False)
    return [judge(row, suggestion) for row, suggestion in zip(rows, found, strict=True)]
