"""An .xlsx read as JSON values, in the child process of `apart`: what is in it, and what of it is not taken.

calamine reads ten times as fast as openpyxl, but lays a sheet out from its first to its last cell, and an error of a
formula is an empty cell to it. So what a sheet uses is looked at first, in its XML, and openpyxl reads the rest.
"""

import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, reduce
from typing import Any, NamedTuple
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

from intake_api.kit.apart import Refused
from intake_api.ledger.bounds import DENSE, GAP, LARGEST, MOST_MERGED, MOST_ROWS, PLACES, WIDEST

HEAD = 4_096  # bytes of a sheet's XML in which its size stands, if at all
_PLAIN = frozenset((str, int, float, bool, type(None)))

TOO_LARGE = "表格太大，请按年份分成几个文件。"
MANY_ROWS = "工作表“{sheet}”超过 {most:,} 行，请按年份分成几个文件。"
LOCKED = "这个文件设有密码，或者是旧的 .xls 文件；请用表格软件打开，取消密码，另存为 .xlsx。"
MERGED = "工作表“{sheet}”里合并的单元格太多，请取消合并后再试。"
LEFT_OUT = {"comments": "批注", "media/": "图片", "embeddings/": "嵌入的文件"}

_ROW = re.compile(rb'<row\b[^>]*?\sr="(\d{1,7})"')
_SIZE = re.compile(rb'<(?:\w+:)?dimension [^>]*?ref="[A-Z]+\d+:([A-Z]+)\d+"')
_FAR_COLUMN = re.compile(rb'\br="(?:D[A-Z]|[E-Z][A-Z]|[A-Z]{3})\d')
_FILLED = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"(?:[^<>]*[^/<>])?>(?!</)')
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)[ >]")
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_UNCOUNTED = re.compile(
    rb'\br="([A-Z]{1,3}\d{1,7})"(?![^<>]*t="str")[^<>]*>'
    rb"<f(?:/>|[^<>]*/>|[^<>]*>[^<]*</f>)(?:<v/>|<v></v>)?</c>"
)


class _Listed(NamedTuple):
    """A sheet as the workbook lists it."""

    name: str
    hidden: bool
    part: str


@dataclass
class Used:
    """What a sheet uses: its last row and column of cells near each other; how many are far away, the first named."""

    rows: int = 0
    columns: int = 0
    far: int = 0
    places: list[str] = field(default_factory=list)


def values(raw: bytes) -> Iterator[Any]:
    """The sheets of a workbook: for each an object that describes it, its rows as arrays of cells, then null.

    A date is `{"day": "2024-03-05"}`. Before them an object for the workbook. Raises Refused.
    """
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise Refused(LOCKED)
    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        if sum(part.file_size for part in parts.infolist()) > LARGEST:
            raise Refused(TOO_LARGE)
        listed, date1904 = _listed(parts)
        names = parts.namelist()
        yield {"left_out": [word for part, word in LEFT_OUT.items() if any(part in name for name in names)]}
        for place, sheet in enumerate(listed):
            xml = parts.read(sheet.part)
            if not _VALUE.search(xml):
                continue
            used = used_of(xml, sheet.name)
            uncounted = [ref.decode() for ref in _UNCOUNTED.findall(xml)] if b"<f" in xml else []
            yield {
                "name": sheet.name if len(listed) > 1 else "",
                "hidden": sheet.hidden,
                "date1904": date1904,
                "merged": _merged(xml, sheet.name),
                "far": used.far,
                "places": used.places,
                "uncounted": uncounted,
            }
            sparse = b't="e"' in xml or used.far or used.rows * used.columns > DENSE
            del xml
            if not sheet.hidden:
                yield from _rows(_sparse(raw, place, used) if sparse else _dense(raw, sheet.name))
            yield None


def _listed(parts: zipfile.ZipFile) -> tuple[list[_Listed], bool]:
    """The worksheets in their order, and whether days are counted from 1904."""
    book = next(name for name in parts.namelist() if name.lower().endswith("workbook.xml"))
    folder, file = posixpath.split(book)
    links = ElementTree.fromstring(parts.read(f"{folder}/_rels/{file}.rels"))  # noqa: S314 - the child has limits
    targets = {
        link.get("Id"): posixpath.normpath(posixpath.join(folder, link.get("Target", ""))).lstrip("/")
        for link in links
        if link.get("Type", "").endswith("/worksheet")
    }
    root = ElementTree.fromstring(parts.read(book))  # noqa: S314
    date1904 = any(_tag(one) == "workbookPr" and one.get("date1904") in ("1", "true") for one in root)
    found = []
    for sheet in (one for group in root if _tag(group) == "sheets" for one in group):
        link = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
        if link in targets:  # a sheet that is only a chart has no rows
            found.append(_Listed(sheet.get("name", ""), sheet.get("state", "visible") != "visible", targets[link]))
    return found, date1904


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def used_of(xml: bytes, name: str) -> Used:
    """What a sheet uses, looked at cell by cell only where some row or column is far off. Raises Refused."""
    count, size = xml.count(b"<row "), _SIZE.search(xml, 0, HEAD)
    last = _ROW.search(xml, max(xml.rfind(b"<row "), 0))
    wide = _column(size[1]) > WIDEST if size else _FAR_COLUMN.search(xml)
    if not wide and last and int(last[1]) <= min(2 * count + GAP, MOST_ROWS):
        return Used(int(last[1]))
    used = Used()
    over = False
    for cell in _FILLED.finditer(xml):
        row, column = int(cell[2]), _column(cell[1])
        over = over or row - used.rows > GAP
        if not over and row > MOST_ROWS:
            raise Refused(MANY_ROWS.format(sheet=name, most=MOST_ROWS))
        if not over and column <= WIDEST:
            used.rows, used.columns = row, max(used.columns, column)
            continue
        used.far += 1
        if used.far <= PLACES:
            used.places.append(f"{cell[1].decode()}{row}")
    return used


@cache
def _column(letters: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    return reduce(lambda number, letter: 26 * number + letter - 64, letters, 0)


def _merged(xml: bytes, name: str) -> list[list[int]]:
    """The merged cells: first row and column, last row and column, from 1."""
    found = _MERGE.findall(xml, max(xml.rfind(b"</sheetData>"), 0))
    if len(found) > MOST_MERGED:
        raise Refused(MERGED.format(sheet=name))
    return [[int(top), _column(left), int(bottom), _column(right)] for left, top, right, bottom in found]


def _rows(rows: Iterable[Iterable[object]]) -> Iterator[list[Any]]:
    for row in rows:
        cells = [cell if type(cell) in _PLAIN else _json(cell) for cell in row]
        while cells and cells[-1] in (None, ""):
            cells.pop()
        yield cells


def _json(cell: object) -> Any:
    if isinstance(cell, date):
        return {"day": (cell.date() if isinstance(cell, datetime) else cell).isoformat()}
    return str(cell)


def _dense(raw: bytes, name: str) -> Iterator[Iterable[object]]:
    yield from _book(raw).get_sheet_by_name(name).iter_rows()


@cache
def _book(raw: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(raw))


def _sparse(raw: bytes, place: int, used: Used) -> Iterator[Iterable[object]]:
    from openpyxl import load_workbook  # half a second of importing, seldom needed

    if used.far and not used.rows:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of features that it does not keep; we only read values
        sheet = load_workbook(io.BytesIO(raw), read_only=True, data_only=True).worksheets[place]
        sheet.reset_dimensions()  # some programs write a wrong size
        yield from sheet.iter_rows(max_row=used.rows, max_col=used.columns or None, values_only=True)
