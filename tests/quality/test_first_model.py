"""The model that ships, on the frozen holdouts: floors under what was measured, so that a loss shows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier.data import Row, load
from classifier.measure.evaluate import judge, metrics, wilson
from classifier.serve.predict import Predictor
from classifier.text.features import read

DATA = Path(__file__).parents[2] / "training_data"
HOLDOUT = load([DATA / "holdout.jsonl"])
TWICE = load([DATA / "holdout_read_twice.jsonl"])
READINGS = [
    json.loads(line)["readings"] for line in (DATA / "holdout_read_twice.jsonl").read_text("utf-8").splitlines()
]


def held_against(rows: list[Row], shipped: Predictor) -> dict[str, Any]:
    found = shipped.suggest_many([(row.text, row.subject) for row in rows], reasons=False)
    return metrics([judge(row, suggestion) for row, suggestion in zip(rows, found, strict=True)])


@pytest.fixture(scope="module")
def measured(shipped: Predictor) -> dict[str, Any]:
    return held_against(HOLDOUT, shipped)


@pytest.fixture(scope="module")
def twice(shipped: Predictor) -> dict[str, Any]:
    return held_against(TWICE, shipped)


def test_the_true_department_is_first_and_among_three(measured: dict[str, Any]) -> None:
    assert measured["accuracy"] >= 0.83
    assert measured["top3"] >= 0.95


def test_the_set_holds_the_true_department_as_often_as_it_promises(measured: dict[str, Any]) -> None:
    assert measured["set_coverage"] >= 0.94


def test_probabilities_mean_what_they_say(measured: dict[str, Any]) -> None:
    assert measured["ece"] <= 0.05


def test_dispositions_keep_their_floor(measured: dict[str, Any]) -> None:
    assert measured["disposition"]["macro_f1"] >= 0.69
    assert measured["disposition"]["per_class"]["not_this_agency"]["f1"] >= 0.82


def test_a_right_department_is_first_among_three_and_in_the_set(twice: dict[str, Any]) -> None:
    assert twice["acceptable"] >= 0.85
    assert twice["acceptable_top3"] >= 0.96
    assert twice["set_acceptable"] >= 0.95
    assert twice["mean_set_size"] <= 2.3


def test_what_is_called_confident_is_right_nine_times_in_ten(shipped: Predictor) -> None:
    found = shipped.suggest_many([(row.text, row.subject) for row in TWICE], reasons=False)
    right = [one.departments[0][0].code in row.acceptable for row, one in zip(TWICE, found, strict=True)]
    leaned_on = [one.confident for one in found]
    assert np.mean(leaned_on) >= 0.85
    assert np.mean([yes for yes, sure in zip(right, leaned_on, strict=True) if sure]) >= 0.9


def test_a_flag_that_is_raised_is_right(shipped: Predictor) -> None:
    """Judged on the rows that both readers read alike: a flag wrong one time in five annoys.

    Of fewer than twenty that are raised the interval must at least reach what is meant.
    """
    found = shipped.suggest_many([(row.text, row.subject) for row in TWICE], reasons=False)
    for code in sorted({flag for each in READINGS for reading in each for flag in reading["flags"]}):
        agreed = [
            (code in one["flags"], code in [flag.code for flag in suggestion.flags])
            for (one, other), suggestion in zip(READINGS, found, strict=True)
            if (code in one["flags"]) == (code in other["flags"])
        ]
        raised = [true for true, said in agreed if said]
        assert wilson(sum(raised), len(raised))[1] >= 0.9, code
        assert sum(raised) >= 0.8 * len(raised) or len(raised) < 20, code


def _margin(shipped: Predictor, text: str, subject: str, column: int) -> float:
    model = shipped._model
    counts = model.vocabulary.count([read(model.segmenter, text, subject)])
    values = model.vocabulary.weigh(counts, model.departments.weight)
    return float(model.departments.margins(counts, values)[0, column])


def test_taking_out_the_words_that_were_the_reasons_lowers_the_score(shipped: Predictor) -> None:
    codes = [label.code for label in shipped.labels]
    lower = []
    for row in HOLDOUT[::4]:
        first, terms = next(iter(shipped.suggest(row.text, row.subject, top=1).reasons.items()))
        text, subject = row.text, row.subject
        for term in terms[:3]:
            text, subject = text.replace(term.term, ""), subject.replace(term.term, "")
        if (text, subject) != (row.text, row.subject):
            before = _margin(shipped, row.text, row.subject, codes.index(first))
            lower.append(_margin(shipped, text, subject, codes.index(first)) < before)
    assert len(lower) > 150
    assert np.mean(lower) >= 0.95
