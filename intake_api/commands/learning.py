"""The learning loop where API and classifier meet: the registered models for the console, and one retraining."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.data import Row, load
from classifier.errors import ClassifierError, ModelError
from classifier.learn.crossfit import Unseen, by_time, cross_fit
from classifier.learn.groups import group
from classifier.learn.suspects import suspects
from classifier.learn.train import train
from classifier.measure import gate, monitor
from classifier.profile import Profile
from classifier.serve.predict import Predictor
from classifier.store import registry
from classifier.store.card import register
from classifier.store.registry import Registry, learned_cases
from classifier.text.redact import Known, mask
from intake_api.commands.classifier import HOLDOUT, REQUESTS, shipped_model
from intake_api.commands.common import SHIPPED_PROFILE
from intake_api.kit.errors import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from numpy.typing import NDArray

    from intake_api.directory import Directory
    from intake_api.kit.clock import Clock
    from intake_api.learning.answered import AnsweredCase, DecidedCase
    from intake_api.settings import Settings

SHOWN_METRICS = ("accuracy", "macro_f1", "top3", "ece", "set_coverage", "mean_set_size")
Say = Callable[[int, str], None]


class ModelRoom:
    """The registered models of one data directory (intake_api.learning.service.Models)."""

    def __init__(self, settings: Settings, directory: Directory, clock: Clock) -> None:
        self._registry = Registry(settings.data / "models")
        self._data = settings.data
        self._agency = directory.default_agency
        self._clock = clock

    def listing(self, forgotten: Collection[str] = frozenset()) -> dict[str, Any]:
        """What the console lists, newest model first."""
        gone = frozenset(forgotten)
        with told():
            models = [
                {
                    "version": entry.version,
                    "active": entry.active,
                    "rows": entry.manifest["rows"],
                    "answered": entry.manifest.get("answered", {}).get("rows", 0),
                    "metrics": {name: entry.manifest["metrics"][name] for name in SHOWN_METRICS},
                    "verdict": self._registry.verdict_on(entry.version),
                    "forgotten": len(gone & self._learned_from(entry.version)),
                }
                for entry in self._registry.entries()[::-1]
            ]
            return {"active": self._registry.active(), "models": models, "history": self._registry.history()[::-1]}

    def card(self, version: str) -> str:
        """The model card in Markdown."""
        with told():
            return (self._registry.path(version) / "card.md").read_text("utf-8")

    def register(self, version: str) -> str:
        """The algorithm-register sheet in Markdown."""
        agency = self._agency
        contact = "，".join(part for part in (agency.office, agency.phone, agency.email, agency.address) if part)
        with told():
            return register(registry.read_manifest(self._registry.path(version)), agency.name, contact)

    def promote(self, version: str, by: str, forgotten: Collection[str]) -> None:
        """Make a version live if it compares well with the live one; a comparison already on record is not repeated."""
        with told():
            promote(self._registry, version, self._clock.now(), by, forgotten)

    def rollback(self, by: str, forgotten: Collection[str]) -> str:
        """Make the version live that was so before."""
        with told():
            return self._registry.rollback(self._clock.now(), by, forgotten=forgotten)

    def learned(self, digest: str) -> list[str]:
        """Versions that learned from the case with this digest."""
        with told():
            return [e.version for e in self._registry.entries() if digest in self._learned_from(e.version)]

    def _learned_from(self, version: str) -> frozenset[str]:
        try:
            return learned_cases(self._registry.path(version))
        except ModelError:
            return frozenset()  # a damaged model serves nobody, and must not keep the others from being listed

    def drift(self, decided: Sequence[DecidedCase], today: date) -> dict[str, Any]:
        """The monitoring report, against what the live model was measured on."""
        expected = next((e.manifest.get("reference") for e in self._registry.entries() if e.active), None)
        return monitor.report([monitor.Decided(**asdict(each)) for each in decided], today, expected)


def promote(
    models: Registry,
    version: str,
    at: datetime,
    by: str,
    forgotten: Collection[str],
    *,
    force: bool = False,
    holdout: Path | None = None,
) -> dict[str, Any] | None:
    """Compare a version with the live one and make it live; returns the verdict, None where there is none.

    A comparison on record counts, unless `holdout` names other rows. `force` overrules the verdict, which is made and
    put on record all the same. Raises ClassifierError.
    """
    verdict = models.verdict_on(version) if holdout is None else None
    active = models.active()
    if verdict is None and active:
        try:
            live, challenger = (Predictor.load(models.path(each)) for each in (active, version))
            verdict = gate.compare(live, challenger, load([holdout or HOLDOUT]))
        except ModelError:
            if not force:
                raise  # forced: the live model may be the damaged one that is to be replaced
    models.promote(version, at, by, verdict, force, forgotten=forgotten)
    return verdict


@contextmanager
def told() -> Iterator[None]:
    """An error of the classifier as one of the product."""
    try:
        yield
    except ClassifierError as error:
        raise Failure("model_step_refused", reason=error.message) from None


@dataclass(frozen=True)
class Outcome:
    """What a retraining gave: the new version, the verdict on it, and doubtful labels as (case id, …)."""

    version: str
    verdict: dict[str, Any]
    doubts: list[tuple[int, str, str, float, float]]


@dataclass(frozen=True)
class _Learned:
    """Answered cases as training rows, masked, each with its case; `left_out`: departments the profile has not."""

    cases: list[AnsweredCase]
    rows: list[Row]
    left_out: int


def retrain(
    settings: Settings,
    clock: Clock,
    cases: Sequence[AnsweredCase],
    by: str,
    say: Say,
    forgotten: Collection[str] = frozenset(),
) -> Outcome:
    """Train on the authored rows and the answered cases, compare with the live model, put both on record.

    `say` gets percent and a sentence. `forgotten` are digests: where the live model learned from one of them, the new
    one replaces it for that reason and need only not be worse. Raises ClassifierError.
    """
    models = Registry(settings.data / "models")
    _ensure_live(models, settings.data, clock)
    profile = Profile.load(settings.profile or SHIPPED_PROFILE)
    say(2, f"正在整理 {len(cases)} 件已答复的申请：遮盖个人信息，归并重复和相近的。")
    learned = _rows(cases, profile)
    live = models.active()
    assert live is not None  # _ensure_live has seen to it
    seen = learned_cases(models.path(live))
    rows = [*_authored(profile), *learned.rows]
    model = train(rows, profile, progress=lambda done, of: say(5 + 45 * done // of, f"正在用 {len(rows)} 条数据训练。"))
    judged = _cross_fitted(learned, profile, seen, say)
    facts = {
        "answered": {"rows": len(learned.rows), "left_out": learned.left_out},
        "reference": _reference(judged.challenger),
    }
    model = replace(model, facts=model.facts | facts)
    with tempfile.TemporaryDirectory(dir=models.root, prefix=".draft-") as folder:
        draft = Path(folder) / "model"
        registry.save(model, draft, clock.today(), [case.digest for case in learned.cases])
        version = models.add(draft)
    champion = Predictor.load(models.path(live))
    verdict = _verdict(champion, Predictor(model, version), learned, judged, profile, better=seen.isdisjoint(forgotten))
    models.propose(version, clock.now(), by, verdict)
    doubts = _doubts(learned, profile, say)
    return Outcome(version, verdict, doubts)


def _ensure_live(models: Registry, data: Path, clock: Clock) -> None:
    """The shipped model, where none is live that can be read: there must be something to go back to."""
    models.root.mkdir(parents=True, exist_ok=True)
    try:
        live = models.active()
        readable = live is not None and bool(registry.load(models.path(live)))
    except ModelError:
        readable = False
    if not readable:
        version = models.add(shipped_model(data / "shipped-model"))
        models.promote(version, clock.now(), "automatic", None, forgotten=())


def _rows(cases: Sequence[AnsweredCase], profile: Profile) -> _Learned:
    codes = profile.present_codes
    known = [case for case in cases if case.department in codes]
    texts = [
        (mask(case.text, persons), mask(case.subject, persons))
        for case in known
        for persons in (Known(case.names, case.particulars),)
    ]
    groups = group([f"{subject}\n{text}" for text, subject in texts], [case.keys for case in known])
    rows = [
        Row(
            text=text,
            subject=subject,
            department=codes[case.department],
            disposition=case.disposition,
            group=f"case-{name}",
            received_on=case.received_on,
        )
        for case, (text, subject), name in zip(known, texts, groups, strict=True)
    ]
    return _Learned(known, rows, len(cases) - len(known))


def _authored(profile: Profile) -> list[Row]:
    """The rows that ship, as far as the office's directory has their departments."""
    return _of_profile(load([REQUESTS]), profile)


def _frozen(profile: Profile) -> list[Row]:
    return _of_profile(load([HOLDOUT]), profile)


def _of_profile(rows: Sequence[Row], profile: Profile) -> list[Row]:
    codes = profile.present_codes
    return [replace(row, department=codes[row.department]) for row in rows if row.department in codes]


@dataclass(frozen=True)
class _CrossFitted:
    """The answered cases as models of the new recipe see them, and of the live one where it has learned from them."""

    challenger: Unseen
    champion: Unseen | None
    seen: NDArray[np.bool_]


def _cross_fitted(learned: _Learned, profile: Profile, seen: Collection[str], say: Say) -> _CrossFitted:
    """Judge every case by models that were not taught it; where the live model was not either, it speaks for itself."""
    before = np.array([case.digest in seen for case in learned.cases], bool)
    fold_of = by_time([str(row.group) for row in learned.rows], [case.received_on for case in learned.cases])
    authored = _authored(profile)

    def fit(taught: NDArray[np.bool_], start: int) -> Unseen:
        def told(done: int, of: int) -> None:
            say(start + 14 * done // of, "正在与现用的模型比较：每件申请都由没有学过它的模型来判断。")

        return cross_fit(learned.rows, authored, profile, fold_of, taught, progress=told)

    challenger = fit(np.ones(len(before), bool), 50)
    return _CrossFitted(challenger, fit(before, 64) if before.any() else None, before)


def _verdict(
    live: Predictor, new: Predictor, learned: _Learned, judged: _CrossFitted, profile: Profile, *, better: bool
) -> dict[str, Any]:
    """The gate's verdict: on the answered cases, with the authored rows that neither has seen as a floor."""
    truth = [row.department for row in learned.rows]
    codes = [label.code for label in live.labels]
    margins = live.margins(learned.rows)
    if judged.champion is not None:
        again = judged.champion
        shared = [again.codes.index(code) for code in codes if code in again.codes]
        known = [place for place, code in enumerate(codes) if code in again.codes]
        margins[np.flatnonzero(judged.seen)[:, None], known] = again.margins[judged.seen][:, shared]
    frozen = _frozen(profile)
    return gate.judge(
        gate.side(live.version, codes, margins, truth),
        gate.side(new.version, judged.challenger.codes, judged.challenger.margins, truth),
        truth,
        [str(row.group) for row in learned.rows],
        frozen=(gate.accuracy(live, frozen), gate.accuracy(new, frozen)) if frozen else None,
        better=better,
    )


def _reference(judged: Unseen) -> dict[str, Any] | None:
    """What the office's messages look like to a model that has not seen them; None where there are none."""
    if not len(judged.margins):
        return None
    return monitor.reference((judged.codes[place] for place in judged.margins.argmax(axis=1)), judged.known_share)


def _doubts(learned: _Learned, profile: Profile, say: Say) -> list[tuple[int, str, str, float, float]]:
    """Answered cases whose label looks wrong, judged beside the authored rows."""
    rows = [*learned.rows, *_authored(profile)]
    found = suspects(rows, profile, progress=lambda done, of: say(80 + 18 * done // of, "正在查找归口可能有误的旧案。"))
    own = [each for each in found if each.place < len(learned.cases)]
    return [(learned.cases[each.place].id, each.given, each.instead, each.of_given, each.of_instead) for each in own]
