"""A copy that is open: which files it has, and what they answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import COMMON_COLUMNS, Cell, Facts, PeopleIndicator, Period
from alongside.reports.asking import Engine, Tallies, compiled, tallies
from alongside.reports.catalogue import all_indicators
from alongside.reports.ledger import Place
from alongside.reports.periods import Pieces, first_of_month, last_of_month, pieces
from alongside.reports.reading import Counted, sort_in
from alongside.reports.store import files, places
from alongside.reports.store.files import PARQUET
from alongside.reports.store.sealing import address

SUMS = {
    "indicator": "VARCHAR",
    "year": "BIGINT",
    "month": "BIGINT",
    "site_id": "BIGINT",
    "value": "BIGINT",
    "detail": "VARCHAR",
}
"""A month's figures as they were counted once: the columns of `Cell`."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """An open copy: files by month and by the name of what they hold."""

    engine: duckdb.DuckDBPyConnection
    months: Mapping[date, Mapping[str, Path]]
    has_joined: bool

    def is_whole(self, month: date) -> bool:
        """Reads every byte: what was changed on the disk does not open."""
        try:
            for file in self.months[month].values():
                self.engine.execute(f"SELECT max(hash(COLUMNS(*))) FROM read_parquet('{address(file)}')").fetchall()
        except (duckdb.Error, Refusal, OSError):
            return False
        return True

    def count(self, period: Period, *, names: Collection[str]) -> Counted:
        """Whole months from their sums, what lies at the edges of the period from the rows."""
        counted, parts = Counted(), pieces(period)
        januaries = {date(year, 1, 1) for year in parts.partial_years}
        for name, cell in self._kept(parts.months | januaries, names):
            sort_in(counted, name, cell, parts)
        for edge in parts.edges:
            month = {first_of_month(edge.start)}
            for name, cell in self.cells(month, names, within=edge):
                counted.cells[name].append(cell)
            for name, cell in self.cells(month, names, precision="m"):
                counted.left_out[name].append(cell)
        return counted

    def cells(
        self, months: Collection[date], names: Collection[str], *, within: Period | None = None, precision: str = ""
    ) -> Iterator[tuple[str, Cell]]:
        """The cells of these figures, counted from the rows."""
        for each in tallies():
            wanted = [indicator.name for indicator in each.indicators if indicator.name in names]
            if wanted:
                self.see(each.facts, months, within=within, precision=precision)
                yield from self._cells(each, wanted)

    def _kept(self, months: Collection[date], names: Collection[str]) -> Iterator[tuple[str, Cell]]:
        found = self._files(places.SUMS, months)
        if not found or not names:
            return
        asking = f"SELECT {', '.join(SUMS)} FROM read_parquet([{found}]) WHERE indicator IN (SELECT unnest(?))"
        answer = self.engine.execute(asking, [list(names)])
        for name, year, month, site_id, value, detail in answer.fetchall():
            yield name, Cell(year, month, site_id, value, detail)

    def sum_up(self, month: date) -> None:
        """Write what the figures of a month come to, for whoever counts it later."""
        cells = list(self.cells({month}, all_indicators()))
        self.engine.execute(f"CREATE OR REPLACE TEMP TABLE sums ({', '.join(f'{n} {k}' for n, k in SUMS.items())})")
        if cells:
            self.engine.executemany(
                f"INSERT INTO sums VALUES ({', '.join('?' * len(SUMS))})",
                [(name, cell.year, cell.month, cell.site_id, cell.value, cell.detail) for name, cell in cells],
            )
        place = self.months[month][places.SUMS]
        self.engine.execute(f"COPY sums TO '{address(place)}' {PARQUET}")
        files.sync(place)

    def people(self, indicator: PeopleIndicator, period: Period) -> Mapping[Place | None, int]:
        """How many different people: in all (None), and in each month at each site.

        Raises Refusal for a period of several years: nobody can be recognised from one year to the next.
        """
        if period.start.year != period.end.year:
            raise Refusal(_("People have other numbers in the copy every year, so count them year by year there."))
        parts = pieces(period)
        self._see_people(indicator, parts)
        total = self._ask(indicator.name)[0]["people"]
        rows = self._ask(f"{indicator.name} by month and site")
        places: dict[Place | None, int] = {
            (row["month"].year, None if row["is_year_only"] else row["month"].month, row["site_id"]): row["people"]
            for row in rows
        }
        return {**places, None: total}

    def _see_people(self, indicator: PeopleIndicator, parts: Pieces) -> None:
        assert indicator.facts is not None  # noqa: S101 (compiling refuses people of no facts)
        whole = "TRUE" if parts.years else "is_year_only = 0"
        inside = [f"day BETWEEN {_day(month)} AND {_day(last_of_month(month))} AND {whole}" for month in parts.months]
        edges = [f"day BETWEEN {_day(edge.start)} AND {_day(edge.end)} AND precision = 'd'" for edge in parts.edges]
        months = parts.months | {first_of_month(edge.start) for edge in parts.edges}
        self._view(indicator.facts, months, " OR ".join(f"({each})" for each in [*inside, *edges]) or "FALSE")

    def see(self, facts: Facts, months: Collection[date], *, within: Period | None = None, precision: str = "") -> None:
        """Let the questions see some months of a table: whole ones, the exact days of one, or what knows no day."""
        condition = f"precision = '{precision}'" if precision else "TRUE"
        if within:
            condition = f"precision = 'd' AND day BETWEEN {_day(within.start)} AND {_day(within.end)}"
        self._view(facts, months, condition)

    def _view(self, facts: Facts, months: Collection[date], condition: str) -> None:
        found = self._files(facts.name, months)
        rows = f"SELECT * FROM read_parquet([{found}])" if found else _no_rows(facts)
        self.engine.execute(
            f"""CREATE OR REPLACE TEMP VIEW "{facts.name}" AS
            SELECT CAST(date_trunc('month', day) AS DATE) AS month, facts.* REPLACE ({self._person} AS person)
            FROM ({rows}) AS facts {self._join} WHERE {condition}"""
        )

    def _files(self, name: str, months: Collection[date]) -> str:
        there = (self.months[month][name] for month in sorted(months) if month in self.months)
        return ", ".join(f"'{address(file)}'" for file in there)

    @property
    def _person(self) -> str:
        return "coalesce(joined.counted_as, facts.person)" if self.has_joined else "facts.person"

    @property
    def _join(self) -> str:
        """Hardly ever is anybody joined, and then the question need not look."""
        return "LEFT JOIN joined ON facts.person = joined.person" if self.has_joined else ""

    def _cells(self, asked: Tallies, wanted: Collection[str]) -> Iterator[tuple[str, Cell]]:
        details_of = asked.indicators[0].details_of() if asked.detail else None
        for row in self._ask(asked.name):
            month = None if row["is_year_only"] else row["month"].month
            for detail in details_of(row[asked.detail]) if details_of else [""]:
                for name in wanted:
                    if row[name]:
                        yield name, Cell(row["month"].year, month, row["site_id"], int(row[name]), detail)

    def _ask(self, name: str) -> list[dict[str, Any]]:
        answer = self.engine.execute(compiled(Engine.DUCKDB)[name])
        heads = [column[0] for column in answer.description or ()]
        return [dict(zip(heads, values, strict=True)) for values in answer.fetchall()]


def _day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


def _no_rows(facts: Facts) -> str:
    types = {"date": "DATE", "int64": "BIGINT", "string": "VARCHAR"}
    columns = {**COMMON_COLUMNS, **facts.columns}.items()
    chosen = (f'CAST(NULL AS {types[kind]}) AS "{name}"' for name, kind in columns)
    return f"SELECT {', '.join(chosen)} WHERE FALSE"
