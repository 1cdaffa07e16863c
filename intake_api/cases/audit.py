"""Verifying the record and deriving the projection anew."""

from datetime import date

from sqlalchemy import inspect, select

from intake_api.cases import chain, repository
from intake_api.cases.models import Case, NumberSeries
from intake_api.cases.projection import Record, project
from intake_api.db import Database
from intake_api.statute.calendar import Calendar


async def first_fault(db: Database) -> tuple[int, str | None]:
    """How many cases were walked, and the first fault: a broken chain, or a number that is missing from its series."""
    walked = 0
    async with db.read() as session:
        async for case in repository.every_case(session):
            problem = chain.first_break(case, await repository.events_of(session, case.id))
            if problem:
                return walked, f"案件 {case.number}：{problem}"
            walked += 1
        given = sum(await session.scalars(select(NumberSeries.last)))
    if given != walked:
        return walked, f"编号发出 {given} 个，案件只有 {walked} 件"
    return walked, None


async def rebuild_projections(db: Database, calendar: Calendar, today: date) -> tuple[int, int]:
    """Derive every projection from its events; how many cases, and how many rows differed."""
    cases, changed = 0, 0
    async with db.read() as session:
        ids = [case.id async for case in repository.every_case(session)]
    for start in range(0, len(ids), 200):  # short transactions: intake goes on meanwhile
        async with db.write() as session:
            for case_id in ids[start : start + 200]:
                case = await session.get_one(Case, case_id, with_for_update=True)
                project(Record(case, await repository.events_of(session, case.id)), calendar, today)
                cases += 1
                changed += inspect(case).modified and session.is_modified(case)
    return cases, changed
