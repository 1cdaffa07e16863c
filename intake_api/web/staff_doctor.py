"""Staff console: the doctor's findings (系统体检) and a backup at once, for administrators of the whole office."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from intake_api.http import office_of
from intake_api.people import rights
from intake_api.people.service import Account
from intake_api.upkeep.texts import LABELS, LEVELS
from intake_api.web.security import same_origin
from intake_api.web.staff import PostDep, StaffDep
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
    return render(
        request,
        "staff/doctor.html",
        account=account,
        findings=findings,
        labels=LABELS,
        levels=LEVELS,
        folder=office_of(request).backups.folder,
        asked=await office_of(request).backups.state(),
    )


@router.post("/backup", dependencies=[Depends(same_origin)])
async def backup(request: Request, account: InCharge, values: PostDep) -> Response:
    """Ask for a backup; the worker makes it."""
    await office_of(request).backups.ask()
    await office_of(request).trail.record(account.id, "backup_asked")
    return RedirectResponse("/staff/doctor#backup", 303)
