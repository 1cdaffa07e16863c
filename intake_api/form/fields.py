"""The fields of the application as they are declared, read from the declaration: what every surface draws from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from intake_api.form.application import StaffSubmission, Submission
from intake_api.form.ask import Ask, Group
from intake_api.kit.payload import Payload

Kind = Literal["line", "text", "choice", "date"]
LONG = 1_000  # characters from which a text has lines
_ORDER: tuple[Group, ...] = ("receipt", "content", "applicant", "contact", "agent", "delivery")


@dataclass(frozen=True, slots=True)
class Item:
    """A field: its dotted path in the payload, its kind, whether it is needed, its length in characters.

    `within`: the group which may be left out as a whole, and which needs the field where it is given.
    """

    name: str
    kind: Kind
    required: bool
    shortest: int
    longest: int | None
    ask: Ask
    within: str = ""

    @property
    def leaf(self) -> str:
        """Its name where it stands."""
        return self.name.rpartition(".")[2]

    @property
    def insists(self) -> bool:
        """Whether a page insists on it by itself, whatever else is filled in."""
        return self.required and not self.ask.conditional and not self.within

    @property
    def optional(self) -> bool:
        """Whether a page says that it may be left out."""
        return not (self.required or self.ask.conditional or self.ask.reaches)


@cache
def fields(model: type[Payload] = Submission) -> dict[str, Item]:
    """Every field by its path, in the order of the page; those that no page asks come last."""
    found = sorted(_walk(model, "", ""), key=lambda item: _place(item.ask.group))
    return {item.name: item for item in found}


def _place(group: Group) -> int:
    return _ORDER.index(group) if group in _ORDER else len(_ORDER)


def _walk(model: type[Payload], prefix: str, within: str) -> Iterator[Item]:
    for name, info in model.model_fields.items():
        path, kinds = f"{prefix}{name}", _parts(info.annotation)
        inner = next((one for one in kinds if isinstance(one, type) and issubclass(one, Payload)), None)
        if inner:
            yield from _walk(inner, f"{path}.", within or ("" if info.is_required() else path))
        else:
            ask = next(one for one in info.metadata if isinstance(one, Ask))  # each says how it is asked
            lengths = {name: getattr(one, name) for one in info.metadata for name in _LIMITS if hasattr(one, name)}
            longest = lengths.get("max_length")
            kind = _kind(kinds, longest)
            yield Item(path, kind, info.is_required(), lengths.get("min_length", 0), longest, ask, within)


_LIMITS = ("min_length", "max_length")


def _parts(annotation: Any) -> tuple[Any, ...]:
    """The types of a union, without None."""
    union = get_origin(annotation) in (Union, UnionType)
    plain = [
        get_args(one)[0] if get_origin(one) is Annotated else one
        for one in (get_args(annotation) if union else (annotation,))
    ]
    return tuple(one for one in plain if one is not type(None))


def _kind(kinds: tuple[Any, ...], longest: int | None) -> Kind:
    if any(get_origin(one) is Literal for one in kinds):
        return "choice"
    if date in kinds:
        return "date"
    return "text" if (longest or 0) >= LONG else "line"


def rows(group: Group, model: type[Payload] = StaffSubmission) -> list[list[Item]]:
    """A part of the page row by row: halves for the same people stand beside each other."""
    items = [item for item in fields(model).values() if item.ask.group == group]
    found: list[list[Item]] = []
    for (half, _), grouped in groupby(items, key=lambda item: (item.ask.half, item.ask.only)):
        row = list(grouped)
        found += [row] if half else [[item] for item in row]
    return found


def reaching() -> tuple[str, ...]:
    """The applicant's ways to be reached, by their name in the applicant's particulars."""
    return tuple(item.leaf for item in fields().values() if item.ask.reaches)


def amendable() -> dict[str, Item]:
    """What of a registered application can be corrected, by path, in the order of the page."""
    return {name: item for name, item in fields().items() if not item.ask.fixed}


PERSON = "applicant."


def particulars(*, agent: bool = False) -> list[Item]:
    """The particulars of the applicant, or of the representative, in their order."""
    prefix = f"{PERSON}agent." if agent else PERSON
    return [item for item in fields().values() if item.name == prefix + item.leaf]
