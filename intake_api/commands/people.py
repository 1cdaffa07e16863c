"""`gongkai user add|list|passwd|change|disable|enable|reset-totp|sessions|absence`."""

import json
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from intake_api.wiring.offices import with_office

if TYPE_CHECKING:
    from intake_api.office import Office

Role = Literal["clerk", "officer", "reviewer", "admin"]
user = typer.Typer(no_args_is_help=True, help="工作人员账号")
Name = Annotated[str, typer.Argument(metavar="NAME")]
Person = Annotated[str | None, typer.Option("--name", help="姓名，同事看到的")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="从标准输入读取密码")]


def _given(password_stdin: bool) -> str | None:
    return sys.stdin.buffer.readline().decode("utf-8", "replace").rstrip("\r\n") if password_stdin else None


@user.command("add")
def add(
    name: Name,
    role: Annotated[Role, typer.Option()],
    department: Annotated[str | None, typer.Option(help="只看这个部门的案件")] = None,
    person: Person = None,
    password_stdin: FromStdin = False,
) -> None:
    """Make an account; prints a one-time password unless one is given."""
    given = _given(password_stdin)

    async def made(office: "Office") -> str:
        _known(office, department)
        return await office.people.add(name, role, department, given, person=person or "")

    password = with_office(made, begin=True)
    typer.echo(f"{name} {role}" if given is not None else f"{name} {role} password: {password}")


@user.command("list")
def listing(as_json: Annotated[bool, typer.Option("--json", help="每行一个 JSON 对象")] = False) -> None:
    """All accounts: name, role, department, state (active, disabled, one-time until it is changed, expired)."""

    async def lines(office: "Office") -> list[str]:
        people = office.people
        accounts = await people.listing()
        if not as_json:
            return ["\t".join((a.username, a.role, a.department or "-", people.state(a))) for a in accounts]
        found = []
        for one in accounts:
            away = await people.away(one.username)
            known = {
                "username": one.username,
                "name": one.person,
                "role": one.role,
                "department": one.department,
                "state": people.state(one),
                "second_factor": one.totp_sealed is not None,
                "signed_in_at": one.signed_in_at,
                "sessions": len(await people.sessions(one.username)),
                "away": {"from": away.since, "to": away.until, "deputy": away.deputy} if away.since else None,
            }
            found.append(json.dumps(known, ensure_ascii=False, default=_written))
        return found

    for line in with_office(lines):
        typer.echo(line)


def _written(value: date | datetime) -> str:
    return value.isoformat()


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
    person: Person = None,
) -> None:
    """Give an account another role, department or name; what is not given stays."""
    if (role, department, whole_office, person) == (None, None, False, None) or (department and whole_office):
        raise typer.BadParameter("--role, --department CODE | --whole-office, --name")

    async def changed(office: "Office") -> str:
        _known(office, department)
        account = await office.people.reassign(name, role, department, whole_office=whole_office, person=person)
        return f"{account.username}\t{account.role}\t{account.department or '-'}"

    typer.echo(with_office(changed))


@user.command("reset-totp")
def reset_totp(
    name: Name, off: Annotated[bool, typer.Option("--off", help="取消动态码，由本人登录后自己启用")] = False
) -> None:
    """Give the account a new TOTP secret and print its otpauth:// address; with --off take the old one away."""
    if off:
        with_office(lambda office: office.people.clear_totp(name))
    else:
        typer.echo(with_office(lambda office: office.people.reset_totp(name)))


@user.command("sessions")
def sessions(name: Name, end: Annotated[bool, typer.Option("--end", help="全部结束")] = False) -> None:
    """List the sessions of an account (kind, browser, began, last seen), or end them all."""

    async def lines(office: "Office") -> list[str]:
        if end:
            await office.people.end_all(name)
        found = await office.people.sessions(name)
        return ["\t".join((s.kind, s.browser or "-", s.began.isoformat(), s.seen.isoformat())) for s in found]

    for line in with_office(lines):
        typer.echo(line)


@user.command("absence")
def absence(
    name: Name,
    deputy: Annotated[str | None, typer.Option(help="代理人的用户名")] = None,
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"])] = None,
    end: Annotated[bool, typer.Option("--end", help="取消，已经回来")] = False,
) -> None:
    """Say when somebody is away and who stands in for them; prints what holds."""
    if not end and not (deputy and since and until):
        raise typer.BadParameter("--deputy NAME --from DAY --to DAY | --end")

    async def said(office: "Office") -> str:
        if end:
            await office.people.end_away(name)
            return f"{name}\t-"
        assert deputy
        assert since
        assert until
        await office.people.set_away(name, deputy, since.date(), until.date())
        return f"{name}\t{deputy}\t{since.date()}\t{until.date()}"

    typer.echo(with_office(said))


def _known(office: "Office", department: str | None) -> None:
    """Failure `unknown_department` for a code that the directory does not have."""
    if department and department != office.directory.default_agency.code:
        office.directory.handler(department, office.directory.default_agency.code)
