"""A program's records as plain sheets: everything it needs, nothing that says who came."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from django_scopes import scopes_disabled

from alongside.config.cli import main
from alongside.config.moving.sheets import write_sheets
from alongside.encounters.models import Encounter
from alongside.participants.models import Code, Participant
from alongside.sites.models import AuditEvent, Site
from alongside.supplies.models import StockMove
from tests.platform.a_program import SYRINGE, a_program
from tests.programs import make_program, site_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("tidy")]


def sheets_in(file: Path) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(file) as box:
        return {
            name: list(csv.DictReader(io.StringIO(box.read(name).decode("utf-8-sig"), newline="")))
            for name in box.namelist()
        }


def test_everything_is_in_the_sheets_but_people(tmp_path: Path) -> None:
    program = a_program(4)
    counts = write_sheets(tmp_path / "all.zip", program)
    sheets = sheets_in(tmp_path / "all.zip")
    assert {name.removesuffix(".csv"): len(rows) for name, rows in sheets.items()} == counts
    with scopes_disabled():
        assert counts["contacts"] == Encounter.objects.filter(program=program).count()
        assert counts["stock_moves"] == StockMove.objects.filter(program=program).count()
        participants = [str(pk) for pk in Participant.objects.values_list("pk", flat=True)]
        digests = [bytes(digest).hex() for digest in Code.objects.values_list("digest", flat=True)]
        assert AuditEvent.objects.filter(program=program, action="records.exported").count() == 1
    given = [row for row in sheets["entries.csv"] if row["field"] == f"items.{SYRINGE}"]
    assert sorted(int(row["value"]) for row in given) == [10, 11, 12, 13]
    everything = (tmp_path / "all.zip").read_bytes() + str(sheets).encode()
    assert not [secret for secret in participants + digests if secret.encode() in everything]
    assert (tmp_path / "all.zip").stat().st_mode & 0o077 == 0


def test_nothing_of_another_program(tmp_path: Path) -> None:
    a_program(2)
    other = make_program("Other")
    counts = write_sheets(tmp_path / "other.zip", other)
    assert (counts["contacts"], counts["entries"], counts["stock_moves"]) == (0, 0, 0)


def test_text_is_never_a_formula(tmp_path: Path) -> None:
    program = a_program(1)
    with scopes_disabled():
        Site.objects.filter(pk=site_of(program).pk).update(name="=HYPERLINK(1)")
    write_sheets(tmp_path / "all.zip", program)
    assert {row["site"] for row in sheets_in(tmp_path / "all.zip")["contacts.csv"]} == {"'=HYPERLINK(1)"}


def test_the_command(tmp_path: Path) -> None:
    a_program(1)
    told = CliRunner().invoke(main, ["export", "sheets", str(tmp_path / "all.zip")])
    assert told.exit_code == 0, told.output
    assert "contacts.csv: 1 rows" in told.output
    again = CliRunner().invoke(main, ["export", "sheets", str(tmp_path / "all.zip")])
    assert again.exit_code == 1
    assert "is already there" in again.output
    nowhere = CliRunner().invoke(main, ["export", "sheets", str(tmp_path / "no" / "all.zip")])
    assert "There is no folder" in nowhere.output
