"""What the reports say. JSON (docs/contract.md §7), pages, sheets and papers are drawn from it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import Field

from intake_api.cases.service import Fought, Stalled


@dataclass(frozen=True)
class Missing:
    """Something to be done before a report can be published; `count` cases where it concerns cases."""

    code: str
    message: str
    count: int | None = None

    @property
    def sentence(self) -> str:
        """The sentence with its number of cases."""
        return f"{self.message}（{self.count}件）" if self.count else self.message


@dataclass(frozen=True)
class TableTwoRow:
    """A row of 表二; a cell that was never keyed in is null, which is not 0."""

    code: str
    label: str
    cells: list[int | float | None]


@dataclass(frozen=True)
class TableThreeRow:
    """A row of 表三: seven cells, 总计 the last."""

    code: str
    label: str
    cells: list[int]


@dataclass(frozen=True)
class TableThree:
    """The 25 rows of 表三 in the form's order."""

    rows: list[TableThreeRow]


@dataclass(frozen=True)
class CheckOut:
    """An arithmetic rule; `detail` says what it demands, or where it fails."""

    code: str
    holds: bool
    detail: str


@dataclass(frozen=True)
class Section:
    """A part of a text chapter; `drafted` is false where a person has to write it."""

    title: str
    paragraphs: list[str]
    drafted: bool = True


@dataclass(frozen=True)
class ClassicRow:
    """A line of the older forms' statistics; `share` of its total, 0 to 1."""

    code: str
    label: str
    count: int
    share: float


@dataclass(frozen=True)
class Classic:
    """统计表 as offices kept it before 2019: received by channel, answered by kind."""

    received: int
    channels: list[ClassicRow]
    answered: int
    answers: list[ClassicRow]


@dataclass(frozen=True)
class AnnualReport:
    """The annual report of one agency, or of `all`. `provisional`: the year is not over yet."""

    year: int
    agency: str
    agency_name: str
    table2: list[TableTwoRow]
    missing: Annotated[list[str], Field(description="缺的数据和因此不能做的核对，代码与 before_publishing 相同")]
    table3: TableThree
    table4: list[int]
    checks: list[CheckOut]
    provisional: bool
    fees: Annotated[float | int | None, Field(description="全年收取的信息处理费（元）")]
    text: Annotated[dict[str, list[Section]], Field(description="第一、五、六部分的草稿：one, five, six")]
    classic: Classic
    before_publishing: list[Missing]


@dataclass(frozen=True)
class BulletinLine:
    """A department's month, quarter, half-year or year. Averages are null where nothing was concluded or rated."""

    code: str
    name: str
    received: int
    answered: int
    on_time: int
    late: Annotated[int, Field(description="本期超过期限才答复的")]
    overdue: Annotated[int, Field(description="期末（还没有结束的为今天）已超期而未答复的")]
    returned: int
    extended: int
    average_working_days: float | None
    rated: int
    satisfaction: Annotated[float | None, Field(description="平均分，1 至 5")]


@dataclass(frozen=True)
class AssessedPart:
    """A part of a score: a share from 0 to 1 of `n`, null where there is none."""

    value: float | None
    n: int


@dataclass(frozen=True)
class Assessed:
    """A department's score (考核得分) of 100 over the parts with n > 0; null where there is none."""

    department: str
    name: str
    score: Annotated[float | None, Field(description="考核得分，满分 100；没有可计的为 null")]
    parts: Annotated[dict[str, AssessedPart], Field(description="on_time, not_returned, not_corrected, satisfaction")]


@dataclass(frozen=True)
class Bulletin:
    """The bulletin of a month, quarter, half-year or year (`unit`); `provisional`: it is not over yet.

    `period` is how it is written (2026-10, 2026Q4, 2026H2, 2026), `label` how it is said; `month` only that of a month.
    `assessment` may have a department without a line: one over whose earlier answer a review or suit was decided.
    """

    month: str | None
    unit: str
    period: str
    label: str
    provisional: bool
    departments: list[BulletinLine]
    total: BulletinLine
    assessment: list[Assessed]
    weights: Annotated[dict[str, int], Field(description="考核各项的权重（设置 ASSESSMENT）")]


@dataclass(frozen=True)
class WaitingCase:
    """A case on the supervision list. `days_left` counts the working days in (today, due_on], negative for those past.

    On the rest days right after its last day an overdue case has 0 left, as one due today has: `overdue` tells.
    """

    number: str
    status: str
    due_on: date
    days_left: int
    overdue: bool


@dataclass(frozen=True)
class DepartmentList:
    """What one department has due soon, overdue or waiting for others; `mailed` when it was reminded today.

    `defending`: reviews and suits to answer, or to answer anew, by a day that has passed or is near.
    """

    code: str
    name: str
    email: str
    overdue: list[WaitingCase]
    soon: list[WaitingCase]
    waiting: list[Stalled] = field(default_factory=list)
    defending: list[Fought] = field(default_factory=list)
    mailed: bool = False
