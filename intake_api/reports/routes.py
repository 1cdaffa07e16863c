"""HTTP of the reports (docs/contract.md §3, §7)."""

from typing import Annotated

from fastapi import APIRouter, Query

from intake_api.http import OfficeDep, StaffDep, error_responses
from intake_api.people import rights
from intake_api.reports import spans
from intake_api.reports.report import AnnualReport, Bulletin, DepartmentList

router = APIRouter(prefix="/staff", tags=["staff"])


@router.get("/reports/annual", responses=error_responses(401, 403))
async def annual(
    office: OfficeDep,
    account: StaffDep,
    year: Annotated[int, Query(description="统计年度")],
    agency: Annotated[str | None, Query(max_length=40, description="受理机关代码，或 all")] = None,
) -> AnnualReport:
    """政府信息公开工作年度报告：表二、表三、表四、勾稽核对、文字草稿。Not for accounts of one department."""
    rights.for_the_office(account)
    return await office.reports.annual(year, agency)


@router.get("/reports/bulletin", responses=error_responses(401))
async def bulletin(
    office: OfficeDep,
    account: StaffDep,
    month: Annotated[str | None, Query(max_length=20, description="YYYY-MM；默认上个月")] = None,
    quarter: Annotated[str | None, Query(max_length=20, description="季度，例如 2026Q1")] = None,
    half: Annotated[str | None, Query(max_length=20, description="半年，例如 2026H1")] = None,
    year: Annotated[str | None, Query(max_length=20, description="全年，例如 2026")] = None,
) -> Bulletin:
    """月度、季度、半年、全年通报：an account of one department sees its own line only."""
    unit, given = spans.asked({"month": month, "quarter": quarter, "half": half, "year": year})
    return await office.reports.bulletin(given, account, unit=unit)


@router.get("/supervision", responses=error_responses(401))
async def supervision(office: OfficeDep, account: StaffDep) -> list[DepartmentList]:
    """督办：due soon and overdue, by department; an account of one department sees its own only."""
    return await office.supervision.lists(account)
