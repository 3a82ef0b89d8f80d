"""A copy that is open: which files it has, and what they answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import COMMON_COLUMNS, Cell, Facts, Period
from alongside.reports.asking import Engine, Tallies, compiled, tallies
from alongside.reports.catalogue import all_indicators
from alongside.reports.periods import first_of_month, pieces
from alongside.reports.reading import Counted, sort_in
from alongside.reports.store import files, places
from alongside.reports.store.arrays import as_array, read_back
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
            for name, cell in self.cells(month, names, days=edge):
                counted.cells[name].append(cell)
            for name, cell in self.cells(month, names, precision="m"):
                counted.left_out[name].append(cell)
        return counted

    def cells(
        self, months: Collection[date], names: Collection[str], *, days: Period | None = None, precision: str = ""
    ) -> Iterator[tuple[str, Cell]]:
        """The cells of these figures, counted from the rows."""
        for each in tallies():
            wanted = [indicator.name for indicator in each.indicators if indicator.name in names]
            if not wanted:
                continue
            if days:
                self.see_days(each.facts, months, [days])
            else:
                self.see(each.facts, months, precision=precision)
            yield from self._cells(each, wanted)

    def _kept(self, months: Collection[date], names: Collection[str]) -> Iterator[tuple[str, Cell]]:
        found = self.files_of(places.SUMS, months)
        if not found or not names:
            return
        asking = f"SELECT {', '.join(SUMS)} FROM read_parquet([{found}]) WHERE indicator IN (SELECT unnest(?))"
        answer = self.engine.execute(asking, [list(names)])
        for name, year, month, site_id, value, detail in answer.fetchall():
            yield name, Cell(year, month, site_id, value, detail)

    def sum_up(self, month: date) -> None:
        """Write what the figures of a month come to, for whoever counts it later."""
        cells = [(name, *astuple(cell)) for name, cell in self.cells({month}, all_indicators())]
        columns = zip(*cells, strict=True) if cells else ((),) * len(SUMS)
        arrays = {name: as_array(kind, values) for (name, kind), values in zip(SUMS.items(), columns, strict=True)}
        self.engine.register("sums", arrays)
        chosen = ", ".join(f'{read_back(name, kind)} AS "{name}"' for name, kind in SUMS.items())
        place = self.months[month][places.SUMS]
        self.engine.execute(f"COPY (SELECT {chosen} FROM sums) TO '{address(place)}' {PARQUET}")
        self.engine.unregister("sums")
        files.sync(place)

    def see(self, facts: Facts, months: Collection[date], *, precision: str = "") -> None:
        """Let the questions see some months of a table: all of them, or only what is known as exactly as that."""
        self._view(facts, months, f"precision = '{precision}'" if precision else "TRUE")

    def see_days(self, facts: Facts, months: Collection[date], periods: Collection[Period]) -> None:
        """Let the questions see what is known to the day, on some days of these months."""
        days = " OR ".join(f"day BETWEEN {_day(each.start)} AND {_day(each.end)}" for each in periods)
        self._view(facts, months, f"precision = 'd' AND ({days})")

    def _view(self, facts: Facts, months: Collection[date], condition: str) -> None:
        found = self.files_of(facts.name, months)
        rows = f"SELECT * FROM read_parquet([{found}])" if found else _no_rows(facts)
        self.engine.execute(
            f"""CREATE OR REPLACE TEMP VIEW "{facts.name}" AS
            SELECT CAST(date_trunc('month', day) AS DATE) AS month, facts.* REPLACE ({self._person} AS person)
            FROM ({rows}) AS facts {self._join} WHERE {condition}"""
        )

    def files_of(self, name: str, months: Collection[date]) -> str:
        """For `read_parquet([...])`; empty if there are none."""
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
