"""The model that ships, on the frozen holdout: floors under what was measured, so that a loss shows."""

from pathlib import Path

import pytest

from classifier.data import load
from classifier.evaluate import judge, metrics
from classifier.predict import Predictor
from intake_api.commands.classifier import shipped_model

HOLDOUT = Path(__file__).parents[2] / "training_data" / "holdout.jsonl"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    predictor = Predictor.load(shipped_model(tmp_path_factory.mktemp("model")))
    return metrics([judge(row, predictor.suggest(row.text, row.subject, reasons=False)) for row in load([HOLDOUT])])


def test_the_true_department_is_first_and_among_three(measured: dict[str, float]) -> None:
    assert measured["accuracy"] >= 0.78
    assert measured["top3"] >= 0.92


def test_the_set_holds_the_true_department_as_often_as_it_promises(measured: dict[str, float]) -> None:
    assert measured["set_coverage"] >= 0.93


def test_probabilities_mean_what_they_say(measured: dict[str, float]) -> None:
    assert measured["ece"] <= 0.10
