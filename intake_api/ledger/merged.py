"""Merged cells: a table program keeps their content in the first cell, people read it in every row."""

from collections import defaultdict
from collections.abc import Iterable

from intake_api.ledger.files import Cell, Span


class MergedCells:
    """The merged cells of a sheet, asked for row by row from the top; `filled` names the ranges that were needed."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._tall: dict[int, list[tuple[int, int]]] = defaultdict(list)  # first row -> column from 0, last row
        self._wide = {(top, left - 1) for top, left, _, right in spans if right > left}
        for top, left, bottom, _ in spans:
            if bottom > top:
                self._tall[top].append((left - 1, bottom))
        self._open: dict[int, tuple[int, int, Cell]] = {}  # column -> first row, last row, content
        self.filled: dict[tuple[int, int], int] = {}  # first row and column -> last row

    def is_wide(self, row: int, column: int) -> bool:
        """Whether the cell, its column counted from 0, goes over several columns."""
        return (row, column) in self._wide

    def fill(self, number: int, row: list[Cell]) -> list[Cell]:
        """The row with what is merged into it from above; one with nothing of its own is part of the row above."""
        self._open = {column: one for column, one in self._open.items() if one[1] >= number}
        own = any(cell not in (None, "") for cell in row)
        if own and self._open:
            row = row + [None] * (max(self._open) + 1 - len(row))
            for column, (top, bottom, content) in self._open.items():
                row[column] = content
                self.filled[top, column] = bottom
        for column, bottom in self._tall.pop(number, ()):
            if column < len(row):
                self._open[column] = (number, bottom, row[column])
        return row
