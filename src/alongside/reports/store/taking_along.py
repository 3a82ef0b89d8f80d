"""The copy as plain Parquet, laid out as Spark, DuckDB and notebooks expect it: facts/month=2026-03/part.parquet."""

from __future__ import annotations

from pathlib import Path

from alongside.reports.asking import all_facts
from alongside.reports.store import files
from alongside.reports.store.counting import copy_of
from alongside.reports.store.refreshing import refresh
from alongside.sites.models import Program


def write_plain(folder: Path, *, program: Program) -> int:
    """Bring the copy up to date and write all of it, people found to be one joined. Answers how many files."""
    refresh(program)
    count = 0
    with copy_of(program) as copy, files.full_disk_said():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for month in sorted(copy.months):
            for facts in all_facts():
                place = folder / facts.name / f"month={month:%Y-%m-%d}"
                place.mkdir(mode=0o700, parents=True)
                copy.see(facts, {month})
                file = str(place / "part.parquet").replace("'", "''")
                rows = f'SELECT * EXCLUDE (month) FROM "{facts.name}"'
                copy.engine.execute(f"COPY ({rows}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
                count += 1
    return count
