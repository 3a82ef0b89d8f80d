"""Every figure of a year out of copies that were taken along, as rows of a plain table."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from alongside.kernel.formulas import harmless
from alongside.kernel.indicators import PeopleIndicator
from alongside.reports.asking import Tallies, people_figures, tallies
from alongside.reports.elsewhere.engines import Counter
from alongside.reports.elsewhere.places import read_names

Names = Mapping[tuple[str, str], str]
LEVELS = {"": "total", " by month": "month", " by site": "site", " by month and site": "finest"}
"""What people are counted by: they don't add up, so each is a question of its own."""


@dataclass(frozen=True, kw_only=True, order=True)
class Number:
    """`month` is empty for a record of which only the year is known, and for a level that tells no months apart."""

    figure: str
    level: str
    program: str = ""
    month: str = ""
    site: str = ""
    detail: str = ""
    value: int


def write_figures(file: Path, counter: Counter, *, folder: Path, year: int) -> int:
    """As CSV. Answers how many numbers."""
    numbers = sorted(every_figure(counter, year=year, names=read_names(folder)))
    with file.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(each.name for each in fields(Number))
        rows.writerows(map(harmless, astuple(each)) for each in numbers)
    return len(numbers)


def every_figure(counter: Counter, *, year: int, names: Names) -> Iterator[Number]:
    for each in tallies():
        counter.see(each.facts, year)
        yield from _tallied(each, counter.ask(each.name), names)
    for indicator in people_figures().values():
        yield from _people(indicator, counter, year, names)


def _tallied(asked: Tallies, rows: Iterable[Mapping[str, Any]], names: Names) -> Iterator[Number]:
    """Where a row stands under several details, each has a line of its own."""
    for row in rows:
        for detail in _details(asked, row, names):
            for indicator in asked.indicators:
                if row[indicator.name]:
                    value, place = int(row[indicator.name]), _place(row, names)
                    yield Number(figure=indicator.name, level="finest", detail=detail, value=value, **place)


def _details(asked: Tallies, row: Mapping[str, Any], names: Names) -> Iterable[str]:
    if not asked.detail:
        return [""]
    stored = row[asked.detail]
    if asked.detail.endswith("_id"):
        return [names.get((asked.detail, stored), stored)]
    return asked.indicators[0].details_of()(stored)


def _people(indicator: PeopleIndicator, counter: Counter, year: int, names: Names) -> Iterator[Number]:
    assert indicator.facts is not None  # noqa: S101 (compiling refuses people of no facts)
    counter.see(indicator.facts, year)
    for how, level in LEVELS.items():
        for row in counter.ask(f"{indicator.name}{how}"):
            if row["people"]:
                yield Number(figure=indicator.name, level=level, value=row["people"], **_place(row, names))


def _place(row: Mapping[str, Any], names: Names) -> dict[str, str]:
    month: date | None = None if row.get("is_year_only") else row.get("month")
    whose = row.get("site_id", "")
    return {
        "month": f"{month:%Y-%m}" if month else "",
        "program": whose.partition("/")[0],
        "site": names.get(("site_id", whose), whose),
    }
