"""Which words drove a department (理由): the model's own sum, told in words.

Each term's part of the margin, above its average over all departments, is dealt out to its occurrences and from
there to the words that cover them, so that the weights of all words add up to the margin and character terms need no
explaining of their own.
"""

from collections.abc import Sequence

import numpy as np

from classifier.features import Document, Vector, Vocabulary, is_pair
from classifier.model import Head

MOST = 8


def reasons(
    document: Document, vector: Vector, vocabulary: Vocabulary, head: Head, columns: Sequence[int]
) -> list[list[tuple[str, float]]]:
    """For each class column, up to MOST words of the text with positive weight, the heaviest first."""
    above = head.coef[vector.index[:, None], np.asarray(columns)] - head.average[vector.index, None]
    parts = above * vector.value[:, None]
    each = parts[vector.occurrence] * vector.share[:, None]
    numbers: dict[str, int] = {}
    of_word = np.array([numbers.setdefault(word, len(numbers)) for word in document.words], np.int64)
    of_position = np.repeat(of_word, [len(word) for word in document.words])
    # A pair of characters may straddle two words: each gets half.
    pair = is_pair(vocabulary, vector.index)[vector.occurrence]
    first = of_position[vector.position]
    second = of_position[vector.position + pair]
    shown = [word for word in numbers if len(word) > 1 and word.isalpha()]
    places = np.array([numbers[word] for word in shown], np.int64)
    result = []
    for column in each.T / 2:
        weights = (np.bincount(first, column, len(numbers)) + np.bincount(second, column, len(numbers)))[places]
        best = np.argsort(-weights, kind="stable")[:MOST].tolist()
        result.append([(shown[place], float(weights[place])) for place in best if weights[place] > 0])
    return result
