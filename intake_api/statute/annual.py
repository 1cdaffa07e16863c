"""The tables of the annual report (政府信息公开工作年度报告) and their arithmetic.

The form of 国办公开办函〔2021〕30号, and for 2019 and 2020 that of 国办公开办函〔2019〕60号, which has one row for
all other results, other cells in 表二 and another name for chapter five.

Labels are those of the form, to the character; the 21 results come from the one table of outcomes. What the rules are
held against may come from the cases or from a published report, so nothing here computes a sum that a check then finds
right by construction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from intake_api.statute.outcomes import OUTCOMES
from intake_api.terms.applicant import APPLICANT_TYPES

COLUMNS: dict[str, str] = APPLICANT_TYPES.words("form") | {"total": "总计"}
APPLICANTS = tuple(COLUMNS)[:-1]
RELATION = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
RESULTS_HEADING = "三、本年度办理结果"
CHAPTERS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of 表三; `heading` is the group a numbered result belongs to, such as （三）不予公开."""

    code: str
    label: str
    heading: str = ""


def _result(code: str) -> Row:
    """The row of a result: 3.<section>, or 3.<section>.<number> where the section has several."""
    outcome = OUTCOMES[code]
    _table, _section, *number = code.split(".")
    if number:
        return Row(code, f"{number[0]}.{outcome.label}", outcome.section)
    return Row(code, outcome.section[:3] + outcome.label)  # （一） and the label stand in one cell


NEW, CARRIED_OVER, ENDED, OPEN = "1", "2", "3.7", "4"
ROWS: dict[str, Row] = {
    row.code: row
    for row in (
        Row(NEW, "一、本年新收政府信息公开申请数量"),
        Row(CARRIED_OVER, "二、上年结转政府信息公开申请数量"),
        *map(_result, OUTCOMES),
        Row(ENDED, "（七）总计"),
        Row(OPEN, "四、结转下年度继续办理"),
    )
}

OTHER = "3.6"
_ONE_ROW = {code: OTHER for code in OUTCOMES if code.startswith(f"{OTHER}.")}
EVERY_ROW = ROWS | {OTHER: Row(OTHER, "（六）其他处理")}
_ROWS_2019 = {code: EVERY_ROW[code] for code in dict.fromkeys(_ONE_ROW.get(code, code) for code in ROWS)}

# 表四: three blocks of five cells.
COURTS: dict[str, str] = {
    "review": "行政复议",
    "direct": "未经复议直接起诉",
    "after_review": "复议后起诉",
}
VERDICTS: dict[str, str] = {
    "upheld": "结果维持",
    "corrected": "结果纠正",
    "other": "其他结果",
    "pending": "尚未审结",
    "total": "总计",
}


@dataclass(frozen=True, slots=True)
class Published:
    """A row of 表二 (条例 art. 20): `columns` are the codes and headings of its cells."""

    code: str
    label: str
    clause: str
    columns: Mapping[str, str]


_DOCUMENTS = {"made": "本年制发件数", "repealed": "本年废止件数", "in_force": "现行有效件数"}
_DECISIONS = {"decisions": "本年处理决定数量"}
TABLE_TWO: dict[str, Published] = {
    row.code: row
    for row in (
        Published("regulation", "规章", "第二十条第（一）项", _DOCUMENTS),
        Published("normative_document", "行政规范性文件", "第二十条第（一）项", _DOCUMENTS),
        Published("licence", "行政许可", "第二十条第（五）项", _DECISIONS),
        Published("penalty", "行政处罚", "第二十条第（六）项", _DECISIONS),
        Published("compulsion", "行政强制", "第二十条第（六）项", _DECISIONS),
        Published("charge", "行政事业性收费", "第二十条第（八）项", {"amount": "本年收费金额（单位：万元）"}),
    )
}

_LISTED_2019 = {"made": "本年新制作数量", "published": "本年新公开数量", "in_force": "对外公开总数量"}
_ITEMS = {"last_year": "上一年项目数量", "change": "本年增/减"}
_ITEMS_AND_DECISIONS = _ITEMS | {"decisions": "处理决定数量"}
_BOUGHT = {"items": "采购项目数量", "amount": "采购总金额（单位：万元）"}
_TABLE_TWO_2019: dict[str, Published] = {
    row.code: row
    for row in (
        Published("regulation", "规章", "第二十条第（一）项", _LISTED_2019),
        Published("normative_document", "规范性文件", "第二十条第（一）项", _LISTED_2019),
        Published("licence", "行政许可", "第二十条第（五）项", _ITEMS_AND_DECISIONS),
        Published("other_service", "其他对外管理服务事项", "第二十条第（五）项", _ITEMS_AND_DECISIONS),
        Published("penalty", "行政处罚", "第二十条第（六）项", _ITEMS_AND_DECISIONS),
        Published("compulsion", "行政强制", "第二十条第（六）项", _ITEMS_AND_DECISIONS),
        Published("charge", "行政事业性收费", "第二十条第（八）项", _ITEMS),
        Published("procurement", "政府集中采购", "第二十条第（九）项", _BOUGHT),
    )
}


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a year: rows of 表三 and 表二 in their order, and the names of the six chapters."""

    rows: Mapping[str, Row]
    table_two: Mapping[str, Published]
    chapters: tuple[str, ...]


_FORM_2021 = Form(ROWS, TABLE_TWO, CHAPTERS)
_FORM_2019 = Form(
    _ROWS_2019, _TABLE_TWO_2019, (*CHAPTERS[:4], "五、政府信息公开工作存在的主要问题及改进情况", CHAPTERS[5])
)


def form_of(year: int) -> Form:
    """Return the form that the report of a year is written in."""
    return _FORM_2019 if year <= 2020 else _FORM_2021


Table = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Tally:
    """Applications that are alike in what 表三 asks. `outcome` is its row, None where none is on record."""

    applicant: str
    received_in_year: bool
    ended: bool
    outcome: str | None
    count: int


def table_three(tallies: Iterable[Tally], form: Form = _FORM_2021) -> Table:
    """Fill the rows of seven cells; what has no known column or row still counts in the totals, for checks to find.

    An application is in row 1 or 2, and in row 4 or, once, among the results.
    """
    table = {code: [0] * len(COLUMNS) for code in form.rows}
    column_of = {applicant: column for column, applicant in enumerate(APPLICANTS)}
    for tally in tallies:
        rows = [NEW if tally.received_in_year else CARRIED_OVER, ENDED if tally.ended else OPEN]
        if tally.ended and tally.outcome in OUTCOMES:
            rows.append(tally.outcome if tally.outcome in form.rows else _ONE_ROW[str(tally.outcome)])
        for row in rows:
            table[row][-1] += tally.count
            if tally.applicant in column_of:
                table[row][column_of[tally.applicant]] += tally.count
    return table


def table_four(counts: Mapping[tuple[str, str], int]) -> list[int]:
    """Fill the 15 cells of 表四 from counts by (block, verdict); an unknown verdict counts in the block's total."""
    cells: list[int] = []
    for block in COURTS:
        cells += [counts.get((block, verdict), 0) for verdict in tuple(VERDICTS)[:-1]]  # without the total
        cells.append(sum(count for (court, _), count in counts.items() if court == block))
    return cells


@dataclass(frozen=True, slots=True)
class Check:
    """One arithmetic rule of the form, whether it holds, and where it does not."""

    code: str
    rule: str
    holds: bool
    detail: str


RULES: dict[str, str] = {
    "A": "每一列：第一项＋第二项＝第三项总计＋第四项",
    "B": "每一列：第三项总计＝各种办理结果之和",
    "C": "每一行：总计＝自然人＋法人或其他组织各类之和",
    "D": "每一列：上年结转＝上一年度报告的结转下年度继续办理",
    "T4": "表四每一部分：总计＝四种结果之和",
}


def checks(table_3: Table, table_4: Sequence[int], open_last_year: Sequence[int] | None) -> list[Check]:
    """Hold 表三 and 表四 against the rules; `open_last_year` is row 4 of last year's report, None where not known.

    Without it rule D cannot be tested and is left out.
    """
    faults = {
        "A": _came_and_went(table_3),
        "B": _results_and_total(table_3),
        "C": _columns_and_total(table_3),
        "T4": _verdicts_and_total(table_4),
    }
    if open_last_year is not None:
        faults["D"] = _differences("上年结转", table_3[CARRIED_OVER], "上一年度报告", open_last_year)
    return [
        Check(code, rule, not faults[code], "；".join(faults[code])) for code, rule in RULES.items() if code in faults
    ]


def _came_and_went(table_3: Table) -> list[str]:
    came_in = [new + old for new, old in zip(table_3[NEW], table_3[CARRIED_OVER], strict=True)]
    went_on = [ended + still for ended, still in zip(table_3[ENDED], table_3[OPEN], strict=True)]
    return _differences("第一、二项之和", came_in, "第三、四项之和", went_on)


def _results_and_total(table_3: Table) -> list[str]:
    results = [code for code in table_3 if code in OUTCOMES or code == OTHER]
    sums = [sum(column) for column in zip(*(table_3[code] for code in results), strict=True)]
    return _differences("第三项总计", table_3[ENDED], "各种结果之和", sums)


def _columns_and_total(table_3: Table) -> list[str]:
    faults = []
    for code, (*kinds, total) in table_3.items():
        if total != sum(kinds):
            faults.append(f"{EVERY_ROW[code].label}：总计{total}，各类之和{sum(kinds)}")
    return faults


def _verdicts_and_total(table_4: Sequence[int]) -> list[str]:
    faults, width = [], len(VERDICTS)
    for place, court in enumerate(COURTS.values()):
        *verdicts, total = table_4[place * width : (place + 1) * width]
        if total != sum(verdicts):
            faults.append(f"{court}：总计{total}，四种结果之和{sum(verdicts)}")
    return faults


def _differences(left_name: str, left: Sequence[int], right_name: str, right: Sequence[int]) -> list[str]:
    """The columns in which two rows of seven cells differ, in words."""
    return [
        f"{column}：{left_name}{one}，{right_name}{other}"
        for column, one, other in zip(COLUMNS.values(), left, right, strict=True)
        if one != other
    ]
