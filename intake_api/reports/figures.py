"""Figures that are not in the cases: 表二, row 4 of last year's report, fees charged. As CSV and as fields of a form.

A file has the columns `agency,year,table,code,cell,value` (机关,年度,表,行,列,数值); codes and the form's own words are
both understood. All or nothing, with the line and column of everything that is wrong.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from intake_api.directory import Directory
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.kit.text import decoded
from intake_api.statute.annual import COLUMNS, OPEN, ROWS, form_of

HEADER = {"agency": "机关", "year": "年度", "table": "表", "code": "行", "cell": "列", "value": "数值"}
PARTS = {"table2": ("表二", "二"), "table3": ("表三", "三"), "fees": ("信息处理费", "六")}
FIRST_YEAR = 2018  # what it carried over is in the first report of the form's rows and columns, 2019
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,4})?")
_CHANGE = "change"  # how many more than last year, or fewer
_MONEY = {("table2", "charge", "amount"), ("table2", "procurement", "amount"), ("fees", "total", "yuan")}  # not counts


class FigureKey(NamedTuple):
    """Where a figure belongs."""

    agency_code: str
    year: int
    part: str
    code: str
    cell: str


Place = tuple[str, str, str]  # part, code, cell
Figures = dict[FigureKey, str]


def places_of(year: int) -> dict[Place, tuple[str, str]]:
    """Every figure that can be given for a year, and its name in the words of that year's form."""
    return {
        **{
            ("table2", row.code, cell): (row.label, name)
            for row in form_of(year).table_two.values()
            for cell, name in row.columns.items()
        },
        **{("table3", OPEN, cell): (ROWS[OPEN].label, name) for cell, name in COLUMNS.items()},
        ("fees", "total", "yuan"): ("全年收取信息处理费", "金额（元）"),
    }


def number_of(place: Place, given: str) -> str | None:
    """The number as it is stored, or None where it is none: counts are whole, money has up to four decimal places."""
    plain = unicodedata.normalize("NFKC", given).strip().replace(",", "")
    if not _NUMBER.fullmatch(plain.removeprefix("-") if place[2] == _CHANGE else plain):
        return None
    exact = Decimal(plain).normalize()
    if place not in _MONEY and exact != exact.to_integral_value():
        return None
    return f"{exact:f}"


@dataclass
class _Reader:
    """Collects the figures and everything that is wrong with them."""

    directory: Directory
    this_year: int
    figures: Figures = field(default_factory=dict)
    lines: dict[FigureKey, int] = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)

    def wrong(self, line: int, column: str, reason: str) -> None:
        self.problems.append(FieldProblem(f"第 {line} 行，{HEADER[column]}", reason))

    def read(self, line: int, row: Mapping[str, str]) -> None:
        before = len(self.problems)
        agency, year = self._agency(line, row), self._year(line, row)
        place = self._place(line, row, year or self.this_year)
        value = number_of(place, row["value"]) if place else None
        if place and value is None:
            kind = "不超过四位小数的非负数" if place in _MONEY else "非负整数"
            self.wrong(line, "value", f"“{row['value'][:20]}”应为{kind}；没有的填 0。")
        if len(self.problems) > before or place is None or value is None:
            return
        key = FigureKey(agency, year, *place)
        if self.lines.setdefault(key, line) != line:
            self.wrong(line, "cell", f"与第 {self.lines[key]} 行重复。")
        self.figures[key] = value

    def _agency(self, line: int, row: Mapping[str, str]) -> str:
        for agency in self.directory.agencies:
            if row["agency"] in (agency.code, agency.name):
                return agency.code
        self.wrong(line, "agency", f"没有代码或名称为“{row['agency'][:40]}”的受理机关。")
        return ""

    def _year(self, line: int, row: Mapping[str, str]) -> int:
        given = unicodedata.normalize("NFKC", row["year"]).removesuffix("年")
        if given.isdecimal() and len(given) == 4 and FIRST_YEAR <= int(given) <= self.this_year:
            return int(given)
        self.wrong(line, "year", f"“{row['year'][:20]}”应为 {FIRST_YEAR} 至 {self.this_year} 之间的年度。")
        return 0

    def _place(self, line: int, row: Mapping[str, str], year: int) -> Place | None:
        parts = [part for part, names in PARTS.items() if row["table"] in (part, *names)]
        if not parts:
            self.wrong(line, "table", f"“{row['table'][:20]}”应为 {'、'.join(PARTS)} 之一。")
            return None
        places = {place: words for place, words in places_of(year).items() if place[0] == parts[0]}
        rows = {place[1] for place, words in places.items() if row["code"] in (place[1], words[0])}
        if not rows:
            self.wrong(line, "code", f"{PARTS[parts[0]][0]}中没有可以填报的“{row['code'][:40]}”。")
            return None
        cells = {place[2]: words[1] for place, words in places.items() if place[1] in rows}
        for cell, words in cells.items():
            if row["cell"] in (cell, words):
                return parts[0], rows.pop(), cell
        self.wrong(line, "cell", f"“{row['cell'][:40]}”应为 {'、'.join(cells)} 之一。")
        return None

    def check_totals(self) -> None:
        """A total that is given must be the sum of its columns."""
        for key, value in self.figures.items():
            if key.part != "table3" or key.cell != "total":
                continue
            others = [self.figures.get(key._replace(cell=cell)) for cell in COLUMNS if cell != "total"]
            if None not in others and sum(int(n) for n in others if n) != int(value):
                self.wrong(self.lines[key], "value", f"总计 {value} 不等于各列之和。")


def parse_figures(raw: bytes, directory: Directory, this_year: int) -> Figures:
    """Read the figures of a CSV; Failure `figures_file_invalid`, its `fields` naming every fault by line and column."""
    try:
        rows = list(csv.reader(decoded(raw).splitlines()))
    except (UnicodeDecodeError, csv.Error):
        raise Failure("figures_file_invalid", where="文件", reason="不是 UTF-8 或 GB18030 编码的 CSV 文件。") from None
    head = _header(rows[0] if rows else [])
    reader = _Reader(directory, this_year)
    for line, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(head):
            reader.problems.append(FieldProblem(f"第 {line} 行", f"有 {len(row)} 列，应为 {len(head)} 列。"))
            continue
        reader.read(line, dict(zip(head, (cell.strip() for cell in row), strict=True)))
    reader.check_totals()
    if not reader.figures and not reader.problems:
        reader.problems.append(FieldProblem("文件", "没有任何数据。"))
    refuse(reader.problems)
    return reader.figures


def refuse(problems: Iterable[FieldProblem]) -> None:
    """Failure `figures_file_invalid` where there are problems; its sentence is the first of them."""
    found = list(problems)
    if found:
        raise Failure("figures_file_invalid", fields=found, where=found[0].name, reason=found[0].message)


def _header(row: list[str]) -> list[str]:
    words = {word: name for name, chinese in HEADER.items() for word in (name, chinese)}
    head = [words.get(cell.strip().lower(), "") for cell in row]
    if sorted(head) != sorted(HEADER):
        refuse([FieldProblem("第 1 行", f"表头应为“{','.join(HEADER)}”或“{','.join(HEADER.values())}”。")])
    return head
