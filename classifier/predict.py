"""Serving: from a text to a suggestion, with numpy and the segmenter only."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from classifier import registry
from classifier.disposition import advise
from classifier.features import Vector, read
from classifier.flags import Flag, flags
from classifier.model import Label, Model
from classifier.reasons import reasons as reasons_of


@dataclass(frozen=True)
class Suggestion:
    """What the model says of one text, as it is shown and stored (docs/contract.md §4)."""

    model: str
    confident: bool
    departments: tuple[tuple[Label, float], ...]
    department_set: tuple[str, ...]
    disposition: tuple[tuple[str, float], ...]
    flags: tuple[Flag, ...]
    reasons: dict[str, tuple[tuple[str, float], ...]]

    def as_dict(self) -> dict[str, Any]:
        """Give the contract's object without `id`; similar cases are the caller's to add."""
        return {
            "model": self.model,
            "confident": self.confident,
            "departments": [
                {"code": label.code, "name": label.name, "probability": round(chance, 6)}
                for label, chance in self.departments
            ],
            "department_set": list(self.department_set),
            "disposition": [{"code": code, "probability": round(chance, 6)} for code, chance in self.disposition],
            "flags": [flag.as_dict() for flag in self.flags],
            "reasons": {
                code: [{"term": term, "weight": round(weight, 4)} for term, weight in terms]
                for code, terms in self.reasons.items()
            },
            "similar": [],
        }


class Predictor:
    """A loaded model. Safe to share between threads: nothing in it changes."""

    def __init__(self, model: Model, version: str) -> None:
        self._model = model
        self.version = version
        self._external = np.array([label.external for label in model.labels])

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read and verify a model directory. Raises ModelError."""
        return cls(*registry.load(directory))

    @property
    def labels(self) -> tuple[Label, ...]:
        """All classes, in the model's order."""
        return self._model.labels

    def suggest(self, text: str, subject: str = "", top: int = 5, reasons: bool = True) -> Suggestion:
        """Suggest for any str; cost is linear in its length. `top` departments are listed, at least one."""
        model = self._model
        document = read(model.segmenter, text, subject)
        vector = model.vocabulary.vector(document)
        chances = model.departments.probabilities(vector)
        order = np.argsort(-chances, kind="stable")
        first = order[: max(top, 1)].tolist()
        thin = vector.known < model.limits.known or vector.known_share < model.limits.known_share
        in_set = [place for place in order.tolist() if chances[place] >= model.limits.set_threshold]
        raised = flags(document.text)
        told = reasons_of(document, vector, model.vocabulary, model.departments, first) if reasons else []
        return Suggestion(
            model=self.version,
            confident=not thin and bool(chances[first[0]] >= model.limits.confident),
            departments=tuple((model.labels[place], float(chances[place])) for place in first),
            department_set=tuple(model.labels[place].code for place in in_set or first[:1]),
            disposition=self._disposition(vector, chances, first[0], thin, raised),
            flags=tuple(raised),
            reasons={model.labels[place].code: tuple(terms) for place, terms in zip(first, told, strict=False)},
        )

    def _disposition(
        self, vector: Vector, chances: np.ndarray[Any, np.dtype[np.float64]], first: int, thin: bool, raised: list[Flag]
    ) -> tuple[tuple[str, float], ...]:
        model = self._model
        if model.disposition is None:
            return ()
        trained = dict(zip(model.dispositions, model.disposition.probabilities(vector).tolist(), strict=True))
        external = float(chances[self._external].sum())
        codes = {flag.code for flag in raised}
        return tuple(advise(trained, external, model.labels[first].external, thin, codes))
