"""`gongkai migrate`, `gongkai audit verify`, `gongkai rebuild`."""

import typer

from intake_api.commands.common import existing_office, load_settings, run, stop

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
    from intake_api.cases.audit import first_fault

    office = existing_office()
    late = office.settings.late_clarification

    async def walk() -> tuple[int, str | None]:
        cases, fault = await first_fault(office.db, office.vault, office.calendar, office.clock.today(), late)
        return cases, fault or await office.notices.first_fault()

    cases, fault = run(walk())
    if fault:
        stop("chain_broken", fault, 1)
    typer.echo(f"{cases} cases verified")


@audit.command("trust-clock")
def trust_clock() -> None:
    """The machine's clock is right, though later events are on record: those were recorded with a wrong one."""
    run(existing_office().cases.trust_clock())


def rebuild() -> None:
    """Derive every case's projection anew from its events, and the keys of search; says how many rows differed."""
    from intake_api.cases.audit import rebuild_projections
    from intake_api.cases.indexes import reindex

    office = existing_office()
    today, late = office.clock.today(), office.settings.late_clarification

    async def everything() -> tuple[int, int]:
        cases, changed = await rebuild_projections(office.db, office.calendar, today, late)
        return cases, changed + await reindex(office.db, office.vault)

    cases, changed = run(everything())
    typer.echo(f"{cases} cases, {changed} changed")
