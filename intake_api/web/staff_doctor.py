"""Staff console: the doctor's findings (系统体检), for administrators of the whole office."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from intake_api.http import office_of
from intake_api.people import rights
from intake_api.people.service import Account
from intake_api.upkeep.texts import LABELS, LEVELS
from intake_api.web.staff import StaffDep
from intake_api.web.templating import render

router = APIRouter(prefix="/staff/doctor", include_in_schema=False)


async def in_charge(account: StaffDep) -> Account:
    """Administrators of the whole office; Failure `not_allowed`."""
    rights.for_the_office(account, rights.IN_CHARGE)
    return account


InCharge = Annotated[Account, Depends(in_charge)]


@router.get("")
async def doctor(request: Request, account: InCharge) -> Response:
    """Show every finding, what is wrong first."""
    findings = await asyncio.to_thread(office_of(request).doctor.findings)
    order = list(LEVELS)
    findings.sort(key=lambda line: -order.index(line.level))
    return render(request, "staff/doctor.html", account=account, findings=findings, labels=LABELS, levels=LEVELS)
