"""The published annual report of 淮安市 for 2024: its tables, and applications that would have given them."""

from collections.abc import Iterator
from pathlib import Path

from intake_api.statute.annual import APPLICANTS, CARRIED_OVER, NEW, OPEN, Table, Tally
from intake_api.statute.outcomes import OUTCOMES

_LINES = Path(__file__).with_name("huaian_2024.csv").read_text("utf-8").splitlines()
TABLE_THREE: Table = {
    row: [int(cell) for cell in cells] for row, *cells in (line.split(",") for line in _LINES if line[0] != "#")
}
TABLE_FOUR = [72, 64, 178, 37, 351, 13, 4, 8, 1, 26, 12, 1, 1, 6, 20]
TABLE_TWO = {
    "regulation": [1, 0, 11],
    "normative_document": [8, 26, 66],
    "licence": [447228],
    "penalty": [3985758],
    "compulsion": [88283],
    "charge": [96171.6],
}
FEES = 3940


def applications() -> Iterator[Tally]:
    """One application each: of every kind of applicant, the first to end are those carried over."""
    for place, applicant in enumerate(APPLICANTS):
        ends = [code for code in OUTCOMES for _ in range(TABLE_THREE[code][place])]
        ends += [None] * TABLE_THREE[OPEN][place]  # type: ignore[list-item]  # None: still open
        old = TABLE_THREE[CARRIED_OVER][place]
        assert len(ends) == old + TABLE_THREE[NEW][place]
        for number, end in enumerate(ends):
            yield Tally(applicant, number >= old, end is not None, end, 1)
