"""Serving: from texts to suggestions, with numpy and the segmenter only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from classifier import registry
from classifier.disposition import TRAINED, advise
from classifier.features import Counts, Document, Floats, batches, read, sizes
from classifier.flags import CODES, Flag, flags
from classifier.model import Label, Model
from classifier.reasons import Reason, Told
from classifier.reasons import reasons as reasons_of
from classifier.text import origins


class Term(NamedTuple):
    """A word that spoke for a department; `field` (`text` or `subject`) has it at `start` to `end`, None: not known."""

    term: str
    weight: float
    field: str
    start: int | None
    end: int | None


@dataclass(frozen=True)
class Suggestion:
    """What the model says of one text, as it is shown and stored (docs/contract.md §4)."""

    model: str
    confident: bool
    departments: tuple[tuple[Label, float], ...]
    department_set: tuple[str, ...]
    disposition: tuple[tuple[str, float], ...]
    flags: tuple[Flag, ...]
    reasons: dict[str, tuple[Term, ...]]
    duties: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Give the contract's object without `id`; similar cases are the caller's to add."""
        return {
            "model": self.model,
            "confident": self.confident,
            "departments": [
                {"code": label.code, "name": label.name, "probability": round(chance, 6)}
                | ({"duty": self.duties[label.code]} if label.code in self.duties else {})
                for label, chance in self.departments
            ],
            "department_set": list(self.department_set),
            "disposition": [{"code": code, "probability": round(chance, 6)} for code, chance in self.disposition],
            "flags": [flag.as_dict() for flag in self.flags],
            "reasons": {
                code: [term._asdict() | {"weight": round(term.weight, 4)} for term in terms]
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
        self._thresholds = np.array(model.limits.set_thresholds)

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
        return self.suggest_many([(text, subject)], top, reasons)[0]

    def suggest_many(self, messages: Iterable[tuple[str, str]], top: int = 5, reasons: bool = True) -> list[Suggestion]:
        """Suggest for many (text, subject), the same as one by one and several times as fast."""
        messages = list(messages)
        documents = [read(self._model.segmenter, text, subject) for text, subject in messages]
        found: list[Suggestion] = []
        for batch in batches(documents):
            found += self._batch(batch, messages[len(found) : len(found) + len(batch)], max(top, 1), reasons)
        return found

    def _batch(
        self, documents: Sequence[Document], messages: Sequence[tuple[str, str]], top: int, reasons: bool
    ) -> list[Suggestion]:
        model = self._model
        counts = model.vocabulary.count(documents)
        values = model.vocabulary.weigh(counts, model.departments.weight)
        chances = model.calibration.probabilities(model.departments.margins(counts, values))
        thin = (counts.known < model.limits.known) | (counts.known_share < model.limits.known_share)
        margins = self._margins(documents, counts)
        found = []
        for place, (document, message) in enumerate(zip(documents, messages, strict=True)):
            order = np.argsort(-chances[place], kind="stable").tolist()
            suggestion = self._suggestion(document.text, chances[place], order, bool(thin[place]), margins[place], top)
            if reasons:
                own = slice(*counts.pointers[place : place + 2].tolist())
                told = reasons_of(document, counts.index[own], values[own], model, order[:top])
                suggestion = _explained(suggestion, document, message, told)
            found.append(suggestion)
        return found

    def _margins(self, documents: Sequence[Document], counts: Counts) -> Sequence[Floats | None]:
        advice, vocabulary = self._model.advice, self._model.vocabulary
        if advice is None:
            return [None] * len(documents)
        margins = advice.head.margins(counts, vocabulary.weigh(counts, advice.head.weight))
        return list(margins + sizes(documents) @ advice.by_size)

    def _suggestion(
        self, text: str, chances: Floats, order: list[int], thin: bool, margins: Floats | None, top: int
    ) -> Suggestion:
        model = self._model
        within = (chances >= self._thresholds).tolist()
        first = model.labels[order[0]]
        disposition: Sequence[tuple[str, float]] = ()
        if model.advice is None or margins is None:
            raised = flags(text, {}, {})
        else:
            raised = flags(text, dict(zip(CODES, margins[len(TRAINED) :].tolist(), strict=True)), model.advice.flags)
            trained = model.advice.calibration.probabilities(margins[: len(TRAINED)]).tolist()
            external = float(chances[self._external].sum())
            disposition = advise(dict(zip(TRAINED, trained, strict=True)), external, first.external, thin)
        return Suggestion(
            model=self.version,
            confident=not thin and bool(chances[order[0]] >= model.limits.confident),
            departments=tuple((model.labels[place], float(chances[place])) for place in order[:top]),
            department_set=tuple(model.labels[place].code for place in order if within[place]) or (first.code,),
            disposition=tuple(disposition),
            flags=tuple(raised),
            reasons={},
            duties={},
        )


def _explained(
    suggestion: Suggestion, document: Document, message: tuple[str, str], told: Sequence[Told]
) -> Suggestion:
    """With reasons whose places are those of the message as it was written."""
    text, subject = message
    heading, body = document.text[: document.heading], document.text[document.heading + bool(document.heading) :]
    sides = {
        "subject": (0, heading, origins(subject, heading)),
        "text": (len(document.text) - len(body), body, origins(text, body)),
    }

    @cache
    def span(start: int, length: int) -> tuple[str, int | None, int | None]:
        field = "subject" if start < document.heading else "text"
        shift, normal, places = sides[field]
        if places is None:
            return field, None, None
        first = start - shift - normal.count(" ", 0, start - shift)
        return field, places[first], places[first + length - 1] + 1

    def term(reason: Reason) -> Term:
        return Term(reason.term, reason.weight, *span(reason.start, len(reason.term)))

    codes = [label.code for label, _ in suggestion.departments]
    return replace(
        suggestion,
        reasons={code: tuple(map(term, each.reasons)) for code, each in zip(codes, told, strict=True)},
        duties={code: each.duty for code, each in zip(codes, told, strict=True) if each.duty},
    )
