"""XLSX: read row by row, values instead of formulas, and never unpacked beyond what a spreadsheet needs."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, BinaryIO
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _

from alongside.encounters.importing.cells import Cell
from alongside.encounters.importing.merged import MergedCells
from alongside.encounters.importing.tables import MOST_COLUMNS, Row
from alongside.kernel.errors import Refusal

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook as Book

MOST_UNPACKED_BYTES = 1_000 * 1024 * 1024
MOST_SHARED_TEXT_BYTES = 80 * 1024 * 1024
"""Shared text is kept in memory while a workbook is read."""
MOST_PARTS = 5_000
MOST_MERGED = 20_000
MOST_ROWS = 1 << 20
_BROKEN = (
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OSError,
    ParseError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
)
_FORMULA_ALONE = re.compile(
    rb"<c([^>]*)>\s*<f[ >/](?:(?!</c>).)*?(?:</f>|/>)\s*(<v\s*/>|<v>\s*</v>)?\s*</c>", re.DOTALL
)
"""A formula without a result. Where the cell says that its result is text, an empty one is a result."""
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_OVERLAP_BYTES = 4_096


class Workbook:
    """Rows of one sheet of a workbook that stays open elsewhere."""

    def __init__(self, file: BinaryIO, *, sheet: str = "") -> None:
        self._file = file
        with _refusing_damage():
            _refuse_bombs(file)
            book = _load(file)
            self.names = tuple(each.title for each in book.worksheets if each.sheet_state == "visible")
            self.name = _chosen(self.names, sheet)
            page: Any = book[self.name]
            self.rows_expected: int = min(page.max_row or 0, MOST_ROWS)
            self._merged = self._look_through(page._worksheet_path)  # noqa: SLF001 (it has no public name)
            self._merged.read_values(self._cells_up_to(self._merged.last_top))

    def rows(self) -> Iterator[Row]:
        with _refusing_damage():
            for number, cells in enumerate(self._cells_up_to(None), 1):
                yield Row(number, cells, self._merged.in_row(number))

    def _cells_up_to(self, last: int | None) -> Iterator[tuple[Cell, ...]]:
        if last == 0:
            return
        page: Any = _load(self._file)[self.name]
        page.reset_dimensions()  # the size that a file claims is often wrong, and may be huge
        for number, values in enumerate(page.iter_rows(values_only=True, max_row=last), 1):
            yield _cells(values, number)

    def _look_through(self, part: str) -> MergedCells:
        """One pass over the sheet's XML for what openpyxl does not tell while it streams."""
        merged: list[str] = []
        with zipfile.ZipFile(self._file) as archive, archive.open(part.lstrip("/")) as xml:
            for text in _windows(xml):
                if _has_uncalculated(text):
                    raise _never_calculated()
                merged.extend(found.decode() for found in _MERGED.findall(text))
        return MergedCells(merged[:MOST_MERGED])


@contextmanager
def _refusing_damage() -> Iterator[None]:
    """Whatever goes wrong inside a workbook is the workbook's fault, and a person can save it again."""
    try:
        yield
    except Refusal:
        raise
    except _BROKEN:
        raise _damaged() from None


def _chosen(names: tuple[str, ...], wanted: str) -> str:
    name = wanted or (names[0] if names else "")
    if name not in names:
        raise Refusal(_("This workbook has no sheet “%(sheet)s”. Choose another.") % {"sheet": name[:60]})
    return name


def _has_uncalculated(text: bytes) -> bool:
    return any(not found[2] or b't="str"' not in found[1] for found in _FORMULA_ALONE.finditer(text))


def _windows(xml: IO[bytes]) -> Iterator[bytes]:
    """The text in pieces that overlap, so that nothing is missed at a seam."""
    before = b""
    while piece := xml.read(1 << 20):
        yield before + piece
        before = piece[-_OVERLAP_BYTES:]


def _load(file: BinaryIO) -> Book:
    from openpyxl import load_workbook

    file.seek(0)
    with warnings.catch_warnings(action="ignore"):  # what it leaves out (pictures, drop-downs) is not needed here
        return load_workbook(file, read_only=True, data_only=True, keep_links=False)


def _cells(values: tuple[Any, ...], number: int) -> tuple[Cell, ...]:
    filled = len(values)
    while filled and values[filled - 1] is None:
        filled -= 1
    if filled > MOST_COLUMNS:
        raise Refusal(
            _("Row %(row)s has more than %(most)s columns. Keep the columns that matter, and save the file again.")
            % {"row": number, "most": MOST_COLUMNS}
        )
    return tuple(_cell(value) for value in values[:filled])


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value.strip(" \t\r\n\u00a0\u200b\ufeff") or None
    found: Cell = value
    return found


def _refuse_bombs(file: BinaryIO) -> None:
    """The sizes in a zip's directory bind: nothing is unpacked beyond them. No part may define entities of its own."""
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        shared = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED_BYTES or shared > MOST_SHARED_TEXT_BYTES:
            raise Refusal(
                _("This workbook is too large when it is unpacked. Save the sheet as CSV, and choose that file.")
            )
        if any(_declares(archive, part) for part in parts if part.filename.endswith((".xml", ".rels"))):
            raise _damaged()


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as xml:
        return any(_DECLARATION.search(text) for text in _windows(xml))


def _never_calculated() -> Refusal:
    return Refusal(
        _(
            "This workbook holds formulas without results. "
            "Open it in your spreadsheet program, save it there, and choose it again."
        )
    )


def _damaged() -> Refusal:
    return Refusal(_("This workbook is damaged. Open it in your spreadsheet program, save it as XLSX, and try again."))
