"""Use cases of the reports: annual report and its cells, figures, bulletins. Nothing is kept but the figures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from intake_api.calendars.current import Calendars
from intake_api.directory import Directory
from intake_api.kit.clock import SHANGHAI, Clock
from intake_api.kit.db import Database
from intake_api.kit.errors import Failure, FieldProblem
from intake_api.people.service import Account
from intake_api.reports import drafts, repository, spans
from intake_api.reports.assessment import assessed
from intake_api.reports.figures import (
    FIRST_YEAR,
    FigureKey,
    Figures,
    Place,
    number_of,
    parse_figures,
    places_of,
    refuse,
)
from intake_api.reports.handlers import by_handler
from intake_api.reports.report import (
    AnnualReport,
    Bulletin,
    BulletinLine,
    CheckOut,
    Missing,
    TableThree,
    TableThreeRow,
    TableTwoRow,
)
from intake_api.reports.repository import NO_OUTCOME, UNFILED, UNLETTERED, GivenBack, Listed, Period, Worked
from intake_api.statute import annual
from intake_api.statute.annual import APPLICANTS, COLUMNS, COURTS, EVERY_ROW, OPEN, VERDICTS, form_of
from intake_api.statute.outcomes import OUTCOMES

ALL = "all"
CELLS_SHOWN = 200  # cases on one page of a cell


class ReportService:
    """Counts anew at every call; keeps no state of its own."""

    def __init__(
        self, db: Database, clock: Clock, directory: Directory, calendars: Calendars, weights: Mapping[str, int]
    ) -> None:
        self._db = db
        self._clock = clock
        self._directory = directory
        self._calendars = calendars
        self._weights = weights  # of the parts of an assessment

    # --- annual report

    def agencies(self, agency: str) -> tuple[str, ...]:
        """The agencies that a report is about; Failure `unknown_addressee`."""
        every = tuple(a.code for a in self._directory.agencies)
        return every if agency == ALL else (self._directory.agency(agency).code,)

    def year(self, given: int | None) -> int:
        """The year asked for, or the one whose report is at hand: last year's until it is due on 31 March (art. 49).

        Failure `report_period_invalid`.
        """
        today = self._clock.today()
        year = given if given is not None else (today.year if today.month > 3 else today.year - 1)
        if not FIRST_YEAR < year <= today.year:
            raise Failure("report_period_invalid", given=year, unit="年度")
        return year

    async def annual(self, year: int, agency: str | None = None) -> AnnualReport:
        """The annual report of an agency (default: the profile's own) or of `all`."""
        agency = agency or self._directory.default_agency.code
        year, agencies = self.year(year), self.agencies(agency)
        period = Period.year(year, None if agency == ALL else agencies)
        async with self._db.read() as session:
            courts = await repository.courts(session, period)
            shares = await repository.shares(session, period)
            new_year = datetime.combine(date(year + 1, 1, 1), time(), SHANGHAI)
            unreceived = await repository.unreceived(session, period.agencies, new_year)
            letters = await repository.unlettered(session, period), await repository.unfiled(session, period)
            figures = await self._figures(session, agencies, year)
        tallies = [annual.Tally(s.applicant, s.fresh, s.ended, s.outcome, s.cases) for s in shares]
        form = form_of(year)
        three, four = annual.table_three(tallies, form), annual.table_four(courts)
        two, fees = _table_two(agencies, year, figures), _sum(agencies, year, ("fees", "total", "yuan"), figures)
        carried = _carried(agencies, year - 1, figures)
        held = annual.checks(three, four, carried)
        counted, name = drafts.classic(shares), self.name(agency)
        draft = drafts.Draft(year, name, annual.table_three(tallies), four, shares, counted)
        report = AnnualReport(
            year=year,
            agency=agency,
            agency_name=name,
            table2=two,
            missing=[],
            table3=TableThree(rows=[TableThreeRow(code, form.rows[code].label, row) for code, row in three.items()]),
            table4=four,
            checks=[CheckOut(code=c.code, holds=c.holds, detail=c.detail or c.rule) for c in held],
            provisional=self._clock.today() <= period.last,
            fees=fees,
            text=draft.chapters(two, fees, self._directory.name_of),
            classic=counted,
            before_publishing=[],
        )
        ended_without = sum(t.count for t in tallies if t.ended and t.outcome not in OUTCOMES)
        to_do = _to_do(report, carried is None, unreceived, ended_without, *letters)
        return replace(report, before_publishing=to_do, missing=[item.code for item in to_do if item.code in _DATA])

    def name(self, agency: str) -> str:
        """Whose report it is."""
        if agency == ALL:
            return f"{self._directory.default_agency.name}（含各受理机关）"
        return self._directory.agency(agency).name

    async def cell(
        self, year: int, agency: str | None, row: str, column: str, after: str = ""
    ) -> tuple[list[Listed], int]:
        """A page of the cases behind a cell, and how many they are; Failure `report_cell_unknown`.

        `row` and `column` are codes of 表三 or 表四, or the row `none`: ended without an outcome on record.
        """
        known = VERDICTS if row in COURTS else COLUMNS
        if row not in {*EVERY_ROW, *COURTS, NO_OUTCOME, UNLETTERED, UNFILED} or column not in known:
            raise Failure("report_cell_unknown")
        agency = agency or self._directory.default_agency.code
        agencies = None if agency == ALL else self.agencies(agency)
        async with self._db.read() as session:
            return await repository.cell(
                session, Period.year(self.year(year), agencies), row, column, after[:40], CELLS_SHOWN
            )

    # --- figures

    async def import_figures(self, raw: bytes) -> int:
        """Store the figures of a CSV file, replacing those that are there; how many. All or nothing."""
        figures = parse_figures(raw, self._directory, self._clock.today().year)
        async with self._db.write() as session:
            await repository.put_figures(session, [key._asdict() | {"value": value} for key, value in figures.items()])
        return len(figures)

    async def key_in(self, agency: str, year: int, given: Mapping[str, str]) -> None:
        """Store the figures of a form, whose fields are named `part.code.cell`; an empty field takes a figure back.

        Row 4 of last year's report belongs to that year, and its total is counted here.
        """
        agency, year = self._directory.agency(agency).code, self.year(year)
        values: dict[Place, str] = {}
        problems = []
        for place, words in places_of(year).items():
            typed = given.get(".".join(place), "").strip()
            number = number_of(place, typed) if typed else ""
            if number is None:
                problems.append(
                    FieldProblem(".".join(place), f"{words[0]}，{words[1]}：“{typed[:20]}”不是可以填报的数。")
                )
            values[place] = number or ""
        refuse(problems)
        carried = [values["table3", OPEN, column] for column in APPLICANTS]
        values["table3", OPEN, "total"] = str(sum(map(int, carried))) if all(carried) else ""
        rows = [
            (FigureKey(agency, year - (place[0] == "table3"), *place)._asdict(), value)
            for place, value in values.items()
        ]
        async with self._db.write() as session:
            await repository.put_figures(session, [key | {"value": value} for key, value in rows if value])
            await repository.drop_figures(session, [key for key, value in rows if not value])

    async def keyed_in(self, agency: str, year: int) -> dict[str, str]:
        """The figures of a report as fields of its form."""
        agencies = (self._directory.agency(agency).code,)
        async with self._db.read() as session:
            figures = await self._figures(session, agencies, self.year(year))
        wanted = {"table2": year, "fees": year, "table3": year - 1}
        return {
            f"{key.part}.{key.code}.{key.cell}": value for key, value in figures.items() if key.year == wanted[key.part]
        }

    async def _figures(self, session: AsyncSession, agencies: Sequence[str], year: int) -> Figures:
        rows = await repository.figures(session, (year - 1, year), agencies)
        return {FigureKey(f.agency_code, f.year, f.part, f.code, f.cell): f.value for f in rows}

    # --- bulletin

    async def bulletin(self, given: str | None, account: Account | None = None, *, unit: str = "month") -> Bulletin:
        """The bulletin of a month (`YYYY-MM`) or another unit of `spans`, by default the last that is over.

        An officer of a department sees its own line only. Failure `report_period_invalid`.
        """
        today = self._clock.today()
        span = spans.span(unit, given, FIRST_YEAR, today)
        async with self._db.read() as session:
            period, only = Period(span.first, span.last), account.department if account else None
            worked = await repository.worked(session, period, today, only)
            returns = await repository.given_back(session, period, only)
            tried = await repository.decided(session, period, only)
        items: list[Worked | GivenBack] = [*worked, *returns]
        lines = [self._line(handler.code, handler.name, own) for handler, own in by_handler(self._directory, items)]
        return Bulletin(
            month=span.code if unit == "month" else None,
            unit=unit,
            period=span.code,
            label=span.label,
            provisional=today <= span.last,
            departments=lines,
            total=self._line("total", "合计", items),
            assessment=assessed(self._directory, [*items, *tried], self._weights),
            weights=dict(self._weights),
        )

    def _line(self, code: str, name: str, items: Sequence[Worked | GivenBack]) -> BulletinLine:
        groups = [item for item in items if isinstance(item, Worked)]

        def total(field: str) -> int:
            return sum(getattr(group, field) for group in groups)

        answered = sum(group.cases for group in groups if group.ended)
        calendar = self._calendars.current
        taken = sum(
            calendar.workdays_between(group.received_on, group.ended_on) * group.cases
            for group in groups
            if group.received_on and group.ended_on
        )
        rated = total("rated")
        return BulletinLine(
            code=code,
            name=name,
            received=sum(group.cases for group in groups if group.fresh),
            answered=answered,
            on_time=total("in_time"),
            late=total("timed") - total("in_time"),
            overdue=sum(group.cases for group in groups if group.overdue),
            returned=sum(item.times for item in items if isinstance(item, GivenBack)),
            extended=total("extended"),
            average_working_days=round(taken / answered, 1) if answered else None,
            rated=rated,
            satisfaction=round(total("stars") / rated, 2) if rated else None,
        )


def _number(text: str) -> int | float:
    exact = Decimal(text)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _sum(agencies: Sequence[str], year: int, place: Place, figures: Figures) -> int | float | None:
    """A figure of all the agencies; None where one of them has not given it."""
    values = [figures.get(FigureKey(agency, year, *place)) for agency in agencies]
    return None if None in values else _number(str(sum(Decimal(value) for value in values if value)))


def _table_two(agencies: Sequence[str], year: int, figures: Figures) -> list[TableTwoRow]:
    return [
        TableTwoRow(
            code=row.code,
            label=row.label,
            cells=[_sum(agencies, year, ("table2", row.code, cell), figures) for cell in row.columns],
        )
        for row in form_of(year).table_two.values()
    ]


def _carried(agencies: Sequence[str], year: int, figures: Figures) -> list[int] | None:
    """Row 4 of last year's report, its total counted from the columns; None where a column is not known."""
    columns = [_sum(agencies, year, ("table3", OPEN, column), figures) for column in APPLICANTS]
    known = [int(value) for value in columns if value is not None]
    return [*known, sum(known)] if len(known) == len(columns) else None


_DATA = frozenset({"table2", "fees", "D", "received_on", "outcome"})  # what `missing` names; the rest is work to do


def _to_do(
    report: AnnualReport, no_carried: bool, unreceived: int, ended_without: int, unlettered: int, unfiled: int
) -> list[Missing]:
    """What is missing before the report can be published."""
    blank = [row.label for row in report.table2 if None in row.cells]
    broken = sum(not check.holds for check in report.checks)
    chapters = zip("一五六", report.text.values(), strict=True)
    to_write = [chapter + s.title for chapter, sections in chapters for s in sections if not s.drafted]
    told: tuple[tuple[object, str, str, int | None], ...] = (
        (report.provisional, "year", f"{report.year}年还没有结束，数字随时会变。", None),
        (blank, "table2", f"表二还没有填报：{'、'.join(blank)}。", None),
        (report.fees is None, "fees", "第六部分：收取信息处理费的金额还没有填报（没有收取的填 0）。", None),
        (
            no_carried,
            "D",
            f"没有{report.year - 1}年度报告的“结转下年度继续办理”各列数字，不能核对上年结转。",
            None,
        ),
        (unreceived, "received_on", "有申请还没有确认收到的日期，没有计入任何一格。", unreceived),
        (ended_without, "outcome", "有已办结的申请没有登记办理结果，只计入了总计。", ended_without),
        (unlettered, "letter", "有答复了的申请没有文书的记录，请补发文书，或者登记在别处制发的文书。", unlettered),
        (unfiled, "letter_file", "有答复的文书在别处制发，还没有存入文件，请在案件页存入。", unfiled),
        (broken, "checks", f"有 {broken} 项勾稽关系不符，见核对结果。", None),
        (to_write, "text", f"需要补写的文字：{'、'.join(to_write)}。", None),
    )
    return [Missing(code=code, message=message, count=count) for holds, code, message, count in told if holds]
