"""Nearest past cases (相似的申请): cosine over the model's own weighed terms, the heaviest MOST of each text.

What is kept of a text is keyed hashes of terms and their weights: enough to compare, nothing to read.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from classifier.model.model import Model
from classifier.text.features import batches, read
from classifier.text.redact import mask

MOST = 48
# Under this two texts share a word or two, not a matter.
LEAST = 0.3
_ENTRY = np.dtype([("term", "<u4"), ("weight", "<f2")])
Found = list[tuple[str, float]]


def pack(model: Model, messages: Sequence[tuple[str, str]], key: bytes) -> list[bytes]:
    """Vectors of (text, subject), masked first; empty where no term is known. `key` is one installation's own."""
    documents = [read(model.segmenter, mask(text), mask(subject)) for text, subject in messages]
    salt = np.frombuffer(key[:8].ljust(8, b"\0"), np.uint64)
    packed = []
    for batch in batches(documents):
        counts = model.vocabulary.count(batch)
        values = model.vocabulary.weigh(counts, model.departments.weight)
        for start, end in pairwise(counts.pointers.tolist()):
            packed.append(_packed(counts.index[start:end], values[start:end], salt))
    return packed


def _packed(index: NDArray[np.int64], values: NDArray[np.float64], salt: NDArray[np.uint64]) -> bytes:
    heaviest = np.argsort(-values, kind="stable")[:MOST]
    entries = np.empty(len(heaviest), _ENTRY)
    entries["term"] = _hashed(index[heaviest].astype(np.uint64), salt)
    entries["weight"] = values[heaviest] / max(float(np.linalg.norm(values[heaviest])), 1e-12)
    return entries.tobytes()


class Neighbours:
    """Past cases by term. Built at once, never changed: safe to share between threads."""

    def __init__(
        self, numbers: list[str], terms: NDArray[np.uint32], owners: NDArray[np.int32], weights: NDArray[np.float32]
    ) -> None:
        self._numbers = numbers
        order = np.argsort(terms, kind="stable")
        self._terms, starts = np.unique(terms[order], return_index=True)
        self._starts = np.append(starts, len(terms))
        self._owners, self._weights = owners[order], weights[order]

    def __len__(self) -> int:
        return len(self._numbers)

    @classmethod
    def of(cls, vectors: Sequence[tuple[str, bytes]]) -> Self:
        """From (case number, packed vector)."""
        entries = np.frombuffer(b"".join(packed for _, packed in vectors), _ENTRY)
        sizes = [len(packed) // _ENTRY.itemsize for _, packed in vectors]
        owners = np.repeat(np.arange(len(vectors), dtype=np.int32), sizes)
        return cls([number for number, _ in vectors], entries["term"], owners, entries["weight"].astype(np.float32))

    def nearest(self, packed: bytes, most: int = 5) -> Found:
        """At most `most` (case number, cosine), nearest first, none under LEAST."""
        entries = np.frombuffer(packed, _ENTRY)
        if not len(entries) or not self._numbers:
            return []
        near = np.searchsorted(self._terms, entries["term"])
        near[near == len(self._terms)] = 0
        scores = np.zeros(len(self._numbers), np.float32)
        for place, term, weight in zip(near.tolist(), entries["term"], entries["weight"].astype(float), strict=True):
            if self._terms[place] == term:
                span = slice(self._starts[place], self._starts[place + 1])
                # a case has a term once, so that no addition is lost
                scores[self._owners[span]] += self._weights[span] * np.float32(weight)
        best = np.argpartition(-scores, min(most, len(scores) - 1))[:most]
        best = best[np.argsort(-scores[best], kind="stable")]
        return [(self._numbers[place], round(float(scores[place]), 4)) for place in best if scores[place] >= LEAST]


def _hashed(places: NDArray[np.uint64], salt: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Term places as keyed 32-bit hashes (splitmix64)."""
    mixed = (places + salt) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ mixed >> np.uint64(31)) >> np.uint64(32)).astype(np.uint32)
