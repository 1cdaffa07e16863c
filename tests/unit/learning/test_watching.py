"""What is watched in use, which old labels look wrong, and when a new model may replace the old one."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from classifier.data import Row
from classifier.errors import ModelError
from classifier.learn import train
from classifier.learn.suspects import suspects
from classifier.measure import gate
from classifier.measure.monitor import FEW, Decided, psi, reference, report
from classifier.profile import Profile
from classifier.serve.predict import Predictor
from classifier.store import registry
from classifier.store.card import register
from classifier.store.registry import Registry, learned_cases
from intake_api.kit.clock import Clock
from intake_api.learning.errors import StepRefused
from intake_api.settings import Settings
from intake_api.web.staff_models import history_line
from intake_api.wiring.offices import load_directory
from intake_api.wiring.room import RegisteredModels

TODAY = date(2026, 11, 20)
AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def decided(number: int, *, right: float = 1.0, on: date = TODAY, suggested: str = "housing") -> list[Decided]:
    known = 0.9
    return [
        Decided(on, suggested if place < right * number else "water", suggested, 0.9, True, place % 10 > 0, known, "v")
        for place in range(number)
    ]


def test_shares_are_counted_by_week_and_department() -> None:
    found = report(decided(10, right=0.6) + decided(10, on=TODAY - timedelta(weeks=1)), TODAY, None)
    assert found["weeks"] == {
        "2026-11-09": found["weeks"]["2026-11-09"],
        "2026-11-16": found["weeks"]["2026-11-16"],
    }
    assert found["weeks"]["2026-11-16"]["overridden"] == 0.4
    assert found["weeks"]["2026-11-16"]["outside_set"] == 0.1
    assert found["departments"]["water"]["overridden"] == 1.0
    assert found["recent"]["n"] == 20
    assert found["recent"]["ece"] == pytest.approx(0.1)


def test_a_handful_of_cases_raises_no_warning() -> None:
    assert report(decided(FEW - 1, right=0.0), TODAY, None)["warnings"] == []


def test_many_overrides_and_off_probabilities_are_told_in_words() -> None:
    warnings = report(decided(FEW, right=0.4), TODAY, None)["warnings"]
    assert [warning["code"] for warning in warnings] == ["overridden", "ece"]
    assert "60%" in warnings[0]["sentence"]


def test_the_same_population_has_no_drift_and_another_has() -> None:
    assert psi([10, 20, 30], [10, 20, 30]) == 0
    assert psi([100, 0], [0, 100]) > 1
    expected = reference(["housing"] * 100, [0.9] * 100)
    same = report(decided(FEW), TODAY, expected)
    other = report(decided(FEW, suggested="education"), TODAY, expected)
    assert same["drift"]["departments"] < 0.1
    assert same["drift"]["known_words"] < 0.1
    assert [warning["code"] for warning in other["warnings"]] == ["departments"]


def seen(suggested: list[str], known: list[float]) -> list[Decided]:
    pairs = zip(suggested, known, strict=True)
    return [Decided(TODAY, code, code, 0.9, True, True, share, "v") for code, share in pairs]


def test_chance_alone_warns_of_a_drift_once_in_a_hundred_times_however_few_the_cases() -> None:
    draw = np.random.default_rng(7)
    codes = [f"department-{place}" for place in range(34)]
    shares = draw.dirichlet(np.full(34, 0.7))
    warned = {"departments": 0, "known_words": 0}
    for _ in range(100):
        expected = reference(draw.choice(codes, 300, p=shares), draw.beta(8, 2, 300))
        found = report(seen(list(draw.choice(codes, 50, p=shares)), list(draw.beta(8, 2, 50))), TODAY, expected)
        for warning in found["warnings"]:
            warned[warning["code"]] += warning["code"] in warned
    assert max(warned.values()) <= 4  # the index alone, against 0.25, warned of departments a hundred times


def test_what_really_moved_is_told_with_as_few() -> None:
    draw = np.random.default_rng(7)
    codes = [f"department-{place}" for place in range(34)]
    shares = draw.dirichlet(np.full(34, 0.7))
    expected = reference(draw.choice(codes, 300, p=shares), draw.beta(8, 2, 300))
    hot = ["department-3"] * 25 + list(draw.choice(codes, 25, p=shares))
    found = report(seen(hot, list(draw.beta(3, 5, 50))), TODAY, expected)
    assert {warning["code"] for warning in found["warnings"]} == {"departments", "known_words"}


def test_right_probabilities_and_kept_promises_are_not_warned_of_by_chance() -> None:
    draw = np.random.default_rng(7)
    warned = Counter()
    for _ in range(60):
        chances = draw.uniform(0.3, 1, 50)
        cases = [
            Decided(TODAY, "housing" if right else "water", "housing", float(chance), True, bool(inside), 0.9, "v")
            for chance, right, inside in zip(chances, draw.random(50) < chances, draw.random(50) < 0.95, strict=True)
        ]
        warned.update(warning["code"] for warning in report(cases, TODAY, None)["warnings"])
    assert max(warned["ece"], warned["outside_set"]) <= 3


def test_nothing_decided_is_nothing_to_say() -> None:
    found = report([], TODAY, None)
    assert found["weeks"] == {}
    assert found["recent"] == {
        "n": 0,
        "overridden": None,
        "sets": 0,
        "outside_set": None,
        "confident": 0,
        "confident_right": None,
        "thin": None,
        "confidence": None,
        "ece": None,
    }


def test_a_planted_wrong_label_is_found_and_right_ones_are_left_alone(rows: list[Row], profile: Profile) -> None:
    place = next(place for place, row in enumerate(rows) if row.text.startswith("申请获取本村宅基地确权"))
    planted = [replace(row, department="transport") if at == place else row for at, row in enumerate(rows * 3)]
    planted = [replace(row, group=str(at)) for at, row in enumerate(planted)]
    found = suspects(planted, profile)
    assert [(each.place, each.given, each.instead) for each in found] == [(place, "transport", "natural-resources")]
    assert found[0].of_given < found[0].of_instead


def test_labels_that_have_nothing_to_do_with_their_texts_teach_nothing_however_well_their_shares_are_learned() -> None:
    """The new model has learned which department is frequent, and no more: a better score, nothing known."""
    draw = np.random.default_rng(0)
    truth = draw.choice(["a", "b", "c"], 200, p=[0.5, 0.3, 0.2]).tolist()
    noise, often = draw.normal(0, 1, (200, 3)), np.array([1.0, 0.5, 0.0])
    old = gate.side("v1", "abc", noise, truth)
    new = gate.side("v2", "abc", 0.3 * noise + often, truth)
    verdict = gate.judge(old, new, truth, list(map(str, range(200))))
    assert verdict["ahead"] > gate.AHEAD
    assert not verdict["accepted"]
    assert [reason for reason in verdict["reasons"] if "从内容看不出" in reason]


def test_a_model_that_replaces_for_a_reason_need_only_not_be_worse(rows: list[Row], predictor: Predictor) -> None:
    confused = {"natural-resources": "education", "education": "natural-resources"}
    wrong = [replace(row, department=confused.get(row.department, row.department)) for row in rows]
    worse = Predictor(train.train(wrong, None), "w")
    assert gate.compare(predictor, predictor, rows, better=False)["accepted"]
    assert not gate.compare(predictor, worse, rows, better=False)["accepted"]


def test_a_model_knows_the_cases_it_learned_from_and_a_changed_list_is_refused(
    rows: list[Row], profile: Profile, tmp_path: Path
) -> None:
    registry.save(train.train(rows, profile), tmp_path / "m", TODAY, ["b" * 32, "a" * 32])
    models = Registry(tmp_path / "models")
    version = models.add(tmp_path / "m")
    assert learned_cases(models.path(version)) == {"a" * 32, "b" * 32}
    (models.path(version) / "cases.txt").write_text("c" * 32)
    with pytest.raises(ModelError, match="model_damaged"):
        registry.load(models.path(version))


def test_a_damaged_list_of_cases_does_not_keep_the_models_from_being_listed(
    rows: list[Row], profile: Profile, tmp_path: Path
) -> None:
    registry.save(train.train(rows, profile), tmp_path / "m", TODAY, ["a" * 32])
    version = Registry(tmp_path / "models").add(tmp_path / "m")
    settings = Settings.load({"data": tmp_path})
    room = RegisteredModels(settings, lambda: load_directory(settings), Clock(lambda: AT))
    assert room.learned("a" * 32) == [version]
    (tmp_path / "models" / version / "cases.txt").unlink()
    assert room.learned("a" * 32) == []
    assert [model["version"] for model in room.listing({"a" * 32})["models"]] == [version]


def test_a_verdict_counts_only_against_the_model_that_is_still_live(model_dir: Path, tmp_path: Path) -> None:
    models = Registry(tmp_path / "models")
    version = models.add(model_dir)
    models.propose(version, AT, "guanli", {"accepted": True, "reasons": []})
    assert models.verdict_on(version) == {"accepted": True, "reasons": []}
    models.promote(version, AT, "guanli", models.verdict_on(version), forgotten=())
    assert models.verdict_on(version) is None


def test_a_model_that_learned_from_a_forgotten_case_never_goes_live_not_even_by_force(
    rows: list[Row], profile: Profile, model_dir: Path, tmp_path: Path
) -> None:
    models, digest = Registry(tmp_path / "models"), "a" * 32
    registry.save(train.train(rows, profile), tmp_path / "m", TODAY, [digest])
    learned, other = models.add(tmp_path / "m"), models.add(model_dir)
    models.promote(learned, AT, "guanli", None, forgotten=())
    models.promote(other, AT, "guanli", None, forgotten={digest})
    for step in (
        lambda: models.promote(learned, AT, "guanli", None, force=True, forgotten={digest}),
        lambda: models.rollback(AT, "guanli", forgotten={digest}),
    ):
        with pytest.raises(ModelError, match="learned_forgotten"):
            step()
    assert models.active() == other
    assert models.rollback(AT, "guanli", forgotten={"b" * 32}) == learned


def test_a_forced_promotion_is_compared_all_the_same_and_the_page_says_how_it_went(
    rows: list[Row], profile: Profile, model_dir: Path, tmp_path: Path
) -> None:
    confused = {"natural-resources": "education", "education": "natural-resources"}
    wrong = [replace(row, department=confused.get(row.department, row.department)) for row in rows]
    registry.save(train.train(wrong, profile), tmp_path / "m", TODAY)
    models = Registry(tmp_path / "models")
    good, worse = models.add(model_dir), models.add(tmp_path / "m")
    (tmp_path / "rows.jsonl").write_text("\n".join(json.dumps(vars(row), default=str) for row in rows))
    models.promote(good, AT, "guanli", None, forgotten=())
    settings = Settings.load({"data": tmp_path})
    room = RegisteredModels(settings, lambda: load_directory(settings), Clock(lambda: AT))
    asked = {"by": "command line (li)", "forgotten": (), "holdout": tmp_path / "rows.jsonl"}
    with pytest.raises(StepRefused) as refused:
        room.promote(worse, **asked)
    assert refused.value.why == "gate_refused"
    verdict = room.promote(worse, **asked, force=True)
    assert verdict
    assert not verdict["accepted"]
    last = history_line(models.history()[-1])
    assert last["who"] == "命令行（li）"
    assert last["against"].startswith("（没有通过比较，仍然启用：")
    (models.root / worse / "weights.npz").write_bytes(b"")  # it cannot be read and must not stay for that
    assert room.promote(good, **asked, force=True) is None
    assert history_line(models.history()[-1])["against"] == "（未经比较）"


def test_the_register_sheet_answers_what_registers_ask(model_dir: Path) -> None:
    sheet = register(registry.read_manifest(model_dir), "示例市人民政府", "示例市政务公开办公室，0000-1234567")
    for item in ("用途", "数据来源", "人工监督", "申诉渠道", "0000-1234567", "从不建议“不予公开”"):
        assert item in sheet


def test_the_sheet_names_everything_that_is_in_a_model(model_dir: Path) -> None:
    """What is said of personal data is held against the files: words, weights, probabilities, digests, and no more."""
    sheet = register(registry.read_manifest(model_dir), "示例市人民政府", "示例市政务公开办公室")
    said = next(line for line in sheet.splitlines() if "个人信息处理" in line)
    with np.load(model_dir / "weights.npz", allow_pickle=False) as arrays:
        told = {"trial_chances": "每条训练数据的概率", "words": "词和权重"}
        assert all(sentence in said for name, sentence in told.items() if name in arrays)
        numbers = {name for name in arrays if name != "words"}
        assert all(arrays[name].dtype != np.uint8 for name in numbers)  # no other array holds writing
    assert "加密摘要" in said
