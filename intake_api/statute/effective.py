"""The entries of a case's record, and which of them count: one rule, from which everything that holds now is derived.

An entry is never changed or taken away. One that was a mistake is voided (更正记录) by a later one, and from then on
neither of the two counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

VOIDED = "voided"


class Entry(NamedTuple):
    """An entry of the record: its number, its type, the day it happened, its data, and who made it."""

    seq: int
    type: str
    on: date
    data: Mapping[str, Any]
    by: str

    @property
    def ref(self) -> str:
        """The name by which others refer to it."""
        return f"e{self.seq}"


def voided_refs(record: Iterable[Entry]) -> frozenset[str]:
    """Return the names of the entries that were voided."""
    return frozenset(entry.data["ref"] for entry in record if entry.type == VOIDED)


def effective(record: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries that count, in the order of the record: neither voided nor themselves a voiding."""
    gone = voided_refs(record)
    return tuple(entry for entry in record if entry.type != VOIDED and entry.ref not in gone)


def by_day(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries in the order of their days, as the clock walks through them; of one day in that of the record."""
    return sorted(entries, key=lambda entry: entry.on)


def last(entries: Sequence[Entry], *types: str) -> Entry | None:
    """Return the last of the entries of these types, in the order given; of any type where none is named."""
    return next((entry for entry in reversed(entries) if not types or entry.type in types), None)
