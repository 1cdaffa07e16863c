"""`gongkai user add|list|passwd|change|disable|enable|reset-totp`."""

import sys
from typing import Annotated, Literal

import typer

from intake_api.commands.common import existing_office, load_settings, make_office, run_in

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
    office = make_office(load_settings())
    if department:
        office.directory.handler(department, office.directory.default_agency.code)
    given = _given(password_stdin)
    password = run_in(office, office.people.add(name, role, department, given))
    typer.echo(f"{name} {role}" if given is not None else f"{name} {role} password: {password}")


@user.command("list")
def listing() -> None:
    """All accounts: name, role, department, state (active, disabled, one-time until it is changed, expired)."""
    office = existing_office()
    for account in run_in(office, office.people.listing()):
        state = office.people.state(account)
        typer.echo("\t".join((account.username, account.role, account.department or "-", state)))


@user.command("passwd")
def passwd(name: Name, password_stdin: FromStdin = False) -> None:
    """Change a password and end the account's sessions; prints a new one unless one is given."""
    given = _given(password_stdin)
    office = existing_office()
    password = run_in(office, office.people.set_password(name, given))
    if given is None:
        typer.echo(f"{name} password: {password}")


@user.command("disable")
def disable(name: Name) -> None:
    """Disable an account; what it did stays on record."""
    office = existing_office()
    run_in(office, office.people.disable(name))


@user.command("enable")
def enable(name: Name) -> None:
    """Let a disabled account sign in again."""
    office = existing_office()
    run_in(office, office.people.enable(name))


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
    office = existing_office()
    if department:
        office.directory.handler(department, office.directory.default_agency.code)
    account = run_in(office, office.people.reassign(name, role, department, whole_office=whole_office))
    typer.echo(f"{account.username}\t{account.role}\t{account.department or '-'}")


@user.command("reset-totp")
def reset_totp(name: Name) -> None:
    """Give the account a new TOTP secret; prints its otpauth:// address for an authenticator."""
    office = existing_office()
    typer.echo(run_in(office, office.people.reset_totp(name)))
