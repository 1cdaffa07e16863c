"""`gongkai`: the command line and the one composition root. Verbs live in intake_api.commands."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from classifier.errors import ClassifierError
from intake_api import __version__
from intake_api.kit.terminal import stop
from intake_api.statute.errors import StatuteError

try:
    from intake_api.commands import (
        backup,
        bench,
        bot,
        classifier,
        database,
        doctor,
        dossier,
        keys,
        ledger,
        mail,
        models,
        notices,
        people,
        published,
        reports,
        serve,
        statute,
    )
except StatuteError as unusable:  # data/rules.toml is read as the statute is imported, and an office may change it
    stop(unusable.code, unusable.message)

app = typer.Typer(
    name="gongkai",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="政府信息依申请公开",
)

UNUSABLE = 422  # the status of unusable input


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="版本")] = False,
    data: Annotated[Path | None, typer.Option("--data", help="数据目录（同 GONGKAI_DATA）")] = None,
) -> None:
    if data:
        os.environ["GONGKAI_DATA"] = str(data)
    from intake_api.kit.logs import configure_logging

    configure_logging("WARNING")


_VERBS: tuple[Callable[..., None], ...] = (
    serve.serve,
    serve.worker,
    bot.bot,
    database.migrate,
    database.rebuild,
    doctor.doctor,
    dossier.dossier,
    backup.backup,
    backup.restore,
    classifier.classify,
    classifier.understand,
    classifier.train,
    classifier.evaluate,
    statute.clock,
    statute.fee,
    statute.rules,
    bench.bench,
)
for verb in _VERBS:
    app.command()(verb)

calendar = typer.Typer(no_args_is_help=True, help="工作日历")
calendar.command("show")(statute.calendar_show)
calendar.command("import")(statute.calendar_import)
for name, group in (
    ("user", people.user),
    ("models", models.models),
    ("calendar", calendar),
    ("notices", notices.notices),
    ("published", published.published),
    ("ledger", ledger.ledger),
    ("report", reports.report),
    ("audit", database.audit),
    ("keys", keys.keys),
    ("mail", mail.mail),
):
    app.add_typer(group, name=name)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of the HTTP interface."""
    import json
    import secrets
    import tempfile

    from intake_api.app import create_app
    from intake_api.kit.vault import Vault
    from intake_api.wiring.offices import load_settings, make_office

    with tempfile.TemporaryDirectory() as folder:  # the document depends on no installation, and must not begin one
        settings = load_settings(data=folder, database_url=f"sqlite:///{folder}/none.db")
        office = make_office(settings, vault=Vault([secrets.token_bytes(32)]))
        document: dict[str, Any] = create_app(office).openapi()
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def main() -> None:
    """Entry point: every known failure becomes one line `error CODE: sentence`; bad usage ends with 2."""
    from typer.exceptions import TyperException

    from intake_api.kit.errors import Failure
    from intake_api.learning.errors import StepRefused

    try:
        sys.exit(app(standalone_mode=False))
    except TyperException as error:  # a verb, option or argument that cannot be
        sentence = " ".join(error.format_message().split())  # empty where a verb is missing and the help was shown
        stop("usage", f"{sentence or '请写明要做哪一项。'} 用法见 --help。", error.exit_code)
    except StepRefused as refused:  # the gate has run and refuses (1); anything else could not run (2)
        stop(refused.why, refused.reason, 1 if refused.why == "gate_refused" else 2)
    except Failure as failure:
        for problem in failure.fields[1:]:  # the sentence tells the first
            typer.echo(f"{problem.name}：{problem.message}", err=True)
        stop(failure.code, failure.message, 2 if failure.status == UNUSABLE else 1)
    except (ClassifierError, StatuteError) as error:
        stop(error.code, error.message)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        stop("file_unusable", f"无法读写文件 {error.filename or ''}：{error.strerror}", 1)
