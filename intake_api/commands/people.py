"""`gongkai user add|list|passwd|change|disable|enable|reset-totp`."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from intake_api.wiring.offices import with_office

if TYPE_CHECKING:
    from intake_api.office import Office

Role = Literal["clerk", "officer", "reviewer", "admin"]
user = typer.Typer(no_args_is_help=True, help="工作人员账号")
Name = Annotated[str, typer.Argument(metavar="NAME")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="从标准输入读取密码")]


def _given(password_stdin: bool) -> str | None:
    return sys.stdin.buffer.readline().decode("utf-8", "replace").rstrip("\r\n") if password_stdin else None


@user.command("add")
def add(
    name: Name,
    role: Annotated[Role, typer.Option()],
    department: Annotated[str | None, typer.Option(help="只看这个部门的案件")] = None,
    password_stdin: FromStdin = False,
) -> None:
    """Make an account; prints a one-time password unless one is given."""
    given = _given(password_stdin)

    async def made(office: "Office") -> str:
        _known(office, department)
        return await office.people.add(name, role, department, given)

    password = with_office(made, begin=True)
    typer.echo(f"{name} {role}" if given is not None else f"{name} {role} password: {password}")


@user.command("list")
def listing() -> None:
    """All accounts: name, role, department, state (active, disabled, one-time until it is changed, expired)."""

    async def lines(office: "Office") -> list[tuple[str, ...]]:
        accounts = await office.people.listing()
        return [(one.username, one.role, one.department or "-", office.people.state(one)) for one in accounts]

    for line in with_office(lines):
        typer.echo("\t".join(line))


@user.command("passwd")
def passwd(name: Name, password_stdin: FromStdin = False) -> None:
    """Change a password and end the account's sessions; prints a new one unless one is given."""
    given = _given(password_stdin)
    password = with_office(lambda office: office.people.set_password(name, given))
    if given is None:
        typer.echo(f"{name} password: {password}")


@user.command("disable")
def disable(name: Name) -> None:
    """Disable an account; what it did stays on record."""
    with_office(lambda office: office.people.disable(name))


@user.command("enable")
def enable(name: Name) -> None:
    """Let a disabled account sign in again."""
    with_office(lambda office: office.people.enable(name))


@user.command("change")
def change(
    name: Name,
    role: Annotated[Role | None, typer.Option()] = None,
    department: Annotated[str | None, typer.Option(help="只看这个部门的案件")] = None,
    whole_office: Annotated[bool, typer.Option("--whole-office", help="看全部案件，不限于一个部门")] = False,
) -> None:
    """Give an account another role or department; what is not given stays."""
    if (role, department, whole_office) == (None, None, False) or (department and whole_office):
        raise typer.BadParameter("--role, --department CODE | --whole-office")

    async def changed(office: "Office") -> str:
        _known(office, department)
        account = await office.people.reassign(name, role, department, whole_office=whole_office)
        return f"{account.username}\t{account.role}\t{account.department or '-'}"

    typer.echo(with_office(changed))


@user.command("reset-totp")
def reset_totp(name: Name) -> None:
    """Give the account a new TOTP secret; prints its otpauth:// address for an authenticator."""
    typer.echo(with_office(lambda office: office.people.reset_totp(name)))


def _known(office: "Office", department: str | None) -> None:
    """Failure `unknown_department` for a code that the directory does not have."""
    if department and department != office.directory.default_agency.code:
        office.directory.handler(department, office.directory.default_agency.code)
