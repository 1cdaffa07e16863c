"""Serving: from texts to suggestions, with numpy and the segmenter only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from classifier.data import Row
from classifier.model.calibrate import SET_MISS, SET_MOST
from classifier.model.disposition import TRAINED, advise
from classifier.model.flags import CODES, PHRASES, Flag, flags
from classifier.model.model import Label, Model
from classifier.model.shares import shifted
from classifier.model.signs import LOUDNESS, SIGNS
from classifier.model.tuning import Tuning, tuned
from classifier.serve.reasons import Reason, Why
from classifier.serve.reasons import reasons as reasons_of
from classifier.store import registry
from classifier.text.features import Counts, Document, Floats, Ints, batches, read, sizes
from classifier.text.phrases import Heard, Phrase
from classifier.text.text import origins

_NONE, _ALL = [False] * len(CODES), [True] * len(CODES)


class Term(NamedTuple):
    """A word that spoke for a department; `field` (`text` or `subject`) has it at `start` to `end`, None: not known."""

    term: str
    weight: float
    field: str
    start: int | None
    end: int | None


@dataclass(frozen=True)
class Suggestion:
    """What the model says of one text, as it is shown and stored (docs/contract.md §4).

    `known_share` is the share of its words that the model knows.
    """

    model: str
    confident: bool
    departments: tuple[tuple[Label, float], ...]
    department_set: tuple[str, ...]
    disposition: tuple[tuple[str, float], ...]
    flags: tuple[Flag, ...]
    reasons: dict[str, tuple[Term, ...]]
    duties: dict[str, str]
    known_share: float = 0.0

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
            "set_promise": 1 - SET_MISS,
            "disposition": [{"code": code, "probability": round(chance, 6)} for code, chance in self.disposition],
            "flags": [flag.as_dict() for flag in self.flags],
            "reasons": {
                code: [term._asdict() | {"weight": round(term.weight, 4)} for term in terms]
                for code, terms in self.reasons.items()
            },
            "similar": [],
            "known_share": round(self.known_share, 4),
        }


class Predictor:
    """A loaded model, as an office's decisions have tuned it. Safe to share between threads: nothing in it changes."""

    def __init__(self, model: Model, version: str, tuning: Tuning | None = None) -> None:
        self._model = model = tuned(model, tuning) if tuning not in (None, Tuning()) else model
        self.version = version
        self._external = np.array([label.external for label in model.labels])
        self._thresholds = np.array(model.limits.set_thresholds)
        self._codes = [label.code for label in model.labels]
        learned = model.advice.flags if model.advice else {}
        # Where the program's flags stand among the model's columns; one that the model has not is its rule's alone.
        self._flag_places = [CODES.index(code) for code in model.advice.flagged] if model.advice else []
        # A flag that was not learned is its rule's word alone.
        limits = np.array([learned.get(code, (-np.inf, np.inf)) for code in CODES])
        self._flag_limits = limits[:, 1], limits[:, 0]
        self._signs = _signs(model, np.minimum(*self._flag_limits))

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
        documents = [read(self._model.segmenter, text, subject) for text, subject in messages]
        found: list[Suggestion] = []
        for batch in batches(documents):
            found += self._batch(batch, max(top, 1), reasons)
        return found

    def margins(self, rows: Sequence[Row]) -> Floats:
        """Give the margin of each department for each row (rows, departments), in the order of `labels`."""
        model = self._model
        documents = [read(model.segmenter, row.text, row.subject) for row in rows]
        found = [np.empty((0, len(model.labels)))]
        for batch in batches(documents):
            counts = model.vocabulary.count(batch)
            found.append(model.departments.margins(counts, model.vocabulary.weigh(counts, model.departments.weight)))
        return np.concatenate(found)

    def _batch(self, documents: Sequence[Document], top: int, reasons: bool) -> list[Suggestion]:
        model, limits = self._model, self._model.limits
        counts = model.vocabulary.count(documents)
        values = model.vocabulary.weigh(counts, model.departments.weight)
        margins = model.departments.margins(counts, values)
        chances = shifted(model.calibration.probabilities(margins), model.shares)
        thin = (counts.known < limits.known) | (counts.known_share < limits.known_share)
        confident = ~thin & (chances.max(axis=1) >= limits.confident)
        ranked = np.argsort(-chances, axis=1, kind="stable")
        best, sets = self._best(chances, ranked[:, :top]), self._sets(chances, ranked)
        advice = self._advice(documents, counts, chances, thin.tolist())
        found = []
        for place, document in enumerate(documents):
            disposition, raised = advice[place]
            suggestion = Suggestion(
                model=self.version,
                confident=bool(confident[place]),
                departments=best[place],
                department_set=sets[place],
                disposition=tuple(disposition),
                flags=tuple(raised),
                reasons={},
                duties={},
                known_share=float(counts.known_share[place]),
            )
            if reasons:
                told = reasons_of(document, counts, place, values, model, ranked[place, :top])
                suggestion = _explained(suggestion, document, told)
            found.append(suggestion)
        return found

    def _best(self, chances: Floats, ranked: Ints) -> list[tuple[tuple[Label, float], ...]]:
        """Labels of the `ranked` columns of each document with their probabilities."""
        labels = self._model.labels
        likely = chances[np.arange(len(ranked))[:, None], ranked].tolist()
        return [
            tuple([(labels[column], chance) for column, chance in zip(*each, strict=True)])
            for each in zip(ranked.tolist(), likely, strict=True)
        ]

    def _sets(self, chances: Floats, ranked: Ints) -> list[tuple[str, ...]]:
        """At most SET_MOST codes above their class's threshold, the likeliest first; without any the first alone."""
        ranked = ranked[:, :SET_MOST]
        inside = (chances >= self._thresholds)[np.arange(len(ranked))[:, None], ranked]
        inside[:, 0] |= ~inside.any(axis=1)
        owner, rank = np.nonzero(inside)
        codes = [self._codes[column] for column in ranked[owner, rank].tolist()]
        return [tuple(codes[a:b]) for a, b in pairwise(np.searchsorted(owner, np.arange(len(ranked) + 1)).tolist())]

    def _advice(
        self, documents: Sequence[Document], counts: Counts, chances: Floats, thin: Sequence[bool]
    ) -> list[tuple[list[tuple[str, float]], list[Flag]]]:
        """Disposition and flags of each document; without a trained model no disposition, and rules raise the flags."""
        advice, vocabulary = self._model.advice, self._model.vocabulary
        if advice is None:
            return [([], flags(PHRASES.hear(document.said), _NONE, _ALL)) for document in documents]
        margins = advice.head.margins(counts, vocabulary.weigh(counts, advice.head.weight))
        margins += sizes(documents) @ advice.by_size
        own_columns = len(advice.dispositions)
        trained = advice.calibration.probabilities(margins[:, :own_columns]).tolist()
        external = chances[:, self._external].sum(axis=1).tolist()
        speaking = np.zeros((len(documents), len(CODES)))
        speaking[:, self._flag_places] = margins[:, own_columns:]
        heard = [PHRASES.hear(document.said) for document in documents]
        self._add_signs(speaking, heard)
        sure, likely = ((speaking >= limit).tolist() for limit in self._flag_limits)
        found = []
        for place, said in enumerate(heard):
            raised = flags(said, sure[place], likely[place])
            own = dict.fromkeys(TRAINED, 0.0) | dict(zip(advice.dispositions, trained[place], strict=True))
            codes = [flag.code for flag in raised]
            found.append((advise(own, external[place], thin[place], codes), raised))
        return found

    def _add_signs(self, speaking: Floats, heard: Sequence[Heard]) -> None:
        """Add to the margins (documents, flags) what signs say, where two of them could raise the flag."""
        for place, (signs, from_here) in self._signs.items():
            for row in np.flatnonzero(speaking[:, place] >= from_here).tolist():
                speaking[row, place] += sum([weight for sign, weight in signs if heard[row].has(sign)])


def _signs(model: Model, lowest: Floats) -> dict[int, tuple[list[tuple[Phrase, float]], float]]:
    """By place of each learned flag its signs, with what each adds, and the margin from which two could raise it.

    `lowest` (flags,) are the margins that raise; a sign that the model has not adds nothing.
    """
    learned, found = model.advice.signs if model.advice else {}, {}
    for code, own in learned.items():
        if model.advice and code in model.advice.flags:
            place, weights = CODES.index(code), [LOUDNESS * own.get(name, 0.0) for name in SIGNS[code]]
            signs = list(zip(SIGNS[code].values(), weights, strict=True))
            found[place] = signs, float(lowest[place]) - sum(sorted(weights)[-2:])
    return found


def _explained(suggestion: Suggestion, document: Document, told: Sequence[Why]) -> Suggestion:
    """With reasons whose places are those of the message as it was written."""
    text, subject = document.source
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
