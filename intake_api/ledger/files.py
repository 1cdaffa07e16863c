"""Ledger files: .csv and .xlsx read as sheets of cells, and written so that no cell can become a formula."""

import codecs
import csv
import io
import re
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal

from intake_api.kit.apart import Broken, Refused, TooMuch, values_apart
from intake_api.kit.errors import Failure
from intake_api.kit.text import decoded, in_cell, tidy, writable
from intake_api.ledger.bounds import PLACES, WIDEST
from intake_api.ledger.columns import HEADERS, plain

Cell = str | int | float | date | None
Span = tuple[int, int, int, int]  # merged cells: first row and column, last row and column, from 1
WORKBOOK = "intake_api.ledger.workbook:values"
DELIMITERS = ",\t;，；"
TOO_MUCH = (
    "读这个表格要用的内存或者时间超过了限度。常见的原因是离表格很远的地方也有内容；"
    "请把有内容的部分复制到新的工作簿，或者按年份分成几个文件。"
)
DAMAGED = "这不是完好的 .xlsx 文件，请用表格软件打开后另存一份。"
HEAD = 13  # lines of a .csv that show by what its cells are set apart
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r]")  # full width too: table programs of East Asia take it for half


def kind_of(name: str) -> Literal["csv", "xlsx"]:
    """Which kind of table a file's name says it is; Failure `ledger_unreadable` for any other."""
    match Path(name).suffix.lower():
        case ".csv":
            return "csv"
        case ".xlsx":
            return "xlsx"
    raise Failure("ledger_unreadable", reason="只能用 .csv 和 .xlsx 文件；旧的 .xls 文件请另存为 .xlsx。")


@dataclass
class LedgerSheet:
    """A sheet of a table file: its rows, to be read before the next sheet is asked for, and what is not in them.

    `name` is empty where the file has only one. `far`: how many cells stand too far away to be read (known after the
    rows), the first of them in `places`; `uncounted`: cells whose formula has no result; `left_out`: what else the file
    holds.
    """

    rows: Iterable[list[Cell]]
    name: str = ""
    hidden: bool = False
    date1904: bool = False
    merged: tuple[Span, ...] = ()
    far: int = 0
    places: list[str] = field(default_factory=list)
    uncounted: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read(name: str, raw: bytes, headers: Collection[str] = HEADERS) -> Iterator[LedgerSheet]:
    """The sheets of a table file that have something in them. Failure `ledger_unreadable`, `file_encoding`.

    `headers`, in their plain form, tell by what the cells of a .csv are set apart.
    """
    return _csv(raw, headers) if kind_of(name) == "csv" else _xlsx(raw)


def _csv(raw: bytes, headers: Collection[str]) -> Iterator[LedgerSheet]:
    try:
        text = decoded(raw)
    except UnicodeDecodeError:
        raise Failure("file_encoding") from None
    sheet = LedgerSheet(())
    sheet.rows = _lines(text, sheet, headers)
    yield sheet


def _lines(text: str, sheet: LedgerSheet, headers: Collection[str]) -> Iterator[list[Cell]]:
    # strict: else a quote that is never closed makes all the rows below it one cell, without a word
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, headers), strict=True)
    begun = 1
    try:
        for row in rows:
            if any(row[WIDEST:]):
                sheet.far += 1
                sheet.places += [f"第 {begun} 行"] if len(sheet.places) < PLACES else []
            yield [cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell for cell in row[:WIDEST]]
            begun = rows.line_num + 1
    except csv.Error as error:
        too_long = "field limit" in str(error)
        fault = f"有一格超过 {csv.field_size_limit():,} 个字" if too_long else "引号不成对"
        raise Failure("ledger_unreadable", reason=f"文件第 {begun} 行起{fault}，请改正后再试。") from None


def _delimiter(text: str, headers: Collection[str]) -> str:
    """What sets most known headers apart among the first lines, else what stands there most often."""
    lines = list(islice(io.StringIO(text), HEAD))

    def known(delimiter: str) -> tuple[int, int]:
        cells = [[plain(cell) in headers for cell in line[:5_000].split(delimiter)] for line in lines]
        return max(map(sum, cells), default=0), sum(len(line) for line in cells)

    return max(DELIMITERS, key=known)


def _xlsx(raw: bytes) -> Iterator[LedgerSheet]:
    values = _values(raw)
    left_out = next(values)["left_out"]
    for head in values:
        spans = tuple(tuple(span) for span in head.pop("merged"))
        rows = iter(partial(_row, values), None)
        yield LedgerSheet(rows, merged=spans, left_out=left_out, **head)
        for _ in rows:  # what was not asked for
            pass


def _values(raw: bytes) -> Iterator[Any]:
    try:
        yield from values_apart(WORKBOOK, raw)
    except Refused as refused:
        raise Failure("ledger_unreadable", reason=str(refused)) from None
    except TooMuch:
        raise Failure("ledger_unreadable", reason=TOO_MUCH) from None
    except Broken:
        raise Failure("ledger_unreadable", reason=DAMAGED) from None


def _row(values: Iterator[Any]) -> list[Cell] | None:
    """The next row of a sheet; None after its last."""
    row = next(values)
    return row and [date.fromisoformat(cell["day"]) if type(cell) is dict else cell for cell in row]


def text_of(cell: Cell) -> str:
    """A cell as text: a whole number without decimals, no control characters, no blanks around it, plain line ends."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else tidy(str(cell))


async def write(file: BinaryIO, name: str, rows: AsyncIterator[list[str]], title: str = "台账") -> None:
    """Write rows of text, one in memory at a time, as .csv (UTF-8 with a mark, for table programs) or .xlsx."""
    if kind_of(name) == "csv":
        table = csv.writer(codecs.getwriter("utf-8-sig")(file))
        async for row in rows:
            table.writerow(_harmless(row))
    else:
        await _write_xlsx(file, rows, title)


def _harmless(row: Iterable[str]) -> list[str]:
    """Table programs take a cell that begins so for a formula; the apostrophe, which reading drops, makes it text."""
    return [f"'{cell}" if _FORMULA.match(cell) else cell for cell in map(writable, row)]


async def _write_xlsx(file: BinaryIO, rows: AsyncIterator[list[str]], title: str) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import Cell, WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"

    def cell(text: str) -> Cell | None:
        made = WriteOnlyCell(sheet, in_cell(text))
        made.data_type = "s"  # never a formula, an error or a number, whatever it looks like
        return made if text else None

    async for row in rows:
        sheet.append([cell(text) for text in row])
    book.save(file)
