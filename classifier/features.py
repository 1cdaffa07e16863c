"""Words and character 1-2-grams as TF-IDF, the same code for training and for serving.

Sublinear term frequency and smoothed idf as in scikit-learn's TfidfVectorizer (a test holds the two equal), one unit
vector for the words and one for the characters. Characters are integer codes (`a` or `a << 21 | b`), so that a text
is counted by numpy and not by a Python loop.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from classifier.segment import Segmenter
from classifier.text import normalise

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# A subject names the matter, a body tells the story: three times as much helped most (docs/adr/0005).
SUBJECT_WEIGHT = 3
_BITS = 21
_SPACE, _LINE = 0x20, 0x0A


@dataclass(frozen=True)
class Document:
    """A normalised text cut up: its words, and for each character its code point and how often it counts."""

    text: str
    words: tuple[str, ...]
    characters: Ints
    weights: Floats

    @property
    def lengths(self) -> Ints:
        """Characters in each word."""
        return np.fromiter(map(len, self.words), np.int64, len(self.words))

    def character_codes(self) -> tuple[Ints, Ints]:
        """Codes of all character 1-grams, then 2-grams, and the position each begins at; none has a space."""
        solid = (self.characters != _SPACE) & (self.characters != _LINE)
        ones = np.flatnonzero(solid)
        twos = np.flatnonzero(solid[:-1] & solid[1:])
        pairs = self.characters[twos] << _BITS | self.characters[twos + 1]
        return np.concatenate((self.characters[ones], pairs)), np.concatenate((ones, twos))


def read(segmenter: Segmenter, text: str, subject: str = "") -> Document:
    """Normalise and cut one message; the subject's characters count SUBJECT_WEIGHT times."""
    heading, body = normalise(subject), normalise(text)
    joined = f"{heading}\n{body}" if heading else body
    characters = np.frombuffer(joined.encode("utf-32-le"), np.uint32).astype(np.int64)
    weights = np.ones(len(joined))
    weights[: len(heading)] = SUBJECT_WEIGHT
    return Document(joined, tuple(segmenter.cut(joined)), characters, weights)


@dataclass(frozen=True)
class Vector:
    """A document in the model's terms.

    `index` (ascending) and `value` are its non-zero features. Each occurrence of a known term is one entry of
    `occurrence` (place in `index`), `position` (its first character) and `share` (its part of the term's count).
    `known` is the number of different known words, `known_share` their share of all words of the text.
    """

    index: Ints
    value: Floats
    occurrence: Ints
    position: Ints
    share: Floats
    known: int
    known_share: float


@dataclass(frozen=True)
class Vocabulary:
    """The terms a model knows: words first, then character codes in ascending order; `idf` has one entry each."""

    words: dict[str, int]
    codes: Ints
    idf: Floats

    def __len__(self) -> int:
        return len(self.words) + len(self.codes)

    @classmethod
    def learn(cls, documents: Iterable[Document], prior: Iterable[Document] = ()) -> Self:
        """Terms of at least two documents, and every term of `prior` (duty lines), with idf over all of them."""
        words: dict[str, int] = {}
        seen: list[Ints] = []
        kept_words: set[str] = set()
        kept_codes: list[Ints] = [np.empty(0, np.int64)]
        for document, keep in _marked(documents, prior):
            # Single characters are among the character terms already.
            terms = {word for word in document.words if len(word) > 1}
            codes = np.unique(document.character_codes()[0])
            seen.append(codes)
            for word in terms:
                words[word] = words.get(word, 0) + 1
            if keep:
                kept_words |= terms
                kept_codes.append(codes)
        chosen = sorted(word for word, count in words.items() if count > 1 or word in kept_words)
        codes, counts = np.unique(np.concatenate(seen), return_counts=True)
        common = (counts > 1) | np.isin(codes, np.concatenate(kept_codes))
        frequency = np.concatenate((np.array([words[word] for word in chosen], np.int64), counts[common]))
        idf = np.log((1 + len(seen)) / (1 + frequency)) + 1
        return cls({word: place for place, word in enumerate(chosen)}, codes[common], idf)

    def vector(self, document: Document) -> Vector:
        """TF-IDF of one document, with where each term stood."""
        lengths = document.lengths
        places = np.fromiter((self.words.get(word, -1) for word in document.words), np.int64, len(lengths))
        known_words = places >= 0
        codes, positions = document.character_codes()
        # Neighbouring needles share their cache lines: looking them up in order is four times as fast.
        order = np.argsort(codes)
        codes, positions = codes[order], positions[order]
        near = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        known_codes = self.codes[near] == codes
        terms = np.concatenate((places[known_words], near[known_codes] + len(self.words)))
        position = np.concatenate(((np.cumsum(lengths) - lengths)[known_words], positions[known_codes]))
        index, occurrence = np.unique(terms, return_inverse=True)
        weight = document.weights[position]
        count = np.bincount(occurrence, weight, len(index))
        value = (1 + np.log(count)) * self.idf[index]
        known = int(np.searchsorted(index, len(self.words)))
        for part in (value[:known], value[known:]):
            part /= max(float(part @ part) ** 0.5, 1e-12)
        known_share = float(known_words.sum() / max(int((lengths > 1).sum()), 1))
        return Vector(index, value, occurrence, position, weight / count[occurrence], known, known_share)


def _marked(documents: Iterable[Document], prior: Iterable[Document]) -> Iterator[tuple[Document, bool]]:
    yield from ((document, False) for document in documents)
    yield from ((document, True) for document in prior)


def arrays(vectors: Sequence[Vector]) -> tuple[Floats, Ints, Ints]:
    """Give data, column indices and row pointers of a compressed sparse row matrix."""
    pointers = np.cumsum([0, *(len(vector.index) for vector in vectors)])
    return (
        np.concatenate([vector.value for vector in vectors]),
        np.concatenate([vector.index for vector in vectors]),
        pointers,
    )


def is_pair(vocabulary: Vocabulary, index: Ints) -> NDArray[np.bool_]:
    """Which features are character 2-grams; their codes are the larger ones."""
    return index >= len(vocabulary.words) + int(np.searchsorted(vocabulary.codes, 1 << _BITS))
