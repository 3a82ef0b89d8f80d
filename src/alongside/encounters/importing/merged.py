"""Merged cells of a sheet: which cells each covers, and with which value."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from alongside.encounters.importing.cells import Cell
from alongside.encounters.importing.tables import MOST_COLUMNS, NOTHING


@dataclass(frozen=True, slots=True, order=True)
class _Box:
    """Rows and columns as a sheet counts them, from 1."""

    top: int
    left: int
    bottom: int
    right: int


class MergedCells:
    """Looks up what is merged in a row; openpyxl does not tell while it streams."""

    def __init__(self, ranges: Iterable[str]) -> None:
        self._boxes = sorted({_box(each) for each in ranges})
        self._tops = [box.top for box in self._boxes]
        self._tallest = max((box.bottom - box.top for box in self._boxes), default=0)
        self._values: dict[_Box, Cell] = {}

    @property
    def last_top(self) -> int:
        """The last row in which a merged cell begins; 0 if there are none."""
        return self._tops[-1] if self._tops else 0

    def read_values(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        """Take the values from the rows, which start at row 1."""
        beginning: dict[int, list[_Box]] = defaultdict(list)
        for box in self._boxes:
            beginning[box.top].append(box)
        for number, cells in enumerate(rows, 1):
            for box in beginning.get(number, ()):
                self._values[box] = cells[box.left - 1] if box.left <= len(cells) else None

    def in_row(self, row: int) -> Mapping[int, Cell]:
        """By column, counted from 0: the values that reach here from a merged cell's first corner."""
        if not self._boxes:
            return NOTHING
        nearby = self._boxes[bisect_right(self._tops, row - self._tallest - 1) : bisect_right(self._tops, row)]
        return {column: self._values.get(box) for box in nearby for column in _covered(box, row)} or NOTHING


def _box(text: str) -> _Box:
    from openpyxl.utils import coordinate_to_tuple

    first, _colon, last = text.partition(":")
    (top, left), (bottom, right) = coordinate_to_tuple(first), coordinate_to_tuple(last)
    return _Box(top, left, bottom, right)


def _covered(box: _Box, row: int) -> Iterator[int]:
    """Columns of the box in that row, from 0, without the corner that holds the value."""
    if row > box.bottom:
        return
    start = box.left + 1 if row == box.top else box.left
    yield from range(start - 1, min(box.right, MOST_COLUMNS))
