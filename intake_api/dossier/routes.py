"""HTTP of dossiers."""

from urllib.parse import quote

from fastapi import APIRouter, Response

from intake_api.dossier.service import Dossier
from intake_api.http import OfficeDep, StaffDep, error_responses

router = APIRouter()


def bound(dossier: Dossier) -> Response:
    """A dossier to save."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(dossier.name)}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(dossier.content, media_type="application/pdf", headers=headers)


@router.get(
    "/staff/cases/{number}/dossier",
    tags=["staff"],
    response_class=Response,
    responses={
        **error_responses(401, 403, 404, 503),
        200: {"content": {"application/pdf": {}}, "description": "卷宗；每次制作都会记录"},
    },
)
async def dossier(office: OfficeDep, account: StaffDep, number: str) -> Response:
    """卷宗：目录、申请、文书、材料和办理过程，一个编了页码的 PDF。Each making is an event on the case."""
    return bound(await office.dossiers.make(account, number))
