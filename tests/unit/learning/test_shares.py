"""An office's shares move a suggestion only where they prove themselves, and a set keeps its promise under them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from classifier.learn.crossfit import Unseen
from classifier.learn.shares import with_shares
from classifier.model import calibrate
from classifier.model.calibrate import Calibration, Floats
from classifier.model.model import Model
from classifier.model.shares import MOST, factors, shifted
from classifier.serve.predict import Predictor
from classifier.store import registry

CASES = 200


@pytest.fixture
def model(predictor: Predictor) -> Model:
    return predictor._model


def unseen(model: Model, chances: Floats) -> Unseen:
    """Answered cases with these margins."""
    return Unseen(tuple(label.code for label in model.labels), chances, np.ones(len(chances)))


def judged(model: Model, of_first: int, beside: dict[str, int]) -> tuple[Model, bool]:
    """Cases of two departments that texts do not always tell apart, `of_first` of CASES the first one's."""
    draw = np.random.default_rng(0)
    margins = np.full((CASES, len(model.labels)), -2.0)
    margins[:, :2] = draw.normal(0, 0.3, (CASES, 2))
    first, second = (label.code for label in model.labels[:2])
    truth = [first if place < of_first else second for place in draw.permutation(CASES).tolist()]
    margins[np.arange(CASES), [int(code == second) for code in truth]] += 0.4
    groups, folds = [str(place) for place in range(CASES)], np.arange(CASES) * 5 // CASES
    found, verdict = with_shares(model, unseen(model, margins), truth, groups, folds, beside)
    return found, bool(verdict and verdict["used"])


def test_shares_that_tell_what_the_text_does_not_are_used(model: Model) -> None:
    found, used = judged(model, 160, {})
    assert used
    assert found.shares[0] > 1 > found.shares[1]
    assert found.limits.set_thresholds != model.limits.set_thresholds


def test_shares_that_are_wrong_are_not_used(model: Model) -> None:
    """The ledger of another time says the opposite of what the office decides now."""
    found, used = judged(model, 160, {model.labels[1].code: 5_000})
    assert not used
    assert found is model


def test_without_answered_cases_no_ledger_is_believed(model: Model) -> None:
    nothing = unseen(model, np.empty((0, len(model.labels))))
    assert with_shares(model, nothing, [], [], np.empty(0, np.int64), {model.labels[0].code: 400}) == (model, None)


def test_no_share_takes_a_probability_further_than_it_may() -> None:
    by = factors(np.full(4, 0.25), np.array([1e6, 0, 0, 0]))
    assert by.max() <= MOST
    assert by.min() >= 1 / MOST
    moved = shifted(np.array([[0.4, 0.3, 0.2, 0.1]]), by)
    assert moved.sum() == pytest.approx(1)
    assert shifted(moved, ()) is moved


def test_a_set_keeps_its_promise_within_each_department_under_shares() -> None:
    draw, truth = np.random.default_rng(0), np.repeat(np.arange(4), 8_000)
    margins = draw.normal(-0.6, 0.4, (len(truth), 4))
    margins[np.arange(len(truth)), truth] += 0.8
    chances = shifted(Calibration().probabilities(margins), (2.0, 1.5, 0.7, 0.5))
    learned = draw.random(len(truth)) < 0.5
    limits = calibrate.set_thresholds(chances[learned], truth[learned])
    held = (chances >= limits)[np.arange(len(truth)), truth][~learned]
    for department in range(4):
        assert held[truth[~learned] == department].mean() == pytest.approx(0.95, abs=0.02)


def test_shares_are_served_as_they_were_learned_and_a_model_of_before_them_still_opens(
    model: Model, tmp_path: Path
) -> None:
    shares = (2.0, *[0.5] * (len(model.labels) - 1))
    registry.save(replace(model, shares=shares), tmp_path / "with", date(2026, 11, 30))
    registry.save(replace(model, trial=None), tmp_path / "before", date(2026, 11, 30))
    with_them, before = Predictor.load(tmp_path / "with"), Predictor.load(tmp_path / "before")
    assert with_them._model.shares == shares
    text, first = "请公开公交线路调整的材料", model.labels[0].code
    of_first = [
        {label.code: chance for label, chance in one.suggest(text, top=9).departments}[first]
        for one in (with_them, before)
    ]
    assert of_first[0] > of_first[1]
    assert before._model.trial is None
