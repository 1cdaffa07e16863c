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
STATUTORY = {
    "New Year's Day": "元旦",
    "Chinese New Year's Eve": "春节",
    "Chinese New Year (Spring Festival)": "春节",
    "Tomb-Sweeping Day": "清明节",
    "Labor Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-Autumn Festival": "中秋节",
    "National Day": "国庆节",
}
YEARS = range(2004, 2050)
# What chinesecalendar leaves out: 国办发明电〔2005〕35号 has Saturday 2005-12-31 worked.
WORKED_TOO = {date(2005, 12, 31): "元旦调休"}


def statutory_days() -> dict[date, str]:
    """The holidays of the whole people (全体公民放假的节日), by the law in force in each year."""
    days = China(years=YEARS, observed=False)
    named = {day: [STATUTORY[name] for name in names.split("; ") if name in STATUTORY] for day, names in days.items()}
    return {day: "、".join(sorted(names)) for day, names in sorted(named.items()) if names}


def announced_days(statutory: dict[date, str]) -> list[tuple[date, int, str]]:
    """Every day that a notice of the State Council names, 调休 (weekend made a working day) included."""
    chinese = {holiday.value: holiday.chinese for holiday in Holiday}
    last = max(holidays).year
    rest = {day: name for day, name in statutory.items() if day.year <= last}  # 2012-06-23 is missing there, a Saturday
    rest |= {day: chinese[name] for day, name in holidays.items()}
    worked = {day: chinese[name] + "调休" for day, name in workdays.items()} | WORKED_TOO
    return sorted([(day, 0, name) for day, name in rest.items()] + [(day, 1, name) for day, name in worked.items()])


def write(name: str, source: str, header: str, rows: Iterable[tuple[object, ...]]) -> None:
    """One CSV with its source in the first line."""
    with (DATA / name).open("w", encoding="utf-8", newline="") as file:
        file.write(f"# {source}\n{header}\n")
        csv.writer(file, lineterminator="\n").writerows(rows)


def main(generated_on: str) -> None:
    """Both files."""
    made = f"generated {date.fromisoformat(generated_on)} by scripts/make_calendar.py"
    statutory = statutory_days()
    days = announced_days(statutory)
    span = f"{days[0][0].year}-{days[-1][0].year}"
    source = f"国务院办公厅节假日安排的通知 {span}, from chinesecalendar {version('chinesecalendar')} (MIT); {made}"
    write("workdays.csv", source, "date,is_workday,name", days)
    source = f"《全国年节及纪念日放假办法》 art. 2 as in force in each year {YEARS[0]}-{YEARS[-1]}"
    source = f"{source}, from holidays {version('holidays')} (MIT); {made}"
    write("statutory.csv", source, "date,name", statutory.items())


if __name__ == "__main__":
    main(sys.argv[1])
