"""`gongkai`: the command line and the one composition root. Verbs live in intake_api.commands."""

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from intake_api import __version__
from intake_api.commands import bot, classifier, database, people, published, serve, statute

app = typer.Typer(
    name="gongkai", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="政府信息依申请公开"
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="版本")] = False,
) -> None:
    pass


_VERBS: tuple[Callable[..., None], ...] = (
    serve.serve,
    serve.worker,
    bot.bot,
    database.migrate,
    database.rebuild,
    classifier.classify,
    classifier.train,
    classifier.evaluate,
    statute.clock,
    statute.fee,
)
for verb in _VERBS:
    app.command()(verb)

calendar = typer.Typer(no_args_is_help=True, help="工作日历")
calendar.command("show")(statute.calendar_show)
for name, group in (
    ("user", people.user),
    ("models", classifier.models),
    ("calendar", calendar),
    ("published", published.published),
    ("audit", database.audit),
):
    app.add_typer(group, name=name)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of the HTTP interface."""
    import json

    from intake_api.app import create_app
    from intake_api.commands.common import load_settings, make_office

    document: dict[str, Any] = create_app(make_office(load_settings())).openapi()
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def main() -> None:
    """Entry point. Bad usage ends with 2, as typer does; an interrupt with 130."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
