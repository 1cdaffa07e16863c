"""Working days: 调休, years that are not announced, notices."""

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from intake_api.statute.calendar import Calendar, CalendarDay, parse_notice
from intake_api.statute.errors import StatuteError

CALENDAR = Calendar.shipped()
NOTICE_2027 = [
    "date,is_workday,name",
    "2027-01-01,0,元旦",
    "2027-02-03,1,春节调休",
    "2027-02-04,0,春节",
    "2027-05-01,0,劳动节",
    "2027-10-01,0,国庆节",
    "2027-10-02,0,国庆节",
    "2027-10-03,0,国庆节",
    "2026-12-31,0,元旦",
]


def days_of(first: int, last: int) -> list[date]:
    return [date.fromordinal(n) for n in range(date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal() + 1)]


@pytest.mark.parametrize(
    ("received", "n7", "n15", "n20", "n40"),
    [
        ("2026-09-18", "2026-09-29", "2026-10-15", "2026-10-22", "2026-11-19"),
        ("2026-09-20", "2026-09-30", "2026-10-16", "2026-10-23", "2026-11-20"),
        ("2026-02-10", "2026-02-26", "2026-03-09", "2026-03-16", "2026-04-14"),
        ("2026-02-14", "2026-03-03", "2026-03-13", "2026-03-20", "2026-04-20"),
        ("2026-04-30", "2026-05-13", "2026-05-25", "2026-06-01", "2026-06-30"),
        ("2026-11-20", "2026-12-01", "2026-12-11", "2026-12-18", None),
    ],
)
def test_the_day_itself_is_not_counted(received: str, n7: str, n15: str, n20: str, n40: str | None) -> None:
    day = date.fromisoformat(received)
    for n, expected in ((7, n7), (15, n15), (20, n20), (40, n40)):
        counted = CALENDAR.add_workdays(day, n)
        if expected:
            assert counted == (date.fromisoformat(expected), False)
        else:
            assert counted.provisional


def test_the_twenty_days_of_the_first_vector() -> None:
    worked = [d for d in days_of(2026, 2026) if date(2026, 9, 18) < d <= date(2026, 10, 22) and CALENDAR.is_workday(d)]
    september = [20, 21, 22, 23, 24, 28, 29, 30]
    october = [8, 9, 10, 12, 13, 14, 15, 16, 19, 20, 21, 22]
    assert worked == [date(2026, 9, n) for n in september] + [date(2026, 10, n) for n in october]


def test_every_announced_day_is_that_of_chinesecalendar() -> None:
    assert [d for d in days_of(2004, 2026) if CALENDAR.is_workday(d) != chinese_calendar.is_workday(d)] == []


def test_every_day_since_2007_is_that_of_a_second_source() -> None:
    china = holidays.China(years=range(2007, 2027))
    assert [d for d in days_of(2007, 2026) if CALENDAR.is_workday(d) != china.is_working_day(d)] == []


@pytest.mark.parametrize(("year", "days"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year: int, days: int) -> None:
    assert CALENDAR.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)) == days


def test_an_unannounced_year_has_its_statutory_days_and_plain_weekends() -> None:
    statutory = holidays.China(years=2027, observed=False)
    expected = [d.weekday() < 5 and d not in statutory for d in days_of(2027, 2027)]
    assert [CALENDAR.is_workday(d) for d in days_of(2027, 2027)] == expected
    assert not CALENDAR.announced(2027)
    assert [d.name for d in CALENDAR.named_days(2027)].count("春节") == 4


@pytest.mark.parametrize(
    ("day", "n", "provisional"),
    [
        ("2026-12-03", 20, False),
        ("2026-12-04", 20, True),
        ("2026-12-22", 7, False),
        ("2026-12-23", 7, True),
        ("2026-11-05", 40, False),
        ("2026-11-06", 40, True),
    ],
)
def test_counting_into_an_unannounced_year_is_provisional(day: str, n: int, provisional: bool) -> None:
    assert CALENDAR.add_workdays(date.fromisoformat(day), n).provisional is provisional


def test_a_notice_announces_its_year_and_may_change_the_december_before() -> None:
    calendar = CALENDAR.with_notice(parse_notice(NOTICE_2027))
    assert calendar.announced(2027)
    assert not calendar.is_workday(date(2026, 12, 31))
    assert not calendar.is_workday(date(2027, 2, 4))
    assert calendar.add_workdays(date(2026, 12, 30), 1) == (date(2027, 1, 4), False)
    assert CALENDAR.is_workday(date(2026, 12, 31)), "the calendar it was laid over is unchanged"


def test_a_local_day_off_announces_nothing() -> None:
    calendar = CALENDAR.with_notice([CalendarDay(date(2027, 3, 3), False, "示例自治州成立纪念日")])
    assert not calendar.is_workday(date(2027, 3, 3))
    assert not calendar.announced(2027)
    assert calendar.add_workdays(date(2027, 3, 2), 1) == (date(2027, 3, 4), True)


def test_days_between_count_backwards_too() -> None:
    friday, tuesday = date(2026, 11, 20), date(2026, 11, 24)
    assert CALENDAR.workdays_between(friday, tuesday) == 2
    assert CALENDAR.workdays_between(tuesday, friday) == -2
    assert CALENDAR.workdays_between(friday, friday + timedelta(2)) == 0


def test_the_data_directory_may_hold_notices(tmp_path) -> None:
    assert Calendar.of(tmp_path) is Calendar.shipped()
    (tmp_path / "calendar.csv").write_text("\n".join(NOTICE_2027), "utf-8-sig")
    assert Calendar.of(tmp_path).announced(2027)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "calendar_empty"),
        (["date,is_workday,name"], "calendar_empty"),
        (["day,work"], "calendar_header"),
        (["date,is_workday,name", "2027-02-30,0,元旦"], "calendar_row"),
        (["date,is_workday,name", "2027-01-01,休,元旦"], "calendar_row"),
        (["date,is_workday,name", "2027-01-01,0"], "calendar_row"),
        (["date,is_workday,name", "1999-01-01,0,元旦"], "date_out_of_range"),
    ],
)
def test_a_notice_that_cannot_be_read_is_refused(lines: list[str], code: str) -> None:
    with pytest.raises(StatuteError) as refused:
        parse_notice(lines)
    assert refused.value.code == code


def test_a_notice_that_contradicts_itself_is_refused() -> None:
    rows = [CalendarDay(date(2027, 1, 4), worked, "示例") for worked in (True, False)]
    with pytest.raises(StatuteError) as refused:
        CALENDAR.with_notice(rows)
    assert refused.value.code == "calendar_contradiction"
    assert "2027-01-04" in refused.value.message


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("2027-01-01,1,元旦", "calendar_contradiction", "2027-01-01既是工作日又是休息日（第2行和第10行）"),
        ("2028-10-02,1,国庆节", "calendar_statutory", "2028-10-02是法定节日（国庆节），不能定为工作日（第10行）"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_with_its_lines(line: str, code: str, told: str) -> None:
    with pytest.raises(StatuteError) as refused:
        parse_notice([*NOTICE_2027, line])
    assert refused.value.code == code
    assert told in refused.value.message


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2049, 1, 1)])
def test_days_that_cannot_be_counted_are_refused(day: date) -> None:
    with pytest.raises(StatuteError) as refused:
        CALENDAR.add_workdays(day, 20)
    assert refused.value.code == "date_out_of_range"
