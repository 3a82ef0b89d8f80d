"""Reports as files, read back: numbers are numbers, text is text, and they say what the page says."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from alongside.config.commands.exporting import export
from alongside.encounters.submissions import Said
from alongside.reports.catalogue import listed_names
from alongside.reports.exports.files import file_name, write_report
from alongside.reports.exports.tables import LONG_FORM
from alongside.reports.figures import Question, Report
from alongside.sites.models import AuditEvent
from tests.reports.conftest import TODAY, YEAR, Ledger, add_area, supplies, syringes

pytestmark = pytest.mark.django_db
FORMULA = "=HYPERLINK(1) town"
QUESTION = Question(period=YEAR, today=TODAY)


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    add_area(ledger.program, FORMULA)
    ledger.contact(date(2026, 1, 4), syringes(1500), people=3, is_each=True)
    ledger.contact(date(2026, 3, 4), supplies(cooker=4), participant_id=ledger.person(), reached=2)
    ledger.contact(
        date(2026, 2, 4), Said("syringes.returned", 1, {"count": 9}), site=FORMULA, precision="y", people=None
    )
    return ledger


def written(ledger: Ledger, kind: str) -> tuple[Report, bytes]:
    file = io.BytesIO()
    report = write_report(QUESTION, file, kind=kind, program=ledger.program)
    return report, file.getvalue()


def rows_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_csv_adds_up_to_the_report(filled: Ledger) -> None:
    report, content = written(filled, "csv")
    rows = rows_of(content)
    assert tuple(rows[0]) == LONG_FORM
    for figure in report.figures.values():
        own = [row for row in rows if row["figure"] == figure.name]
        (total,) = (int(row["value"]) for row in own if row["level"] == "total")
        assert total == figure.total.value
        for level in ("month", "site", "finest"):
            found = sum(int(row["value"]) for row in own if row["level"] == level)
            assert found == total or not figure.adds_up


def test_csv_says_what_is_left_out_and_what_is_not_known(filled: Ledger) -> None:
    rows = rows_of(written(filled, "csv")[1])
    totals = {row["figure"]: row for row in rows if row["level"] == "total"}
    assert totals["contacts.uncounted"]["value"] == "1"
    assert totals["contacts.without_code"]["value"] == "3"
    assert (totals["people.all"]["low"], totals["people.all"]["is_estimate"]) == ("1", "yes")
    assert "contacts.by_service" not in totals
    year = [row for row in rows if row["figure"] == "syringes.returned_counted" and row["level"] == "month"]
    assert ("2026", "", "9") in [(row["year"], row["month"], row["value"]) for row in year]


def test_csv_runs_no_formula(filled: Ledger) -> None:
    rows = rows_of(written(filled, "csv")[1])
    sites = {row["site"] for row in rows}
    assert f"'{FORMULA}" in sites
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


def test_xlsx_has_its_five_sheets(filled: Ledger) -> None:
    _report, content = written(filled, "xlsx")
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Summary", "By month", "By site", "By item", "Definitions"]


def sheet_of(content: bytes, name: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in load_workbook(io.BytesIO(content))[name].iter_rows(values_only=True)]


def test_the_summary_says_what_the_page_says(filled: Ledger) -> None:
    report, content = written(filled, "xlsx")
    summary = {row[0]: row[1:] for row in sheet_of(content, "Summary") if row[0]}
    assert summary["Program"][0] == "Harbor Exchange"
    for figure in report.figures.values():
        value, low, high, _unit, note = summary[str(figure.indicator.title)]
        assert (value, low, high) == (figure.total.value, figure.total.low, figure.total.high)
        assert isinstance(value, int)
        assert all(each in (note or "") for each in figure.notes)
    assert "An" not in (summary["Contacts"][3] or "")


def test_months_and_sites_as_numbers(filled: Ledger) -> None:
    _report, content = written(filled, "xlsx")
    heads, *months = sheet_of(content, "By month")
    column = heads.index("Syringes given")
    assert [(row[0], row[column]) for row in months] == [
        ("2026, month not recorded", 0),
        ("January 2026", 4500),
        ("February 2026", 0),
        ("March 2026, so far", 0),
    ]
    people = heads.index("People")
    assert heads[people + 1 : people + 3] == ("People, at least", "People, at most")
    _heads, *sites = sheet_of(content, "By site")
    assert {row[0] for row in sites} == {"Front desk", FORMULA}


def test_no_cell_of_the_workbook_is_a_formula(filled: Ledger) -> None:
    book = load_workbook(io.BytesIO(written(filled, "xlsx")[1]))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert FORMULA in {cell.value for row in book["By site"].iter_rows() for cell in row}


def test_every_figure_is_defined(filled: Ledger) -> None:
    heads, *rows = sheet_of(written(filled, "xlsx")[1], "Definitions")
    assert [row[heads.index("Name for other programs")] for row in rows] == list(listed_names())
    assert all(row[2] and row[3] and row[4] for row in rows)


def test_its_name_says_the_period() -> None:
    assert file_name(QUESTION, "xlsx") == "report-2026-01-01-to-2026-12-31.xlsx"


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(export, ["report", *map(str, arguments)])


def test_from_the_command_line(filled: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "year.csv"
    done = run(file, "--from", "2026-01-01", "--to", "2026-12-31", "--program", filled.program.slug)
    assert done.exit_code == 0, done.output
    assert file.stat().st_mode & 0o077 == 0
    totals = {row["figure"]: row["value"] for row in rows_of(file.read_bytes()) if row["level"] == "total"}
    assert totals["distribution.syringes_given"] == "4500"
    assert AuditEvent.objects.filter(action="reports.exported", by=None).count() == 1
    book = tmp_path / "whatever"
    assert run(book, "--format", "xlsx", "--site", "Front desk", "--program", filled.program.slug).exit_code == 0
    assert load_workbook(io.BytesIO(book.read_bytes())).sheetnames[0] == "Summary"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["year.ods"], "--format csv or --format xlsx"),
        (["year.csv", "--from", "2026-03-01", "--to", "2026-01-01"], "is after"),
        (["year.csv", "--from", "1900-03-01"], "before the year 2000"),
        (["year.csv", "--site", "Nowhere"], "There is no site called Nowhere"),
        (["no/such/folder/year.csv"], "There is no folder"),
        (["year.csv", "--from", "soon"], "does not match the format"),
    ],
)
def test_what_the_command_line_can_not_do_is_said(
    ledger: Ledger, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    file, *rest = arguments
    done = run(tmp_path / file, *rest, "--program", ledger.program.slug)
    assert done.exit_code != 0
    assert sentence in f"{done.output} {done.exception}"
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_never_replaced(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "year.csv"
    file.write_text("mine")
    assert "already there" in str(run(file, "--program", ledger.program.slug).exception)
    assert file.read_text() == "mine"
