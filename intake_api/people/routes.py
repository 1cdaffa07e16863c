"""HTTP of staff sign-in for programs; the console's pages sign in with a cookie (intake_api.web)."""

from typing import Annotated

from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from intake_api.http import OfficeDep, StaffDep, bearer, error_responses, public
from intake_api.limits import client_of

router = APIRouter(prefix="/staff/tokens", tags=["staff"])


class Credentials(BaseModel):
    """User name, password and, where the account has one, the TOTP code."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"username": "shouli", "password": "a long password"}]}
    )
    username: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=1000)]
    totp: Annotated[str | None, Field(max_length=10)] = None


class Token(BaseModel):
    """To be sent as `Authorization: Bearer …`; good for 30 days."""

    token: str


@router.post("", responses=error_responses(401, 422, 429))
@public
async def sign_in(request: Request, office: OfficeDep, body: Credentials) -> Token:
    """取得访问令牌。Five failures lock the account for 15 minutes."""
    await office.limits.hit("sign_in", client_of(request, office.settings, office.vault.service_key))
    signed_in = await office.people.sign_in(body.username, body.password, body.totp, kind="api")
    return Token(token=signed_in.token)


@router.delete("", status_code=status.HTTP_204_NO_CONTENT, responses=error_responses(401))
async def sign_out(request: Request, office: OfficeDep, account: StaffDep) -> Response:
    """作废当前令牌: give back the bearer token of this call."""
    await office.people.sign_out(bearer(request) or "")
    return Response(status_code=status.HTTP_204_NO_CONTENT)
