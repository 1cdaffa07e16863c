"""Staff save a file of a case, or its whole dossier; every look is on record, so it is a form and no link."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from intake_api.dossier.routes import bound
from intake_api.files.routes import saved
from intake_api.http import RowId, office_of
from intake_api.web.security import same_origin
from intake_api.web.staff import PostDep, StaffDep

router = APIRouter(prefix="/staff/cases/{number}", include_in_schema=False)


@router.post("/dossier", dependencies=[Depends(same_origin)])
async def dossier(request: Request, account: StaffDep, number: str, values: PostDep) -> Response:
    """The dossier (卷宗) of the case, to be saved."""
    return bound(await office_of(request).dossiers.make(account, number))


@router.post("/attachments/{attachment_id}", dependencies=[Depends(same_origin)])
async def save(request: Request, account: StaffDep, number: str, attachment_id: RowId, values: PostDep) -> Response:
    """The file, to be saved."""
    return saved(await office_of(request).files.content(account, number, attachment_id))
