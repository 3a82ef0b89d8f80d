"""The copy as plain Parquet, laid out so that the copies of many programs can lie in one folder:
facts/program=harbor/month=2026-03-01/part.parquet, and what items and sites are called in names/program=harbor.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from alongside.kernel.errors import Refusal
from alongside.reports.asking import all_facts
from alongside.reports.elsewhere.places import NAMES, names_file
from alongside.reports.store import files
from alongside.reports.store.counting import copy_of
from alongside.reports.store.refreshing import refresh
from alongside.sites.models import Program, Site
from alongside.supplies.models import Item


def write_plain(folder: Path, *, program: Program) -> int:
    """Bring the copy up to date and write all of it, people found to be one joined. Answers how many files.

    Raises Refusal if this program's copy lies there already.
    """
    names = names_file(folder, program.slug)
    if names.exists():
        raise Refusal(f"{folder} holds a copy of {program.slug} already. Name another folder, or take that one away.")
    refresh(program)
    count = 0
    with copy_of(program) as copy, files.full_disk_said():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for month in sorted(copy.months):
            for facts in all_facts():
                place = folder / facts.name / f"program={program.slug}" / f"month={month:%Y-%m-%d}"
                place.mkdir(mode=0o700, parents=True)
                copy.see(facts, {month})
                file = str(place / "part.parquet").replace("'", "''")
                rows = f'SELECT * EXCLUDE (month) FROM "{facts.name}"'
                copy.engine.execute(f"COPY ({rows}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
                count += 1
        _write_names(names)
    return count


def _write_names(place: Path) -> None:
    """Last of all: a copy without it is not whole."""
    place.parent.mkdir(mode=0o700, parents=True)
    with place.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(NAMES)
        rows.writerows(_names())


def _names() -> Iterator[tuple[str, int, str]]:
    yield from (("site_id", pk, name) for pk, name in Site.objects.order_by("pk").values_list("pk", "name"))
    yield from (("item_id", pk, key) for pk, key in Item.objects.order_by("pk").values_list("pk", "key"))
