"""DuckDB and Apache Spark give equal results for every figure, from the one expression that each was written as."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alongside.config.cli import main
from alongside.encounters.submissions import Said
from alongside.reports.asking import COMPILED, Engine, all_facts, compiled, people_figures, tallies
from alongside.reports.catalogue import all_indicators
from alongside.reports.elsewhere.counting import every_figure
from alongside.reports.elsewhere.engines import Counter, duckdb_over, spark_over
from alongside.reports.elsewhere.places import read_names
from alongside.reports.elsewhere.taking_along import write_plain
from alongside.reports.figures import Question, make_report
from alongside.sites.models import Site
from tests.reports.conftest import TODAY, YEAR, Ledger, ledger, syringes
from tests.spark.made_up import PROGRAMS, YEARS, write_copies

__all__ = ["ledger"]
QUESTIONS = sorted(compiled(Engine.SPARK))
FACTS = {each.name: each.facts for each in (*tallies(), *people_figures().values())}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("country's")
    write_copies(place)
    return place


@pytest.fixture(scope="module")
def spark(folder: Path) -> Iterator[Counter]:
    with spark_over(folder, master="local[2]") as counter:
        yield counter


@pytest.fixture(scope="module")
def duckdb(folder: Path) -> Iterator[Counter]:
    with duckdb_over(folder) as counter:
        yield counter


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_has_the_same_answer(question: str, spark: Counter, duckdb: Counter) -> None:
    asked = question.removesuffix(" seen")
    facts = next(facts for name, facts in FACTS.items() if asked == name or asked.startswith(f"{name} by "))
    assert facts is not None
    answers = []
    for counter in (duckdb, spark):
        counter.see(facts, YEARS[0])
        answers.append(sorted([tuple(sorted(row.items())) for row in counter.ask(question)], key=repr))
    assert answers[0] == answers[1]
    assert answers[0]


def test_every_figure_is_more_than_none(spark: Counter, folder: Path) -> None:
    """An answer of nothing but nothing would be equal, too."""
    numbers = list(every_figure(spark, year=YEARS[1], names=read_names(folder)))
    sums = {each.part_of for each in all_indicators().values() if each.part_of}
    assert {each.figure for each in numbers} == set(all_indicators()) - sums
    assert {each.program for each in numbers if each.level == "finest"} == set(PROGRAMS)
    assert "Van" in {each.site for each in numbers}
    assert "cooker" in {each.detail for each in numbers}


def test_what_is_asked_is_what_was_compiled() -> None:
    assert set(compiled(Engine.SPARK)) == set(compiled(Engine.DUCKDB))
    assert (COMPILED / "spark.sql").exists()


def test_a_table_that_an_older_copy_lacks_counts_nothing(tmp_path: Path) -> None:
    (tmp_path / "names" / "program=old").mkdir(parents=True)
    (tmp_path / "names" / "program=old" / "names.csv").write_text("column,id,name\n", encoding="utf-8")
    with duckdb_over(tmp_path) as counter:
        assert list(every_figure(counter, year=2026, names=read_names(tmp_path))) == []
        for facts in all_facts():
            counter.see(facts, 2026)


@pytest.mark.django_db
def test_a_ledger_counts_in_spark_as_on_its_page(ledger: Ledger, tmp_path: Path, settings: Any) -> None:
    """From a contact that was told, to the file that the command writes."""
    settings.MEDIA_ROOT = tmp_path / "files"
    people = [ledger.person() for _ in range(3)]
    for month in (1, 2, 2, 3):
        back = Said("syringes.returned", 1, {"count": 30})
        ledger.contact(date(2026, month, 5), syringes(10 * month), back, participant_id=people[month % 2])
    ledger.contact(date(2026, 1, 1), syringes(100), precision="y", people=None)
    assert write_plain(tmp_path / "copies", program=ledger.program)
    report = make_report(Question(period=YEAR, today=TODAY), names=list(all_indicators()))
    found = {}
    for engine in ("duckdb", "spark"):
        file = tmp_path / f"{engine}.csv"
        asked = ["analytics", "count", str(tmp_path / "copies"), str(file), "--year", "2026", "--engine", engine]
        done = CliRunner().invoke(main, asked)
        assert done.exit_code == 0, done.output
        found[engine] = list(csv.DictReader(file.open(encoding="utf-8")))
    assert found["spark"] == found["duckdb"]
    for name, total in (("distribution.syringes_given", 180), ("syringes.returned_counted", 120)):
        assert sum(int(row["value"]) for row in found["spark"] if row["figure"] == name) == total
        assert report.figures[name].total.value == total
    (seen,) = [row for row in found["spark"] if (row["figure"], row["level"]) == ("people.all", "total")]
    assert int(seen["value"]) == report.figures["people.all"].total.value == 2
    assert {row["site"] for row in found["spark"]} <= {"", *Site.objects.values_list("name", flat=True)}
