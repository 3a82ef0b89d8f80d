"""The first rows of a waiting file, and the mapping to start from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from alongside.encounters.importing import files
from alongside.encounters.importing.cells import Cell, When, is_blank, read_when, text_of
from alongside.encounters.importing.guessing import guess, item_called, needs_order
from alongside.encounters.importing.headers import Header, find_header
from alongside.encounters.importing.mapping import (
    DATE,
    ITEM,
    ColumnMapping,
    fits,
    mapping_from,
    what_is_missing,
)
from alongside.encounters.importing.models import Import, SavedMapping
from alongside.encounters.importing.sheets import open_table
from alongside.encounters.importing.tables import Row
from alongside.kernel.errors import Refusal
from alongside.kernel.services import Catalogue

ROWS = 2_000
MOST_WORDS = 200
SAMPLES = 3
SAMPLE_LENGTH = 40


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The header and the rows below it, up to a number that is enough to guess from."""

    sheet: str
    sheets: tuple[str, ...]
    header: Header
    rows: Sequence[Row]

    def samples(self, column: int) -> list[str]:
        """The first different values of a column."""
        texts = (" ".join(text_of(row.label(column)).split())[:SAMPLE_LENGTH] for row in self.rows)
        return list(islice(dict.fromkeys(text for text in texts if text), SAMPLES))

    def words(self, name: str | None) -> list[str]:
        """What the column of that name holds, each word once: what a sheet calls its items."""
        column = self.header.column(name or "")
        if column is None:
            return []
        cells = (row.label(column) for row in self.rows)
        return list(islice(dict.fromkeys(text_of(cell) for cell in cells if not is_blank(cell)), MOST_WORDS))


@dataclass(frozen=True, kw_only=True)
class Start:
    """A mapping to start from. Ready: nothing is left to ask, so the file can be checked at once."""

    mapping: ColumnMapping
    name: str
    is_ready: bool


def preview(found: Import, *, sheet: str = "", header_row: int | None = None, last: int | None = None) -> Preview:
    """Raises Refusal if the file is gone, or has no such sheet or row."""
    with files.waiting(found.pk) as file:
        table = open_table(file, sheet=sheet)
        header = find_header(table.rows(), first=header_row, last=last)
        below = (row for row in table.rows() if row.number > header.last)
        return Preview(sheet=table.name, sheets=table.names, header=header, rows=list(islice(below, ROWS)))


def first_look(found: Import, *, catalogue: Catalogue, zone: str) -> tuple[Preview, Start]:
    """The file as it is to be read first. A saved mapping that names its header rows is tried with those."""
    shown = preview(found)
    begin = start_from(shown, catalogue=catalogue, zone=zone)
    headers = {(mapping.header_first, mapping.header_last) for _name, mapping in _saved()} - {(None, None)}
    for first, last in headers if not begin.name else ():
        with suppress(Refusal):
            other = preview(found, header_row=first, last=last)
            begun = start_from(other, catalogue=catalogue, zone=zone)
            if begun.name:
                return other, begun
    return shown, begin


def start_from(shown: Preview, *, catalogue: Catalogue, zone: str) -> Start:
    """The saved mapping that reads most columns of this sheet; without one, a guess."""
    fitting = [(name, mapping) for name, mapping in _saved() if fits(mapping, shown.header)]
    if fitting:
        name, saved = max(fitting, key=lambda pair: len(pair[1].columns))
        mapping = saved.model_copy(update={"sheet": shown.sheet})
        is_ready = not what_is_missing(mapping, shown.header, catalogue=catalogue)
        return Start(
            mapping=mapping, name=name, is_ready=is_ready and not needs_order(shown.header, shown.rows, mapping)
        )
    guessed = guess(shown.header, shown.rows, catalogue=catalogue, sheet=shown.sheet)
    mapping = _with_manner(guessed.mapping, shown, zone)
    missing = what_is_missing(mapping, shown.header, catalogue=catalogue)
    unknown = [word for word in shown.words(mapping.column_of(ITEM)) if not item_called(word, catalogue)]
    return Start(mapping=mapping, name="", is_ready=guessed.is_sure and not missing and not unknown)


def _saved() -> Iterable[tuple[str, ColumnMapping]]:
    """The program's mappings by name, the last one first."""
    for saved in SavedMapping.objects.order_by("-saved_at"):
        with suppress(Refusal):
            yield saved.name, mapping_from(saved.mapping)


def _with_manner(mapping: ColumnMapping, shown: Preview, zone: str) -> ColumnMapping:
    """Sums of months and years are nobody's single contact, and their places are areas rather than sites."""
    column = shown.header.column(mapping.column_of(DATE) or "")
    dates = [_date(row.label(column), mapping, zone) for row in shown.rows[:50]] if column is not None else []
    known = [when for when in dates if when]
    if known and all(when.precision != "d" for when in known):
        return mapping.model_copy(update={"people": "nobody", "missing_sites": "area"})
    return mapping


def _date(cell: Cell, mapping: ColumnMapping, zone: str) -> When | None:
    try:
        return read_when(cell, order=mapping.date_order, zone=zone)
    except Refusal:
        return None
