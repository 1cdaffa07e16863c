"""Learning what to advise beside the department: the disposition (初步处理意见) and which flags (提示) to raise."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.data import Row
from classifier.learn import fit
from classifier.learn.folds import Material, Steps, unseen
from classifier.model import calibrate
from classifier.model.calibrate import Calibration
from classifier.model.disposition import TRAINED
from classifier.model.flags import CODES, PHRASES, ruled
from classifier.model.model import Advice, Head
from classifier.model.signs import SIGNS, signs
from classifier.text.features import STEPS, Floats, Ints, sizes

# Under so many examples a flag is left to its rule.
FLAG_ROWS = 20
# The authored rows of these flags were read again where a model doubted their labels, which makes a model look better
# on them than it is elsewhere: more is asked of it.
LABELS_REVISED = ("third_party", "exception_risk", "register_query")
REVISED_PRECISION = 0.9


def learn_advice(material: Material, rows: Sequence[Row], seed: int, steps: Steps) -> Advice | None:
    """Learn from the rows that have a disposition and from all rows' flags; None where there is too little of both.

    Where any row has flags, a row without them is one that nothing had to be flagged in.
    """
    outcome = np.array([TRAINED.index(row.disposition) if row.disposition in TRAINED else -1 for row in rows])
    raised = np.array([[code in (row.flags or ()) for code in CODES] for row in rows])
    dispositions = np.unique(outcome[outcome >= 0])
    if len(dispositions) < 2:
        return None
    features, said = _features(material), _signs(material)
    folds = material.folds[: len(rows)]

    def learn(inside: Ints) -> tuple[Floats, Floats, dict[str, Floats]]:
        advised = inside[outcome[inside] >= 0]
        coef, intercept = fit.machine(features[advised], outcome[advised], len(TRAINED), seed)
        beside = {CODES.index(code): own[inside] for code, own in said.items()}
        switch, level, extra = fit.switches(features[inside], raised[inside], seed, beside)
        own_signs = {CODES[place]: weights for place, weights in extra.items()}
        return np.hstack((coef, switch)), np.concatenate((intercept, level)), own_signs

    def judge(inside: Ints, outside: Ints) -> Floats:
        coef, intercept, own_signs = learn(inside)
        margins = np.asarray(features[outside] @ coef + intercept)
        for code, weights in own_signs.items():
            margins[:, len(TRAINED) + CODES.index(code)] += said[code][outside] @ weights
        return margins

    margins = unseen(folds, len(TRAINED) + len(CODES), judge, steps)
    coef, intercept, own_signs = learn(np.arange(len(rows)))
    steps.next()
    told = np.flatnonzero(outcome >= 0)
    terms = len(material.vocabulary)
    return Advice(
        dispositions=TRAINED,
        flagged=CODES,
        steps=tuple(STEPS.tolist()),
        head=Head(material.vocabulary.idf, coef[:terms].astype(np.float32), intercept.astype(np.float32)),
        by_size=coef[terms:].astype(np.float32),
        calibration=Calibration.fit(margins[told, : len(TRAINED)], outcome[told]),
        flags=_flag_limits(material, margins[:, len(TRAINED) :], raised),
        signs={
            code: dict(zip(SIGNS[code], weights.round(6).tolist(), strict=True)) for code, weights in own_signs.items()
        },
    )


def _features(material: Material) -> NDArray[np.float64]:
    from scipy.sparse import csr_matrix, hstack

    number = len(material.documents)
    weighed = fit.weigh(material.vocabulary, material.counts[:number], material.vocabulary.idf)
    features: NDArray[np.float64] = hstack((weighed, csr_matrix(sizes(material.documents))), format="csr")
    return features


def _signs(material: Material) -> dict[str, Floats]:
    """For each flag that has signs, which of them each row shows (rows, signs)."""
    texts = [PHRASES.hear(document.said) for document in material.documents]
    return {code: np.array([signs(code, heard) for heard in texts]) for code in SIGNS}


def _flag_limits(material: Material, margins: Floats, raised: NDArray[np.bool_]) -> dict[str, tuple[float, float]]:
    spoken = [ruled(PHRASES.hear(document.said)) for document in material.documents]
    limits = {}
    for place, code in enumerate(CODES):
        said = [each[code] for each in spoken]
        free = np.array([each is not None for each in said])
        if raised[:, place].sum() >= FLAG_ROWS:
            right, rule = raised[free, place], np.array(said)[free].astype(bool)
            aim = REVISED_PRECISION if code in LABELS_REVISED else calibrate.FLAG_PRECISION
            limits[code] = calibrate.flag_limits(margins[free, place], right, rule, aim)
    return limits
