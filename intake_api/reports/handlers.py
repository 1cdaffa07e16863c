"""Who works on a case: a department inside the agency, or the agency's own office (政务公开机构)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from intake_api.directory import Directory


class Assigned(Protocol):
    """A case or group of cases with its department and addressee."""

    @property
    def department(self) -> str | None:
        """The department it was confirmed for; None while nobody is."""

    @property
    def agency(self) -> str:
        """The agency applied to."""


Item = TypeVar("Item", bound=Assigned)


@dataclass(frozen=True)
class Handler:
    """A department, or an agency's office, which sees to what is not yet or not at all a department's."""

    code: str
    name: str
    email: str


def by_handler(directory: Directory, items: Iterable[Item]) -> list[tuple[Handler, list[Item]]]:
    """The items of each handler that has any, in the directory's order; what is external stays with the office."""
    handlers = {a.code: Handler(a.code, a.office, a.email) for a in directory.agencies}
    handlers |= {d.code: Handler(d.code, d.name, d.email) for d in directory.departments if not d.external}
    ours = {a.code: {d.code for d in directory.handlers(a.code) if not d.external} for a in directory.agencies}
    found: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        inside = item.department is not None and item.department in ours.get(item.agency, ())
        found[str(item.department) if inside else item.agency].append(item)
    return [(handler, found[code]) for code, handler in handlers.items() if code in found]
