"""The reports as .xlsx: the official form's layout with its merged heads. Strings stay strings, never formulas."""

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from intake_api.kit.text import in_cell
from intake_api.reports.layout import (
    SCORES,
    Grid,
    assessment_grid,
    bulletin_grid,
    check_grid,
    formula,
    table_four,
    table_three,
    table_two,
)
from intake_api.reports.report import AnnualReport, Bulletin
from intake_api.reports.spans import UNITS

_FONT = "宋体"
_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def annual(report: AnnualReport) -> bytes:
    """表二, 表三, 表四 and, on a sheet of its own, the checks and what is missing."""
    title = f"{report.agency_name}{report.year}年"
    book = Workbook()
    sheets = (
        ("表二", "二、主动公开政府信息情况", table_two(report)),
        ("表三", "三、收到和处理政府信息公开申请情况", table_three(report)),
        ("表四", "四、政府信息公开行政复议、行政诉讼情况", table_four(report)),
        ("核对", "勾稽核对和待补事项（不公布）", check_grid(report)),
    )
    for name, heading, grid in sheets:
        _draw(book.create_sheet(name), f"{title}　{heading}", grid)
    return _saved(book)


def bulletin(made: Bulletin) -> bytes:
    """One line for each department; on a sheet of its own its score, with how it comes about."""
    book, title = Workbook(), f"{made.label} 政府信息公开申请办理情况通报"
    _draw(book.create_sheet(UNITS[made.unit].bulletin), title, bulletin_grid(made))
    grid, sheet = assessment_grid(made), book.create_sheet(SCORES)
    _draw(sheet, f"{made.label} 政府信息公开申请办理{SCORES}", grid)
    below = grid.height + 2
    _write(sheet, below, 1, formula(made)).alignment = Alignment(vertical="top", wrap_text=True)
    sheet.merge_cells(start_row=below, end_row=below, start_column=1, end_column=len(grid.widths))
    sheet.row_dimensions[below].height = 60
    return _saved(book)


def _draw(sheet: Worksheet, title: str, grid: Grid) -> None:
    _write(sheet, 1, 1, title).font = Font(name=_FONT, size=14, bold=True)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(grid.widths))
    sheet.row_dimensions[1].height = 28
    for place, width in enumerate(grid.widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for span in grid.spans:
        top, left = span.row + 2, span.column + 1
        for row in range(top, top + span.rows):
            for column in range(left, left + span.columns):
                sheet.cell(row, column).border = _BORDER
        cell = _write(sheet, top, left, span.value)
        cell.font = Font(name=_FONT, size=10.5, bold=span.head)
        number = isinstance(span.value, int | float)
        across = "center" if span.head or span.centred or number else "left"
        cell.alignment = Alignment(horizontal=across, vertical="center", wrap_text=True)
        if span.rows > 1 or span.columns > 1:
            sheet.merge_cells(
                start_row=top, end_row=top + span.rows - 1, start_column=left, end_column=left + span.columns - 1
            )
    _print_on_a4(sheet)


def _write(sheet: Worksheet, row: int, column: int, value: str | int | float) -> Cell:
    cell = sheet.cell(row, column, in_cell(value) if isinstance(value, str) else value)
    assert isinstance(cell, Cell), "written before its neighbours are merged into it"
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl would make a formula of a leading =
    return cell


def _print_on_a4(sheet: Worksheet) -> None:
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _saved(book: Workbook) -> bytes:
    empty: Sequence[Worksheet] = [book.worksheets[0]]  # the sheet that every new workbook has
    book.remove(empty[0])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
