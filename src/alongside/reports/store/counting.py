"""Counting in the copy, by the same questions that the ledger answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import COMMON_COLUMNS, Cell, Facts, PeopleIndicator, Period
from alongside.reports.asking import Engine, Tallies, compiled, tallies
from alongside.reports.ledger import Place
from alongside.reports.models import CopiedMonth
from alongside.reports.periods import Pieces, first_of_month, last_of_month, pieces
from alongside.reports.reading import Counted, sort_in
from alongside.reports.store import files, places
from alongside.reports.store.refreshing import refresh
from alongside.reports.store.sealing import address
from alongside.sites.models import Program


@contextmanager
def copy_of(program: Program) -> Iterator[Copy]:
    """The copy, open for questions. Inside the program's scope."""
    months = dict(CopiedMonth.objects.values_list("month", "version"))
    with files.engine() as engine:
        yield Copy(
            engine=engine,
            months={month: places.files_of_month(program.pk, month, version) for month, version in months.items()},
            has_joined=_read_joined(engine, places.joined_file(program.pk)),
        )


def count_in_copy(period: Period, *, names: Collection[str], program: Program) -> Counted:
    """As `reading.count_period`, out of the copy. Damaged files are made again once."""
    try:
        with copy_of(program) as copy:
            return copy.count(period, names=names)
    except (duckdb.Error, Refusal, OSError):
        mend(program)
    with copy_of(program) as copy:
        return copy.count(period, names=names)


def mend(program: Program) -> int:
    """Look at every file that counts, and make months with damaged or missing ones again. Answers how many."""
    with copy_of(program) as copy:
        damaged = [month for month in copy.months if not copy.is_whole(month)]
    CopiedMonth.objects.filter(month__in=damaged).delete()
    if damaged or not places.joined_file(program.pk).exists():
        refresh(program)
    return len(damaged)


@dataclass(frozen=True, kw_only=True)
class Copy:
    """An open copy: files by month and name of the facts."""

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
        counted, parts = Counted(), pieces(period)
        januaries = {date(year, 1, 1) for year in parts.partial_years}
        for each in tallies():
            wanted = [indicator.name for indicator in each.indicators if indicator.name in names]
            if not wanted:
                continue
            self.see(each.facts, parts.months | januaries)
            for name, cell in self._cells(each, wanted):
                sort_in(counted, name, cell, parts)
            for edge in parts.edges:
                self.see(each.facts, {first_of_month(edge.start)}, within=edge)
                for name, cell in self._cells(each, wanted):
                    counted.cells[name].append(cell)
                self.see(each.facts, {first_of_month(edge.start)}, precision="m")
                for name, cell in self._cells(each, wanted):
                    counted.left_out[name].append(cell)
        return counted

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
        found = [f"'{address(self.months[month][facts.name])}'" for month in sorted(months) if month in self.months]
        rows = f"SELECT * FROM read_parquet([{', '.join(found)}])" if found else _no_rows(facts)
        self.engine.execute(
            f"""CREATE OR REPLACE TEMP VIEW "{facts.name}" AS
            SELECT CAST(date_trunc('month', day) AS DATE) AS month, facts.* REPLACE ({self._person} AS person)
            FROM ({rows}) AS facts {self._join} WHERE {condition}"""
        )

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


def _read_joined(engine: duckdb.DuckDBPyConnection, place: Path) -> bool:
    if not place.exists():
        return False
    engine.execute(f"CREATE TEMP TABLE joined AS SELECT * FROM read_parquet('{address(place)}')")
    return bool((engine.execute("SELECT count(*) FROM joined").fetchone() or [0])[0])


def _day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


def _no_rows(facts: Facts) -> str:
    types = {"date": "DATE", "int64": "BIGINT", "string": "VARCHAR"}
    columns = {**COMMON_COLUMNS, **facts.columns}.items()
    chosen = (f'CAST(NULL AS {types[kind]}) AS "{name}"' for name, kind in columns)
    return f"SELECT {', '.join(chosen)} WHERE FALSE"
