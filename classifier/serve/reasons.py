"""Which words drove a department (理由): the model's own sum, told in words and where they stand.

Each term's part of the margin, above its average over all departments, is dealt out to its occurrences and from
there to the words that cover them, so that the weights of all words add up to the margin and character terms need no
explaining of their own.
"""

from typing import NamedTuple

import numpy as np

from classifier.model.model import Model
from classifier.text.features import Bools, Counts, Document, Floats, Ints

MOST = 8


class Reason(NamedTuple):
    """A word, what it added to the margin, and where it first stands in the normalised document."""

    term: str
    weight: float
    start: int


class Why(NamedTuple):
    """Why one department: up to MOST words, the heaviest first, and the duty line (职责) nearest to what drove it."""

    reasons: tuple[Reason, ...]
    duty: str | None


def reasons(document: Document, counts: Counts, place: int, values: Floats, model: Model, columns: Ints) -> list[Why]:
    """Tell why for each class column; the document stands at `place` in `counts`, `values` are weighed for all."""
    own = slice(*counts.pointers[place : place + 2].tolist())
    index, first = counts.index[own], counts.first[own.start : own.stop + 1]
    head = model.departments
    parts = (head.coef.take(index, axis=0)[:, columns] - head.average[index, None]) * values[own, None]
    words, of_word, lengths = _words(document)
    chosen = np.array([number for number, word in enumerate(words) if len(word) > 1 and word.isalpha()], np.int64)
    weights = _dealt(
        parts, counts.positions[first[0] : first[-1]], first, model.vocabulary.pairs[index], of_word, lengths
    )[chosen]
    best = np.argsort(-weights, axis=0, kind="stable")[:MOST]
    heaviest = weights[best, np.arange(len(columns))].T.tolist()
    starts = _starts(of_word, lengths, document.heading, len(words)).tolist()
    return [
        Why(
            tuple(
                [Reason(words[word], weight, starts[word]) for word, weight in zip(*told, strict=True) if weight > 0]
            ),
            duty,
        )
        for *told, duty in zip(
            chosen[best].T.tolist(), heaviest, model.duties.nearest(columns, index, parts), strict=True
        )
    ]


def _words(document: Document) -> tuple[list[str], Ints, Ints]:
    """Different words of a document; of each word as it stands there, which of them it is, and its length."""
    different = list(dict.fromkeys(document.words))
    number = dict(zip(different, range(len(different)), strict=True)).__getitem__
    of_word, lengths = (np.fromiter(map(of, document.words), np.int64) for of in (number, len))
    return different, of_word, lengths


def _dealt(parts: Floats, positions: Ints, first: Ints, pairs: Bools, of_word: Ints, lengths: Ints) -> Floats:
    """Parts (terms, columns) of the margin dealt out to the words (words, columns) that cover their occurrences."""
    often = np.diff(first)
    of_position = np.repeat(of_word, lengths)
    # A pair of characters may straddle two words: each gets half.
    cells = np.concatenate((of_position[positions], of_position[positions + np.repeat(pairs, often)]))
    shares = np.repeat((parts / (2 * often)[:, None]).T, often, axis=1)
    number = int(of_word.max(initial=-1)) + 1
    return np.stack([np.bincount(cells, np.concatenate((share, share)), number) for share in shares], axis=1)


def _starts(of_word: Ints, lengths: Ints, heading: int, number: int) -> Ints:
    """Where each word first stands in the body, or else in the subject."""
    starts = np.cumsum(lengths) - lengths
    found = np.empty(number, np.int64)
    for some in (slice(None), starts >= heading):
        # Of several places the last assigned stays.
        found[of_word[some][::-1]] = starts[some][::-1]
    return found
