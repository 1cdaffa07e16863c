"""Working days: 调休, years that are not announced, notices."""

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from intake_api.statute.calendar import LAST, Calendar, CalendarDay, parse_notice, statutory_days
from intake_api.statute.errors import StatuteError
from tests.samples import STATUTORY_2027

CALENDAR = Calendar.shipped()
NOTICE_2027 = [
    "date,is_workday,name",
    *(f"{day},0,{name}" for day, name in STATUTORY_2027),
    "2027-02-14,1,春节调休",
    "2027-02-09,0,春节",
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


def test_every_announced_day_is_that_of_chinesecalendar_but_one_that_it_overlooks() -> None:
    other = [d for d in days_of(2004, 2026) if CALENDAR.is_workday(d) != chinese_calendar.is_workday(d)]
    assert other == [date(2005, 12, 31)], "国办发明电〔2005〕35号: 12月31日（星期六）上班"
    assert CALENDAR.is_workday(date(2005, 12, 31))


def test_every_day_is_that_of_a_second_source() -> None:
    china = holidays.China(years=range(2004, 2027))
    assert [d for d in days_of(2004, 2026) if CALENDAR.is_workday(d) != china.is_working_day(d)] == []


def test_every_year_that_ships_is_announced_and_no_statutory_holiday_was_ever_worked() -> None:
    assert [year for year in range(2004, 2049) if CALENDAR.announced(year)] == list(range(2004, 2027))
    assert [day for day in statutory_days() if day <= LAST and CALENDAR.is_workday(day)] == []
    assert len([day for day in statutory_days() if day.year == 2024]) == 11
    assert len([day for day in statutory_days() if day.year == 2025]) == 13, "除夕 and 5 月 2 日 since 2025"


@pytest.mark.parametrize(("year", "days"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year: int, days: int) -> None:
    assert CALENDAR.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)) == days


def test_an_unannounced_year_has_its_statutory_days_those_made_up_for_and_plain_weekends() -> None:
    statutory = holidays.China(years=2027)
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
    assert not calendar.is_workday(date(2027, 2, 9))
    assert calendar.add_workdays(date(2026, 12, 30), 1) == (date(2027, 1, 4), False)
    assert CALENDAR.is_workday(date(2026, 12, 31)), "the calendar it was laid over is unchanged"


@pytest.mark.parametrize(("missing", "name"), STATUTORY_2027)
def test_a_notice_that_leaves_a_statutory_holiday_out_announces_nothing(missing: str, name: str) -> None:
    day = date.fromisoformat(missing)
    calendar = CALENDAR.with_notice(parse_notice(line for line in NOTICE_2027 if not line.startswith(missing)))
    assert not calendar.announced(2027)
    assert calendar.unnamed(2027) == (CalendarDay(day, False, name),)
    assert CalendarDay(day, False, name) in calendar.named_days(2027)
    assert not calendar.is_workday(day), "it stays a holiday all the same"
    assert calendar.is_workday(date(2027, 2, 14)), "and what was announced counts"
    assert calendar.add_workdays(date(2026, 12, 31), 1).provisional


def test_two_lines_of_a_year_take_no_holiday_away() -> None:
    calendar = CALENDAR.with_notice(parse_notice([NOTICE_2027[0], "2027-01-01,0,元旦", "2027-10-01,0,国庆节"]))
    assert [d for d in days_of(2027, 2027) if calendar.is_workday(d) != CALENDAR.is_workday(d)] == []
    due = calendar.add_workdays(date(2027, 1, 29), 20)
    assert due == (date(2027, 3, 4), True)


def test_a_statutory_holiday_is_never_worked_whatever_a_stored_row_says(tmp_path) -> None:
    (tmp_path / "calendar.csv").write_text("date,is_workday,name\n2027-02-08,1,旧版本收下的\n", "utf-8")
    calendar = Calendar.of(tmp_path)
    assert not calendar.is_workday(date(2027, 2, 8))
    assert [d.is_workday for d in calendar.named_days(2027) if d.date == date(2027, 2, 8)] == [False]


@pytest.mark.parametrize(
    "lines",
    [
        ['"date","is_workday","name"', '"2027-06-09","0","端午节, 放假"'],
        ["\ufeffdate,is_workday,name", "2027/6/9,0,端午节"],
        ["Date,Is_Workday,Name,,", "2027/6/9,FALSE,端午节,,", ",,,,"],
        ["date,is_workday,name", "2027-6-9,0,端午节"],
        ["date,is_workday,name", "2027年6月9日,0,端午节"],
        ["# 说明,,", "date,is_workday,name", '"# 说明",,', "2027/06/09 0:00,0,端午节"],
    ],
)
def test_a_notice_is_read_as_table_programs_save_it(lines: list[str]) -> None:
    (day,) = parse_notice(lines)
    assert (day.date, day.is_workday, day.name[:3]) == (date(2027, 6, 9), False, "端午节")


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
        (["date,is_workday,name", "1/1/2027,0,元旦"], "calendar_row"),
        (["date,is_workday,name", "2027-01-01 16:00,0,元旦"], "calendar_row"),
        (["date,is_workday,name", f"2027-01-01,0,{'长' * 140_000}"], "calendar_row"),
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
        ("2027-01-01,1,元旦", "calendar_contradiction", "2027-01-01既是工作日又是休息日（第2行和第18行）"),
        ("2028-10-02,1,国庆节", "calendar_statutory", "2028-10-02是法定节日（国庆节），不能定为工作日（第18行）"),
        ("2028/1/26,1,春节调休", "calendar_statutory", "2028-01-26是法定节日（春节），不能定为工作日（第18行）"),
        ("2028-05-02,1,劳动节调休", "calendar_statutory", "2028-05-02是法定节日（劳动节），不能定为工作日（第18行）"),
        ("2028-10-03,1,调休", "calendar_statutory", "2028-10-03是法定节日（中秋节、国庆节），不能定为工作日（第18行）"),
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
