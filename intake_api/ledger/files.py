"""Ledger files: .csv and .xlsx read as rows of cells, and written so that no cell can become a formula."""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, Literal

from intake_api.errors import Failure
from intake_api.text import decoded, tidy, writable

Cell = str | int | float | date | None
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # ECMA-376 (22.9.2.19): _x0041_ in a cell would be read as A
LARGEST = 400 * 1024 * 1024  # bytes of an .xlsx once it is unpacked
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r]")  # full width too: table programs of East Asia take it for half


def kind_of(name: str) -> Literal["csv", "xlsx"]:
    """Which kind of table a file's name says it is; Failure `ledger_unreadable` for any other."""
    match Path(name).suffix.lower():
        case ".csv":
            return "csv"
        case ".xlsx":
            return "xlsx"
    raise Failure("ledger_unreadable", reason="只能用 .csv 和 .xlsx 文件；旧的 .xls 文件请另存为 .xlsx。")


def read(name: str, raw: bytes) -> Iterator[list[Cell]]:
    """The rows of a table file. Failure `ledger_unreadable`, `file_encoding`."""
    return _csv(raw) if kind_of(name) == "csv" else _xlsx(raw)


def _csv(raw: bytes) -> Iterator[list[Cell]]:
    try:
        text = decoded(raw)
    except UnicodeDecodeError:
        raise Failure("file_encoding") from None
    first = text.partition("\n")[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    # strict: else a quote that is never closed makes all the rows below it one cell, without a word
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    try:
        for row in rows:
            yield [cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell for cell in row]
            begun = rows.line_num + 1
    except csv.Error as error:
        too_long = "field limit" in str(error)
        fault = f"有一格超过 {csv.field_size_limit():,} 个字" if too_long else "引号不成对"
        raise Failure("ledger_unreadable", reason=f"文件第 {begun} 行起{fault}，请改正后再试。") from None


def _xlsx(raw: bytes) -> Iterator[list[Cell]]:
    try:
        rows = _with_errors(raw) if _has_errors(raw) else _values(raw)
        for row in rows:
            yield [_day_of(cell) for cell in row]
    except Failure:
        raise
    except Exception:  # a damaged file fails in any of the layers below: zip, XML, the libraries' own models
        raise Failure("ledger_unreadable", reason="这不是完好的 .xlsx 文件，请用表格软件打开后另存一份。") from None


def _has_errors(raw: bytes) -> bool:
    """Whether any cell holds an error of a formula (#REF!)."""
    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        if sum(part.file_size for part in parts.infolist()) > LARGEST:
            raise Failure("ledger_unreadable", reason="表格太大，请按年份分成几个文件。")
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
        return any(b't="e"' in parts.read(name) for name in sheets)


def _values(raw: bytes) -> Iterator[Iterable[object]]:
    """Read with calamine: ten times as fast as openpyxl, but an error is an empty cell to it."""
    from python_calamine import CalamineWorkbook

    yield from CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).iter_rows()


def _with_errors(raw: bytes) -> Iterator[Iterable[object]]:
    """Read with openpyxl, which gives errors as they are shown."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of features that it does not keep; we only read values
        sheet = load_workbook(io.BytesIO(raw), read_only=True, data_only=True).worksheets[0]
        sheet.reset_dimensions()  # some programs write a wrong size
        yield from sheet.iter_rows(values_only=True)


def _day_of(cell: object) -> Cell:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, str | int | float | date) else None if cell is None else str(cell)


def text_of(cell: Cell) -> str:
    """A cell as text: a whole number without decimals, no control characters, no blanks around it, plain line ends."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else tidy(str(cell))


async def write(file: BinaryIO, name: str, rows: AsyncIterator[list[str]]) -> None:
    """Write rows of text, one in memory at a time, as .csv (UTF-8 with a mark, for table programs) or .xlsx."""
    if kind_of(name) == "csv":
        text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        table = csv.writer(text)
        async for row in rows:
            table.writerow(_harmless(row))
        text.flush()
        text.detach()
    else:
        await _write_xlsx(file, rows)


def _harmless(row: Iterable[str]) -> list[str]:
    """Table programs take a cell that begins so for a formula; the apostrophe, which reading drops, makes it text."""
    return [f"'{cell}" if _FORMULA.match(cell) else cell for cell in map(writable, row)]


async def _write_xlsx(file: BinaryIO, rows: AsyncIterator[list[str]]) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import Cell, WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.freeze_panes = "B2"

    def cell(text: str) -> Cell | None:
        made = WriteOnlyCell(sheet, _ESCAPE.sub(r"_x005F\g<0>", writable(text)))
        made.data_type = "s"  # never a formula, an error or a number, whatever it looks like
        return made if text else None

    async for row in rows:
        sheet.append([cell(text) for text in row])
    book.save(file)
