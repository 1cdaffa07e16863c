"""How many applications an applicant made in a calendar month: what the fee by items (按件计收) is reckoned from."""

from dataclasses import dataclass
from typing import Literal

from intake_api.cases import repository
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure
from intake_api.people.service import Account
from intake_api.statute import fees
from intake_api.terms.course import UNCOUNTED

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
            if case.received_on is None or case.kind != "disclosure" or case.status in UNCOUNTED:
                return None
            month = case.received_on.strftime("%Y-%m")
            if self._scale == "pages":
                return FeeHint("pages", month, None, None, None)
            agency = case.agency_code if self._scope == "agency" else None
            place, count = await repository.place_in_month(session, case, agency)
        return FeeHint("items", month, place, count, fees.for_item(place))
