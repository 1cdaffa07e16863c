"""Which words drove a department (理由): the model's own sum, told in words and where they stand.

Each term's part of the margin, above its average over all departments, is dealt out to its occurrences and from
there to the words that cover them, so that the weights of all words add up to the margin and character terms need no
explaining of their own.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from classifier.features import Document, Floats, Ints
from classifier.model import Model

MOST = 8


class Reason(NamedTuple):
    """A word, what it added to the margin, and where it first stands in the normalised document."""

    term: str
    weight: float
    start: int


class Told(NamedTuple):
    """Why one department: up to MOST words, the heaviest first, and the duty line (职责) nearest to what drove it."""

    reasons: tuple[Reason, ...]
    duty: str | None


def reasons(document: Document, index: Ints, values: Floats, model: Model, columns: Sequence[int]) -> list[Told]:
    """Tell why for each class column; `index` and the weighed `values` are the entries of the document."""
    head, across = model.departments, np.arange(len(columns))
    parts = (head.coef[index[:, None], np.asarray(columns)] - head.average[index, None]) * values[:, None]
    found = model.vocabulary.locate(document, index)
    each = parts[found.entry] * (found.share[:, None] / 2)
    words = list(dict.fromkeys(document.words))
    numbers = {word: number for number, word in enumerate(words)}
    of_word = np.fromiter(map(numbers.__getitem__, document.words), np.int64, len(document.words))
    lengths = np.fromiter(map(len, document.words), np.int64, len(document.words))
    of_position = np.repeat(of_word, lengths)
    # A pair of characters may straddle two words: each gets half.
    ends = found.position, found.position + model.vocabulary.pairs[index[found.entry]]
    cells = of_position[np.concatenate(ends)][:, None] * len(columns) + across
    weights = np.bincount(cells.ravel(), np.concatenate((each, each)).ravel(), len(words) * len(columns))
    weights = weights.reshape(len(words), len(columns))
    chosen = np.array([number for number, word in enumerate(words) if len(word) > 1 and word.isalpha()], np.int64)
    best = chosen[np.argsort(-weights[chosen], axis=0, kind="stable")[:MOST]]
    starts = _starts(of_word, lengths, document.heading, len(words)).tolist()
    duties = model.duties.nearest(columns, index, parts)
    return [
        Told(tuple(Reason(words[number], weight, starts[number]) for number, weight in heaviest if weight > 0), duty)
        for heaviest, duty in (
            (zip(ranked.tolist(), weights[ranked, column].tolist(), strict=True), duty)
            for column, ranked, duty in zip(across.tolist(), best.T, duties, strict=True)
        )
    ]


def _starts(of_word: Ints, lengths: Ints, heading: int, number: int) -> Ints:
    """Where each word first stands in the body, or else in the subject."""
    starts = np.cumsum(lengths) - lengths
    found = np.empty(number, np.int64)
    for some in (slice(None), starts >= heading):
        # Of several places the last assigned stays.
        found[of_word[some][::-1]] = starts[some][::-1]
    return found
