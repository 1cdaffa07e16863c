"""How many applications an applicant made in a calendar month: what the fee by items (按件计收) is reckoned from."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, func, select, tuple_

from intake_api.cases import repository
from intake_api.cases.models import Applicant, Case
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.people.service import Account
from intake_api.statute import fees

Scale = Literal["off", "items", "pages"]
Scope = Literal["agency", "all"]


@dataclass(frozen=True)
class FeeHint:
    """Where an application stands on the office's scale; `place` of `count` in the month, and its own fee in yuan.

    By pages the fee depends on what is given out: `place`, `count` and `amount` are None.
    """

    scale: Scale
    month: str
    place: int | None
    count: int | None
    amount: int | None

    @property
    def says(self) -> str:
        """The scale in words."""
        return fees.ITEMS_SCALE if self.scale == "items" else fees.PAGES_SCALE


class FeeService:
    """Fees are on only where an office turns them on (FEES); FEE_COUNT says how far an applicant's count goes."""

    def __init__(self, db: Database, scale: Scale, scope: Scope = "agency") -> None:
        self._db = db
        self._scale = scale
        self._scope = scope

    async def hint(self, account: Account, number: str) -> FeeHint | None:
        """What the fee of a case would be; None where fees are off or the case is not received or no application.

        The count is of one agency (or of all), one applicant (the same identity number, else the same name and
        telephone) and the month of the receipt. Failure `staff_case_not_found`.
        """
        if self._scale == "off":
            return None
        async with self._db.read() as session:
            case = await repository.by_number(session, number, account.department)
            if case is None:
                raise Failure("staff_case_not_found", number=number)
            if case.received_on is None or case.kind != "disclosure" or case.status == "split":
                return None
            month = case.received_on.strftime("%Y-%m")
            if self._scale == "pages":
                return FeeHint("pages", month, None, None, None)
            who = await session.get_one(Applicant, case.id)
            query = (
                select(func.count(Case.id))
                .join(Applicant, Applicant.case_id == Case.id)
                .where(*_same_month(case.received_on), *_same_applicant(who))
            )
            if self._scope == "agency":
                query = query.where(Case.agency_code == case.agency_code)
            count = await session.scalar(query) or 1
            until = tuple_(Case.received_on, Case.id) <= (case.received_on, case.id)
            place = await session.scalar(query.where(until)) or 1
        return FeeHint("items", month, place, count, fees.for_item(place))


def _same_month(received: date) -> tuple[ColumnElement[bool], ...]:
    first = received.replace(day=1)
    after = (first + timedelta(31)).replace(day=1)
    return (
        Case.kind == "disclosure",
        Case.status != "split",
        Case.received_on >= first,
        Case.received_on < after,
    )


def _same_applicant(who: Applicant) -> tuple[ColumnElement[bool], ...]:
    if who.id_number_index:
        return (Applicant.id_number_index == who.id_number_index,)
    if who.name_index and who.phone_index:
        return (Applicant.name_index == who.name_index, Applicant.phone_index == who.phone_index)
    return (Applicant.case_id == who.case_id,)  # nobody else is known to be the same
