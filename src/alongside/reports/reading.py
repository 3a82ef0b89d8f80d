"""Reading what a period came to: from months that were counted before, and from the ledger for all others."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from alongside.encounters.people import counted_as
from alongside.kernel.indicators import Cell, PeopleIndicator, Period
from alongside.reports.catalogue import stamp
from alongside.reports.ledger import Place, live_cells, live_people
from alongside.reports.models import ChangedMonth, MonthCell, MonthPeople, RolledMonth
from alongside.reports.periods import Pieces, first_of_month, last_of_month, pieces


@dataclass(frozen=True)
class Counted:
    """The cells of a period by indicator, and those that can't be placed: a year's, where the period is part of it."""

    cells: Mapping[str, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    left_out: Mapping[str, list[Cell]] = field(default_factory=lambda: defaultdict(list))


def clean_months(months: Collection[date]) -> set[date]:
    """Months that were counted whole and have not changed since."""
    counted = RolledMonth.objects.filter(month__in=months, stamp=stamp()).values_list("month", flat=True)
    changed = ChangedMonth.objects.filter(month__in=months).values_list("month", flat=True).distinct()
    return set(counted) - set(changed)


def clean_and_stale(parts: Pieces) -> tuple[set[date], list[Period]]:
    """Months to read as they were counted before, and periods to count now.

    Records of which only the year is known stand on 1 January. They are looked for in years that lie only partly in
    the period too, so that what is left out can be said.
    """
    januaries = {date(year, 1, 1) for year in parts.partial_years}
    clean = clean_months(parts.months | januaries)
    stale = [Period(start=month, end=last_of_month(month)) for month in sorted(parts.months - clean)]
    first_days = [Period(start=day, end=day, precisions="y") for day in sorted(januaries - parts.months - clean)]
    return clean, stale + first_days


def count_period(period: Period, *, names: Collection[str]) -> Counted:
    """Every cell of these indicators (not of people) in the period."""
    counted, parts = Counted(), pieces(period)
    clean, stale = clean_and_stale(parts)
    for name, cell in _kept_cells(clean, names):
        sort_in(counted, name, cell, parts)
    for each in stale:
        for name, cell in live_cells(each, names):
            sort_in(counted, name, cell, parts)
    for edge in parts.edges:
        for name, cell in live_cells(edge, names):
            counted.cells[name].append(cell)
        for name, cell in live_cells(whole_month_only(edge), names):
            counted.left_out[name].append(cell)
    return counted


def whole_month_only(edge: Period) -> Period:
    """The records of the edge's month of which no more than the month is known."""
    return Period(start=first_of_month(edge.start), end=last_of_month(edge.start), precisions="m")


def sort_in(counted: Counted, name: str, cell: Cell, parts: Pieces) -> None:
    if cell.month is None:
        (counted.cells if cell.year in parts.years else counted.left_out)[name].append(cell)
    elif date(cell.year, cell.month, 1) in parts.months:
        counted.cells[name].append(cell)


def _kept_cells(months: Collection[date], names: Collection[str]) -> Iterator[tuple[str, Cell]]:
    rows = MonthCell.objects.filter(month__in=months, indicator__in=names)
    columns = ("indicator", "month", "is_year_only", "site_id", "value", "detail")
    for name, month, is_year_only, site_id, value, detail in rows.values_list(*columns).iterator():
        yield name, Cell(month.year, None if is_year_only else month.month, site_id, value, detail)


@dataclass(frozen=True)
class Seen:
    """Who was seen where and when; `left_out` as in `Counted`."""

    people: Mapping[Place, set[int]] = field(default_factory=lambda: defaultdict(set))
    left_out: set[int] = field(default_factory=set)


def people_seen(
    indicators: Collection[PeopleIndicator], period: Period, *, is_asked: Callable[[int], bool]
) -> Mapping[str, Seen]:
    """The people of a period at the sites asked for, by figure; two that were found to be one person count as one."""
    found, parts = {each.name: Seen() for each in indicators}, pieces(period)
    if not indicators:
        return found
    clean, stale = clean_and_stale(parts)
    inside = chain(_kept_people(indicators, clean), _live_people(indicators, *stale, *parts.edges))
    for name, place, people in inside:
        if is_asked(place[2]):
            _sort_people(found[name], place, people, parts)
    for name, place, people in _live_people(indicators, *map(whole_month_only, parts.edges)):
        if is_asked(place[2]):
            found[name].left_out.update(people)
    joined = counted_as()
    for seen in found.values():
        _join(seen, joined)
    return found


def _sort_people(seen: Seen, place: Place, people: Iterable[int], parts: Pieces) -> None:
    if _is_in(place, parts):
        seen.people[place].update(people)
    elif place[1] is None:
        seen.left_out.update(people)


def _join(seen: Seen, joined: Mapping[int, int]) -> None:
    """Put one number where two were found to be one person."""
    for people in (*seen.people.values(), seen.left_out):
        for person in people & joined.keys():
            people.discard(person)
            people.add(joined[person])


def _is_in(place: Place, parts: Pieces) -> bool:
    year, month, _site = place
    if month is None:
        return year in parts.years
    first = date(year, month, 1)
    return first in parts.months or any(first_of_month(edge.start) == first for edge in parts.edges)


SomePeople = tuple[str, Place, Iterable[int]]
"""The figure's name, where and when, and who."""


def _kept_people(indicators: Collection[PeopleIndicator], months: set[date]) -> Iterator[SomePeople]:
    rows = MonthPeople.objects.filter(month__in=months, indicator__in=[each.name for each in indicators])
    columns = ("indicator", "month", "is_year_only", "site_id", "people")
    for name, month, is_year_only, site_id, people in rows.values_list(*columns).iterator():
        yield name, (month.year, None if is_year_only else month.month, site_id), people_from_bytes(people)


def _live_people(indicators: Collection[PeopleIndicator], *periods: Period) -> Iterator[SomePeople]:
    for indicator in indicators:
        for period in periods:
            yield from ((indicator.name, place, people) for place, people in live_people(indicator, period))


def people_from_bytes(kept: bytes | memoryview) -> array[int]:
    people = array("Q")
    people.frombytes(kept)
    return people


def people_as_bytes(people: Collection[int]) -> bytes:
    return array("Q", sorted(people)).tobytes()
