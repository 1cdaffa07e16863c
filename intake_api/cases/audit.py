"""Verifying the record and deriving the projection anew."""

from datetime import date

from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from intake_api import keys
from intake_api.cases import chain, repository
from intake_api.cases.models import Agency, Case, NumberSeries
from intake_api.cases.projection import LateClarification, Record, project
from intake_api.db import Database
from intake_api.statute.calendar import Calendar
from intake_api.statute.errors import StatuteError
from intake_api.statute.numbering import parse_number


async def first_fault(db: Database) -> tuple[int, str | None]:
    """How many cases were walked, and the first fault: a broken chain, or a number that is missing from its series."""
    walked = numbered = 0
    async with db.read() as session:
        given = await _series(session)
        async for case in repository.every_case(session):
            problem = chain.first_break(case, await repository.events_of(session, case.id))
            if problem:
                return walked, f"案件 {case.number}：{problem}"
            walked += 1
            numbered += case.code_hash is not None or _passed_over(case.number, given)
    if sum(given.values()) != numbered:
        return walked, f"编号发出 {sum(given.values())} 个，案件只有 {numbered} 件"
    return walked, None


async def _series(session: AsyncSession) -> dict[tuple[str, int], int]:
    """The last serial given out, by prefix and year."""
    query = select(Agency.number_prefix, NumberSeries.kind, NumberSeries.year, NumberSeries.last)
    rows = await session.execute(query.join(Agency, Agency.code == NumberSeries.agency_code))
    return {(row[0] + ("" if row[1] == "disclosure" else "-GZ"), row[2]): row[3] for row in rows}


def _passed_over(number: str, given: dict[tuple[str, int], int]) -> bool:
    """Whether a case from an imported ledger, which has no query code, holds a number that the series left out."""
    try:
        prefix, year, serial = parse_number(number)
    except StatuteError:
        return False
    return serial <= given.get((prefix, year), 0)


async def rebuild_projections(
    db: Database, calendar: Calendar, today: date, late_clarification: LateClarification = "continues"
) -> tuple[int, int]:
    """Derive every projection from its events; how many cases, and how many rows differed."""
    cases, changed = 0, 0
    async with db.read() as session:
        ids = [case.id async for case in repository.every_case(session)]
    for start in range(0, len(ids), 200):  # short transactions: intake goes on meanwhile
        async with db.write() as session:
            for case_id in ids[start : start + 200]:
                case = await session.get_one(Case, case_id, with_for_update=True)
                record = Record(case, await repository.events_of(session, case.id))
                project(record, calendar, today, late_clarification)
                case.number_key = keys.number(case.number)
                cases += 1
                changed += inspect(case).modified and session.is_modified(case)
    return cases, changed
