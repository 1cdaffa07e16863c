"""Learning a model from answered messages and, with a profile, from the departments' own duty lines.

The recipe and what each part adds: docs/classifier.md. The same rows, profile, seed and packages give the same model
to the byte.
"""

import hashlib
import importlib.metadata
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.data import Row
from classifier.errors import DataError
from classifier.learn import fit, folds
from classifier.learn.advice import learn_advice
from classifier.learn.folds import FOLDS, Material, Progress, Steps
from classifier.measure.evaluate import Judged, metrics
from classifier.model import calibrate
from classifier.model.calibrate import Calibration
from classifier.model.model import Duties, Head, Label, Limits, Model, Trial
from classifier.profile import Department, Profile
from classifier.text import segment
from classifier.text.features import Document, Floats, Ints, Vocabulary, read
from classifier.text.redact import mask
from classifier.text.text import normalise

KNOWN_WORDS = 2
KNOWN_SHARE = 0.3


def train(
    rows: Sequence[Row],
    profile: Profile | None,
    *,
    seed: int = 0,
    segmenter: str | None = None,
    progress: Progress = lambda done, total: None,
) -> Model:
    """Learn a model. Without a profile any label strings do, and there is no prior, no disposition and no duty.

    Raises DataError: `too_few_classes`, `too_few_rows`, or `unknown_department` for a label the profile lacks.
    """
    labels, cutter, material = learn_from(rows, profile, seed, segmenter)
    steps = Steps(progress, (FOLDS + 1) * (2 if profile else 1))
    head, calibration, limits, trial, measured = _routing(material, seed, steps, labels)
    return Model(
        labels=labels,
        segmenter=cutter,
        vocabulary=material.vocabulary,
        departments=head,
        calibration=calibration,
        limits=limits,
        advice=learn_advice(material, rows, seed, steps) if profile else None,
        duties=_duties(profile, labels, material.vocabulary, cutter),
        facts=_facts(rows, profile, seed) | {"metrics": measured},
        trial=trial,
    )


def learn_from(
    rows: Sequence[Row], profile: Profile | None, seed: int, segmenter: str | None = None
) -> tuple[tuple[Label, ...], segment.Segmenter, Material]:
    """Classes, segmenter, and rows and directory made ready to learn from. Raises DataError as `train` does."""
    labels = _labels(rows, profile)
    cutter = segment.segmenter(segmenter or segment.available(), profile.names if profile else ())
    return labels, cutter, _material(rows, profile, labels, cutter, seed)


def lines(department: Department) -> tuple[str, ...]:
    """Give what a directory says of one department, as texts to learn from: its names and its duty lines (职责)."""
    return (*department.names, *department.duties)


def _labels(rows: Sequence[Row], profile: Profile | None) -> tuple[Label, ...]:
    if len(rows) < 2 * FOLDS:
        raise DataError("too_few_rows", f"至少需要 {2 * FOLDS} 行数据，现在只有 {len(rows)} 行。")
    named = {row.department for row in rows}
    if profile is None:
        labels = tuple(Label(code, code, external=False) for code in sorted(named))
    else:
        labels = tuple(Label(each.code, each.name, each.external) for each in profile.departments)
        if unknown := sorted(named - {label.code for label in labels}):
            raise DataError("unknown_department", f"部门目录中没有这些代码：{'、'.join(unknown[:10])}")
    if len(labels) < 2:
        raise DataError("too_few_classes", "至少需要两个不同的部门。")
    return labels


def _material(
    rows: Sequence[Row], profile: Profile | None, labels: Sequence[Label], cutter: segment.Segmenter, seed: int
) -> Material:
    documents = [read(cutter, row.text, row.subject, mask) for row in rows]
    told = [(each.code, line) for each in profile.departments for line in lines(each)] if profile else []
    prior = [read(cutter, line) for _, line in told]
    groups = [_group(row, each) for row, each in zip(rows, documents, strict=True)]
    vocabulary = Vocabulary.learn(documents, prior, groups)
    column = {label.code: place for place, label in enumerate(labels)}
    truth = [column[row.department] for row in rows]
    also = np.zeros((len(rows) + len(prior), len(labels)), bool)
    for place, row in enumerate(rows):
        # what a directory of today no longer has is no answer today
        also[place, [column[code] for code in row.right[1:] if code in column]] = True
    return Material(
        documents=documents,
        vocabulary=vocabulary,
        counts=fit.count(vocabulary, [*documents, *prior]),
        truth=np.array([*truth, *(column[code] for code, _ in told)], np.int64),
        also=also,
        folds=np.concatenate((folds.assign(truth, groups, seed), np.full(len(prior), -1))),
        classes=len(labels),
    )


def _group(row: Row, document: Document) -> str:
    return row.group if row.group is not None else document.text


def route(material: Material, inside: Ints, seed: int) -> Head:
    """Fit the departments' machine on some rows of the material."""
    counts, truth = material.counts[inside], material.truth[inside]
    weight = material.vocabulary.idf * fit.specificity(counts, truth)
    features, also = fit.weigh(material.vocabulary, counts, weight), material.also[inside]
    coef, intercept = fit.machine(features, truth, material.classes, seed, also)
    return Head(weight, coef.astype(np.float32), intercept.astype(np.float32))


def _routing(
    material: Material, seed: int, steps: Steps, labels: Sequence[Label]
) -> tuple[Head, Calibration, Limits, Trial, dict[str, Any]]:
    known = np.zeros(len(material.folds), bool)

    def judge(inside: Ints, outside: Ints) -> Floats:
        taught = np.unique(material.truth[inside])
        if len(taught) < 2:
            return np.zeros((len(outside), material.classes))
        known[outside] = np.isin(material.truth[outside], taught)
        head = route(material, inside, seed)
        features = fit.weigh(material.vocabulary, material.counts[outside], head.weight)
        return np.asarray(features @ head.coef + head.intercept, np.float64)

    margins = folds.unseen(material.folds, material.classes, judge, steps)[known]
    if not len(margins):
        raise DataError("too_few_rows", "每个部门都只有一组数据，无法检验模型。")
    # of several right departments the one that the model finds most likely: a set that holds it, holds a right one
    truth = likeliest(margins, material.truth[known], material.also[known])
    calibration = Calibration.fit(margins, truth)
    chances = calibration.probabilities(margins)
    head = route(material, np.arange(len(material.folds)), seed)
    steps.next()
    limits = Limits(
        set_thresholds=tuple(calibrate.set_thresholds(chances, truth).tolist()),
        confident=calibrate.confident_threshold(chances, truth),
        known=KNOWN_WORDS,
        known_share=KNOWN_SHARE,
    )
    judged = _cross_fitted(margins, material, known, [label.code for label in labels])
    return head, calibration, limits, Trial(chances.astype(np.float16), truth), metrics(judged)


def likeliest(margins: Floats, truth: Ints, also: NDArray[np.bool_]) -> Ints:
    """Of the columns that are right for each row, its truth (rows,) and what is right `also`, that of most margin."""
    right = also.copy()
    right[np.arange(len(truth)), truth] = True
    return np.asarray(np.where(right, margins, -np.inf).argmax(axis=1))


def _cross_fitted(margins: Floats, material: Material, known: NDArray[np.bool_], codes: Sequence[str]) -> list[Judged]:
    """Unseen rows judged with a calibration and set thresholds fitted on the other folds only."""
    best, also, fold_of = material.truth[known], material.also[known], material.folds[known]
    truth, judged = likeliest(margins, best, also), []
    for fold in np.unique(fold_of):
        others, own = fold_of != fold, fold_of == fold
        # With a single fold there are no others to fit on.
        others = others if others.any() else own
        fitted = Calibration.fit(margins[others], truth[others])
        limits = calibrate.set_thresholds(fitted.probabilities(margins[others]), truth[others])
        for chances, true, others in zip(
            fitted.probabilities(margins[own]), best[own].tolist(), also[own], strict=True
        ):
            order = np.argsort(-chances, kind="stable").tolist()
            inside = [codes[place] for place in order[: calibrate.SET_MOST] if chances[place] >= limits[place]]
            chosen = inside or [codes[order[0]]]
            ranked, right = (
                [codes[place] for place in order],
                [codes[place] for place in np.flatnonzero(others).tolist()],
            )
            judged.append(
                Judged(
                    codes[true], ranked, float(chances[order[0]]), chosen, right=[codes[true], *right] if right else []
                )
            )
    return judged


def _duties(
    profile: Profile | None, labels: Sequence[Label], vocabulary: Vocabulary, cutter: segment.Segmenter
) -> Duties:
    told = [
        (place, duty)
        for place, each in enumerate(profile.departments if profile else ())
        for duty in each.duties
        if normalise(duty)
    ]
    counts = vocabulary.count([read(cutter, duty) for _, duty in told])
    return Duties(
        texts=tuple(duty for _, duty in told),
        columns=np.array([place for place, _ in told], np.int64),
        pointers=counts.pointers,
        index=counts.index,
        value=vocabulary.weigh(counts, vocabulary.idf),
    )


def _facts(rows: Sequence[Row], profile: Profile | None, seed: int) -> dict[str, Any]:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps([row.subject, row.text, row.acceptable, row.disposition, row.flags]).encode())
    return {
        "labels": "profile" if profile else "free",
        "profile": {"id": profile.id, "version": profile.version, "sha256": profile.sha256} if profile else None,
        "rows": len(rows),
        "rows_per_department": dict(sorted(Counter(row.department for row in rows).items())),
        "rows_sha256": digest.hexdigest(),
        "seed": seed,
        "recipe": {"C": fit.C, "folds": FOLDS},
        "scikit_learn": importlib.metadata.version("scikit-learn"),
    }
