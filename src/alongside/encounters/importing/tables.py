"""A table in a file: numbered rows of cells, read one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from alongside.encounters.importing.cells import Cell

NOTHING: Mapping[int, Cell] = MappingProxyType({})
MOST_COLUMNS = 400


@dataclass(frozen=True, slots=True)
class Row:
    """One row, with the number that a spreadsheet program shows beside it."""

    number: int
    cells: tuple[Cell, ...]
    merged: Mapping[int, Cell] = field(default_factory=lambda: NOTHING)
    """By column: the value of a merged cell that began in an earlier row or column."""

    def cell(self, column: int) -> Cell:
        """What stands in the cell itself, so that a merged number counts once, as in the sheet's own sum."""
        return self.cells[column] if column < len(self.cells) else None

    def label(self, column: int) -> Cell:
        """What a reader sees there: a date or a place that is merged over several rows holds for each."""
        own = self.cell(column)
        return self.merged.get(column) if own is None else own

    @property
    def is_blank(self) -> bool:
        return all(cell is None for cell in self.cells)


class Table(Protocol):
    """A sheet that was opened. `rows` may be called again, and starts over."""

    @property
    def name(self) -> str:
        """The sheet's name; empty for a text file."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """All sheets of the file; empty for a text file."""
        ...

    @property
    def rows_expected(self) -> int:
        """About how many rows there are, for a progress bar."""
        ...

    def rows(self) -> Iterator[Row]: ...
