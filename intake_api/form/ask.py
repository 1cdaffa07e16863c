"""How a field is asked: what stands beside its type in the declaration."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from intake_api.terms.vocabulary import Term, Vocabulary

Group = Literal["", "receipt", "content", "applicant", "contact", "agent", "delivery"]
Only = Literal["", "organisation", "post"]
Ends = tuple[int, int]
HIDDEN: Ends = (0, 0)


def _all(_term: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Header:
    """A column of the ledger: the header that is written, others that offices write, its name where it has another."""

    label: str
    also: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What people are told of a field, and who sees what was answered.

    `group` is the part of the page; empty: pages do not ask it. `half`: it stands beside its neighbour. `only`: for
    whom it is asked. `conditional`: the page says beside it when it is needed, so it is not marked as optional.
    `reaches`: one of the ways to reach the applicant, of which one at least is needed (art. 29(1)). `desk_label` and
    `desk_hint` are what a clerk reads instead.

    `words` is the vocabulary of a choice, `offered` what of it may be chosen here, `radios` how. `rule`: the form in
    which a text is stored, and the check that it can be so (`intake_api.form.checks`).

    `fixed`: it says where the case lies and is never changed once registered; the rest can be corrected (更正登记).

    `shown`: it may be seen without a look that is put on record; `ends`: else so many characters at either end are.
    `question` is how the chat asks it; empty: it does not. `column`: the ledger has it.
    """

    label: str
    hint: str = ""
    group: Group = ""
    half: bool = False
    only: Only = ""
    below: str = ""
    conditional: bool = False
    reaches: bool = False
    desk_label: str = ""
    desk_hint: str | None = None
    words: Vocabulary[Any] | None = None
    offered: Callable[[Any], bool] = _all
    radios: bool = False
    rule: Literal["", "person", "id_number", "phone", "email"] = ""
    keyboard: Literal["text", "tel", "email"] = "text"
    autocomplete: str = "off"
    fixed: bool = False
    shown: bool = False
    ends: Ends = HIDDEN
    question: str = ""
    column: Header | None = None

    @property
    def options(self) -> dict[str, str]:
        """What may be chosen, by code."""
        return {code: term.label for code, term in (self.words or {}).items() if self.offered(term)}


def codes(*wanted: str) -> Callable[[Term], bool]:
    """Offer these of a vocabulary."""
    return lambda term: term.code in wanted
