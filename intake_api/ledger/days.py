"""Dates as people write them in tables."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from intake_api.kit.clock import SHANGHAI
from intake_api.ledger.columns import half_width
from intake_api.ledger.files import Cell

_DIGITS = {digit: str(value) for value, digits in enumerate(("〇零○", *"一二三四五六七八九")) for digit in digits}
_TENS = {"": 0, "十": 10, "二十": 20, "廿": 20, "三十": 30, "卅": 30}
_SMALL = {
    tens + ones: _TENS[tens] + value for tens in _TENS for value, ones in enumerate(("", *"一二三四五六七八九"))
} | {"一十": 10}
_SMALL_WORDS = "[一二三四五六七八九十廿卅]{1,3}"
_WORDS = re.compile(rf"([〇零○一二三四五六七八九]{{4}})年({_SMALL_WORDS})月({_SMALL_WORDS})([日号]?)")
_DAY = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
_WEEKDAY = r"\s*[（(]?\s*(?:星期|礼拜|周)[一二三四五六日天]\s*[）)]?"
_TIME = (
    r"(?P<half>凌晨|早上|上午|中午|下午|晚上)?\s*(?P<hour>\d{1,2})\s*[:：时点]\s*(?:(?P<minute>\d{1,2})\s*分?)?"
    r"(?:[:：]?\s*\d{1,2}(?:[.,]\d+)?秒?)?\s*(?P<pm>[AaPp]\.?[Mm]\.?)?"
)
_ZONE = r"\s*(?P<zone>Z|(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?|UTC|GMT)"
_AFTER = r"(?:(?<=[日号天一二三四五六）)])|T|\s)"
_WRITTEN = re.compile(rf"{_DAY}(?:{_WEEKDAY})?(?:{_AFTER}\s*{_TIME}(?:{_ZONE})?)?", re.IGNORECASE)
_TOGETHER = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SHORT_YEAR = re.compile(r"\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月].*")
_NO_YEAR = re.compile(rf"(?:\d{{1,2}}|{_SMALL_WORDS})\s*月\s*(?:\d{{1,2}}|{_SMALL_WORDS})\s*[日号]?.*")
_SIGNS = str.maketrans("－／．＋", "-/.+")
NOON = 12
LONGEST = 60  # characters of a date
# Day 0 of the serial numbers of table programs, as they count since March 1900; in some workbooks they count from 1904.
ORIGIN, ORIGIN_1904 = date(1899, 12, 30), date(1904, 1, 1)


class UnreadableDay(ValueError):
    """The code of what is wrong with a date: bad_date, date_not_real, date_year, date_no_year."""


def day_written(cell: Cell, *, date1904: bool = False) -> date:
    """The day in Shanghai that a cell says; `date1904`: how its workbook counts days.

    Reads 2024-3-5, 2024/03/05, 2024.3.5, 2024年3月5日, 二〇二四年三月五日, 20240305, serial numbers, full-width digits,
    with weekday and time after them; an instant with its offset from UTC is converted. Raises UnreadableDay.
    """
    if isinstance(cell, datetime):
        return (cell.astimezone(SHANGHAI) if cell.tzinfo else cell).date()
    if isinstance(cell, date):
        return cell
    text = " ".join(half_width(str(cell)).translate(_SIGNS).split())
    if len(text) > LONGEST:
        raise UnreadableDay("bad_date")
    if _SERIAL.fullmatch(text):
        return (ORIGIN_1904 if date1904 else ORIGIN) + timedelta(int(float(text)))
    text = _WORDS.sub(_in_digits, text, 1)
    match = _WRITTEN.fullmatch(text) or _TOGETHER.fullmatch(text.removesuffix(".0"))
    if match is None:
        short, none = _SHORT_YEAR.fullmatch(text), _NO_YEAR.fullmatch(text)
        raise UnreadableDay("date_year" if short else "date_no_year" if none else "bad_date")
    parts = match.groupdict()
    try:
        day = datetime(int(parts["year"]), int(parts["month"]), int(parts["day"]), tzinfo=UTC)
    except ValueError:
        raise UnreadableDay("date_not_real") from None
    return _in_shanghai(day, parts) if parts.get("zone") else day.date()


def _in_digits(words: re.Match[str]) -> str:
    year, month, day, last = words.groups()
    numbers = _SMALL.get(month), _SMALL.get(day)
    if None in numbers:
        raise UnreadableDay("bad_date")
    return f"{''.join(_DIGITS[digit] for digit in year)}年{numbers[0]}月{numbers[1]}{last or '日'}"


def _in_shanghai(day: datetime, parts: dict[str, str]) -> date:
    """The day in Shanghai of a wall clock elsewhere."""
    hour, minute = int(parts["hour"]), int(parts["minute"] or 0)
    if hour < NOON and (parts["half"] in ("下午", "晚上") or (parts["pm"] or "").lower().startswith("p")):
        hour += NOON
    offset = timedelta(hours=int(parts["hours"] or 0), minutes=int(parts["minutes"] or 0))
    try:
        there = timezone(-offset if parts["sign"] == "-" else offset)
    except ValueError:
        raise UnreadableDay("bad_date") from None
    wall = day.replace(tzinfo=there) + timedelta(hours=hour, minutes=minute)
    return wall.astimezone(SHANGHAI).date()
