"""The vectors of all items in memory, and the items nearest to a question: by comparing with every one (ADR 0026)."""

from collections.abc import Collection, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from intake_api.published.meaning import SIZE, Floats

# Vectors compared at once: what they unpack to stays in the processor's cache, and the product is too small for BLAS to
# share it among threads, which on a busy machine wait for each other (26 ms for 100,000 where 4,096 at once took 408).
_BLOCK = 256


class Kept(NamedTuple):
    """A packed vector as stored; `revision` grows with every one that is stored."""

    item: int
    revision: int
    packed: bytes


class Vectors:
    """Never changed once made: searches go on in the old ones while new ones are read."""

    def __init__(self, items: NDArray[np.int64], revisions: NDArray[np.int64], packed: NDArray[np.int8]) -> None:
        self.items = items
        self.revisions = revisions
        self._packed = packed
        wide = (packed[start : start + _BLOCK].astype(np.float32) for start in range(0, len(packed), _BLOCK))
        norms = [np.linalg.norm(block, axis=1) for block in wide]
        self._norms: Floats = np.concatenate(norms or [np.ones(0)]).astype(np.float32)

    @classmethod
    def of(cls, kept: Sequence[Kept]) -> Self:
        """Read from the database."""
        packed = np.frombuffer(b"".join(one.packed for one in kept), dtype=np.int8).reshape(-1, SIZE)
        items = np.array([one.item for one in kept], dtype=np.int64)
        return cls(items, np.array([one.revision for one in kept], dtype=np.int64), packed)

    @property
    def stamp(self) -> tuple[int, int]:
        """How many there are, and the newest revision among them."""
        return len(self.items), int(self.revisions.max(initial=0))

    @property
    def megabytes(self) -> float:
        """What they take in memory."""
        return sum(part.nbytes for part in (self._packed, self._norms, self.items, self.revisions)) / 1e6

    def with_newer(self, kept: Sequence[Kept]) -> "Vectors":
        """These and newer ones, each of which replaces the one of its item."""
        new = Vectors.of(kept)
        stay = ~np.isin(self.items, new.items)
        return Vectors(
            np.concatenate([self.items[stay], new.items]),
            np.concatenate([self.revisions[stay], new.revisions]),
            np.concatenate([self._packed[stay], new._packed]),
        )

    def compare(self, question: Floats) -> Floats:
        """The cosine of each item with a unit vector."""
        scores = np.empty(len(self.items), dtype=np.float32)
        room = np.empty((min(_BLOCK, len(scores)), SIZE), dtype=np.float32)
        for start in range(0, len(scores), _BLOCK):
            block = self._packed[start : start + _BLOCK]
            wide = room[: len(block)]
            np.copyto(wide, block)
            np.matmul(wide, question, out=scores[start : start + _BLOCK])
        scores /= self._norms
        return scores

    def nearest(self, scores: Floats, most: int) -> list[int]:
        """The items with the highest cosines, in no order."""
        if len(scores) <= most:
            return [int(item) for item in self.items]
        return [int(item) for item in self.items[np.argpartition(scores, -most)[-most:]]]

    def cosines(self, scores: Floats, items: Collection[int]) -> dict[int, tuple[int, float]]:
        """Revision and cosine of these items, as far as they have a vector."""
        places = np.flatnonzero(np.isin(self.items, list(items)))
        return {int(self.items[at]): (int(self.revisions[at]), float(scores[at])) for at in places}
