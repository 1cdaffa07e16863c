"""`gongkai report annual | bulletin | figures import` (docs/contract.md §2, §7)."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic_core import to_json

from intake_api.kit.terminal import stop, written
from intake_api.reports import spans
from intake_api.wiring.offices import with_office

report = typer.Typer(no_args_is_help=True, help="年度报告、月度通报")
figures = typer.Typer(no_args_is_help=True, help="不在案件中的数据")
report.add_typer(figures, name="figures")
Format = Literal["json", "xlsx", "docx"]
Out = Annotated[Path | None, typer.Option(help="Where to write it; required for xlsx and docx.", dir_okay=False)]


@report.command()
def annual(
    year: Annotated[int, typer.Option(help="The calendar year.")],
    format: Annotated[Format, typer.Option(help="json, xlsx or docx.")],  # the option's name is in the contract
    agency: Annotated[str | None, typer.Option(help="Code of an agency, or all; default: the profile's own.")] = None,
    out: Out = None,
) -> None:
    """Print or write the annual report (政府信息公开工作年度报告), counted from the cases now."""
    _refuse_without_file(format, out)
    made = with_office(lambda office: office.reports.annual(year, agency))
    if format == "json":
        _give(to_json(made) + b"\n", out)
        return
    from intake_api.reports import papers, sheets

    _give(sheets.annual(made) if format == "xlsx" else papers.annual(made), out)
    for item in made.before_publishing:
        typer.echo(item.sentence, err=True)


@report.command()
def bulletin(
    format: Annotated[Format, typer.Option(help="json, xlsx or docx.")],
    month: Annotated[str | None, typer.Option(help="YYYY-MM; default: last month.")] = None,
    quarter: Annotated[str | None, typer.Option(help="A quarter, 2026Q1.")] = None,
    half: Annotated[str | None, typer.Option(help="A half-year, 2026H1.")] = None,
    year: Annotated[str | None, typer.Option(help="A whole year, 2026.")] = None,
    out: Out = None,
) -> None:
    """Print or write the bulletin (通报) of a month, quarter, half-year or year, with each department's score."""
    _refuse_without_file(format, out)
    unit, given = spans.asked({"month": month, "quarter": quarter, "half": half, "year": year})
    made = with_office(lambda office: office.reports.bulletin(given, unit=unit))
    if format == "json":
        _give(to_json(made) + b"\n", out)
        return
    from intake_api.reports import papers, sheets

    _give(sheets.bulletin(made) if format == "xlsx" else papers.bulletin(made), out)


@figures.command("import")
def figures_import(file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)]) -> None:
    """Add or replace figures that are not in the cases (表二, last year's row 4, fees); all or nothing.

    CSV with the columns agency,year,table,code,cell,value (docs/annual-report.md).
    """
    raw = file.read_bytes()
    typer.echo(f"{with_office(lambda office: office.reports.import_figures(raw))} figures")


def _refuse_without_file(format: Format, out: Path | None) -> None:
    if format != "json" and out is None:
        stop("out_required", f"{format} 文件请用 --out 指定写到哪里。")


def _give(content: bytes, out: Path | None) -> None:
    if out is None:
        typer.echo(content.decode(), nl=False)
    else:
        with written(out) as file:
            file.write(content)
