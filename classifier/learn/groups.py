"""Which answered rows belong together (同组), so that a test never holds what training has seen in another wrapping.

Rows share a group when they share a key (the same applicant, a split request, a campaign), or when their texts are
nearly the same: Jaccard similarity of their character 3-grams at least ALIKE, found by MinHash (Broder 1997) in bands,
so that the cost is linear in the number of rows.
"""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.text.lexicon import code_points
from classifier.text.text import normalise

ALIKE = 0.6
# A pair at ALIKE meets in one of BANDS bands of HASHES with a chance of 0.997; an unlike pair (0.05) with 0.003.
BANDS, HASHES = 24, 3
_WIDE = NDArray[np.uint64]
_SALTS: _WIDE = np.random.default_rng(0).integers(1, 2**63, BANDS * HASHES, np.uint64)


def group(texts: Sequence[str], keys: Sequence[Collection[str]]) -> list[str]:
    """Name of the group of each row, the number of its first member; `keys` are what rows may share beside text."""
    leaders = list(range(len(texts)))

    def leader(place: int) -> int:
        while leaders[place] != place:
            leaders[place] = place = leaders[leaders[place]]
        return place

    def join(one: int, other: int) -> None:
        first, second = sorted((leader(one), leader(other)))
        leaders[second] = first

    holder: dict[str, int] = {}
    for place, own in enumerate(keys):
        for key in own:
            join(place, holder.setdefault(key, place))
    grams = [_grams(text) for text in texts]
    for one, other in _candidates(grams):
        if leader(one) != leader(other) and _jaccard(grams[one], grams[other]) >= ALIKE:
            join(one, other)
    return [str(leader(place)) for place in range(len(texts))]


def _grams(text: str) -> _WIDE:
    """Different character 3-grams as integers; a shorter text is one gram of its own."""
    text = normalise(text).replace(" ", "").ljust(3, "\0")
    codes = code_points(text).view(np.uint64)
    return np.unique(codes[:-2] << np.uint64(42) | codes[1:-1] << np.uint64(21) | codes[2:])


def _candidates(grams: Sequence[_WIDE]) -> Iterator[tuple[int, int]]:
    """Pairs worth comparing: each row with the first and the last before it that has a band in common."""
    signatures = np.array([[_mixed(each ^ salt).min() for salt in _SALTS] for each in grams], np.uint64)
    for band in range(BANDS):
        ends: dict[bytes, tuple[int, int]] = {}
        columns = np.ascontiguousarray(signatures[:, band * HASHES : (band + 1) * HASHES]) if len(grams) else signatures
        for place, row in enumerate(columns):
            first, last = ends.get(row.tobytes(), (place, place))
            for other in {first, last} - {place}:
                yield other, place
            ends[row.tobytes()] = first, place


def _mixed(values: _WIDE) -> _WIDE:
    """Integers well mixed (splitmix64, Steele et al. 2014)."""
    values = (values ^ values >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ values >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return values ^ values >> np.uint64(31)


def _jaccard(one: _WIDE, other: _WIDE) -> float:
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)
