"""Training: repeatable to the byte, whole groups, lone classes, duties from the first day, honest calibration."""

import warnings
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from classifier.data import Row
from classifier.errors import DataError
from classifier.learn import fit, folds, train
from classifier.measure.evaluate import Judged, expected_calibration_error, metrics
from classifier.model import calibrate
from classifier.model.calibrate import Calibration
from classifier.model.disposition import advise
from classifier.profile import Profile
from classifier.serve.predict import Predictor
from classifier.store import registry
from classifier.text import keys
from classifier.text.features import Vocabulary, read
from classifier.text.segment import segmenter


def test_the_same_rows_and_seed_give_the_same_bytes(rows: list[Row], profile: Profile, tmp_path: Path) -> None:
    versions = [registry.save(train.train(rows, profile), tmp_path / name, date(2026, 11, 22)) for name in "ab"]
    assert versions[0] == versions[1]
    for name in ("manifest.json", "weights.npz", "card.md"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_free_labels_need_no_directory_and_give_no_disposition(rows: list[Row]) -> None:
    model = train.train([replace(row, disposition=None) for row in rows], None)
    suggestion = Predictor(model, "x").suggest("公交改线的依据")
    assert suggestion.departments[0][0].code == "transport"
    assert suggestion.disposition == ()


def test_a_class_of_one_row_is_learned_without_a_warning(rows: list[Row]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = train.train([*rows, Row("殡仪馆的收费项目和公墓价格批文", "civil-affairs")], None)
    assert Predictor(model, "x").suggest("殡仪馆的收费项目和公墓价格").departments[0][0].code == "civil-affairs"


def test_a_department_without_a_single_row_is_found_by_its_duties(rows: list[Row], profile: Profile) -> None:
    without = [row for row in rows if row.department != "tax"]
    suggestion = Predictor(train.train(without, profile), "x").suggest("增值税发票怎么查验和领用")
    assert suggestion.departments[0][0].code == "tax"
    assert suggestion.disposition[0][0] == "not_this_agency"


def test_a_former_name_leads_to_the_department_of_today(predictor: Predictor) -> None:
    assert predictor.suggest("原国土局发的那个批文").departments[0][0].code == "natural-resources"


def test_margins_equal_scikit_learns(rows: list[Row], profile: Profile) -> None:
    """Balanced classes by our weights are scikit-learn's own, and serving keeps its margins to 1e-6."""
    model = train.train(rows, None)
    head, vocabulary = model.departments, model.vocabulary
    counts = vocabulary.count([read(model.segmenter, row.text) for row in rows])
    values = vocabulary.weigh(counts, head.weight)
    truth = np.array([[label.code for label in model.labels].index(row.department) for row in rows])
    matrix = np.zeros((len(rows), len(vocabulary)))
    matrix[np.repeat(np.arange(len(rows)), np.diff(counts.pointers)), counts.index] = values
    theirs = (
        LinearSVC(C=fit.C, tol=fit.TOLERANCE, class_weight="balanced", random_state=0)
        .fit(matrix, truth)
        .decision_function(matrix)
    )
    np.testing.assert_allclose(head.margins(counts, values), theirs, atol=1e-6)


def test_what_one_class_alone_says_is_specific_and_what_all_say_is_not() -> None:
    texts = ["征地 请问", "征地 请问", "公交 请问", "公交 请问"]
    documents = [read(segmenter("rjieba"), text) for text in texts]
    vocabulary = Vocabulary.learn(documents)
    told = fit.specificity(fit.count(vocabulary, documents), np.array([0, 0, 1, 1]))
    assert told[vocabulary.words["征地"]] > 0.5
    assert told[vocabulary.words["请问"]] == pytest.approx(0, abs=1e-6)


def test_groups_stay_whole_and_classes_are_dealt_out_evenly() -> None:
    labels = [place % 3 for place in range(60)]
    groups = [str(place // 6) for place in range(60)]
    dealt = folds.assign(labels, groups, seed=1)
    for group in set(groups):
        assert len({fold for fold, other in zip(dealt, groups, strict=True) if other == group}) == 1
    alone = folds.assign(labels, [str(place) for place in range(60)], seed=1)
    assert {tuple(np.bincount(alone[np.array(labels) == label])) for label in range(3)} <= {(4, 4, 4, 4, 4)}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda rows: rows[:3], "too_few_rows"),
        (lambda rows: [replace(row, department="one") for row in rows], "too_few_classes"),
    ],
)
def test_what_cannot_be_learned_is_said(rows: list[Row], change: object, code: str) -> None:
    with pytest.raises(DataError) as caught:
        train.train(change(rows), None)
    assert caught.value.code == code


def test_a_label_that_the_directory_lacks_is_refused(rows: list[Row], profile: Profile) -> None:
    with pytest.raises(DataError) as caught:
        train.train([*rows, Row("文字", "nobody")], profile)
    assert caught.value.code == "unknown_department"
    assert "nobody" in caught.value.message


def test_personal_data_in_rows_does_not_reach_the_model(rows: list[Row], tmp_path: Path) -> None:
    planted = [replace(row, text=f"我叫张三丰,电话13800000000。{row.text}") for row in rows]
    registry.save(train.train(planted, None), tmp_path / "model", date(2026, 11, 22))
    stored = b"".join(path.read_bytes() for path in (tmp_path / "model").iterdir())
    for secret in ("张三丰", "三丰", "13800000000"):
        assert secret.encode() not in stored
    pairs = np.load(tmp_path / "model" / "weights.npz", allow_pickle=False)["codes"]
    assert keys.pairs(ord("三"), ord("丰")) not in pairs


_TRUE = Calibration(scale=3.0, shift=2.0, power=4.0)


def _calibrated(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Margins whose probabilities under _TRUE are the truth's own distribution."""
    rng = np.random.default_rng(seed)
    margins = rng.normal(-0.5, 0.6, size=(n, 5))
    return margins, (_TRUE.probabilities(margins).cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)


def test_the_calibration_is_found() -> None:
    fitted = Calibration.fit(*_calibrated(20_000, 0))
    margins, truth = _calibrated(20_000, 3)
    chances = fitted.probabilities(margins)
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    assert expected_calibration_error(chances.max(axis=1), chances.argmax(axis=1) == truth) < 0.02
    assert np.abs(chances - _TRUE.probabilities(margins)).mean() < 0.01


def test_a_handful_of_rows_does_not_run_away_with_the_calibration() -> None:
    chances = Calibration.fit(np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([0, 1])).probabilities(
        np.array([9.0, -9.0])
    )
    assert np.isfinite(chances).all()


def test_sets_hold_the_truth_of_each_class_as_often_as_promised() -> None:
    margins, truth = _calibrated(8_000, 1)
    limits = calibrate.set_thresholds(_TRUE.probabilities(margins), truth)
    fresh, fresh_truth = _calibrated(8_000, 2)
    held = (_TRUE.probabilities(fresh) >= limits)[np.arange(8_000), fresh_truth]
    for place in range(5):
        assert held[fresh_truth == place].mean() == pytest.approx(0.95, abs=0.02)


def test_classes_of_few_rows_share_a_threshold() -> None:
    truth = np.repeat([0, 1, 2], [100, 30, 30])
    chances = np.random.default_rng(0).dirichlet([1, 1, 1], len(truth))
    limits = calibrate.set_thresholds(chances, truth)
    assert limits[1] == limits[2] == calibrate.set_threshold(chances[np.arange(160), truth][100:])
    assert limits[0] != limits[1]


def test_too_few_rows_to_promise_anything_give_the_whole_set() -> None:
    assert calibrate.set_threshold(np.full(5, 0.5)) == 0


def test_a_flag_speaks_from_where_it_is_right_as_often_as_meant() -> None:
    margins = np.linspace(1, -1, 2000)
    right = (np.arange(2000) < 100) & (np.arange(2000) % 20 > 0)
    none = np.zeros(2000, bool)
    # 95 right, 15 wrong, and one wrong more than seen.
    assert calibrate.flag_limits(margins, right, none) == (calibrate.NEVER, pytest.approx(margins[109]))
    assert calibrate.flag_limits(margins, none, ~none) == (calibrate.NEVER, calibrate.NEVER)


def test_a_flag_that_is_rarer_in_an_office_needs_more_proof() -> None:
    margins = np.linspace(1, -1, 200)
    right = (np.arange(200) < 100) & (np.arange(200) % 20 > 0)
    frequent = calibrate.flag_limits(margins, right, np.zeros(200, bool))[1]
    assert frequent == calibrate.NEVER


@pytest.mark.parametrize(("wrong", "least", "most"), [(10, 0.85, 0.99), (30, 0.65, 0.75), (70, 0.25, 0.35)])
def test_confidence_begins_where_suggestions_are_right_more_often_than_wrong(
    wrong: int, least: float, most: float
) -> None:
    """Of a hundred, the `wrong` least probable are wrong: those are not leaned on, the others are."""
    top = np.linspace(0.5, 1, 100)
    chances = np.stack((top, 1 - top), axis=1)
    truth = (np.arange(100) < wrong).astype(int)
    kept = top >= calibrate.confident_threshold(chances, truth)
    assert (truth[kept] == 0).mean() >= 0.8
    assert least <= kept.mean() <= most


def test_metrics_count_what_the_contract_names() -> None:
    judged = [
        Judged("a", ["a", "b", "c", "d"], 0.9, ["a"], ("public", "public"), (["repeat"], ["repeat", "complaint"])),
        Judged("b", ["a", "c", "d", "b"], 0.6, ["a", "b"], ("unclear", "public")),
        Judged("z", ["b", "a", "c", "d"], 0.4, ["b"]),
    ]
    result = metrics(judged)
    assert result["n"] == 3
    assert result["accuracy"] == pytest.approx(1 / 3, abs=1e-5)
    assert result["top3"] == pytest.approx(1 / 3, abs=1e-5)
    assert result["macro_f1"] == pytest.approx((2 / 3 + 0 + 0) / 3, abs=1e-5)
    assert result["ece"] == pytest.approx((0.1 + 0.6 + 0.4) / 3, abs=1e-5)
    assert result["set_coverage"] == pytest.approx(2 / 3, abs=1e-5)
    assert result["mean_set_size"] == pytest.approx(4 / 3, abs=1e-5)
    assert result["coverage"][-1] == {"threshold": 0.95, "coverage": 0.0, "accuracy": None}
    assert result["disposition"]["accuracy"] == 0.5
    assert result["flags"]["complaint"]["precision"] == 0
    assert result["flags"]["repeat"]["recall"] == 1


def test_flags_and_their_absence_are_counted_where_any_row_has_one() -> None:
    result = metrics([Judged("a", ["a"], 0.9, ["a"], flags=((), ("repeat",)))])
    assert "flags" not in result
    counted = metrics(
        [Judged("a", ["a"], 0.9, ["a"], flags=flags) for flags in ((("repeat",),) * 2, ((), ("repeat",)))]
    )
    assert counted["flags"]["repeat"]["precision"] == 0.5
    low, high = counted["flags"]["repeat"]["precision_interval"]
    assert (low, high) == (pytest.approx(0.0945, abs=1e-3), pytest.approx(0.9055, abs=1e-3))


TRAINED_CHANCES = {"public": 0.6, "partially_public": 0.2, "not_held": 0.15, "unclear": 0.05}


@pytest.mark.parametrize(
    ("external", "thin", "flags", "first"),
    [
        (0.02, False, (), "public"),
        (0.45, False, (), "not_this_agency"),
        (0.45, True, ("correction",), "not_this_agency"),
        (0.02, True, ("third_party",), "unclear"),
        (0.02, False, ("complaint", "needs_processing", "third_party"), "not_held"),
        (0.02, False, ("exception_risk",), "partially_public"),
        (0.02, False, ("register_query", "correction"), "public"),
    ],
)
def test_advice_follows_routing_then_thinness_then_flags(
    external: float, thin: bool, flags: tuple[str, ...], first: str
) -> None:
    advice = advise(TRAINED_CHANCES, external, thin, flags)
    assert advice[0][0] == first
    assert sum(chance for _, chance in advice) == pytest.approx(1)
    assert len(advice) == 5
