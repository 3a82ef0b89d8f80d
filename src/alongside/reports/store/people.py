"""Different people in the copy.

People can't be added up from months, so beside each month's rows lies who was seen where, everybody once for each
figure and site. A year's people are counted from twelve such files; only a period's edges are read from the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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

SEEN = {"month": "DATE", "is_year_only": "BIGINT", "site_id": "BIGINT", "person": "BIGINT", "is_first": "BOOLEAN"}
"""`is_first` is true of one row only of each person in a month, so months are counted without recognising anybody."""
BITS = 62
"""Sites that are told apart in one number."""
FINEST = "SELECT month, is_year_only, site_id, count(*), count(*) FILTER (is_first) FROM {rows} GROUP BY ALL"


@dataclass(frozen=True, kw_only=True)
class People:
    """How many different people. Somebody seen in two months or at two sites is in both, and once in all."""

    total: int
    months: Mapping[tuple[int, int | None], int]
    """By year and month; None for the month where only the year is known."""
    sites: Mapping[int, int]
    finest: Mapping[Place, int]


@dataclass(frozen=True)
class _Counts:
    """People of one group. Groups that share nobody add up, and can be taken away again."""

    total: Counter[None] = field(default_factory=Counter)
    months: Counter[tuple[int, int | None]] = field(default_factory=Counter)
    sites: Counter[int] = field(default_factory=Counter)
    finest: Counter[Place] = field(default_factory=Counter)

    def add(self, others: _Counts) -> None:
        for mine, theirs in self._beside(others):
            mine.update(theirs)

    def take_away(self, others: _Counts) -> None:
        for mine, theirs in self._beside(others):
            mine.subtract(theirs)

    def _beside(self, others: _Counts) -> Iterator[tuple[Counter[object], Counter[object]]]:
        for name in ("total", "months", "sites", "finest"):
            yield getattr(self, name), getattr(others, name)

    def as_people(self) -> People:
        return People(total=self.total[None], months=+self.months, sites=+self.sites, finest=+self.finest)


def keep_people(copy: Copy, month: date) -> None:
    """Write who was seen where in a month, for whoever counts people later. Nobody is joined here."""
    seen = []
    for name, indicator in people_figures().items():
        assert indicator.facts is not None  # noqa: S101 (compiling refuses people of no facts)
        copy.see(indicator.facts, {month})
        seen.append(f"SELECT '{name}' AS indicator, * FROM ({_marked(_asked(name))})")
    place = copy.months[month][places.PEOPLE]
    rows = f"{' UNION ALL '.join(seen)} ORDER BY indicator, site_id"
    copy.engine.execute(f"COPY ({rows}) TO '{address(place)}' {PARQUET}")
    files.sync(place)


def count_people(copy: Copy, indicator: PeopleIndicator, period: Period) -> People:
    """Raises Refusal for a period of several years: nobody can be recognised from one year to the next."""
    if period.start.year != period.end.year:
        raise Refusal(_("People have other numbers in the copy every year, so count them year by year there."))
    _see_people(copy, indicator, pieces(period))
    counts = _count(copy, "seen")
    if copy.has_joined:
        _join(copy, counts)
    return counts.as_people()


def _see_people(copy: Copy, indicator: PeopleIndicator, parts: Pieces) -> None:
    """Let questions see everybody of the period, once for each month and site; nobody is joined yet."""
    parted = [_kept(copy, indicator, parts)]
    if parts.edges:
        assert indicator.facts is not None  # noqa: S101 (compiling refuses people of no facts)
        months = {first_of_month(edge.start) for edge in parts.edges}
        replace(copy, has_joined=False).see_days(indicator.facts, months, parts.edges)
        parted.append(f"SELECT * FROM ({_marked(_asked(indicator.name))})")
    copy.engine.execute(f"CREATE OR REPLACE TEMP VIEW seen AS {' UNION ALL '.join(parted)}")


def _kept(copy: Copy, indicator: PeopleIndicator, parts: Pieces) -> str:
    found = copy.files_of(places.PEOPLE, parts.months)
    if not found:
        return f"SELECT {', '.join(f'CAST(NULL AS {kind}) AS {name}' for name, kind in SEEN.items())} WHERE FALSE"
    whole = "" if parts.years else " AND is_year_only = 0"
    return f"SELECT {', '.join(SEEN)} FROM read_parquet([{found}]) WHERE indicator = '{indicator.name}'{whole}"


def _asked(name: str) -> str:
    return compiled(Engine.DUCKDB)[f"{name} seen"]


def _marked(seen: str) -> str:
    """`seen` has everybody once for each month and site; of those, one row becomes the month's first."""
    keys = "month, is_year_only, person"
    return f"""WITH each AS MATERIALIZED ({seen}),
        first AS (SELECT {keys}, min(site_id) AS site_id, TRUE AS is_first FROM each GROUP BY {keys})
        SELECT {", ".join(column for column in SEEN if column != "is_first")}, coalesce(is_first, FALSE) AS is_first
        FROM each LEFT JOIN first USING ({keys}, site_id)"""


def _join(copy: Copy, counts: _Counts) -> None:
    """Only those whom a join touches count otherwise: they are few, and are taken out and put back as one."""
    copy.engine.execute("CREATE OR REPLACE TEMP TABLE again AS FROM seen JOIN touched USING (person)")
    counts.take_away(_count(copy, "again"))
    joined = "SELECT DISTINCT month, is_year_only, site_id, counted_as AS person FROM again"
    counts.add(_count(copy, f"({_marked(joined)})"))


def _count(copy: Copy, rows: str) -> _Counts:
    counts = _Counts()
    for month, is_year_only, site, people, first in copy.engine.execute(FINEST.format(rows=rows)).fetchall():
        when = (month.year, None if is_year_only else month.month)
        counts.finest[*when, site] = people
        counts.months[when] += first
    if sites := sorted({site for *_when, site in counts.finest}):
        counts.total[None], *found = copy.engine.execute(_by_site(rows, sites)).fetchone() or ()
        counts.sites.update(dict(zip(sites, found, strict=True)))
    return counts


def _by_site(rows: str, sites: Sequence[int]) -> str:
    """In all and at each site: everybody is looked for once, with a bit for each site that they came to."""
    masks = [sites[start : start + BITS] for start in range(0, len(sites), BITS)]
    chosen = ", ".join(f"bit_or({_bit(mask)}) AS mask_{number}" for number, mask in enumerate(masks))
    counted = (
        f"count(*) FILTER (mask_{number} & {1 << place} <> 0)"
        for number, mask in enumerate(masks)
        for place in range(len(mask))
    )
    return f"SELECT count(*), {', '.join(counted)} FROM (SELECT {chosen} FROM {rows} GROUP BY person)"


def _bit(sites: Sequence[int]) -> str:
    bits = " ".join(f"WHEN {site} THEN CAST({1 << place} AS BIGINT)" for place, site in enumerate(sites))
    return f"CASE site_id {bits} ELSE 0 END"
