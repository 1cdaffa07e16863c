"""Keys in the one form in which they are indexed, compared and searched, however somebody wrote them.

A key is never shown: it says whether two people or two cases are the same. What is stored and shown keeps the form of
its own rule (people.identity). Every function takes any text and is total; equal keys mean "the same".
"""

from collections.abc import Callable, Mapping

import regex

from intake_api.kit.text import folded
from intake_api.people import identity

LONGEST_NUMBER = 80  # characters of a key: a ligature of 40 characters may unfold
# The dot of names (间隔号) as fonts, keyboards and registers write it; half-width already.
_DOT = regex.compile(r"[.·•・‧∙⋅⸱⸳᛫ꞏᐧ●]")
_DASH, _OPENING, _CLOSING = (regex.compile(rf"[{kind}]", regex.V1) for kind in (r"\p{Dash}~ー", r"\p{Ps}", r"\p{Pe}"))
_MARKS = regex.compile(r"[^\p{L}\p{N}]")


def number(text: str) -> str:
    """A case number: dashes and brackets of every kind are one, 依申请〔2024〕1号 is 依申请[2024]1号."""
    return str(_CLOSING.sub(")", _OPENING.sub("(", _DASH.sub("-", folded(text)))))[:LONGEST_NUMBER]


def name(text: str) -> str:
    """A name: blanks do not matter, nor which of the dots stands between its parts."""
    return str(_DOT.sub("·", folded(text)))


def document(text: str) -> str:
    """The number of a document: its letters and digits."""
    return str(_MARKS.sub("", folded(text)))


def phone(text: str) -> str:
    """A telephone number: as it is stored where it can be one."""
    return identity.phone(text) or document(text)


def email(text: str) -> str:
    """An address: as it is stored where it can be one, capitals of its name aside."""
    return folded(identity.email(text) or text)


# The fields of an applicant that are searched and compared (terms.record.SEARCHABLE).
OF_PERSON: Mapping[str, Callable[[str], str]] = {"name": name, "id_number": document, "phone": phone, "email": email}
