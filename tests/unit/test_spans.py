"""The stretches that bulletins are made for, their days by hand."""

from datetime import date

import pytest

from intake_api.kit.errors import Failure
from intake_api.reports import spans

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("unit", "given", "label", "first", "last"),
    [
        ("month", "2024-02", "2024 年 2 月", "2024-02-01", "2024-02-29"),
        ("month", "2025-12", "2025 年 12 月", "2025-12-01", "2025-12-31"),
        ("quarter", "2026Q1", "2026 年第一季度", "2026-01-01", "2026-03-31"),
        ("quarter", "2025Q4", "2025 年第四季度", "2025-10-01", "2025-12-31"),
        ("half", "2026H1", "2026 年上半年", "2026-01-01", "2026-06-30"),
        ("half", "2026H2", "2026 年下半年", "2026-07-01", "2026-12-31"),
        ("year", "2025", "2025 年", "2025-01-01", "2025-12-31"),
        # the last that is over
        ("month", None, "2026 年 10 月", "2026-10-01", "2026-10-31"),
        ("quarter", None, "2026 年第三季度", "2026-07-01", "2026-09-30"),
        ("half", None, "2026 年上半年", "2026-01-01", "2026-06-30"),
        ("year", None, "2025 年", "2025-01-01", "2025-12-31"),
    ],
)
def test_the_days_of_a_stretch(unit: str, given: str | None, label: str, first: str, last: str) -> None:
    found = spans.span(unit, given, 2018, TODAY)
    assert (found.label, found.first, found.last) == (label, date.fromisoformat(first), date.fromisoformat(last))


def test_one_unit_is_asked_for() -> None:
    assert spans.asked({"month": None, "quarter": ""}) == ("month", None)
    assert spans.asked({"month": None, "half": "2026H1"}) == ("half", "2026H1")
    with pytest.raises(Failure, match="report_period_invalid"):
        spans.asked({"month": "2026-01", "half": "2026H1"})


def test_what_has_begun_of_a_year() -> None:
    assert [one.code for one in spans.begun(2026, date(2026, 7, 1), "quarter", "half")] == [
        *("2026Q1", "2026Q2", "2026Q3"),
        *("2026H1", "2026H2"),
    ]
