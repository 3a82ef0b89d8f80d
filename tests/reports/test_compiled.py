"""The SQL that the program runs is the SQL that the indicators' expressions come to."""

from __future__ import annotations

import pytest

from alongside.reports.asking import COMPILED, Engine, all_facts, compiled, people_figures, tallies
from alongside.reports.catalogue import all_indicators
from benchmarks.analytics import COLUMNS, ENTRIES
from tools import compile_indicators

pytestmark = pytest.mark.once


@pytest.mark.parametrize("engine", Engine)
def test_it_is_current(engine: Engine) -> None:
    written = (COMPILED / f"{engine}.sql").read_text(encoding="utf-8")
    assert written == compile_indicators.text_for(engine), "run: python tools/compile_indicators.py"


def test_every_figure_is_counted_by_a_question_or_by_its_parts() -> None:
    asked = {indicator.name for each in tallies() for indicator in each.indicators} | set(people_figures())
    sums = {each.part_of for each in all_indicators().values() if each.part_of}
    assert set(all_indicators()) == asked | sums


def test_the_generator_of_the_benchmark_knows_every_table_and_column() -> None:
    assert set(ENTRIES) == {facts.name for facts in all_facts()}
    assert {name for facts in all_facts() for name in facts.columns} <= {"item_id", *COLUMNS}


def test_no_question_reads_words_that_the_database_would_take_for_places() -> None:
    assert not [sql for engine in Engine for sql in compiled(engine).values() if "%" in sql]
