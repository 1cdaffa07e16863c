"""Floors of quality and speed on real messages of citizens, read by path and never kept in the project.

MEASURE_DATA names the directory with messages_open.jsonl; by default shared/data beside the project.
"""

import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from classifier.data import Row, load
from classifier.learn import folds, train
from classifier.measure.evaluate import judge, metrics
from classifier.serve.predict import Predictor
from classifier.store import registry
from classifier.text.segment import segmenter
from classifier.text.text import normalise

BESIDE = Path(__file__).parents[2].parent / "shared" / "data"
MESSAGES = Path(os.environ.get("MEASURE_DATA", BESIDE)) / "messages_open.jsonl"

pytestmark = pytest.mark.skipif(
    not MESSAGES.is_file(),
    reason="no real messages here: set MEASURE_DATA to the directory of messages_open.jsonl",
)


@pytest.fixture(scope="module")
def split() -> tuple[list[Row], list[Row]]:
    """Four folds to learn from and one to be judged on; duplicates are never on both sides."""
    rows = load([MESSAGES])
    codes = sorted({row.department for row in rows})
    dealt = folds.assign(
        [codes.index(row.department) for row in rows], [row.group or row.text for row in rows], 7
    ).tolist()
    return (
        [row for row, fold in zip(rows, dealt, strict=True) if fold],
        [row for row, fold in zip(rows, dealt, strict=True) if not fold],
    )


def judged(predictor: Predictor, rows: list[Row]) -> dict[str, float]:
    found = predictor.suggest_many([(row.text, row.subject) for row in rows], top=7, reasons=False)
    return metrics([judge(row, suggestion) for row, suggestion in zip(rows, found, strict=True)])


@pytest.fixture(scope="module")
def predictor(split: tuple[list[Row], list[Row]], tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    directory = tmp_path_factory.mktemp("real") / "model"
    registry.save(train.train(split[0], None), directory, date(2026, 11, 22))
    return Predictor.load(directory)


def test_routing_calibration_and_sets_keep_their_floors(
    split: tuple[list[Row], list[Row]], predictor: Predictor
) -> None:
    measured = judged(predictor, split[1])
    assert measured["macro_f1"] >= 0.91
    assert measured["top3"] >= 0.99
    assert measured["ece"] <= 0.035
    assert 0.93 <= measured["set_coverage"] <= 0.975
    assert measured["mean_set_size"] <= 1.2


def test_two_hundred_answers_are_enough_to_be_of_use(split: tuple[list[Row], list[Row]]) -> None:
    measured = judged(Predictor(train.train(split[0][::18], None), "few"), split[1])
    assert measured["macro_f1"] >= 0.76
    assert measured["top3"] >= 0.95


def test_the_fast_segmenter_cuts_like_the_reference() -> None:
    names = ("国土局", "住建局", "人社局", "教体局")
    fast, reference = segmenter("rjieba", names), segmenter("jieba", names)
    texts = [normalise(row.text) for row in load([MESSAGES])]
    assert np.mean([fast.cut(text) == reference.cut(text) for text in texts]) >= 0.999
