"""The tables of the annual report and their arithmetic, held against a published one."""

from collections import Counter
from copy import deepcopy
from pathlib import Path

import pytest

from intake_api.statute.annual import COLUMNS, ROWS, TABLE_TWO, Tally, checks, table_four, table_three
from tests.unit.statute import published_report as published

LAST_YEAR = published.TABLE_THREE["2"]


def verdicts(three: dict[str, list[int]], four: list[int], carried: list[int] | None = LAST_YEAR) -> dict[str, str]:
    return {check.code: check.detail for check in checks(three, four, carried) if not check.holds}


def test_the_form_has_25_rows_of_seven_cells_in_its_order() -> None:
    assert list(ROWS) == list(published.TABLE_THREE)
    assert len(ROWS) == 25
    assert list(COLUMNS.values()) == ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("1", "一、本年新收政府信息公开申请数量"),
        ("3.1", "（一）予以公开"),
        ("3.2", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
        ("3.3.3", "3.危及“三安全一稳定”"),
        ("3.5.5", "5.要求行政机关确认或重新出具已获取信息"),
        ("3.6.1", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
        ("3.7", "（七）总计"),
        ("4", "四、结转下年度继续办理"),
    ],
)
def test_labels_are_those_of_the_form(code: str, label: str) -> None:
    assert ROWS[code].label == label


def test_table_two_has_the_rows_and_cells_of_the_form() -> None:
    assert {code: len(row.columns) for code, row in TABLE_TWO.items()} == {
        code: len(cells) for code, cells in published.TABLE_TWO.items()
    }
    assert TABLE_TWO["charge"].columns == {"amount": "本年收费金额（单位：万元）"}


def test_the_published_report_of_huaian_is_reproduced_cell_by_cell_and_passes_every_check() -> None:
    three = table_three(published.applications())
    assert three == published.TABLE_THREE
    four = table_four(
        {
            (block, verdict): published.TABLE_FOUR[5 * i + j]
            for i, block in enumerate(("review", "direct", "after_review"))
            for j, verdict in enumerate(("upheld", "corrected", "other", "pending"))
        }
    )
    assert four == published.TABLE_FOUR
    held = checks(three, four, LAST_YEAR)
    assert [check.code for check in held] == ["A", "B", "C", "D", "T4"]
    assert all(check.holds for check in held)


def test_every_single_cell_that_is_off_by_one_breaks_a_check() -> None:
    for code in ROWS:
        for place in range(7):
            wrong = deepcopy(published.TABLE_THREE)
            wrong[code][place] += 1
            assert verdicts(wrong, published.TABLE_FOUR), (code, place)
    for place in range(15):
        four = published.TABLE_FOUR.copy()
        four[place] += 1
        assert list(verdicts(published.TABLE_THREE, four)) == ["T4"], place


def test_a_broken_rule_says_where_and_by_how_much() -> None:
    wrong = deepcopy(published.TABLE_THREE)
    wrong["4"][0] = 100
    assert verdicts(wrong, published.TABLE_FOUR) == {
        "A": "自然人：第一、二项之和3035，第三、四项之和3032",
        "C": "四、结转下年度继续办理：总计103，各类之和100",
    }
    assert verdicts(published.TABLE_THREE, published.TABLE_FOUR, [33, 0, 0, 0, 0, 0, 33]) == {
        "D": "自然人：上年结转34，上一年度报告33；总计：上年结转34，上一年度报告33"
    }


def test_without_last_years_report_the_carry_over_is_not_judged() -> None:
    assert "D" not in {check.code for check in checks(published.TABLE_THREE, published.TABLE_FOUR, None)}


def test_what_has_no_outcome_or_no_known_column_shows_in_a_check_instead_of_vanishing() -> None:
    three = table_three([Tally("natural", True, True, None, 2), Tally("martian", True, True, "3.1", 1)])
    assert three["3.7"][-1] == three["1"][-1] == 3
    assert set(verdicts(three, [0] * 15, [0] * 7)) == {"B", "C"}
    assert table_four(Counter({("review", "settled"): 1}))[:5] == [0, 0, 0, 0, 1]


def test_the_golden_fixture_names_its_source() -> None:
    assert "淮安市" in Path(published.__file__).with_name("huaian_2024.csv").read_text("utf-8").splitlines()[0]
