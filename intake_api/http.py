"""What every route shares: the office behind the application, who is asking, the error shape in OpenAPI."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import AfterValidator, BaseModel

from intake_api.kit.errors import Failure
from intake_api.kit.limits import client_of, is_service
from intake_api.office import Office
from intake_api.people.service import Account

Route = TypeVar("Route", bound=Callable[..., Any])


_NO_ROW = -1


def row_id(number: int | str) -> int:
    """A row's number as an address gives it: what no database can hold is a number that does not exist."""
    if isinstance(number, str):
        number = int(number) if len(number) < len(str(2**63)) else _NO_ROW
    return number if 0 <= number < 2**63 else _NO_ROW


RowId = Annotated[int, AfterValidator(row_id)]


class FieldProblemOut(BaseModel):
    """One field's problem."""

    name: str
    message: str


class ErrorOut(BaseModel):
    """Code for programs, sentence for people."""

    code: str
    message: str
    fields: list[FieldProblemOut] | None = None


class ErrorBody(BaseModel):
    """The one error shape of the product."""

    error: ErrorOut


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for the errors that a route can give; 422 and 500 any route can."""
    return {status: {"model": ErrorBody} for status in (*statuses, 422, 500)}


def public(route: Route) -> Route:
    """Mark a route that needs no sign-in; a test fails where a route has neither this mark nor an account."""
    route.__gongkai_public__ = True  # type: ignore[attr-defined]  # functions take attributes
    return route


def office_of(request: Request) -> Office:
    """The services behind the application."""
    office: Office = request.app.state.office
    return office


async def _office(request: Request) -> Office:
    return office_of(request)  # a plain function would be called in a thread, at each request


OfficeDep = Annotated[Office, Depends(_office)]


def client(request: Request) -> str:
    """Who is calling, for the limits: a network address, or a chat behind our bot."""
    office = office_of(request)
    return client_of(request, office.settings.proxies, office.vault.service_key)


def by_bot(request: Request) -> bool:
    """Whether our own bot calls, on behalf of a chat."""
    return is_service(request, office_of(request).vault.service_key)


async def count(request: Request, kind: str) -> None:
    """Count one call against the client's limit; Failure `rate_limited`."""
    await office_of(request).limits.hit(kind, client(request))


def bearer(request: Request) -> str | None:
    """The token of an `Authorization: Bearer` header."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def any_staff(request: Request) -> Account:
    """The account of a bearer token, whatever its password; Failure `sign_in_required`."""
    token = bearer(request)
    account = await office_of(request).people.account_of(token, kind="api") if token else None
    if account is None:
        raise Failure("sign_in_required", headers={"WWW-Authenticate": "Bearer"})
    return account


AnyStaffDep = Annotated[Account, Depends(any_staff)]


async def staff(account: AnyStaffDep) -> Account:
    """The account of a token that is good for work; Failure `password_change_required`, `second_factor_required`."""
    if account.temporary:
        raise Failure("password_change_required")
    if account.factor_due:
        raise Failure("second_factor_required")
    return account


StaffDep = Annotated[Account, Depends(staff)]
