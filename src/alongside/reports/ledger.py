"""Counting in the ledger's own database: what changed since its month was counted, and months to count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from alongside.encounters.counting import person_number
from alongside.kernel.indicators import ALL_PRECISIONS, COMMON_COLUMNS, Cell, Facts, PeopleIndicator, Period
from alongside.reports.asking import Engine, Tallies, compiled, tallies

Place = tuple[int, int | None, int]
"""Year, month (None: only the year is known), site."""


def live_cells(period: Period, names: Collection[str]) -> Iterator[tuple[str, Cell]]:
    """(indicator's name, cell) of the named figures. Has to be called inside the program's scope."""
    for each in tallies():
        wanted = [indicator.name for indicator in each.indicators if indicator.name in names]
        if wanted:
            yield from _cells(each, wanted, period)


def _cells(asked: Tallies, wanted: Collection[str], period: Period) -> Iterator[tuple[str, Cell]]:
    """One question a month is quicker than one that tells months apart: SQLite has to call Python for that."""
    details_of = asked.indicators[0].details_of() if asked.detail else None
    for part in period.by_month():
        sums: dict[tuple[str, Place, str], int] = defaultdict(int)
        for row in _ask(asked.name, asked.facts, part):
            place = (part.start.year, None if row["is_year_only"] else part.start.month, row["site_id"])
            for detail in details_of(row[asked.detail]) if details_of else [""]:
                for name in wanted:
                    sums[name, place, detail] += int(row[name] or 0)
        yield from ((name, Cell(*place, value, detail)) for (name, place, detail), value in sums.items() if value)


def live_people(indicator: PeopleIndicator, period: Period) -> Iterator[tuple[Place, set[int]]]:
    """Who was seen in each month at each site; a person is a number of 64 bits."""
    assert indicator.facts is not None  # noqa: S101 (compiling refuses people of no facts)
    for part in period.by_month():
        seen: dict[Place, set[int]] = defaultdict(set)
        for row in _ask(indicator.name, indicator.facts, part):
            place = (part.start.year, None if row["is_year_only"] else part.start.month, row["site_id"])
            seen[place].add(person_number(row["person"]))
        yield from seen.items()


def _ask(name: str, facts: Facts, part: Period) -> Iterator[dict[str, Any]]:
    """The compiled question, over the program's rows of a part of a month."""
    question = compiled(Engine(connection.vendor))[name]
    columns = [column for column in (*COMMON_COLUMNS, *facts.columns) if f'"{column}"' in question]
    rows, parameters = rows_within(facts, part).values(*columns).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f'WITH "{facts.name}" AS ({rows}) {question}', parameters)
        heads = [column[0] for column in cursor.description or ()]
        while chunk := cursor.fetchmany(2000):
            yield from (dict(zip(heads, values, strict=True)) for values in chunk)


def rows_within(facts: Facts, period: Period) -> QuerySet[Any]:
    rows: QuerySet[Any] = facts.rows().filter(day__gte=period.start, day__lte=period.end).order_by()
    if set(period.precisions) == set(ALL_PRECISIONS):
        return rows
    return rows.filter(precision__in=list(period.precisions))
