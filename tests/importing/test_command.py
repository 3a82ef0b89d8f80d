"""`alongside import`, as somebody at a terminal uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django_scopes import scope

from alongside.accounts.roles import Role
from alongside.config.cli import main
from alongside.encounters.importing import files
from alongside.encounters.importing.models import Import
from alongside.encounters.models import Encounter
from alongside.sites.models import Program
from tests.importing.test_pages import TOWNS
from tests.programs import make_member, make_program

pytestmark = pytest.mark.django_db

MAPPING = {
    "columns": {"year": "date", "town": "site", "kits_OEND": "item:naloxone-kit-unrecorded"},
    "missing_sites": "area",
    "people": "nobody",
}


@pytest.fixture
def program() -> Program:
    program = make_program()
    make_member(program, Role.ADMINISTRATOR)
    return program


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    place = tmp_path / "towns.csv"
    place.write_bytes(TOWNS)
    (tmp_path / "mapping.json").write_text(json.dumps(MAPPING))
    return place


def run(program: Program, *arguments: object) -> Result:
    given = ["import", "--program", program.slug, *map(str, arguments)]
    return CliRunner().invoke(main, given)


def test_a_dry_run_then_the_import(program: Program, sheet: Path) -> None:
    mapping = sheet.with_name("mapping.json")
    waiting = set(files.folder().glob("*.sheet"))
    said = run(program, sheet, "--mapping", mapping, "--dry-run")
    assert said.exit_code == 0, said.output
    assert "2018  Naloxone kit, product not recorded: 12" in said.output
    assert "dry run" in said.output
    with scope(program=program):
        assert not Import.objects.exists()
    assert set(files.folder().glob("*.sheet")) == waiting
    assert "Imported." in run(program, sheet, "--mapping", mapping).output
    assert "no line of this file is new" in run(program, sheet, "--mapping", mapping).output
    with scope(program=program):
        assert Encounter.objects.count() == 2


def test_without_a_mapping_the_guess_is_shown_to_be_corrected(program: Program, sheet: Path) -> None:
    said = run(program, sheet)
    assert said.exit_code == 1
    shown = json.loads(said.output[said.output.index("{") :])
    assert shown["columns"] == MAPPING["columns"]
    assert shown["missing_sites"] == "area"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--mapping", "nowhere"], "no remembered mapping"),
        (["--by", "nobody"], "Say who imports"),
        (["--mapping", __file__], "is not JSON"),
    ],
)
def test_what_can_not_be_done_is_said_in_a_sentence(
    program: Program, sheet: Path, arguments: list[str], said: str
) -> None:
    result = run(program, sheet, *arguments)
    assert result.exit_code == 1
    assert said in result.output


def test_a_worker_may_not_import(program: Program, sheet: Path) -> None:
    worker = make_member(program, Role.WORKER)
    assert "may not import" in run(program, sheet, "--by", worker.username).output
