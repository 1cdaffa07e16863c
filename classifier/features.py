"""Words and characters as weighted terms, the same code for training and for serving, for one text or for many.

Three kinds of terms: words, character 1-2-grams, and the character 1-2-grams of the subject once more. Sublinear
counts times a weight each term, one vector of fixed length for each kind; with idf as weight this is scikit-learn's
TfidfVectorizer (a test holds the two equal). Characters are integer codes (`a` or `a << 21 | b`), so that texts are
counted by numpy and not by a Python loop.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Self

import numpy as np
from numpy.typing import NDArray

from classifier.segment import Segmenter
from classifier.text import normalise

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# A subject names the matter, a body tells the story: three times as much helped most (docs/classifier.md).
SUBJECT_WEIGHT = 3
# Length of the vector of words, of characters, of the subject's characters.
LENGTHS = np.array([1.0, 1.5, 0.75])
# Texts counted at once: more are no faster and take more memory.
BATCH = 256
_BITS = 21
_PAIRS = 1 << _BITS
# An occurrence is one integer: document, kind, code. Sorting it sorts all three.
_KIND_SHIFT, _DOCUMENT_SHIFT = 42, 44
_SPACE, _LINE = 0x20, 0x0A


@dataclass(frozen=True)
class Document:
    """A normalised text cut up: subject and body, a line between them, its words; `heading` is the subject's length."""

    text: str
    words: tuple[str, ...]
    heading: int


def read(segmenter: Segmenter, text: str, subject: str = "") -> Document:
    """Normalise and cut one message."""
    heading, body = normalise(subject), normalise(text)
    joined = f"{heading}\n{body}" if heading else body
    return Document(joined, tuple(segmenter.cut(joined)), len(heading))


@dataclass(frozen=True)
class Counts:
    """Documents in terms, as compressed sparse rows: document d has the entries `pointers[d]` to `pointers[d + 1]`.

    `index` (ascending in a document) is an entry's term, `value` one plus the logarithm of its count. Each occurrence
    of a known term has its `entry`, its `position` (of its first character, over all texts laid end to end with a line
    after each) and its `share` of the term's count. `known` is the number of different known words in each document,
    `known_share` the share of known words among all words of two characters and more.
    """

    pointers: Ints
    index: Ints
    value: Floats
    entry: Ints
    position: Ints
    share: Floats
    known: Ints
    known_share: Floats

    @cached_property
    def rows(self) -> Ints:
        """Document of each entry."""
        return np.repeat(np.arange(len(self.pointers) - 1), np.diff(self.pointers))


@dataclass(frozen=True)
class _Occurrences:
    keys: Ints
    position: Ints
    times: Floats
    words: Ints
    known: Ints


@dataclass(frozen=True)
class Vocabulary:
    """The terms a model knows: words, then codes of characters, then those of subjects, codes ascending.

    `idf` is the smoothed logarithm of how rare each term is in the texts it was learned from.
    """

    words: dict[str, int]
    codes: Ints
    subject_codes: Ints
    idf: Floats

    def __len__(self) -> int:
        return len(self.idf)

    @cached_property
    def kinds(self) -> NDArray[np.int8]:
        """Kind of each term: 0 word, 1 characters, 2 the subject's characters."""
        return np.repeat(np.arange(3, dtype=np.int8), [len(self.words), len(self.codes), len(self.subject_codes)])

    @cached_property
    def pairs(self) -> NDArray[np.bool_]:
        """Which terms are character 2-grams."""
        return np.concatenate((np.zeros(len(self.words), bool), self.codes >= _PAIRS, self.subject_codes >= _PAIRS))

    @classmethod
    def learn(cls, documents: Sequence[Document], prior: Sequence[Document] = ()) -> Self:
        """Terms of at least two documents, and every term of `prior` (duty lines), with idf over all of them."""
        numbers: dict[str, int] = {}

        def number(word: str) -> int:
            return numbers.setdefault(word, len(numbers))

        def terms(some: Sequence[Document]) -> Ints:
            parts = [np.unique(_occurrences(batch, number).keys) for batch in batches(some)]
            return np.concatenate([np.empty(0, np.int64), *parts]) & ((1 << _DOCUMENT_SHIFT) - 1)

        seen, kept = terms(documents), terms(prior)
        found, frequency = np.unique(np.concatenate((seen, kept)), return_counts=True)
        common = (frequency > 1) | np.isin(found, kept)
        found, frequency = found[common], frequency[common]
        kinds, codes = found >> _KIND_SHIFT, found & ((1 << _KIND_SHIFT) - 1)
        spelled = list(numbers)
        words = {spelled[code]: place for place, code in enumerate(codes[kinds == 0].tolist())}
        idf = np.log((1 + len(documents) + len(prior)) / (1 + frequency)) + 1
        return cls(words, codes[kinds == 1], codes[kinds == 2], idf)

    def count(self, documents: Sequence[Document]) -> Counts:
        """Count the known terms of some documents."""
        found = _occurrences(documents, lambda word: self.words.get(word, -1))
        order = np.argsort(found.keys)
        keys = found.keys[order]
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        index = self._places(keys[first])
        counts = np.diff(first, append=len(keys))
        known = index >= 0
        # Only occurrences of known terms are kept.
        inside = np.repeat(known, counts)
        entry = np.repeat(np.cumsum(known) - 1, counts)[inside]
        order = order[inside]
        times = found.times[order]
        total = np.bincount(entry, times, int(known.sum()))
        rows = (keys[first] >> _DOCUMENT_SHIFT)[known]
        index = index[known]
        number = len(documents)
        return Counts(
            pointers=np.searchsorted(rows, np.arange(number + 1)),
            index=index,
            value=1 + np.log(total),
            entry=entry,
            position=found.position[order],
            share=times / total[entry],
            known=np.bincount(rows[index < len(self.words)], minlength=number),
            known_share=found.known / np.maximum(found.words, 1),
        )

    def _places(self, keys: Ints) -> Ints:
        """Index of each term, -1 where it is not known."""
        kinds, codes = keys >> _KIND_SHIFT & 3, keys & ((1 << _KIND_SHIFT) - 1)
        places = codes.copy()
        start = len(self.words)
        for kind, table in ((1, self.codes), (2, self.subject_codes)):
            of_kind = np.flatnonzero(kinds == kind)
            wanted = codes[of_kind]
            near = np.searchsorted(table, wanted)
            there = table[np.minimum(near, len(table) - 1)] == wanted if len(table) else np.zeros(len(wanted), bool)
            places[of_kind] = np.where(there, near + start, -1)
            start += len(table)
        return places

    def weigh(self, counts: Counts, weight: NDArray[np.floating]) -> Floats:
        """Values of all entries: counts times `weight` (one each term), each kind of a document of its fixed length."""
        values = counts.value * weight[counts.index]
        kinds = self.kinds[counts.index]
        vector = counts.rows * 3 + kinds
        norms = np.sqrt(np.bincount(vector, values * values, 3 * (len(counts.pointers) - 1)))
        return np.asarray(values * (LENGTHS[kinds] / np.maximum(norms[vector], 1e-12)))


def batches(documents: Sequence[Document]) -> Iterator[Sequence[Document]]:
    """Give documents BATCH at a time."""
    return (documents[start : start + BATCH] for start in range(0, len(documents), BATCH))


def _occurrences(documents: Sequence[Document], number: Callable[[str], int]) -> _Occurrences:
    """All terms of some documents; `number` gives a word's code, -1 for one to leave out.

    Words of one character are among the characters already; no term has a space.
    """
    lengths = np.array([len(document.text) + 1 for document in documents], np.int64)
    starts = np.cumsum(lengths) - lengths
    whole = "".join(f"{document.text}\n" for document in documents)
    characters = np.frombuffer(whole.encode("utf-32-le"), np.uint32).astype(np.int64)
    owner = np.repeat(np.arange(len(documents)), lengths)
    in_subject = np.arange(len(whole)) < np.repeat(starts + [document.heading for document in documents], lengths)

    spelled = list(chain.from_iterable((*document.words, "\n") for document in documents))
    sizes = np.fromiter(map(len, spelled), np.int64, len(spelled))
    long = sizes > 1
    word_at = (np.cumsum(sizes) - sizes)[long]
    codes = np.fromiter((number(word) for word in spelled if len(word) > 1), np.int64, len(word_at))
    known = codes >= 0

    solid = (characters != _SPACE) & (characters != _LINE)
    ones = np.flatnonzero(solid)
    twos = np.flatnonzero(solid[:-1] & solid[1:])
    grams = np.concatenate((characters[ones], characters[twos] << _BITS | characters[twos + 1]))
    gram_at = np.concatenate((ones, twos))
    again = in_subject[gram_at]

    position = np.concatenate((word_at[known], gram_at, gram_at[again]))
    codes = np.concatenate((codes[known], grams | 1 << _KIND_SHIFT, grams[again] | 2 << _KIND_SHIFT))
    times = np.where(in_subject[position], float(SUBJECT_WEIGHT), 1.0)
    times[len(position) - int(again.sum()) :] = 1.0
    count = len(documents)
    return _Occurrences(
        keys=owner[position] << _DOCUMENT_SHIFT | codes,
        position=position,
        times=times,
        words=np.bincount(owner[word_at], minlength=count),
        known=np.bincount(owner[word_at[known]], minlength=count),
    )
