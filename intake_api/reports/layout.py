"""The official tables as grids of merged cells, for .xlsx, .docx and pages alike."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from intake_api.reports.report import AnnualReport, Bulletin
from intake_api.statute.annual import (
    APPLICANTS,
    COLUMNS,
    COURTS,
    RELATION,
    RESULTS_HEADING,
    VERDICTS,
    Row,
    form_of,
)
from intake_api.terms.assessment import PARTS

Value = str | int | float
NOT_GIVEN = "待填报"


@dataclass(frozen=True)
class Span:
    """A cell and what it covers; rows and columns count from 0. `place` is the report's own (row, column), if any."""

    row: int
    column: int
    value: Value
    rows: int = 1
    columns: int = 1
    head: bool = False
    centred: bool = False
    place: tuple[str, str] | None = None


@dataclass
class Grid:
    """A table: its spans and the relative widths of its columns."""

    widths: tuple[float, ...]
    spans: list[Span] = field(default_factory=list)

    def put(self, row: int, column: int, value: Value, **more: object) -> None:
        """Add a span."""
        self.spans.append(Span(row, column, value, **more))  # type: ignore[arg-type]  # the fields of Span

    @property
    def height(self) -> int:
        """How many rows there are."""
        return max((span.row + span.rows for span in self.spans), default=0)

    def lines(self) -> Iterator[list[Span]]:
        """The spans by the row they begin in, from left to right: how HTML wants them."""
        for row in range(self.height):
            yield sorted((span for span in self.spans if span.row == row), key=lambda span: span.column)


# Where the cells of a row of 表二 begin in its three columns, and how many each covers, by how many there are.
_WIDE = {1: ((1, 3),), 2: ((1, 1), (2, 2)), 3: ((1, 1), (2, 1), (3, 1))}


def table_two(report: AnnualReport) -> Grid:
    """表二: a band for each item of art. 20, each with its own heads."""
    grid, row = Grid((28, 18, 18, 18)), 0
    cells = {item.code: item.cells for item in report.table2}
    clause = ""
    for item in form_of(report.year).table_two.values():
        wide = _WIDE[len(item.columns)]
        if item.clause != clause:
            clause = item.clause
            grid.put(row, 0, clause, columns=4, head=True)
            grid.put(row + 1, 0, "信息内容", head=True)
            for (place, columns), heading in zip(wide, item.columns.values(), strict=True):
                grid.put(row + 1, place, heading, columns=columns, head=True)
            row += 2
        grid.put(row, 0, item.label)
        for (place, columns), value in zip(wide, cells[item.code], strict=True):
            shown = NOT_GIVEN if value is None else value
            grid.put(row, place, shown, columns=columns, centred=True)
        row += 1
    return grid


def table_three(report: AnnualReport) -> Grid:
    """表三: three label columns, of which the results use two or three, and seven of numbers."""
    grid = Grid((9, 13, 34, *(9,) * 7))
    grid.put(0, 0, RELATION, rows=3, columns=3, head=True)
    grid.put(0, 3, "申请人情况", columns=7, head=True)
    grid.put(1, 3, COLUMNS["natural"], rows=2, head=True)
    grid.put(1, 4, "法人或其他组织", columns=5, head=True)
    grid.put(1, 9, COLUMNS["total"], rows=2, head=True)
    for place, applicant in enumerate(APPLICANTS[1:]):
        grid.put(2, 4 + place, COLUMNS[applicant], head=True)
    cells = {row.code: row.cells for row in report.table3.rows}
    rows = form_of(report.year).rows.values()
    results = [row for row in rows if row.code.startswith("3.")]
    for line, row in enumerate(rows, 3):
        if row is results[0]:
            grid.put(line, 0, RESULTS_HEADING, rows=len(results))
        _label(grid, line, row, results)
        for place, (column, value) in enumerate(zip(COLUMNS, cells[row.code], strict=True)):
            grid.put(line, 3 + place, value, place=(row.code, column))
    return grid


def _label(grid: Grid, line: int, row: Row, results: list[Row]) -> None:
    if row not in results:
        grid.put(line, 0, row.label, columns=3)
    elif not row.heading:
        grid.put(line, 1, row.label, columns=2)
    else:
        group = [other for other in results if other.heading == row.heading]
        if row is group[0]:
            grid.put(line, 1, row.heading, rows=len(group))
        grid.put(line, 2, row.label)


def table_four(report: AnnualReport) -> Grid:
    """表四: three blocks of five cells."""
    grid, width = Grid((7.5,) * 15), len(VERDICTS)
    grid.put(0, 0, COURTS["review"], rows=2, columns=width, head=True)
    grid.put(0, width, "行政诉讼", columns=2 * width, head=True)
    grid.put(1, width, COURTS["direct"], columns=width, head=True)
    grid.put(1, 2 * width, COURTS["after_review"], columns=width, head=True)
    places = [(block, verdict) for block in COURTS for verdict in VERDICTS]
    for column, ((block, verdict), value) in enumerate(zip(places, report.table4, strict=True)):
        grid.put(2, column, VERDICTS[verdict], head=True)
        grid.put(3, column, value, place=(block, verdict))
    return grid


def check_grid(report: AnnualReport) -> Grid:
    """The checks with their words, then what is missing."""
    grid = Grid((10, 12, 80))
    for place, word in enumerate(("核对", "结果", "说明")):
        grid.put(0, place, word, head=True)
    rows = [(check.code, "相符" if check.holds else "不符", check.detail) for check in report.checks]
    rows += [(item.code, "待补", item.sentence) for item in report.before_publishing]
    for line, row in enumerate(rows, 1):
        for place, word in enumerate(row):
            grid.put(line, place, word)
    return grid


# Heads of the bulletin and the field of a line that each shows.
BULLETIN = {
    "name": "承办机构",
    "received": "收到",
    "answered": "办结",
    "on_time": "按期答复",
    "late": "超期答复",
    "overdue": "超期未答复",
    "extended": "延期答复",
    "returned": "退回次数",
    "average_working_days": "平均用时（工作日）",
    "satisfaction": "满意度（满分5分）",
}
NOTHING = "—"


def bulletin_grid(made: Bulletin) -> Grid:
    """A line for each department and their sum."""
    grid = Grid((30, *(10,) * (len(BULLETIN) - 1)))
    for place, heading in enumerate(BULLETIN.values()):
        grid.put(0, place, heading, head=True)
    for row, line in enumerate((*made.departments, made.total), 1):
        for place, field_name in enumerate(BULLETIN):
            value = getattr(line, field_name)
            grid.put(row, place, NOTHING if value is None else value, centred=place > 0)
    return grid


SCORES = "考核得分"


def assessment_grid(made: Bulletin) -> Grid:
    """A line for each department: its score, then of each part the rate in per cent and what it is of."""
    grid = Grid((30, 12, *(10,) * (2 * len(PARTS))))
    for column, heading in enumerate(("承办机构", SCORES)):
        grid.put(0, column, heading, rows=2, head=True)
    for place, term in enumerate(PARTS.values()):
        grid.put(0, 2 + 2 * place, term.label, columns=2, head=True)
        grid.put(1, 2 + 2 * place, "率（%）", head=True)
        grid.put(1, 3 + 2 * place, "基数", head=True)
    for row, line in enumerate(made.assessment, 2):
        grid.put(row, 0, line.name)
        grid.put(row, 1, NOTHING if line.score is None else line.score, centred=True)
        for place, code in enumerate(PARTS):
            part = line.parts[code]
            value = NOTHING if part.value is None else round(100 * part.value, 1)
            grid.put(row, 2 + 2 * place, value, centred=True)
            grid.put(row, 3 + 2 * place, part.n, centred=True)
    return grid


def formula(made: Bulletin) -> str:
    """How the scores come about, with the weights in use."""
    weights = "、".join(f"{part.label} {made.weights[code]}" for code, part in PARTS.items())
    return (
        f"考核得分满分 100，是各项的率按权重（{weights}）的加权平均；基数为 0 的一项不计，其权重由其余各项分担，"
        "各项都没有基数的不打分。按期答复：本期按期答复数除以有期限的答复数。未退回重新分办：本期办结数除以办结数与退回次数之和。"
        "未被纠正：本期审结的行政复议、行政诉讼中，结果不是纠正的所占的比例。"
        "满意度：本期办结的评价，1 分为 0，5 分为 100%。"
    )
