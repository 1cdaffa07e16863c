"""Words and characters as weighted terms, the same code for training and for serving, for one text or for many.

Three kinds of terms: words, character 1-2-grams, and the character 1-2-grams of the subject once more. Sublinear
counts times a weight each term, one vector of fixed length for each kind; with idf as weight this is scikit-learn's
TfidfVectorizer (a test holds the two equal). Characters are integer codes (`a` or `a << 21 | b`), so that texts are
counted by numpy and not by a Python loop.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat
from typing import Self

import numpy as np
from numpy.typing import NDArray

from classifier.segment import Segmenter
from classifier.text import normalise

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Length of the vector of words, of characters, of the subject's characters.
LENGTHS = np.array([1.0, 1.5, 0.75])
# Characters.
STEPS = np.array([8, 12, 18, 30, 60, 120, 250])
# Texts and characters counted at once: more are no faster and take more memory.
BATCH, BATCH_LENGTH = 256, 200_000
_BITS = 21
_PAIRS = 1 << _BITS
# An occurrence is one integer: document, kind, code. Sorting it sorts all three.
_KIND_SHIFT, _DOCUMENT_SHIFT = 42, 44
_TERM = (1 << _DOCUMENT_SHIFT) - 1
# Turns a character of kind 1 into one of kind 2, the subject's.
_OTHER_KIND = 3 << _KIND_SHIFT
_SPACE, _LINE = 0x20, 0x0A
_MIX = np.uint64(0x9E3779B97F4A7C15)


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
class Rows:
    """Documents as compressed sparse rows: document d has the entries `pointers[d]` to `pointers[d + 1]`.

    `index` is an entry's term, ascending in a document, `value` what it counts for.
    """

    pointers: Ints
    index: Ints
    value: Floats


@dataclass(frozen=True)
class Counts(Rows):
    """Terms of some documents as they stand in them; `value` is one plus the logarithm of the term's count.

    `known` is the number of different known words in each document, `known_share` the share of known words among all
    words of two characters and more.
    """

    known: Ints
    known_share: Floats


@dataclass(frozen=True)
class Occurrences:
    """Where the known terms of one document stand.

    Each has its `entry` among the document's, its `position` (of its first character) and its `share` of the count.
    """

    entry: Ints
    position: Ints
    share: Floats


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
    def keys(self) -> Ints:
        """Kind and code of each term as one integer, ascending."""
        codes = (np.arange(len(self.words)), self.codes, self.subject_codes)
        return np.concatenate([of_kind | kind << _KIND_SHIFT for kind, of_kind in enumerate(codes)])

    @cached_property
    def pairs(self) -> NDArray[np.bool_]:
        """Which terms are character 2-grams."""
        return self.keys & ((1 << _KIND_SHIFT) - 1) >= _PAIRS

    @classmethod
    def learn(cls, documents: Sequence[Document], prior: Sequence[Document] = ()) -> Self:
        """Terms of at least two documents, and every term of `prior` (duty lines), with idf over all of them."""
        spelled = sorted({word for each in (*documents, *prior) for word in each.words if len(word) > 1})
        numbers = {word: place for place, word in enumerate(spelled)}

        def terms(some: Sequence[Document]) -> Ints:
            parts = [np.unique(_keys(batch, numbers)[0]) for batch in batches(some)]
            return np.concatenate([np.empty(0, np.int64), *parts]) & _TERM

        seen, kept = terms(documents), terms(prior)
        found, frequency = np.unique(np.concatenate((seen, kept)), return_counts=True)
        common = (frequency > 1) | np.isin(found, kept)
        found, frequency = found[common], frequency[common]
        kinds, codes = found >> _KIND_SHIFT, found & ((1 << _KIND_SHIFT) - 1)
        words = {spelled[code]: place for place, code in enumerate(codes[kinds == 0].tolist())}
        idf = np.log((1 + len(documents) + len(prior)) / (1 + frequency)) + 1
        return cls(words, codes[kinds == 1], codes[kinds == 2], idf)

    def count(self, documents: Sequence[Document]) -> Counts:
        """Count the known terms of some documents."""
        keys, known_share = _keys(documents, self.words)
        index, known = self.find(keys & _TERM)
        entries = (keys[known] >> _DOCUMENT_SHIFT) * len(self) + index[known]
        entries.sort()
        fresh = np.ones(len(entries), bool)
        np.not_equal(entries[1:], entries[:-1], out=fresh[1:])
        first = np.flatnonzero(fresh)
        rows, index = np.divmod(entries[first], max(len(self), 1))
        return Counts(
            pointers=np.searchsorted(rows, np.arange(len(documents) + 1)),
            index=index,
            value=1 + np.log(np.diff(first, append=len(entries))),
            known=np.bincount(rows[index < len(self.words)], minlength=len(documents)),
            known_share=known_share,
        )

    def find(self, keys: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """Place of each key among the terms, and which are terms at all; other places say nothing."""
        if not len(self):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), bool)
        place = self._slots[_slot(keys, len(self._slots))]
        known = self.keys[place] == keys
        # Another term sits in the slot of these: few, so that searching for them costs little.
        other = np.flatnonzero(~known & (place >= 0))
        place[other], known[other] = _look_up(self.keys, keys[other])
        return place, known

    @cached_property
    def _slots(self) -> Ints:
        """Hash table of the terms: in each slot the place of one of them, or -1."""
        slots = np.full(1 << (8 * len(self)).bit_length(), -1)
        slots[_slot(self.keys, len(slots))] = np.arange(len(self))
        return slots

    def locate(self, document: Document, index: Ints) -> Occurrences:
        """Find where the known terms of one document, whose entries have this `index`, stand."""
        characters = _codes(document.text)
        grams, gram_at = _grams(characters)
        widths = np.fromiter(map(len, document.words), np.int64, len(document.words))
        word_at = np.cumsum(widths) - widths
        places = np.fromiter(map(self.words.get, document.words, repeat(-1)), np.int64, len(widths))
        again = gram_at < document.heading
        keys = np.concatenate((places, grams, grams[again] ^ _OTHER_KIND))
        position = np.concatenate((word_at, gram_at, gram_at[again]))
        # Needles in order share their cache lines: sorting and looking up is faster than looking up.
        order = np.argsort(keys)
        entry, known = _look_up(self.keys[index], keys[order])
        entry, order = entry[known], order[known]
        return Occurrences(entry, position[order], 1 / np.bincount(entry, minlength=len(index))[entry])

    def weigh(self, rows: Rows, weight: Floats) -> Floats:
        """Values of all entries times `weight` (one each term), each kind of a document brought to its length."""
        values = rows.value * weight[rows.index]
        number = len(rows.pointers) - 1
        kinds = self.kinds[rows.index]
        vector = np.repeat(np.arange(0, 3 * number, 3), np.diff(rows.pointers)) + kinds
        norms = np.sqrt(np.bincount(vector, values * values, 3 * number))
        return np.asarray(values * (LENGTHS[kinds] / np.maximum(norms[vector], 1e-12)))


def sizes(documents: Sequence[Document]) -> Floats:
    """How long each text is, as so many steps climbed (n, len(STEPS)): what a few characters say is rarely clear."""
    return np.asarray(np.array([[len(each.text)] for each in documents]) > STEPS, np.float64)


def batches(documents: Sequence[Document]) -> Iterator[Sequence[Document]]:
    """Give documents BATCH at a time, fewer where they are long: memory stays bounded."""
    first = length = 0
    for place, document in enumerate(documents):
        if place - first == BATCH or (place > first and length + len(document.text) > BATCH_LENGTH):
            yield documents[first:place]
            first, length = place, 0
        length += len(document.text)
    if first < len(documents):
        yield documents[first:]


def _look_up(table: Ints, keys: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Place of each key in an ascending table, and which are there at all."""
    near = np.searchsorted(table, keys)
    return near, table[np.minimum(near, len(table) - 1)] == keys if len(table) else np.zeros(len(keys), bool)


def _slot(keys: Ints, size: int) -> NDArray[np.uint64]:
    """Multiplicative hashing (Knuth): the upper bits of the product, `size` a power of two."""
    return np.asarray(keys.astype(np.uint64) * _MIX >> np.uint64(65 - size.bit_length()))


def _codes(text: str) -> Ints:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int64)


def _grams(characters: Ints) -> tuple[Ints, Ints]:
    """All character 1-grams, then 2-grams, as keys of kind 1, and the position of each; none has a space."""
    solid = (characters != _SPACE) & (characters != _LINE)
    ones = np.flatnonzero(solid)
    twos = np.flatnonzero(solid[:-1] & solid[1:])
    pairs = characters[twos] << _BITS | characters[twos + 1]
    return np.concatenate((characters[ones], pairs)) | 1 << _KIND_SHIFT, np.concatenate((ones, twos))


def _keys(documents: Sequence[Document], words: Mapping[str, int]) -> tuple[Ints, Floats]:
    """Every occurrence of a term in some documents as a key, a subject's characters twice; share of known words.

    Of the words those in `words`, which holds none of one character: these are among the characters already.
    """
    lengths = np.array([len(document.text) + 1 for document in documents], np.int64)
    ends = np.cumsum(lengths)
    owner = np.repeat(np.arange(len(documents)) << _DOCUMENT_SHIFT, lengths)
    grams, gram_at = _grams(_codes("".join([f"{document.text}\n" for document in documents])))
    spelled = list(chain.from_iterable((*document.words, "\n") for document in documents))
    widths = np.fromiter(map(len, spelled), np.int64, len(spelled))
    places = np.fromiter(map(words.get, spelled, repeat(-1)), np.int64, len(spelled))
    known = np.flatnonzero(places >= 0)
    starts = np.cumsum(widths) - widths
    met, long = (
        np.bincount(owner[starts[some]] >> _DOCUMENT_SHIFT, minlength=len(documents))
        for some in (known, np.flatnonzero(widths > 1))
    )
    at = np.concatenate((starts[known], gram_at))
    keys = owner[at] + np.concatenate((places[known], grams))
    share = met / np.maximum(long, 1)
    if not any(document.heading for document in documents):
        return keys, share
    in_subject = np.arange(len(owner)) < np.repeat(ends - lengths + [each.heading for each in documents], lengths)
    again = np.flatnonzero(in_subject[gram_at])
    return np.concatenate((keys, owner[gram_at[again]] + (grams[again] ^ _OTHER_KIND))), share
