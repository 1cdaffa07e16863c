"""Learning a model from answered messages and, with a profile, from the departments' own duty lines.

The recipe and what each part adds: docs/adr/0005-classifier.md. The same rows, profile, seed and packages give the
same model to the byte. scikit-learn is imported here and nowhere else.
"""

import hashlib
import importlib.metadata
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classifier import calibrate, segment
from classifier.data import Row
from classifier.disposition import TRAINED
from classifier.errors import DataError
from classifier.evaluate import Judged, metrics
from classifier.features import Document, Floats, Ints, Vector, Vocabulary, arrays, read
from classifier.model import Head, Label, Limits, Model
from classifier.profile import Department, Profile
from classifier.redact import mask

FOLDS = 5
C = 0.5
# A duty line or a name is one row of training, at this weight beside an answered message.
DUTY_WEIGHT = 0.5
KNOWN_WORDS = 2
KNOWN_SHARE = 0.3

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Material:
    """Rows and duty lines as vectors; `truth` and `duty_truth` are columns of `labels`, `folds` the row's fold."""

    vectors: list[Vector]
    truth: Ints
    folds: Ints
    duties: list[Vector]
    duty_truth: Ints
    classes: int
    width: int


def train(
    rows: Sequence[Row],
    profile: Profile | None,
    *,
    seed: int = 0,
    segmenter: str | None = None,
    progress: Progress = lambda done, total: None,
) -> Model:
    """Learn a model. Without a profile any label strings do, and there is no prior and no disposition.

    Raises DataError: `too_few_classes`, `too_few_rows`, or `unknown_department` for a label the profile lacks.
    """
    labels = _labels(rows, profile)
    cutter = segment.segmenter(segmenter or segment.available(), profile.names if profile else ())
    documents = [read(cutter, mask(row.text), mask(row.subject)) for row in rows]
    duties = (
        [(each.code, read(cutter, line)) for each in profile.departments for line in lines(each)] if profile else []
    )
    vocabulary = Vocabulary.learn(documents, [document for _, document in duties])
    column = {label.code: place for place, label in enumerate(labels)}
    truth = np.array([column[row.department] for row in rows], np.int64)
    material = _Material(
        vectors=[vocabulary.vector(document) for document in documents],
        truth=truth,
        folds=assign_folds(
            truth.tolist(), [_group(row, each) for row, each in zip(rows, documents, strict=True)], seed
        ),
        duties=[vocabulary.vector(document) for _, document in duties],
        duty_truth=np.array([column[code] for code, _ in duties], np.int64),
        classes=len(labels),
        width=len(vocabulary),
    )
    advised = [place for place, row in enumerate(rows) if row.disposition in TRAINED] if profile else []
    dispositions = tuple(code for code in TRAINED if any(rows[place].disposition == code for place in advised))
    steps = _Steps(progress, (FOLDS + 1) * (2 if len(dispositions) > 1 else 1))
    departments, limits, seen = _routing(material, seed, steps, labels)
    disposition = None
    if len(dispositions) > 1:
        outcome = np.array([dispositions.index(rows[place].disposition or "") for place in advised], np.int64)
        disposition = _advice(_subset(material, advised, outcome, len(dispositions)), seed, steps)
    return Model(
        labels=labels,
        segmenter=cutter,
        vocabulary=vocabulary,
        departments=departments,
        disposition=disposition,
        dispositions=dispositions if disposition else (),
        limits=limits,
        facts=_facts(rows, profile, seed) | seen,
    )


def lines(department: Department) -> tuple[str, ...]:
    """Give what a directory says of one department, as texts to learn from: its names and its duty lines (职责)."""
    return (*department.names, *department.duties)


def assign_folds(labels: Sequence[int], groups: Sequence[str], seed: int) -> Ints:
    """Fold of each row: groups stay whole, each class is dealt out evenly; a class of one row is no trouble."""
    members: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    order = list(members)
    np.random.default_rng(seed).shuffle(order)
    main = {group: Counter(labels[place] for place in members[group]).most_common(1)[0][0] for group in order}
    order.sort(key=lambda group: (main[group], -len(members[group])))
    folds = np.empty(len(labels), np.int64)
    for turn, group in enumerate(order):
        folds[members[group]] = turn % FOLDS
    return folds


@dataclass
class _Steps:
    report: Progress
    total: int
    done: int = 0

    def next(self) -> None:
        self.done += 1
        self.report(self.done, self.total)


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


def _group(row: Row, document: Document) -> str:
    return row.group if row.group is not None else document.text


def _matrix(vectors: Sequence[Vector], width: int) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix(arrays(vectors), shape=(len(vectors), width))


def fit(
    vectors: Sequence[Vector], truth: Ints, weights: Floats, classes: int, width: int, seed: int
) -> tuple[Floats, Floats]:
    """Coefficients (width, classes) and intercepts of a linear SVM, one class against the rest, classes balanced.

    A class without a row gets the margin of a certain no.
    """
    from sklearn.svm import LinearSVC

    present = np.unique(truth)
    machine = LinearSVC(C=C, class_weight="balanced", random_state=seed)
    machine.fit(_matrix(vectors, width), truth, sample_weight=weights)
    coef, intercept = np.zeros((width, classes)), np.full(classes, -1.0)
    two = len(present) == 2
    coef[:, present] = np.vstack((-machine.coef_, machine.coef_)).T if two else machine.coef_.T
    intercept[present] = np.concatenate((-machine.intercept_, machine.intercept_)) if two else machine.intercept_
    return coef, intercept


def _unseen_margins(material: _Material, seed: int, steps: _Steps) -> tuple[Floats, Ints]:
    """Margins of every row from the model that did not see its fold, and the rows whose class that model knew."""
    margins = np.zeros((len(material.vectors), material.classes))
    known = np.zeros(len(material.vectors), bool)
    for fold in range(FOLDS):
        inside, outside = np.flatnonzero(material.folds != fold), np.flatnonzero(material.folds == fold)
        taught = np.union1d(material.truth[inside], material.duty_truth)
        if len(outside) and len(taught) > 1:
            coef, intercept = _fit_rows(material, inside, seed)
            margins[outside] = _matrix([material.vectors[row] for row in outside], material.width) @ coef + intercept
            known[outside] = np.isin(material.truth[outside], taught)
        steps.next()
    return margins, np.flatnonzero(known)


def _fit_rows(material: _Material, rows: Ints, seed: int) -> tuple[Floats, Floats]:
    vectors = [material.vectors[row] for row in rows] + material.duties
    truth = np.concatenate((material.truth[rows], material.duty_truth))
    weights = np.concatenate((np.ones(len(rows)), np.full(len(material.duties), DUTY_WEIGHT)))
    return fit(vectors, truth, weights, material.classes, material.width, seed)


def _routing(
    material: _Material, seed: int, steps: _Steps, labels: Sequence[Label]
) -> tuple[Head, Limits, dict[str, Any]]:
    margins, rows = _unseen_margins(material, seed, steps)
    if not len(rows):
        raise DataError("too_few_rows", "每个部门都只有一组数据，无法检验模型。")
    margins, truth, folds = margins[rows], material.truth[rows], material.folds[rows]
    heat = calibrate.temperature(margins, truth)
    chances = calibrate.softmax(margins, heat)
    coef, intercept = _fit_rows(material, np.arange(len(material.vectors)), seed)
    steps.next()
    head = Head(coef.astype(np.float32), intercept.astype(np.float32), heat)
    limits = Limits(
        set_threshold=calibrate.set_threshold(chances, truth),
        confident=calibrate.confident_threshold(chances, truth),
        known=KNOWN_WORDS,
        known_share=KNOWN_SHARE,
    )
    judged = _cross_fitted(margins, truth, folds, [label.code for label in labels])
    return head, limits, {"metrics": metrics(judged)}


def _cross_fitted(margins: Floats, truth: Ints, folds: Ints, codes: Sequence[str]) -> list[Judged]:
    """Unseen rows judged with a temperature and a set threshold fitted on the other folds only."""
    judged = []
    for fold in np.unique(folds):
        others, own = folds != fold, folds == fold
        # With a single fold there are no others to fit on.
        others = others if others.any() else own
        heat = calibrate.temperature(margins[others], truth[others])
        limit = calibrate.set_threshold(calibrate.softmax(margins[others], heat), truth[others])
        for chances, true in zip(calibrate.softmax(margins[own], heat), truth[own].tolist(), strict=True):
            order = np.argsort(-chances, kind="stable").tolist()
            chosen = [codes[place] for place in order if chances[place] >= limit] or [codes[order[0]]]
            judged.append(Judged(codes[true], [codes[place] for place in order], float(chances[order[0]]), chosen))
    return judged


def _advice(material: _Material, seed: int, steps: _Steps) -> Head:
    margins, rows = _unseen_margins(material, seed, steps)
    heat = calibrate.temperature(margins[rows], material.truth[rows]) if len(rows) else 1.0
    coef, intercept = _fit_rows(material, np.arange(len(material.vectors)), seed)
    steps.next()
    return Head(coef.astype(np.float32), intercept.astype(np.float32), heat)


def _subset(material: _Material, rows: Sequence[int], truth: Ints, classes: int) -> _Material:
    """Keep some vectors, with other truths: no duty line speaks of dispositions."""
    return _Material(
        vectors=[material.vectors[row] for row in rows],
        truth=truth,
        folds=material.folds[np.array(rows)],
        duties=[],
        duty_truth=np.empty(0, np.int64),
        classes=classes,
        width=material.width,
    )


def _facts(rows: Sequence[Row], profile: Profile | None, seed: int) -> dict[str, Any]:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps([row.subject, row.text, row.department, row.disposition]).encode())
    return {
        "labels": "profile" if profile else "free",
        "profile": {"id": profile.id, "version": profile.version, "sha256": profile.sha256} if profile else None,
        "rows": len(rows),
        "rows_per_department": dict(sorted(Counter(row.department for row in rows).items())),
        "rows_sha256": digest.hexdigest(),
        "seed": seed,
        "recipe": {"C": C, "duty_weight": DUTY_WEIGHT if profile else None, "folds": FOLDS},
        "scikit_learn": importlib.metadata.version("scikit-learn"),
    }
