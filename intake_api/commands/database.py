"""`gongkai migrate`, `gongkai audit verify`, `gongkai rebuild`."""

from typing import TYPE_CHECKING

import typer

from intake_api.kit.terminal import stop
from intake_api.wiring.offices import load_settings, with_office

if TYPE_CHECKING:
    from intake_api.office import Office

audit = typer.Typer(no_args_is_help=True, help="事件链校验")


def migrate() -> None:
    """Bring the database to the newest schema."""
    from intake_api import installation
    from intake_api import migrate as schema
    from intake_api.private import keep_private

    settings = load_settings()
    installation.refuse_misfit(settings, begin=True)
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
