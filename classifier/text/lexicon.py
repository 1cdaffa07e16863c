"""Finding known terms among a text's characters by hashing, for many texts at once and without a Python loop.

A word is looked up by a 64-bit hash of its characters (Karp and Rabin 1987; the sum of characters times powers of an
odd number, modulo 2^64), so that only where words begin and end has to be known. Two different words share a hash once
in 10^19 pairs; those of one vocabulary are checked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Unsigned = NDArray[np.uint64]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_BASE = 0xD6E8FEB86659FD93
_INVERSE = pow(_BASE, -1, 1 << 64)
# Characters for which the powers are kept: as many as are read at once, where no single text is longer.
_KEPT = 1 << 18


@dataclass(frozen=True)
class Table:
    """Ascending `keys` (n,), found by hashing."""

    keys: Ints

    @cached_property
    def _slots(self) -> Ints:
        """In each slot the place of one key, or -1; four slots and more for each key."""
        slots = np.full(1 << (4 * len(self.keys)).bit_length(), -1)
        slots[_slot(self.keys, len(slots))] = np.arange(len(self.keys))
        return slots

    def find(self, keys: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """Place of each key, and which are there at all; other places say nothing."""
        if not len(self.keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), bool)
        place = self._slots.take(_slot(keys, len(self._slots)))
        known = self.keys[place] == keys
        # Another key sits in the slot of these: few, so that searching for them costs little.
        (other,) = (~known & (place >= 0)).nonzero()
        place[other] = np.minimum(np.searchsorted(self.keys, keys[other]), len(self.keys) - 1)
        known[other] = self.keys[place[other]] == keys[other]
        return place, known


@dataclass(frozen=True)
class Lexicon:
    """Words of two characters and more, to be found in texts that are already cut up."""

    words: Sequence[str]

    def find(self, characters: Ints, starts: Ints, widths: Ints) -> Ints:
        """Place of each word that stands at `starts` with `widths` in `characters`, -1 for one not known."""
        place, known = self._table.find(_hashes(characters, starts, widths))
        return np.where(known & (widths > 1), self._order.take(place, mode="clip") if len(self.words) else -1, -1)

    @cached_property
    def _hashed(self) -> Ints:
        widths = np.fromiter(map(len, self.words), np.int64, len(self.words))
        return _hashes(code_points("".join(self.words)), np.cumsum(widths) - widths, widths)

    @cached_property
    def _order(self) -> Ints:
        return np.argsort(self._hashed)

    @cached_property
    def _table(self) -> Table:
        keys = self._hashed[self._order]
        if (keys[1:] == keys[:-1]).any():
            raise ValueError("two words of the vocabulary have the same hash")
        return Table(keys)


def code_points(text: str) -> Ints:
    """Characters as integers."""
    return np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int64)


def _hashes(characters: Ints, starts: Ints, widths: Ints) -> Ints:
    """Hash of each word, as if it stood at the beginning."""
    powers, inverses = _powers(_KEPT) if len(characters) <= _KEPT else _powers.__wrapped__(len(characters))
    sums = np.zeros(len(characters) + 1, np.uint64)
    np.cumsum(characters.view(np.uint64) * powers[: len(characters)], out=sums[1:])
    hashes: Ints = ((sums[starts + widths] - sums[starts]) * inverses[starts]).view(np.int64)
    return hashes


@cache
def _powers(number: int) -> tuple[Unsigned, Unsigned]:
    """So many powers of the base and of its inverse, the first of each 1."""
    powers = np.full((2, number), np.array([[_BASE], [_INVERSE]], np.uint64))
    powers[:, :1] = 1
    return np.multiply.accumulate(powers[0]), np.multiply.accumulate(powers[1])


def _slot(keys: Ints, size: int) -> Ints:
    """Multiplicative hashing (Knuth): the upper bits of the product, `size` a power of two."""
    return (keys.view(np.uint64) * _MIX >> np.uint64(65 - size.bit_length())).view(np.int64)
