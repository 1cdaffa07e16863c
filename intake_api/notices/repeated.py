"""What was answered before (重复申请, art. 36(6)): the letter that its notice names must be one to this applicant."""

from collections.abc import Mapping
from typing import NoReturn

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases.record import Record
from intake_api.cases.service import CaseService
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.notices import repository
from intake_api.notices.document import Value
from intake_api.statute.outcomes import OUTCOMES
from intake_api.statute.workflow import ANSWERS
from intake_api.terms.failures import CATALOGUE

CODE = OUTCOMES["3.5.2"].grounds[0].notice


async def earlier(session: AsyncSession, cases: CaseService, record: Record) -> dict[str, Value]:
    """Number and day of the answer to the request that this one repeats, as their link says; nothing where unsure."""
    links = [e for e in record.standing.entries if e.type == "linked" and e.data["relation"] == "repeat"]
    for link in reversed(links):
        number = link.data["number"]
        if number == record.number or not await cases.same_applicant(session, record.number, number):
            continue
        letters = [row for row in await repository.of_case(session, number) if row.code in ANSWERS and row.number]
        if letters and letters[-1].number and letters[-1].issued_on:
            return {"earlier_number": letters[-1].number, "earlier_on": letters[-1].issued_on}
        if told := await cases.answered_under(session, number):
            return {"earlier_number": told[0], "earlier_on": told[1]}
    return {}


async def refuse_foreign(
    session: AsyncSession, cases: CaseService, record: Record, elements: Mapping[str, str]
) -> None:
    """Refuse the number of a letter to somebody else, and one of our series that it never gave out.

    Failure `earlier_foreign`, `earlier_unknown`. A letter from before the product, or written elsewhere, is in no
    series of ours and may be named.
    """
    number = elements.get("earlier_number", "").strip()
    row = await repository.by_number(session, record.agency, number)
    if row is None:
        known = number == (await earlier(session, cases, record)).get("earlier_number")
        if not known and number and await repository.in_a_series(session, record.agency, number):
            _refuse("earlier_unknown")
    elif not await cases.same_applicant(session, record.number, row.case_number):
        _refuse("earlier_foreign")


def _refuse(code: str) -> NoReturn:
    raise Failure(code, fields=[FieldProblem("elements.earlier_number", CATALOGUE[code][1])])
