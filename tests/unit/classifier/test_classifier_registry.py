"""Model directories: whole or refused; one is live; every decision is on record; the gate lets only the better in."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier.data import Row
from classifier.errors import ModelError
from classifier.learn import train
from classifier.measure import gate
from classifier.model.model import Model
from classifier.profile import Profile
from classifier.serve.predict import Predictor
from classifier.store import registry
from classifier.store.registry import Registry

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
BETTER, WORSE = {"accepted": True, "reasons": []}, {"accepted": False, "reasons": ["没有更好"]}


@pytest.fixture
def copy(model_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_dir, tmp_path / "copy"))


@pytest.fixture
def model(model_dir: Path) -> Model:
    """The trained model, with those facts only that training gives."""
    loaded = registry.load(model_dir)[0]
    written = {"departments", "calibration", "limits", "advice", "duties", "segmenter", "version", "files", "digest"}
    return replace(loaded, facts={name: fact for name, fact in loaded.facts.items() if name not in written})


@pytest.fixture
def other_dir(rows: list[Row], profile: Profile, tmp_path: Path) -> Path:
    registry.save(train.train(rows[:-9], profile, seed=1), tmp_path / "other", date(2026, 11, 23))
    return tmp_path / "other"


def _refusal(directory: Path) -> str:
    with pytest.raises(ModelError) as caught:
        registry.load(directory)
    return caught.value.code


def test_what_is_saved_is_what_is_loaded(copy: Path, predictor: Predictor) -> None:
    again = Predictor.load(copy)
    assert again.version == predictor.version
    assert again.version.startswith("2026.11.22-")
    assert len(again.version) == 18
    assert again.suggest("征地批文") == predictor.suggest("征地批文")


ASKED = ("征地批文", "希望你们加强管理，尽快处理占道经营", "请汇总统计近三年的招生人数", "你们怎么还不修路")


def _saved(model: Model, directory: Path) -> Predictor:
    registry.save(model, directory, date(2026, 11, 23))
    return Predictor.load(directory)


def _said(predictor: Predictor) -> list[dict[str, object]]:
    return [suggestion.as_dict() | {"model": ""} for suggestion in predictor.suggest_many([(a, "") for a in ASKED])]


def test_columns_in_another_order_say_the_same(model: Model, predictor: Predictor, tmp_path: Path) -> None:
    assert model.advice
    own, numbers = len(model.advice.dispositions), len(model.advice.dispositions) + len(model.advice.flagged)
    places = [*range(own)[::-1], *range(own, numbers)[::-1]]
    head = model.advice.head
    turned = replace(
        model.advice,
        dispositions=model.advice.dispositions[::-1],
        flagged=model.advice.flagged[::-1],
        head=replace(head, coef=head.coef[:, places], intercept=head.intercept[places]),
        by_size=model.advice.by_size[:, places],
    )
    assert _said(_saved(replace(model, advice=turned), tmp_path / "turned")) == _said(predictor)


def test_a_model_that_knows_one_flag_less_leaves_it_to_its_rule(model: Model, tmp_path: Path) -> None:
    assert model.advice
    head = model.advice.head
    fewer = replace(
        model.advice,
        flagged=model.advice.flagged[:-1],
        flags={},
        head=replace(head, coef=head.coef[:, :-1], intercept=head.intercept[:-1]),
        by_size=model.advice.by_size[:, :-1],
    )
    predictor = _saved(replace(model, advice=fewer), tmp_path / "fewer")
    ruled = _saved(replace(model, advice=replace(model.advice, flags={})), tmp_path / "ruled")
    assert _said(predictor) == _said(ruled)


@pytest.mark.parametrize("name", ["dispositions", "flags", "steps"])
def test_a_column_that_the_program_does_not_know_is_refused(copy: Path, name: str) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["advice"]["columns"][name][0] = 9 if name == "steps" else "of_another_program"
    _rewrite(copy, manifest)
    assert _refusal(copy) == "model_columns"
    with pytest.raises(ModelError, match="model_columns"):
        registry.check(copy)


def test_a_model_whose_columns_are_not_as_many_as_their_names_is_refused(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["advice"]["columns"]["flags"].pop()
    _rewrite(copy, manifest)
    assert _refusal(copy) == "model_damaged"
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["departments"].pop()
    _rewrite(copy, manifest)
    assert _refusal(copy) == "model_damaged"


def test_a_model_from_before_columns_had_names_is_read_as_it_was_written(copy: Path, predictor: Predictor) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    del manifest["advice"]["columns"]
    _rewrite(copy, manifest)
    assert _said(Predictor.load(copy)) == _said(predictor)


def _rewrite(directory: Path, manifest: dict[str, Any]) -> None:
    manifest["digest"] = registry._digest(manifest)
    (directory / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("name", ["weights.npz", "card.md", "manifest.json"])
def test_a_changed_or_missing_file_is_refused(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    assert _refusal(copy) == "model_damaged"
    (copy / name).unlink()
    assert _refusal(copy) == ("model_missing" if name == "manifest.json" else "model_damaged")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": "else"}, "model_foreign"),
        ({"schema": 99}, "model_schema"),
        ({"temperature": 1}, "model_damaged"),
    ],
)
def test_a_foreign_or_edited_manifest_is_refused(copy: Path, change: dict[str, object], code: str) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest | change))
    assert _refusal(copy) == code


def test_a_pickle_in_the_weights_is_refused(copy: Path) -> None:
    np.savez(copy / "weights.npz", words=np.array([{}], dtype=object))
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["files"]["weights.npz"] = registry._sha256((copy / "weights.npz").read_bytes())
    manifest["digest"] = registry._digest(manifest)
    (copy / "manifest.json").write_text(json.dumps(manifest))
    assert _refusal(copy) == "model_damaged"


def test_a_segmenter_that_cuts_otherwise_is_refused(rows: list[Row], tmp_path: Path) -> None:
    model = train.train(rows, None)
    registry.save(replace(model, segmenter=replace(model.segmenter, fingerprint="0" * 64)), tmp_path / "m", AT.date())
    assert _refusal(tmp_path / "m") == "segmenter_differs"


def test_a_directory_of_something_else_is_never_overwritten(rows: list[Row], tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("给李四的信")
    with pytest.raises(ModelError) as caught:
        registry.save(train.train(rows, None), tmp_path, AT.date())
    assert caught.value.code == "not_a_model"
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_card_tells_people_what_was_measured(model_dir: Path, predictor: Predictor) -> None:
    text = (model_dir / "card.md").read_text()
    for phrase in (predictor.version, "从不建议", "natural-resources", "把握不足"):
        assert phrase in text


def test_promotion_and_rollback_are_on_record(model_dir: Path, other_dir: Path, tmp_path: Path) -> None:
    models = Registry(tmp_path / "models")
    assert models.active() is None
    first, second = models.add(model_dir), models.add(other_dir)
    models.promote(first, AT, "guanli", None, forgotten=())
    with pytest.raises(ModelError) as caught:
        models.promote(second, AT, "guanli", WORSE, forgotten=())
    assert caught.value.code == "gate_refused"
    assert models.active() == first
    models.promote(second, AT, "guanli", BETTER, forgotten=())
    assert models.active() == second
    assert [(entry.version, entry.active) for entry in models.entries()] == [(first, False), (second, True)]
    assert models.rollback(AT, "guanli", forgotten=()) == first
    assert models.active() == first
    assert [decision["action"] for decision in models.history()] == ["promote", "refuse", "promote", "rollback"]
    with pytest.raises(ModelError) as caught:
        models.rollback(AT, "guanli", forgotten=())
    assert caught.value.code == "nothing_to_roll_back"


def test_a_decision_cut_short_is_none_and_spoils_no_other(model_dir: Path, other_dir: Path, tmp_path: Path) -> None:
    models = Registry(tmp_path / "models")
    models.promote(models.add(model_dir), AT, "guanli", None, forgotten=())
    with (models.root / "history.jsonl").open("a") as history:
        history.write('{"at": "2026')
    models.promote(models.add(other_dir), AT, "guanli", BETTER, forgotten=())
    assert [decision["action"] for decision in models.history()] == ["promote", "promote"]
    assert models.rollback(AT, "guanli", forgotten=()) == models.entries()[0].version


def test_force_overrules_the_gate_and_says_so(model_dir: Path, other_dir: Path, tmp_path: Path) -> None:
    models = Registry(tmp_path / "models")
    models.promote(models.add(model_dir), AT, "guanli", None, forgotten=())
    models.promote(models.add(other_dir), AT, "guanli", WORSE, force=True, forgotten=())
    assert models.history()[-1]["forced"] is True
    assert models.history()[-1]["by"] == "guanli"


@pytest.mark.parametrize("version", ["", "..", "../copy", "2026.01.01-0000000"])
def test_an_unknown_version_is_said_to_be_unknown(model_dir: Path, tmp_path: Path, version: str) -> None:
    with pytest.raises(ModelError) as caught:
        Registry(tmp_path / "models").path(version)
    assert caught.value.code == "model_unknown"


def test_a_damaged_model_is_neither_listed_nor_promoted(model_dir: Path, tmp_path: Path) -> None:
    models = Registry(tmp_path / "models")
    version = models.add(model_dir)
    (models.root / version / "weights.npz").write_bytes(b"")
    with pytest.raises(ModelError):
        models.promote(version, AT, "guanli", None, forgotten=())
    (models.root / version / "manifest.json").write_bytes(b"{")
    assert models.entries() == []


def test_the_gate_lets_in_only_what_is_better_without_a_department_falling(
    rows: list[Row], predictor: Predictor
) -> None:
    confused = {"natural-resources": "education", "education": "natural-resources"}
    worse = Predictor(
        train.train([replace(row, department=confused.get(row.department, row.department)) for row in rows], None), "w"
    )
    up, down = gate.compare(worse, predictor, rows), gate.compare(predictor, worse, rows)
    assert up["accepted"]
    assert up["interval"][0] > 0
    assert not down["accepted"]
    assert down["fallen"] == ["education", "natural-resources"]
    assert not gate.compare(predictor, predictor, rows)["accepted"]
