"""Dates as people write them in tables."""

import re
from datetime import date, datetime, timedelta

from intake_api.ledger.columns import half_width
from intake_api.ledger.files import Cell

_WRITTEN = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+\d{1,2}[:：]\d{2}.*)?")
_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SHORT_YEAR = re.compile(r"\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月].*")
SERIAL_ORIGIN = date(1899, 12, 30)  # day 0 of the serial numbers of table programs, as they count since March 1900


class UnreadableDay(ValueError):
    """The code of what is wrong with a date: bad_date, date_not_real, date_year."""


def parse_day(cell: Cell) -> date:
    """Read 2024-3-5, 2024/03/05, 2024.3.5, 2024年3月5日, 20240305, serial numbers, full-width digits; no time.

    Raises UnreadableDay.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = half_width(str(cell)).replace("－", "-").replace("／", "/").replace("．", ".").strip()
    if _SERIAL.fullmatch(text):
        return SERIAL_ORIGIN + timedelta(int(float(text)))
    match = _WRITTEN.fullmatch(text) or _TOGETHER.fullmatch(text.removesuffix(".0"))
    if match is None:
        raise UnreadableDay("date_year" if _SHORT_YEAR.fullmatch(text) else "bad_date")
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        raise UnreadableDay("date_not_real") from None
