"""HTTP of the form: what an application asks."""

from fastapi import APIRouter

from intake_api.form.description import FormOut, describe
from intake_api.http import OfficeDep, error_responses, public

router = APIRouter()


@router.get("/form", tags=["citizens"], responses=error_responses(503))
@public
async def form(office: OfficeDep) -> FormOut:
    """申请表有哪些项目、可以怎样填写：fields, kinds, limits, choices, what needs what."""
    return describe(office.directory.agencies, office.following.offered)
