"""What suggestions promise is compared with what people decide, and limits move until it is kept, on record."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from classifier.measure.monitor import FEW, Decided, broken, promises, report
from classifier.model import calibrate
from classifier.model.calibrate import CONFIDENT_AIM, SET_MISS, SET_MOST
from classifier.model.model import Trial
from classifier.model.tuning import LARGEST, LEAST, Tuning, tuned
from classifier.serve.predict import Predictor
from classifier.store.registry import Registry
from intake_api.kit.clock import Clock
from intake_api.learning.repository import DecidedCase
from intake_api.settings import Settings
from intake_api.web.staff_models import history_line
from intake_api.wiring.offices import load_directory
from intake_api.wiring.room import RegisteredModels
from intake_api.wiring.serving import serving_model

TODAY = date(2026, 11, 20)
AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def decided(n: int, *, inside: float, right: float, model: str = "v") -> list[DecidedCase]:
    return [
        DecidedCase(TODAY, "housing" if p < right * n else "water", "housing", 0.9, True, p < inside * n, 0.9, model)
        for p in range(n)
    ]


def watched(n: int, *, inside: float, right: float) -> list[Decided]:
    return [Decided(**vars(one)) for one in decided(n, inside=inside, right=right)]


def test_the_page_is_told_in_words_whether_promises_are_kept() -> None:
    kept = promises(watched(200, inside=0.97, right=0.92))
    assert [one["found"] for one in kept.values()] == ["kept", "kept"]
    assert "200 件建议的部门范围里，97.0% 含有最后确定的部门（承诺 95%）：做到了。" in kept["sets"]["sentence"]
    missed = promises(watched(200, inside=0.90, right=0.88))
    assert [one["found"] for one in missed.values()] == ["broken", "chance"]
    few = promises(watched(FEW - 1, inside=0.5, right=0.5))
    assert [one["found"] for one in few.values()] == ["few", "few"]
    assert promises([])["sets"]["n"] == 0


def test_weekly_figures_say_of_how_many_each_is() -> None:
    older = replace(watched(1, inside=1, right=1)[0], inside=None, confident=False)
    [week] = report([*watched(20, inside=0.9, right=0.95), older], TODAY, None)["weeks"].values()
    assert (week["n"], week["sets"], week["confident"]) == (21, 20, 20)
    assert (week["outside_set"], week["confident_right"]) == (0.1, 0.95)


def test_a_level_moves_against_what_was_broken_and_only_so_far() -> None:
    start = Tuning()
    assert start.after((10, 100), (10, 100)) == Tuning(SET_MISS - 0.025, CONFIDENT_AIM)
    assert start.after((0, 100), (20, 100)) == Tuning(0.075, round(CONFIDENT_AIM - 0.05, 6))
    assert start.after((100, 100), (0, 0)).miss == LEAST
    assert start.after((0, 10_000), (0, 0)).miss == LARGEST


def test_sets_come_to_hold_what_they_promise_where_the_office_is_unlike_the_training(predictor: Predictor) -> None:
    """Gibbs and Candès 2021: over many weeks the share of misses is the promised one, whatever changed."""
    draw = np.random.default_rng(0)
    learned, truth = draw.dirichlet(np.full(5, 0.3), 4_000), draw.integers(0, 5, 4_000)
    learned[np.arange(4_000), truth] += draw.choice([0.8, 0.1], 4_000, p=[0.9, 0.1])
    model = replace(predictor._model, trial=Trial(learned.astype(np.float16), truth))
    tuning, still, missed, would_miss = Tuning(), np.array(tuned(model, Tuning()).limits.set_thresholds), [], []
    for _ in range(60):
        office, right = draw.dirichlet(np.full(5, 0.3), 50), draw.integers(0, 5, 50)
        # a third of this office's mail is hard, a tenth was so where the model learned
        office[np.arange(50), right] += draw.choice([0.8, 0.1], 50, p=[0.67, 0.33])
        inside = office >= np.array(tuned(model, tuning).limits.set_thresholds)
        missed.append(int((~inside[np.arange(50), right]).sum()))
        would_miss.append(int((office < still)[np.arange(50), right].sum()))
        tuning = tuning.after((missed[-1], 50), (0, 0))
    assert np.mean(would_miss) / 50 > 2 * SET_MISS
    assert np.mean(missed[20:]) / 50 == pytest.approx(SET_MISS, abs=0.015)


def test_no_set_is_longer_than_six_and_each_says_what_is_promised(predictor: Predictor) -> None:
    all_of_them = replace(predictor._model.limits, set_thresholds=(0.0,) * len(predictor.labels))
    shown = Predictor(replace(predictor._model, limits=all_of_them), "v").suggest("请公开材料").as_dict()
    assert len(shown["department_set"]) == min(SET_MOST, len(predictor.labels))
    assert shown["set_promise"] == 0.95
    assert shown["department_set"][0] == shown["departments"][0]["code"]


def test_confidence_is_called_where_a_little_more_than_nine_in_ten_are_right() -> None:
    draw = np.random.default_rng(1)
    top = draw.uniform(0.5, 1, 4_000)
    chances = np.stack((top, 1 - top), axis=1)
    truth = (draw.random(4_000) > top).astype(int)
    kept = top >= calibrate.confident_threshold(chances, truth)
    assert (truth[kept] == 0).mean() == pytest.approx(1 - CONFIDENT_AIM, abs=0.01)


@pytest.fixture
def office(model_dir: Path, tmp_path: Path) -> tuple[RegisteredModels, Registry]:
    settings = Settings.load({"data": tmp_path / "data"})
    room = RegisteredModels(settings, lambda: load_directory(settings), Clock(lambda: AT))
    models = Registry(settings.data / "models")
    models.promote(models.add(model_dir), AT - timedelta(weeks=9), "guanli", None, forgotten=())
    return room, models


def test_limits_move_with_decisions_on_record_and_are_served(
    office: tuple[RegisteredModels, Registry], tmp_path: Path
) -> None:
    room, models = office
    live = models.active() or ""
    room.hold(decided(19, inside=0, right=0, model=live), "automatic")
    room.hold(decided(40, inside=0, right=0, model="another"), "automatic")
    assert (models.tuning(), room.tuned()) == ((Tuning(), None), None)

    room.hold(decided(40, inside=0.9, right=0.8, model=live), "automatic")
    moved, at = models.tuning()
    assert moved == Tuning(0.04, 0.07)
    assert (at, room.tuned()) == (AT, AT)
    last = models.history()[-1]
    assert (last["action"], last["version"], last["by"]) == ("tune", live, "automatic")
    assert last["tuning"] == {"miss": [0.05, 0.04], "wrong": [0.09, 0.07], "sets": [4, 40], "confident": [8, 40]}
    assert "40 件部门范围漏了 4 件" in history_line(last)["against"]
    served, plain = serving_model(tmp_path / "data")._predictor._model, Predictor.load(models.path(live))._model
    assert served.limits == tuned(plain, moved).limits != plain.limits


def test_another_model_starts_with_its_own_limits_and_a_damaged_file_counts_for_nothing(
    office: tuple[RegisteredModels, Registry],
) -> None:
    room, models = office
    room.hold(decided(40, inside=0.9, right=0.8, model=models.active() or ""), "automatic")
    models._activate("2026.11.30-another")
    assert models.tuning() == (Tuning(), None)
    (models.root / "tuning.json").write_text('{"version": 1')
    assert models.tuning() == (Tuning(), None)


def test_decisions_are_told_apart_by_what_they_can_say() -> None:
    one, *_ = watched(1, inside=1, right=1)
    cases = [one, replace(one, inside=False), replace(one, inside=None), replace(one, department="tax")]
    assert broken([*cases, replace(one, confident=False, department="tax")]) == ((1, 4), (1, 4))
