"""`gongkai migrate`, `gongkai audit verify`, `gongkai rebuild`."""

from typing import TYPE_CHECKING, Annotated

import typer

from intake_api.kit.terminal import stop
from intake_api.wiring.offices import load_settings, with_office

if TYPE_CHECKING:
    from intake_api.office import Office

audit = typer.Typer(no_args_is_help=True, help="事件链校验")


def migrate(
    check: Annotated[bool, typer.Option("--check", help="只看数据库的结构是不是最新的，不改动；不是的返回 1")] = False,
) -> None:
    """Bring the database to the newest schema."""
    from intake_api import installation
    from intake_api import migrate as schema
    from intake_api.kit.errors import Failure
    from intake_api.private import keep_private

    settings = load_settings()
    installation.refuse_misfit(settings, begin=not check)
    if check:
        with installation.reading(settings) as connection:
            revision = schema.current(connection) if connection is not None else None
        if revision != schema.head():
            raise Failure("schema_behind", revision=revision, head=schema.head())
        typer.echo(revision)
        return
    keep_private(settings)
    schema.upgrade(settings.database)


@audit.command("verify")
def verify() -> None:
    """Walk every case's chain, texts and projection, every number series and letter; name the first fault, exit 1."""
    cases, fault = with_office(lambda office: office.verified())
    if fault:
        stop("chain_broken", fault, 1)
    typer.echo(f"{cases} cases verified")


@audit.command("trust-clock")
def trust_clock() -> None:
    """The machine's clock is right, though later events are on record: those were recorded with a wrong one."""
    with_office(lambda office: office.cases.trust_clock())


def rebuild() -> None:
    """Derive every case's projection anew from its events, and the keys of search; says how many rows differed."""
    from intake_api.cases.audit import rebuild_projections
    from intake_api.cases.indexes import reindex

    async def everything(office: "Office") -> tuple[int, int]:
        today, late = office.clock.today(), office.settings.late_clarification
        cases, changed = await rebuild_projections(office.db, office.calendar, today, late)
        return cases, changed + await reindex(office.db, office.vault)

    cases, changed = with_office(everything)
    typer.echo(f"{cases} cases, {changed} changed")
