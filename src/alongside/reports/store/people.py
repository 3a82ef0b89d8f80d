"""Different people in the copy.

People can't be added up from months, so beside each month's rows lies who was seen where, everybody once for each
figure and site. A year's people are counted from twelve such files; only a period's edges are read from the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal
from alongside.kernel.indicators import PeopleIndicator, Period
from alongside.reports.asking import Engine, compiled, people_figures
from alongside.reports.ledger import Place
from alongside.reports.periods import Pieces, first_of_month, pieces
from alongside.reports.store import files, places
from alongside.reports.store.copies import Copy
from alongside.reports.store.files import PARQUET
from alongside.reports.store.sealing import address

SEEN = "month DATE, is_year_only BIGINT, site_id BIGINT, person BIGINT, is_first BOOLEAN"
"""`is_first` is true of one row only of each person in a month, so months are counted without recognising anybody."""


@dataclass(frozen=True, kw_only=True)
class People:
    """How many different people. Somebody seen in two months or at two sites is in both, and once in all."""

    total: int
    months: Mapping[tuple[int, int | None], int]
    """By year and month; None for the month where only the year is known."""
    sites: Mapping[int, int]
    finest: Mapping[Place, int]


def keep_people(copy: Copy, month: date) -> None:
    """Write who was seen where in a month, for whoever counts people later. Nobody is joined here."""
    seen = []
    for name, indicator in people_figures().items():
        assert indicator.facts is not None  # noqa: S101 (compiling refuses people of no facts)
        copy.see(indicator.facts, {month})
        seen.append(f"SELECT '{name}' AS indicator, * FROM ({_marked(_asked(name))})")
    place = copy.months[month][places.PEOPLE]
    rows = f"{' UNION ALL '.join(seen)} ORDER BY indicator, is_year_only, site_id, person"
    copy.engine.execute(f"COPY ({rows}) TO '{address(place)}' {PARQUET}")
    files.sync(place)


def count_people(copy: Copy, indicator: PeopleIndicator, period: Period) -> People:
    """Raises Refusal for a period of several years: nobody can be recognised from one year to the next."""
    if period.start.year != period.end.year:
        raise Refusal(_("People have other numbers in the copy every year, so count them year by year there."))
    _see_people(copy, indicator, pieces(period))
    sites = dict(copy.engine.execute(SITES).fetchall())
    months: dict[tuple[int, int | None], int] = {}
    finest: dict[Place, int] = {}
    for month, is_year_only, site, people, first in copy.engine.execute(MONTHS).fetchall():
        when = (month.year, None if is_year_only else month.month)
        finest[*when, site] = people
        months[when] = months.get(when, 0) + first
    return People(total=sites.pop(None), months=months, sites=sites, finest=finest)


MONTHS = """SELECT month, is_year_only, site_id, count(*), count(*) FILTER (is_first) FROM seen GROUP BY ALL"""
SITES = """WITH at_sites AS MATERIALIZED (SELECT DISTINCT site_id, person FROM seen)
    SELECT site_id, count(*) FROM at_sites GROUP BY site_id
    UNION ALL SELECT NULL, count(DISTINCT person) FROM at_sites"""


def _see_people(copy: Copy, indicator: PeopleIndicator, parts: Pieces) -> None:
    """Let questions see everybody of the period, once for each month and site."""
    parted = [_kept(copy, indicator, parts), *_at_the_edges(copy, indicator, parts)]
    copy.engine.execute(f"CREATE OR REPLACE TEMP VIEW seen AS {' UNION ALL '.join(filter(None, parted))}")


def _kept(copy: Copy, indicator: PeopleIndicator, parts: Pieces) -> str:
    found = copy.files_of(places.PEOPLE, parts.months)
    if not found:
        columns = (f"CAST(NULL AS {kind}) AS {name}" for name, kind in map(str.split, SEEN.split(", ")))
        return f"SELECT {', '.join(columns)} WHERE FALSE"
    whole = "" if parts.years else " AND is_year_only = 0"
    rows = f"SELECT * EXCLUDE (indicator) FROM read_parquet([{found}]) WHERE indicator = '{indicator.name}'{whole}"
    return _joined(rows) if copy.has_joined else rows


def _joined(rows: str) -> str:
    """Who was found to be one person with somebody else is few, and only they can be there twice."""
    both = f"SELECT rows.* REPLACE (touched.counted_as AS person) FROM ({rows}) AS rows JOIN touched USING (person)"
    return f"SELECT * FROM ({rows}) ANTI JOIN touched USING (person) UNION ALL {_marked(both)}"


def _at_the_edges(copy: Copy, indicator: PeopleIndicator, parts: Pieces) -> Collection[str]:
    if not parts.edges:
        return ()
    assert indicator.facts is not None  # noqa: S101 (compiling refuses people of no facts)
    months = {first_of_month(edge.start) for edge in parts.edges}
    copy.see_days(indicator.facts, months, parts.edges)
    return [_marked(_asked(indicator.name))]


def _asked(name: str) -> str:
    return compiled(Engine.DUCKDB)[f"{name} seen"]


def _marked(seen: str) -> str:
    """Everybody once for each month and site, and of those one row as the month's first."""
    who = "SELECT DISTINCT month, is_year_only, site_id, person"
    first = "site_id = min(site_id) OVER (PARTITION BY month, is_year_only, person) AS is_first"
    return f"SELECT *, {first} FROM ({who} FROM ({seen}))"
