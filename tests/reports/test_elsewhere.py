"""Copies that were taken along: what `alongside analytics count` says without Spark (with it: tests/spark)."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from alongside.config.cli import main
from alongside.kernel.errors import Refusal
from alongside.reports.elsewhere.engines import spark_over
from alongside.reports.elsewhere.taking_along import write_plain
from tests.reports.conftest import Ledger, syringes
from tests.spark.made_up import write_copies

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def count(folder: Path, file: Path, *more: str) -> Any:
    return CliRunner().invoke(main, ["analytics", "count", str(folder), str(file), "--year", "2026", *more])


def rows(file: Path, figure: str, level: str = "finest") -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return [row for row in csv.DictReader(opened) if (row["figure"], row["level"]) == (figure, level)]


def people_in(folder: Path) -> int:
    files = str(folder / "contacts" / "**" / "*.parquet").replace("'", "''")
    (counted,) = duckdb.sql(f"SELECT count(DISTINCT person) FROM read_parquet('{files}')").fetchall()
    assert counted[0] > 100
    return int(counted[0])


def test_a_programs_copy_lies_beside_those_of_others(ledger: Ledger, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    folder, file, person = tmp_path / "copies", tmp_path / "figures.csv", ledger.person()
    write_copies(folder, programs=["o'brien"], years=[2026])
    theirs = people_in(folder)
    for month in (2, 3):
        ledger.contact(date(2026, month, 5), syringes(40), participant_id=person)
    ledger.contact(date(2026, 1, 1), syringes(7), precision="y", people=None)
    assert write_plain(folder, program=ledger.program)
    done = count(folder, file)
    assert "of 2 programs" in done.output
    own = [row for row in rows(file, "distribution.syringes_given") if row["program"] == ledger.program.slug]
    assert {(row["month"], row["site"], row["value"]) for row in own} == {
        ("", "Front desk", "7"),
        ("2026-02", "Front desk", "40"),
        ("2026-03", "Front desk", "40"),
    }
    (everybody,) = rows(file, "people.all", "total")
    assert int(everybody["value"]) == theirs + 1
    assert str(person) not in file.read_text(encoding="utf-8")


def test_what_can_not_be_counted_is_a_sentence(ledger: Ledger, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    folder = tmp_path / "copies"
    folder.mkdir()
    assert "No copy is in" in count(folder, tmp_path / "figures.csv").output
    write_plain(folder, program=ledger.program)
    again = CliRunner().invoke(main, ["analytics", "export", str(folder)])
    assert "holds a copy of" in again.output
    (tmp_path / "figures.csv").touch()
    assert "already there" in count(folder, tmp_path / "figures.csv").output


def test_spark_without_java_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    sentence = "Spark needs Java|Spark is not installed"
    with pytest.raises(Refusal, match=sentence), spark_over(tmp_path):
        pass
