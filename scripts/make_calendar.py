"""Writes intake_api/statute/data/*.csv from chinesecalendar and holidays (both development dependencies).

    python scripts/make_calendar.py 2026-11-22

The argument is the day written into the files as the day of generation. Run it when chinesecalendar has a new year.
"""

import csv
import sys
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from pathlib import Path

from chinese_calendar.constants import Holiday, holidays, workdays
from holidays import China

DATA = Path(__file__).parents[1] / "intake_api" / "statute" / "data"
LUNAR = {
    "Chinese New Year's Eve": "春节",
    "Chinese New Year (Spring Festival)": "春节",
    "Tomb-Sweeping Day": "清明节",
    "Dragon Boat Festival": "端午节",
    "Mid-Autumn Festival": "中秋节",
}
LUNAR_UNTIL = 2035


def announced_days() -> list[tuple[date, int, str]]:
    """Every day that a notice of the State Council names, 调休 (weekend made a working day) included."""
    chinese = {holiday.value: holiday.chinese for holiday in Holiday}
    rest = [(day, 0, chinese[name]) for day, name in holidays.items()]
    return sorted(rest + [(day, 1, chinese[name] + "调休") for day, name in workdays.items()])


def lunar_days(first_year: int) -> list[tuple[date, str]]:
    """Statutory days that follow the moon or the sun, for years whose notice is not out."""
    days = China(years=range(first_year, LUNAR_UNTIL + 1), observed=False)
    return sorted((day, LUNAR[name]) for day, names in days.items() for name in names.split("; ") if name in LUNAR)


def write(name: str, source: str, header: str, rows: Iterable[tuple[object, ...]]) -> None:
    """One CSV with its source in the first line."""
    with (DATA / name).open("w", encoding="utf-8", newline="") as file:
        file.write(f"# {source}\n{header}\n")
        csv.writer(file, lineterminator="\n").writerows(rows)


def main(generated_on: str) -> None:
    """Both files."""
    made = f"generated {date.fromisoformat(generated_on)} by scripts/make_calendar.py"
    days = announced_days()
    span = f"{days[0][0].year}-{days[-1][0].year}"
    source = f"国务院办公厅节假日安排的通知 {span}, from chinesecalendar {version('chinesecalendar')} (MIT); {made}"
    write("workdays.csv", source, "date,is_workday,name", days)
    after = days[-1][0].year + 1
    source = f"《全国年节及纪念日放假办法》(2024) art. 2, days by the lunisolar calendar {after}-{LUNAR_UNTIL}"
    write("lunar.csv", f"{source}, from holidays {version('holidays')} (MIT); {made}", "date,name", lunar_days(after))


if __name__ == "__main__":
    main(sys.argv[1])
