"""What the use cases of a case take and give: nothing of HTTP, nothing of the tables."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.terms.handling import Disposition
from intake_api.terms.receipt import Basis, Channel


@dataclass(frozen=True)
class Choice:
    """Who is to handle a case, and how. `supersedes`: the decision that this one replaces.

    `after`, here and below: the last entry (`seq`) that somebody saw who now goes on from there; None: it is not told.
    """

    department: str
    disposition: Disposition
    note: str | None = None
    supersedes: int | None = None
    after: int | None = None


@dataclass(frozen=True)
class Act:
    """A step of the workflow that was taken; `on` None: today.

    `fields`: those of the step that were filled in, by name, as docs/steps.md writes them (days as YYYY-MM-DD).
    `by_letter`: taken by a letter that goes out, whose approvals are looked at there.
    """

    type: str
    on: date | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    after: int | None = None
    by_letter: bool = False

    def get(self, name: str) -> Any:
        """A field of the step; None where it was left open."""
        return self.fields.get(name)


Beside = Callable[[AsyncSession, str], Awaitable[None]]
"""Writes what belongs to a step in the step's own transaction; it is given the name of the entry (`e7`)."""


@dataclass(frozen=True)
class Asking:
    """What a notice of 补正 (N2) wants made clear, a line an item, and by when."""

    unclear: tuple[str, ...]
    needed: tuple[str, ...]
    by: date | None


@dataclass(frozen=True)
class Letter:
    """A letter that goes out, and what it does: its entry on record, the step it takes, what its applicant is told.

    `outcome`: of an answer; the draft `approved` (its id and hash, as `letter` and `draft`) needs its approvals.
    `seen`: how many entries the record had that it was set from. `voids`, `joins`: refs of the entry whose letter it
    replaces, and of the one it belongs to where it takes no step itself. `asks`: of a 补正, for the message.
    """

    entry: Mapping[str, Any]
    seen: int
    message: str = ""
    act: Act | None = None
    voids: str | None = None
    joins: str | None = None
    outcome: str | None = None
    approved: Mapping[str, Any] = field(default_factory=dict)
    asks: Asking | None = None


@dataclass(frozen=True)
class Consent:
    """An applicant's consent that the same application is filed with the agency responsible: how it came, and when."""

    channel: Channel
    on: date | None = None
    after: int | None = None


@dataclass(frozen=True)
class Matter:
    """One matter of a request that holds several."""

    description: str
    title: str | None = None


@dataclass(frozen=True)
class Taken:
    """A step that was taken: in which case, by which entry, and who has the case since."""

    number: str
    seq: int
    department: str | None


@dataclass(frozen=True)
class Receipt:
    """登记回执: shown once; `query_code` is not stored."""

    number: str
    query_code: str
    status: str
    received_on: date | None
    receipt_basis: Basis | None
    due_on: date | None
    due_provisional: bool


@dataclass(frozen=True)
class Decided:
    """What a person decided on which suggestion. `returned`: its department has given the case back (退回)."""

    id: int
    department: str
    department_name: str
    disposition: Disposition
    by: str
    at: datetime
    supersedes: int | None
    followed_suggestion: bool
    returned: bool = False
    note: str | None = None
