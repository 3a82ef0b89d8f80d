"""Where a table's header is, and what its columns are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from alongside.encounters.importing.cells import Cell, is_value, plain, text_of
from alongside.encounters.importing.tables import Row
from alongside.kernel.errors import Refusal

LOOK_AT_ROWS = 40
MOST_ABOVE, MOST_BELOW = 3, 1
_NAME_LENGTH = 120


@dataclass(frozen=True, kw_only=True)
class Header:
    """The rows that name the columns, by number, and each column's name: never two alike, "" where it has none."""

    first: int
    last: int
    names: tuple[str, ...]

    def column(self, name: str) -> int | None:
        """Where the column of that name stands, whatever its case and accents."""
        wanted = plain(name)
        return next((place for place, each in enumerate(self.names) if plain(each) == wanted), None)


def find_header(rows: Iterable[Row], *, first: int | None = None, last: int | None = None) -> Header:
    """The header among the first rows, or the rows that a person said. Raises Refusal if there is none.

    A header is the first row with the most texts and no number or date; group names above it, and units below it,
    belong to it. Titles, which fill one cell, do not.
    """
    top = list(islice(rows, max(LOOK_AT_ROWS, last or 0)))
    if first is not None:
        chosen = [row for row in top if first <= row.number <= (last or first)]
        if not any(not row.is_blank for row in chosen):
            raise Refusal(
                _("There are no column names in row %(row)s. Choose the row that holds them.") % {"row": first}
            )
        return _named(chosen)
    texts = [_texts(row) for row in top]
    most = max(texts, default=0)
    if not most:
        raise Refusal(_("No row with column names was found. Put a name above each column, and save the file again."))
    middle = texts.index(most)
    start = next((at for at in range(middle, 0, -1) if not _is_group_row(top[at - 1], top[at])), 0)
    end = next((at for at in range(middle + 1, len(top)) if not _adds_names(top[at], top[middle])), len(top))
    return _named(top[max(start, middle - MOST_ABOVE) : min(end, middle + 1 + MOST_BELOW)])


def _texts(row: Row) -> int:
    """How many names a row holds; none if it holds a number or date, because then it is a line."""
    filled = [cell for cell in row.cells if cell is not None]
    return 0 if any(is_value(cell) for cell in filled) else len(filled)


def _is_group_row(row: Row, below: Row) -> bool:
    """True for names over groups of columns. The first column, usually the date, stands in no group."""
    names = _texts(row)
    return (names > 1 or (names > 0 and bool(row.merged))) and None in (row.cell(0), below.cell(0))


def _adds_names(row: Row, header: Row) -> bool:
    """True for a row under the names that belongs to them: units in parentheses, or names within groups."""
    filled = [column for column, cell in enumerate(row.cells) if cell is not None]
    if not _texts(row):
        return False
    if all(text_of(row.cell(column)).startswith("(") for column in filled):
        return True
    if any(cell is not None and cell == header.cell(column) for column, cell in row.merged.items()):
        return True
    return row.cell(0) is None and any(header.cell(column) is None for column in filled)


def _named(rows: Sequence[Row]) -> Header:
    width = max(len(row.cells) for row in rows)
    last = [rows[-1].label(column) for column in range(width)]
    names = [_name(cells) for cells in zip(*(_spread(row, last) for row in rows[:-1]), last, strict=True)]
    return Header(first=rows[0].number, last=rows[-1].number, names=_told_apart(names))


def _spread(row: Row, below: Sequence[Cell]) -> list[Cell]:
    """A group's name for each of its columns. Text files don't say how far it reaches: as far as names stand below."""
    spread: list[Cell] = []
    for column, name in enumerate(below):
        own = row.label(column)
        reaches = own is None and name is not None and not row.merged and bool(spread)
        spread.append(spread[-1] if reaches else own)
    return spread


def _name(cells: Sequence[Cell]) -> str:
    words = [" ".join(text_of(cell).split()) for cell in cells]
    return " – ".join(dict.fromkeys(word for word in words if word))[:_NAME_LENGTH]


def _told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """A second column of the same name becomes "Name (2)"."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        key = plain(name)
        seen[key] = seen.get(key, 0) + 1
        told.append(f"{name} ({seen[key]})" if name and seen[key] > 1 else name)
    return tuple(told)
