"""What a vocabulary is: terms by code, each with its words for every surface that shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A code and its words.

    `label` is what staff read and stands for every other word that is not given: `citizen` for applicants, `notice` in
    a letter, `form` in an official table, `ledger` in an exported ledger. `also` are words that people and offices
    write for it; they are read, never written.
    """

    code: str
    label: str
    citizen: str = ""
    notice: str = ""
    form: str = ""
    ledger: str = ""
    also: tuple[str, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """Every word for it, the ledger's first."""
        words = (self.ledger or self.label, self.label, self.citizen, self.notice, self.form, *self.also)
        return tuple(dict.fromkeys(word for word in words if word))


T = TypeVar("T", bound="Term")


class Vocabulary(Mapping[str, T]):
    """Terms by code, in the order in which they are offered."""

    def __init__(self, *terms: T) -> None:
        self._terms = {term.code: term for term in terms}
        if len(self._terms) != len(terms):
            raise ValueError("two terms have one code")

    def __getitem__(self, code: str) -> T:
        return self._terms[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def words(self, surface: str = "label") -> dict[str, str]:
        """Code to word, as a surface says it."""
        return {code: getattr(term, surface) or term.label for code, term in self._terms.items()}

    def said(self) -> dict[str, tuple[str, ...]]:
        """Code to every word for it, the one to write first."""
        return {code: term.said for code, term in self._terms.items()}
