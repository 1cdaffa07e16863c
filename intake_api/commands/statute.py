"""`gongkai clock | fee | calendar | rules` (docs/contract.md §2, §5): the statute on the command line."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, NoReturn

import typer

from intake_api.kit.clock import Clock
from intake_api.kit.terminal import opened, print_json, progress, stop
from intake_api.statute import fees
from intake_api.statute.calendar import Calendar, CalendarDay
from intake_api.statute.deadlines import due
from intake_api.statute.errors import StatuteError, refusal
from intake_api.statute.events import parse_day, parse_events
from intake_api.wiring.offices import load_settings, with_office

if TYPE_CHECKING:
    from intake_api.office import Office
    from intake_api.settings import Settings

_FIELDS = {"id", "events", "today"}


def clock(
    file: Annotated[
        Path | None, typer.Argument(help="JSON object or JSONL {id?, events, today?}; default: stdin.")
    ] = None,
) -> None:
    """Compute due dates (答复期限) from events, one line of JSON for each object; a bad one yields an error object."""
    settings, now = load_settings(), Clock().today()
    calendar, late = _calendar(settings), settings.late_clarification == "restarts"
    total = failed = 0
    with opened(file) as stream:
        for item in _objects(stream):
            total += 1
            name = item.get("id") if isinstance(item, dict) else None
            try:
                result = _answer(item, calendar, now, late=late)
            except StatuteError as error:
                failed += 1
                result = {"error": {"code": error.code, "message": error.message}}
            print_json({"id": name} | result)
    if failed:
        stop("clock_failed", f"共 {total} 件，其中 {failed} 件无法计算，原因见各行的 error。", 1)


def fee(
    items: Annotated[
        int | None, typer.Option(help="Applications of one applicant this month (按件), cumulative.")
    ] = None,
    pages: Annotated[int | None, typer.Option(help="Pages of one application (按量).")] = None,
) -> None:
    """Print the processing fee (信息处理费) in yuan."""
    try:
        if items is not None and pages is None:
            typer.echo(fees.by_items(items))
        elif pages is not None and items is None:
            typer.echo(fees.by_pages(pages))
        else:
            stop("fee_scale", "Give either --items or --pages. 按件和按量只能选一种。")
    except StatuteError as error:
        stop(error.code, error.message)


def calendar_show(year: int) -> None:
    """Print the rest days and worked weekends (调休) of a year as CSV."""
    calendar = _calendar(load_settings())
    try:
        days = calendar.named_days(year)
    except StatuteError as error:
        stop(error.code, error.message)
    typer.echo(",".join(CalendarDay._fields))
    for day in days:
        typer.echo(f"{day.date},{day.is_workday:d},{day.name}")
    if not any(day.year == year for day in calendar.notices):
        typer.echo(f"{year}年的放假安排尚未导入，以上只是法定节日，据此计算的日期都是暂定的。", err=True)
    elif missing := calendar.unnamed(year):
        typer.echo(_still_provisional(year, missing), err=True)


def _still_provisional(year: int, missing: Iterable[CalendarDay]) -> str:
    days = "、".join(f"{day.date.month}月{day.date.day}日（{day.name}）" for day in missing)
    return f"{year}年的放假安排没有写全，据此计算的日期仍是暂定的；法定节日照常是休息日。还缺：{days}。"


def calendar_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV date,is_workday,name")],
) -> None:
    """Import a holiday notice (放假安排), count due dates anew and print every case that moved: number, from, to."""
    from intake_api.calendars.service import read_notice
    from intake_api.terms.record import SYSTEM

    days = read_notice(file.read_bytes())

    async def bring_in(office: "Office") -> "Brought":
        changes = office.calendar_changes
        change = await changes.import_notice(days, source=file.name, by=SYSTEM)
        with progress("重新计算届满日") as advance:
            async for done, total in changes.recount(change.version, change.since):
                advance(done, total)
        missing = {year: office.calendar.unnamed(year) for year in sorted({day.date.year for day in days})}
        moved = [f"{case.number}\t{case.due_from}\t{case.due_to}" for case in await changes.moved(change.version)]
        return Brought(change.announced, moved, missing)

    brought = with_office(bring_in, begin=True)
    for line in brought.moved:
        typer.echo(line)
    years = "".join(f"{year}年的放假安排已经完整，届满日不再是暂定的。" for year in brought.announced)
    typer.echo(f"已导入 {len(days)} 天；{len(brought.moved)} 件申请的届满日有变动。{years}", err=True)
    for year, missing in brought.missing.items():
        if missing:
            typer.echo(_still_provisional(year, missing), err=True)


class Brought(NamedTuple):
    """What a notice brought: years that are complete now, a line for each case that moved, days still lacking."""

    announced: tuple[int, ...]
    moved: list[str]
    missing: dict[int, tuple[CalendarDay, ...]]


def rules() -> None:
    """Print what is taken to be the law (规则依据), how sure each rule is and where it is changed, as JSONL."""
    from intake_api.rulebook import lines

    for line in lines(load_settings()):
        print_json(line._asdict())


def _calendar(settings: "Settings") -> Calendar:
    try:
        return Calendar.of(settings.data)
    except StatuteError as error:
        stop(error.code, error.message)


def _objects(lines: Iterable[bytes]) -> Iterator[object]:
    """Yield JSONL line by line, or the one object that is spread over lines; what is no JSON comes as None."""
    filled = (line for line in lines if line.strip().removeprefix(b"\xef\xbb\xbf"))
    first = next(filled, None)
    if first is None:
        return
    parsed = _parsed(first)
    if parsed is not None:
        yield from chain([parsed], map(_parsed, filled))
        return
    rest = [first, *filled]
    whole = _parsed(b"".join(rest))
    yield from map(_parsed, rest) if whole is None else [whole]


def _parsed(text: bytes) -> object:
    try:
        return json.loads(text.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _answer(item: object, calendar: Calendar, now: date, *, late: bool) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise refusal("bad_json")
    for name in item:
        if name not in _FIELDS:
            raise refusal("unknown_field", type="这一件", field=name[:40])
    try:
        today = parse_day(item["today"]) if item.get("today") is not None else now
    except ValueError:
        raise refusal("bad_date", type="这一件", field="今天（today）") from None
    events = parse_events(item.get("events"))
    return due(events, calendar, today, late_clarification_restarts=late).as_dict()
