"""Import files: lines of JSON, or tables (.csv, .xlsx) with the same columns under Chinese or English heads.

A line: `{url?, title, summary, body?, source?, published_on, number?, topic?, expires_on?}`.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.problems import problems_from
from intake_api.kit.text import clean
from intake_api.ledger.columns import plain
from intake_api.ledger.days import UnreadableDay, day_written
from intake_api.ledger.files import Cell, LedgerSheet, read, text_of
from intake_api.terms.catalogue import COLUMNS

OWN_PAGE = "/published/"
HEADERS = {plain(word): code for code, words in COLUMNS.said().items() for word in (code, *words)}
DAYS = ("published_on", "expires_on")
_HEAD = 10  # rows in which a table's head stands
_TWICE = "网址与第 {line} 行重复。"
_TWICE_ITSELF = "标题和公开日期与第 {line} 行相同；是两条的，请写明网址。"
_NO_HEAD = "没有找到表头：至少要有“标题”和“公开日期”两栏。"
_NO_DAY = "请填写一个真实的日期，例如 2026-11-22。"
_NO_SOURCE = "部门目录中没有“{given}”。"
_KINDS = "只能用 .jsonl、.csv 和 .xlsx 文件；旧的 .xls 文件请另存为 .xlsx。"
Clean = BeforeValidator(clean)


class ImportedItem(BaseModel):
    """One line of an import file; strict, because a number taken for a date would be wrong without a word.

    An item without a `url` gets a page of this office's own, whose address follows from title and day.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    # other schemes (javascript:) must never become a link on a citizen's page
    url: Annotated[
        str, Field(max_length=500, pattern=rf"^(?:https?://[^\s/?#]+\S*|{OWN_PAGE}[0-9a-f]{{12}}|)$"), Clean
    ] = ""
    title: Annotated[str, Field(min_length=2, max_length=300), Clean]
    summary: Annotated[str, Field(max_length=2_000), Clean]
    body: Annotated[str, Clean] = ""
    source: Annotated[str, Field(max_length=40), Clean] = ""
    published_on: date
    number: Annotated[str, Field(max_length=80), Clean] = ""
    topic: Annotated[str, Field(max_length=40), Clean] = ""
    expires_on: date | None = None

    @model_validator(mode="after")
    def _own_page(self) -> Self:
        if not self.url:
            told = hashlib.sha256(f"{self.title}\n{self.published_on}".encode("utf-8", "replace"))
            self.url = OWN_PAGE + told.hexdigest()[:12]
        return self

    @property
    def line(self) -> str:
        """The item as a line of an import file."""
        return json.dumps(
            {name: value for name, value in self.model_dump(mode="json").items() if value} | {"summary": self.summary},
            ensure_ascii=False,
        )


class Refusal(NamedTuple):
    """Why a line or row is not taken; `sheet` is empty where the file has only one."""

    line: int
    reason: str
    sheet: str = ""


@dataclass
class ReadItems:
    """What a file says: its good items, each address once, and the lines that cannot be taken."""

    items: list[ImportedItem] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    _lines: dict[str, int] = field(default_factory=dict)

    def take(self, line: int, row: str, names: Mapping[str, str] | None = None, sheet: str = "") -> None:
        """Take a line; `names`: how its fields are called for whoever wrote it."""
        try:
            item = ImportedItem.model_validate_json(row)
        except ValidationError as error:
            self.refused.append(Refusal(line, _reason(error, names or {}), sheet))
            return
        if (first := self._lines.setdefault(item.url, line)) != line:
            twice = _TWICE if item.url in row else _TWICE_ITSELF
            self.refused.append(Refusal(line, twice.format(line=first), sheet))
            return
        self.items.append(item)


def refuse_any(refused: Sequence[Refusal]) -> None:
    """Failure `published_file_invalid` for the first bad line; its `fields` name every bad line (`行 3`)."""
    if refused:
        fields = [FieldProblem(f"{one.sheet}行 {one.line}", one.reason) for one in refused]
        raise Failure("published_file_invalid", line=refused[0].line, reason=refused[0].reason, fields=fields)


def format_of(name: str) -> Literal["jsonl", "csv", "xlsx"]:
    """What a file's name says it is; Failure `ledger_unreadable` for any other."""
    match Path(name).suffix.lower():
        case ".jsonl":
            return "jsonl"
        case ".csv":
            return "csv"
        case ".xlsx":
            return "xlsx"
    raise Failure("ledger_unreadable", reason=_KINDS)


def lines_of(raw: bytes) -> list[str]:
    """Lines of a file in UTF-8 (with or without BOM) or GB18030; Failure `published_file_invalid` for anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding).split("\n")  # not splitlines: U+2028 may stand inside a JSON string
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
    raise Failure("published_file_invalid", line=line, reason="文字编码不是 UTF-8 或 GB18030。")


def read_lines(rows: Iterable[str]) -> ReadItems:
    """Read the items of JSON lines, blank ones left out."""
    found = ReadItems()
    for line, row in enumerate(rows, start=1):
        if row.strip():
            found.take(line, row)
    return found


def parse_items(rows: Iterable[str]) -> list[ImportedItem]:
    """Read the items of all lines, or none: Failure `published_file_invalid`."""
    found = read_lines(rows)
    refuse_any(found.refused)
    return found.items


def read_file(name: str, raw: bytes, source_of: Callable[[str], str | None]) -> ReadItems:
    """Read a file by its name's ending; `source_of` gives the code of a department as a table names it.

    Failures `published_file_invalid`, `ledger_unreadable`, `file_encoding` where it is no such file at all.
    """
    if format_of(name) == "jsonl":
        return read_lines(lines_of(raw))
    found, headed = ReadItems(), False
    for sheet in read(name, raw, HEADERS):
        headed |= not sheet.hidden and _take_sheet(found, sheet, source_of)
    if not headed:
        raise Failure("published_file_invalid", line=1, reason=_NO_HEAD)
    return found


def _take_sheet(found: ReadItems, sheet: LedgerSheet, source_of: Callable[[str], str | None]) -> bool:
    """Whether the sheet has a head; its rows are taken."""
    rows = enumerate(sheet.rows, start=1)
    columns = next(filter(None, (_columns(row) for _, row in islice(rows, _HEAD))), None)
    if columns is None:
        return False
    names = COLUMNS.words()
    for line, row in rows:
        cells = {name: row[at] for at, name in columns.items() if at < len(row) and text_of(row[at])}
        if not cells:
            continue
        values = {"summary": ""} | {name: _written(name, cell, sheet.date1904) for name, cell in cells.items()}
        given = str(values.get("source", ""))
        if given and (code := source_of(given)) is None:
            told = f"{names['source']}：{_NO_SOURCE.format(given=given[:40])}"
            found.refused.append(Refusal(line, told, sheet.name))
            continue
        found.take(line, json.dumps(values | ({"source": code} if given else {})), names, sheet.name)
    return True


def _columns(row: list[Cell]) -> dict[int, str] | None:
    """The place of each column in the head; None where the row is none."""
    known = [HEADERS.get(plain(text_of(cell))) for cell in row]
    places = {name: at for at, name in reversed(list(enumerate(known))) if name}
    return {at: name for name, at in places.items()} if {"title", "published_on"} <= places.keys() else None


def _written(name: str, cell: Cell, date1904: bool) -> Any:
    if name not in DAYS:
        return text_of(cell)
    try:
        return day_written(cell, date1904=date1904).isoformat()
    except UnreadableDay:
        return text_of(cell)  # refused as what it is


def rows_of(items: Iterable[Mapping[str, Any]], named: Callable[[str], str]) -> Iterator[list[str]]:
    """The rows of a table of items, its head first; `named` gives a department's name by its code."""
    yield list(COLUMNS.words().values())
    for item in items:
        cells = {name: "" if item[name] is None else str(item[name]) for name in COLUMNS}
        yield list((cells | {"source": named(cells["source"]) if cells["source"] else ""}).values())


def _reason(error: ValidationError, names: Mapping[str, str]) -> str:
    details = error.errors(include_url=False, include_input=False)
    pairs = zip(details, problems_from(list(details)), strict=True)
    return " ".join(
        f"{names.get(problem.name, problem.name)}：{problem.message}" if detail["loc"] else problem.message
        for detail, problem in pairs
    )
