"""What was answered before (重复申请, art. 36(6)): the letter that its notice names must be one to this applicant."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.cases.record import Record
from intake_api.cases.service import CaseService
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.notices import repository, texts
from intake_api.notices.document import Value
from intake_api.statute.outcomes import OUTCOMES
from intake_api.statute.workflow import ANSWERS

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
    """Refuse the number of a letter to somebody else; Failure `invalid_request`. One that is not on record may be."""
    row = await repository.by_number(session, record.agency, elements.get("earlier_number", ""))
    if row is None or await cases.same_applicant(session, record.number, row.case_number):
        return
    raise Failure("invalid_request", fields=[FieldProblem("elements.earlier_number", texts.EARLIER_FOREIGN)])
