"""From what holds to the columns that lists sort by. The events are the truth; the projection can be derived anew."""

from datetime import date
from typing import Any, Protocol

from intake_api.cases.record import Standing
from intake_api.statute import workflow
from intake_api.terms.receipt import Basis

NOT_RECEIVED = date(1, 1, 1)  # sorts first: an unconfirmed receipt is urgent
NOT_RUNNING = date(9999, 12, 31)  # sorts last: it waits for somebody else
NOTHING_YET: dict[str, Any] = {
    "status": workflow.FIRST,
    "open": True,
    "received_on": None,
    "due_on": None,
    "due_provisional": False,
    "sort_on": NOT_RECEIVED,
    "department": None,
    "disposition": None,
    "outcome": None,
    "ended_on": None,
    "in_time": None,
    "extended": False,
    "returned": 0,
    "review": None,
    "review_on": None,
    "litigation": None,
    "litigation_on": None,
    "contested": False,
    "rating": None,
    "unlettered": False,
    "unfiled": False,
}


class Projected(Protocol):
    """A row of cases, or what is going to be one."""

    receipt_basis: Basis | None


def columns(case: Projected, held: Standing) -> dict[str, Any]:
    """The projection of a case, by column."""
    derived = {name: getattr(held, name) for name in NOTHING_YET if name != "sort_on"}
    derived["sort_on"] = held.due_on or (NOT_RUNNING if held.received_on else NOT_RECEIVED)
    # a letter may turn out to be signed for
    return derived | {"receipt_basis": held.receipt_basis or case.receipt_basis}


def project(case: Projected, held: Standing) -> None:
    """Set the projection of a case from what holds now."""
    for name, value in columns(case, held).items():
        setattr(case, name, value)
