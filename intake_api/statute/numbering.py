"""Case numbers (登记编号) `{prefix}-{year}-{serial}`: the serial is one per agency and year, five digits or more."""

import re
from typing import NamedTuple

from intake_api.statute.errors import refusal

_FORM = re.compile(r"(\S+)-([12]\d{3})-(?!00000)(\d{5}|[1-9]\d{5,8})", re.ASCII)


class CaseNumber(NamedTuple):
    """The parts of a case number."""

    prefix: str
    year: int
    serial: int


def case_number(prefix: str, year: int, serial: int) -> str:
    """Return the number of the `serial`-th case (from 1) that the agency registered in the year."""
    return f"{prefix}-{year}-{serial:05d}"


def parse_number(text: str) -> CaseNumber:
    """Split a case number into its parts; StatuteError `bad_number` for what `case_number` would not write."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise refusal("bad_number")
    prefix, year, serial = match.groups()
    return CaseNumber(prefix, int(year), int(serial))
