"""CSV and its relatives: which encoding, which separator, which rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from alongside.encounters.importing.cells import Cell
from alongside.encounters.importing.tables import MOST_COLUMNS, Row
from alongside.kernel.errors import Refusal

SEPARATORS = (",", ";", "\t", "|")
SAMPLE_BYTES = 64 * 1024
MOST_LINES_IN_A_ROW = 500
"""A row over more lines than this is a quotation mark that nobody closed."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LIKELY = ("cp1252", "mac_roman", "cp850")
"""Windows, old Macs, DOS: what spreadsheets in English and Spanish were saved in."""
_LETTERS = frozenset("áéíóúüñÁÉÍÓÚÜÑ¿¡ºª°½¼‘’“”–—…·éèêàçôâîëï")


class TextTable:
    """Rows of a text file that stays open elsewhere."""

    name = ""
    names: tuple[str, ...] = ()

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.encoding, self.rows_expected = _encoding_and_lines(file)
        self._separator, self._has_hint = self._find_separator()

    def rows(self) -> Iterator[Row]:
        text = self._text()
        reader = csv.reader(text, delimiter=self._separator)
        if self._has_hint:
            next(reader, None)
        number, lines_before = 0, reader.line_num
        try:
            for number, cells in enumerate(reader, 1):
                if reader.line_num - lines_before > MOST_LINES_IN_A_ROW:
                    raise _open_quote(number)
                lines_before = reader.line_num
                yield Row(number, _cells(cells, number))
        except csv.Error:
            raise _open_quote(number + 1) from None
        finally:
            text.detach()

    def _text(self) -> io.TextIOWrapper:
        self._file.seek(0)
        errors = "strict" if self.encoding.startswith("utf") else "replace"
        return io.TextIOWrapper(self._file, encoding=self.encoding, errors=errors, newline="")

    def _find_separator(self) -> tuple[str, bool]:
        """The separator, and whether the first line only says what it is ("sep=;", which Excel writes)."""
        text = self._text()
        try:
            lines = text.read(SAMPLE_BYTES).splitlines()
        except UnicodeError:
            raise _not_text() from None
        finally:
            text.detach()
        if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
            return lines[0][4], True
        return max(SEPARATORS, key=lambda each: _columns_it_makes(lines, each)), False


def _cells(cells: list[str], number: int) -> tuple[Cell, ...]:
    if len(cells) > MOST_COLUMNS:
        raise Refusal(
            _("Row %(row)s has more than %(most)s columns. Keep the columns that matter, and save the file again.")
            % {"row": number, "most": MOST_COLUMNS}
        )
    return tuple(cell.strip(" \t\r\n\u00a0\u200b\ufeff\x00") or None for cell in cells)


def _columns_it_makes(lines: list[str], separator: str) -> tuple[float, int]:
    """How alike the rows are if split there, and into how many columns."""
    try:
        widths = Counter(len(row) for row in csv.reader(lines[:200], delimiter=separator) if any(row))
    except csv.Error:
        return 0.0, 0
    wide = {width: times for width, times in widths.items() if width > 1}
    if not wide:
        return 0.0, 0
    width, times = max(wide.items(), key=lambda pair: (pair[1], pair[0]))
    return times / sum(widths.values()), width


def _encoding_and_lines(file: BinaryIO) -> tuple[str, int]:
    """The encoding, tried on the whole file, and the number of line ends."""
    file.seek(0)
    head = file.read(SAMPLE_BYTES)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked is None and b"\x00" in head:
        return _unmarked_utf16(head), 0
    if marked == "utf-16":
        return marked, 0
    lines, sample = _scan(file)
    if not sample:
        return marked or "utf-8", lines
    return _encoding_of(sample), lines


def _encoding_of(sample: bytes) -> str:
    """The first likely encoding that makes ordinary letters of the sample; charset-normalizer guesses at the rest."""
    for encoding in _LIKELY:
        odd = [letter for letter in sample.decode(encoding, errors="replace") if not letter.isascii()]
        if sum(letter in _LETTERS for letter in odd) >= 0.8 * len(odd):
            return encoding
    best = from_bytes(sample).best()
    return best.encoding if best else _LIKELY[0]


def _scan(file: BinaryIO) -> tuple[int, bytes]:
    """Line ends, and a sample of the lines that are not UTF-8 (empty: all of it is)."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    lines, is_utf8 = 0, True
    while chunk := file.read(1 << 20):
        lines += chunk.count(b"\n") or chunk.count(b"\r")
        if is_utf8:
            is_utf8 = _decodes(decoder, chunk)
    if is_utf8 and _decodes(decoder, b"", is_last=True):
        return lines, b""
    return lines, _lines_with_accents(file)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, is_last: bool = False) -> bool:
    try:
        decoder.decode(chunk, is_last)
    except UnicodeDecodeError:
        return False
    return True


def _lines_with_accents(file: BinaryIO) -> bytes:
    file.seek(0)
    kept: list[bytes] = []
    size = 0
    for line in file:
        if not line.isascii():
            kept.append(line)
            size += len(line)
        if size > SAMPLE_BYTES // 4:
            break
    return b"".join(kept)[: SAMPLE_BYTES // 2]


def _unmarked_utf16(head: bytes) -> str:
    """UTF-16 without its mark has a zero in every second place; zeros elsewhere are not text."""
    odd, even = head[1::2].count(0), head[::2].count(0)
    if odd > len(head) // 3 and even < len(head) // 50:
        return "utf-16-le"
    if even > len(head) // 3 and odd < len(head) // 50:
        return "utf-16-be"
    raise _not_text()


def _not_text() -> Refusal:
    return Refusal(_("This is not a spreadsheet that can be read here. Save it as XLSX or CSV, and choose that file."))


def _open_quote(number: int) -> Refusal:
    return Refusal(
        _("Row %(row)s can’t be read: a quotation mark opens there and is never closed. Correct it, or save as XLSX.")
        % {"row": number}
    )
