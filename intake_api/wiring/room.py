"""The registered models of a data directory: intake_api.learning.room.ModelRoom as the classifier fills it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from classifier.data import load
from classifier.errors import ClassifierError, ModelError
from classifier.measure import gate, monitor
from classifier.profile import Profile
from classifier.serve.predict import Predictor
from classifier.store import registry
from classifier.store.card import register
from classifier.store.registry import Registry, learned_cases
from intake_api.cases.answered import AnsweredCase
from intake_api.directory import Directory
from intake_api.kit.clock import Clock
from intake_api.learning.errors import StepRefused
from intake_api.learning.repository import DecidedCase
from intake_api.learning.room import Retrained, Say
from intake_api.settings import Settings
from intake_api.wiring.retraining import retrain
from intake_api.wiring.shipped import HOLDOUT, PROFILE, shipped_model

# Fewer decisions than this wait for the next week: a move is a line on record.
ENOUGH = 20
SHOWN_METRICS = ("accuracy", "macro_f1", "top3", "ece", "set_coverage", "mean_set_size")


@contextmanager
def refusals() -> Iterator[None]:
    """An error of the classifier as one of the product."""
    try:
        yield
    except ClassifierError as error:
        raise StepRefused(error.code, error.message) from None


class RegisteredModels:
    """The models in DATA/models; `directory` is asked for when a register sheet needs the agency."""

    def __init__(self, settings: Settings, directory: Callable[[], Directory], clock: Clock) -> None:
        self._registry = Registry(settings.data / "models")
        self._settings = settings
        self._directory = directory
        self._clock = clock

    def listing(self, forgotten: Collection[str] = frozenset()) -> dict[str, Any]:
        """What the console and the command line list, newest model first."""
        gone = frozenset(forgotten)
        with refusals():
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

    def manifest(self, version: str) -> dict[str, Any]:
        """What a model says of itself."""
        with refusals():
            return registry.read_manifest(self._registry.path(version))

    def card(self, version: str) -> str:
        """The model card in Markdown."""
        with refusals():
            return (self._registry.path(version) / "card.md").read_text("utf-8")

    def register(self, version: str) -> str:
        """The algorithm-register sheet in Markdown."""
        agency = self._directory().default_agency
        contact = "，".join(part for part in (agency.office, agency.phone, agency.email, agency.address) if part)
        return register(self.manifest(version), agency.name, contact)

    def add(self, directory: Path) -> str:
        """Register a model that lies elsewhere; returns its version."""
        with refusals():
            return self._registry.add(directory)

    def retrain(
        self,
        cases: Sequence[AnsweredCase],
        answered: Mapping[str, int],
        by: str,
        say: Say,
        forgotten: Collection[str] = frozenset(),
    ) -> Retrained:
        """Train on the authored rows and the answered cases, compare with the live model, put both on record."""
        with refusals():
            self._ensure_live()
            profile = Profile.load(self._settings.profile or PROFILE)
            return retrain(self._registry, profile, self._clock, cases, answered, by, say, forgotten)

    def _ensure_live(self) -> None:
        """The shipped model, where none is live that can be read: there must be something to go back to."""
        models = self._registry
        models.root.mkdir(parents=True, exist_ok=True)
        try:
            live = models.active()
            readable = live is not None and bool(registry.load(models.path(live)))
        except ModelError:
            readable = False
        if not readable:
            version = models.add(shipped_model(self._settings.data / "shipped-model"))
            models.promote(version, self._clock.now(), "automatic", None, forgotten=())

    def promote(
        self,
        version: str,
        by: str,
        forgotten: Collection[str],
        *,
        force: bool = False,
        holdout: Path | None = None,
    ) -> dict[str, Any] | None:
        """Make a version live if it compares well with the live one: the only way into use, whoever asks."""
        with refusals():
            verdict = self._verdict(version, force, holdout)
            self._registry.promote(version, self._clock.now(), by, verdict, force, forgotten=forgotten)
            return verdict

    def _verdict(self, version: str, force: bool, holdout: Path | None) -> dict[str, Any] | None:
        """How a version compares with the live one: as put on record, else on the holdout."""
        verdict, active = self._registry.verdict_on(version) if holdout is None else None, self._registry.active()
        if verdict or not active:
            return verdict
        try:
            live, challenger = (Predictor.load(self._registry.path(each)) for each in (active, version))
            return gate.compare(live, challenger, load([holdout or HOLDOUT]))
        except ModelError:
            if force:  # the live model may be the damaged one that is to be replaced
                return None
            raise

    def rollback(self, by: str, forgotten: Collection[str]) -> str:
        """Make the version live that was so before; returns it."""
        with refusals():
            return self._registry.rollback(self._clock.now(), by, forgotten=forgotten)

    def learned(self, digest: str) -> list[str]:
        """Versions that learned from the case with this digest."""
        with refusals():
            return [e.version for e in self._registry.entries() if digest in self._learned_from(e.version)]

    def _learned_from(self, version: str) -> frozenset[str]:
        try:
            return learned_cases(self._registry.path(version))
        except ModelError:
            return frozenset()  # a damaged model serves nobody, and must not keep the others from being listed

    def tuned(self) -> datetime | None:
        """When the limits of the live model were last moved; None where they are as learned."""
        return self._registry.tuning()[1]

    def hold(self, decided: Sequence[DecidedCase], by: str) -> None:
        """Move the limits of the live model by how decisions since then kept its promises, and put that on record."""
        with refusals():
            self._ensure_live()
            live = self._registry.active()
            own = [one for one in _as_watched(decided) if one.model == live]
            if len(own) >= ENOUGH:
                sets, confident = monitor.broken(own)
                levels = self._registry.tuning()[0].after(sets, confident)
                self._registry.tune(levels, self._clock.now(), by, sets, confident)

    def drift(self, decided: Sequence[DecidedCase], today: date) -> dict[str, Any]:
        """The monitoring report, against what the live model was measured on."""
        expected = next((e.manifest.get("reference") for e in self._registry.entries() if e.active), None)
        return monitor.report(_as_watched(decided), today, expected)


def _as_watched(decided: Sequence[DecidedCase]) -> list[monitor.Decided]:
    return [monitor.Decided(**asdict(each)) for each in decided]
