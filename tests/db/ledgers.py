"""Invented ledgers: rows as an office writes them, and the table of a published year."""

import csv
import io
import zipfile
from collections.abc import Iterator
from itertools import count
from typing import Any

from openpyxl import Workbook

from intake_api.ledger.columns import COLUMNS
from intake_api.statute.outcomes import OUTCOMES
from tests.unit.statute import published_report as published

HEADERS = [column.label for column in COLUMNS.values()]
GOOD = {
    "number": "示政公开〔2024〕1号",
    "kind": "信息公开申请",
    "received_on": "2024年3月5日",
    "receipt_basis": "当面提交",
    "channel": "当面",
    "applicant_type": "自然人",
    "applicant_name": "张三",
    "id_type": "居民身份证",
    "id_number": "11010519491231002X",
    "phone": "13800000000",
    "description": "申请公开甲村征地批复文件。",
    "delivery_medium": "纸质",
    "delivery_way": "当面领取",
    "department": "住房和城乡建设局",
    "outcome": "（一）予以公开",
    "answered_on": "2024/03/20",
    "delivery": "邮寄",
    "notice_number": "示政公开复〔2024〕1号",
    "review": "结果维持",
    "litigation": "复议后起诉：尚未审结",
}


def row(**changes: Any) -> dict[str, Any]:
    """The good row with changes."""
    return GOOD | changes


def as_csv(rows: list[dict[str, Any]], encoding: str = "utf-8") -> bytes:
    """A .csv with Chinese headers."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(HEADERS)
    table.writerows([one.get(name, "") for name in COLUMNS] + one.get("more", []) for one in rows)
    return text.getvalue().encode(encoding)


def as_xlsx(cells: list[list[Any]], merged: tuple[str, ...] = ()) -> bytes:
    """An .xlsx of these cells."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in cells:
        sheet.append(line)
    for span in merged:
        sheet.merge_cells(span)
    return saved(book)


def workbook(sheets: dict[str, list[list[Any]]], hidden: tuple[str, ...] = ()) -> bytes:
    """An .xlsx of several sheets."""
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    return saved(book)


def saved(book: Workbook) -> bytes:
    """A workbook as a file."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_BARE = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="text/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def bare_xlsx(rows: str) -> bytes:
    """The smallest .xlsx, with these rows as XML: what no table program would write."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, text in _BARE.items():
            parts.writestr(name, text)
        sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        parts.writestr("xl/worksheets/sheet1.xml", sheet)
    return file.getvalue()


def huaian() -> Iterator[dict[str, str]]:
    """A ledger that the published year 2024 of 淮安市 can be counted from; what stayed open ends in January 2025."""
    remedies, table, serial = _remedies(), published.TABLE_THREE, count(1)
    for place, applicant in enumerate(COLUMNS["applicant_type"].words):
        ends = [(code, "2024-04-02") for code in OUTCOMES for _ in range(table[code][place])]
        ends += [("3.1", "2025-01-10")] * table["4"][place]
        for number, (outcome, answered_on) in enumerate(ends):
            yield {
                "number": f"HA〔2024〕{next(serial)}号",
                "received_on": "2024-03-05" if number >= table["2"][place] else "2023-12-20",
                "applicant_type": applicant,
                "outcome": outcome,
                "answered_on": answered_on,
            } | (next(remedies, {}) if answered_on.startswith("2024") else {})


def _remedies() -> Iterator[dict[str, str]]:
    results = ("upheld", "corrected", "other", "pending")
    blocks = (("review", ""), ("litigation", "direct:"), ("litigation", "after_review:"))
    for block, (column, route) in enumerate(blocks):
        for place, result in enumerate(results):
            for _ in range(published.TABLE_FOUR[block * 5 + place]):
                yield {column: route + result}
