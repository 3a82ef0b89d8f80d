"""Writing a report into a file, row by row: neither kind ever holds the whole of it in memory."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

from alongside.kernel.formulas import harmless
from alongside.reports.catalogue import countable_names, listed_names
from alongside.reports.exports.tables import LONG_FORM, Table, Value, long_form, sheets
from alongside.reports.figures import Question, Report, make_report
from alongside.sites.models import Program

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_csv(report: Report, file: IO[bytes], *, program: Program) -> None:
    """In long form, UTF-8 with the mark that spreadsheets need to see accents."""
    with_rows = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(with_rows)
    writer.writerow(LONG_FORM)
    for row in long_form(report, program=program):
        writer.writerow([harmless(value) for value in row])
    with_rows.detach()


def write_xlsx(report: Report, file: IO[bytes], *, program: Program) -> None:
    """Sheets for people to read."""
    write_book(file, sheets(report, program=program))


def write_book(file: IO[bytes], tables: Iterable[Table]) -> None:
    """Text is written as text, so nothing in it is run."""
    import xlsxwriter

    with tempfile.TemporaryDirectory(prefix="alongside-report-") as folder:
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, options) as book:
            looks = _Looks(
                head=book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
                number=book.add_format({"num_format": "#,##0", "valign": "top"}),
                text=book.add_format({"text_wrap": True, "valign": "top"}),
            )
            for table in tables:
                _write_sheet(book.add_worksheet(table.name[:31]), table, looks)


@dataclass(frozen=True)
class _Looks:
    head: Any
    number: Any
    text: Any


def _write_sheet(sheet: Any, table: Table, looks: _Looks) -> None:
    for column, (_head, width) in enumerate(table.heads):
        sheet.set_column(column, column, width)
    heads = [head for head, _width in table.heads]
    top = len(table.preface)
    sheet.freeze_panes(top + 1, 1)
    for number, row in enumerate(chain(table.preface, [heads], table.rows)):
        for column, value in enumerate(row):
            _write_cell(sheet, number, column, value, looks.head if number == top else looks.text, looks.number)


def _write_cell(sheet: Any, row: int, column: int, value: Value, text: Any, number: Any) -> None:
    if isinstance(value, int):
        sheet.write_number(row, column, value, number)
    elif value:
        sheet.write_string(row, column, value, text)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of file that a report can be written into."""

    write: Callable[..., None]
    content_type: str
    names: Callable[[], Sequence[str]]
    """The figures it holds: people read the notes beside a figure, programs read what they are counted from."""


KINDS: Mapping[str, Kind] = {
    "csv": Kind(write=write_csv, content_type="text/csv; charset=utf-8", names=countable_names),
    "xlsx": Kind(write=write_xlsx, content_type=XLSX, names=listed_names),
}


def write_report(question: Question, file: IO[bytes], *, kind: str, program: Program) -> Report:
    """Count and write. KeyError for a kind that is not in KINDS. Has to be called inside the program's scope."""
    report = make_report(question, names=KINDS[kind].names())
    KINDS[kind].write(report, file, program=program)
    return report


def file_name(question: Question, kind: str) -> str:
    period = question.period
    return f"report-{period.start:%Y-%m-%d}-to-{period.end:%Y-%m-%d}.{kind}"
