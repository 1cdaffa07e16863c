"""HTTP of staff sign-in for programs; the console's pages sign in with a cookie (intake_api.web)."""

from typing import Annotated

from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from intake_api.http import AnyStaffDep, OfficeDep, StaffDep, bearer, client, count, error_responses, public
from intake_api.people.attempts import Caller
from intake_api.terms.limits import LONGEST

router = APIRouter(prefix="/staff", tags=["staff"])
Password = Annotated[str, Field(max_length=LONGEST["password"])]


class Credentials(BaseModel):
    """User name, password and, where the account has one, the TOTP code."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"username": "shouli", "password": "a long password"}]}
    )
    username: Annotated[str, Field(max_length=LONGEST["username"])]
    password: Password
    totp: Annotated[str | None, Field(max_length=LONGEST["totp"])] = None


class PasswordChange(BaseModel):
    """The password as it is and the one to come."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"old": "a one-time password", "new": "a long new password"}]}
    )
    old: Password
    new: Password


class Token(BaseModel):
    """To be sent as `Authorization: Bearer …`; good for 30 days."""

    token: str


async def _counted(request: Request) -> Caller:
    """Count a sign-in of this address; where it comes from."""
    await count(request, "sign_in")
    return Caller(client(request))


@router.post("/tokens", responses=error_responses(401, 422, 429, 503))
@public
async def sign_in(request: Request, office: OfficeDep, body: Credentials) -> Token:
    """取得访问令牌。After five wrong tries from one place the next has to wait, longer each time.

    A token got with a one-time password is good for `POST /staff/password` and nothing else.
    """
    caller = await _counted(request)
    signed_in = await office.people.sign_in(body.username, body.password, body.totp, "api", caller)
    return Token(token=signed_in.token)


@router.delete("/tokens", status_code=status.HTTP_204_NO_CONTENT, responses=error_responses(401, 403))
async def sign_out(request: Request, office: OfficeDep, account: StaffDep) -> Response:
    """作废当前令牌: give back the bearer token of this call."""
    await office.people.sign_out(bearer(request) or "")
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/password", responses=error_responses(401, 422, 429, 503))
async def change_password(request: Request, office: OfficeDep, account: AnyStaffDep, body: PasswordChange) -> Token:
    """修改密码。The account's other sessions and tokens end; the answer has a new one."""
    caller = await _counted(request)
    signed_in = await office.people.change_password(account, body.old, body.new, "api", caller)
    return Token(token=signed_in.token)
