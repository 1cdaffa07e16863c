"""Several departments may be right for one message: rows say so, machines, figures and doubts know it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifier.data import Row, load
from classifier.errors import DataError
from classifier.learn import fit, train
from classifier.learn.suspects import suspects
from classifier.measure.evaluate import Judged, metrics
from classifier.profile import Profile


def written(folder: Path, **fields: object) -> Path:
    path = folder / "rows.jsonl"
    path.write_text(json.dumps({"text": "楼下烧烤的油烟", "department": "ecology"} | fields), encoding="utf-8")
    return path


def test_a_row_names_all_that_are_right_the_best_first(tmp_path: Path) -> None:
    [row] = load([written(tmp_path, right=["ecology", "market"])])
    assert row.acceptable == ("ecology", "market")
    assert load([written(tmp_path, right=["ecology", "market"], department=None)]) == [row]
    [alone] = load([written(tmp_path)])
    assert (alone.right, alone.acceptable) == ((), ("ecology",))
    assert load([written(tmp_path, right=[])]) == [alone]


@pytest.mark.parametrize("right", [["market", "ecology"], ["ecology", "ecology"], "ecology", ["ecology", 3]])
def test_what_is_no_list_of_right_departments_is_refused(tmp_path: Path, right: object) -> None:
    with pytest.raises(DataError, match="right"):
        load([written(tmp_path, right=right)])


def test_a_row_is_no_example_against_a_department_that_is_right_too() -> None:
    features, truth = np.array([[1.0, 0.0]] * 10 + [[0.0, 1.0]] * 10 + [[1.0, 0.2]] * 10), np.repeat([0, 1, 2], 10)
    also = np.zeros((30, 3), bool)
    also[20:, 0] = True
    without, _ = fit.machine(features, truth, 3, 0)
    knowing, _ = fit.machine(features, truth, 3, 0, also)
    assert knowing[0, 0] > without[0, 0]
    assert knowing[:, 1] == pytest.approx(without[:, 1], abs=0.02), "who is right for no other row is taught as before"


def test_any_right_department_counts_apart_from_the_best() -> None:
    said = [
        Judged("ecology", ["market", "ecology", "health", "housing"], 0.6, ["market"], right=["ecology", "market"]),
        Judged("health", ["health", "market", "ecology", "housing"], 0.9, ["health"]),
        Judged("housing", ["health", "market", "ecology", "housing"], 0.5, ["health"], right=["housing", "ecology"]),
    ]
    counted = metrics(said)
    third = pytest.approx(1 / 3, abs=1e-5)
    assert (counted["accuracy"], 1 - counted["acceptable"]) == (third, third)
    assert (1 - counted["top3"], counted["acceptable_top3"]) == (third, 1.0)
    assert (counted["set_coverage"], 1 - counted["set_acceptable"]) == (third, third)
    assert "acceptable" not in metrics(said[1:2]), "nobody said that more than one is right"


def test_a_label_is_not_in_doubt_where_the_other_is_right_too(rows: list[Row], profile: Profile) -> None:
    # a department's very duty, told ten times and given once to another
    told = [Row(f"公交线路{place}路什么时候改线", "transport") for place in range(10)]
    wrong = Row("公交线路改线的公告和依据", "tax")
    place = len(rows) + len(told)
    found = {each.place: each.instead for each in suspects([*rows, *told, wrong], profile)}
    assert found[place] == "transport"
    right = replace(wrong, right=("tax", "transport"))
    assert place not in {each.place for each in suspects([*rows, *told, right], profile)}


def test_a_right_department_that_the_directory_no_longer_has_is_passed_over(rows: list[Row], profile: Profile) -> None:
    old = [replace(rows[0], right=(rows[0].department, "abolished")), *rows[1:]]
    _, _, material = train.learn_from(old, profile, 0)
    assert not material.also.any()
