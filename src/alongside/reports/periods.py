"""Periods that people ask for by name, and how a period is made of months and years."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

from alongside.kernel.indicators import Period

THIS_MONTH = "this_month"
LAST_MONTH = "last_month"
THIS_QUARTER = "this_quarter"
LAST_QUARTER = "last_quarter"
TWELVE_MONTHS = "twelve_months"
THIS_YEAR = "this_year"
LAST_YEAR = "last_year"
ALL = "all"
CUSTOM = "custom"

NAMED = (THIS_MONTH, LAST_MONTH, THIS_QUARTER, LAST_QUARTER, TWELVE_MONTHS, THIS_YEAR, LAST_YEAR)


def period_named(name: str, *, today: date) -> Period:
    """Whole months, the running one included. Raises KeyError for a name that is not in NAMED."""
    this = first_of_month(today)
    quarter = months_later(this, -((this.month - 1) % 3))
    starts_and_months = {
        THIS_MONTH: (this, 1),
        LAST_MONTH: (months_later(this, -1), 1),
        THIS_QUARTER: (quarter, 3),
        LAST_QUARTER: (months_later(quarter, -3), 3),
        TWELVE_MONTHS: (months_later(this, -11), 12),
        THIS_YEAR: (date(today.year, 1, 1), 12),
        LAST_YEAR: (date(today.year - 1, 1, 1), 12),
    }
    start, months = starts_and_months[name]
    return Period(start=start, end=last_of_month(months_later(start, months - 1)))


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_later(first: date, months: int) -> date:
    """The first day of the month so many months after (or before) `first`."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def months_in(period: Period) -> list[date]:
    """The first day of each month that the period touches."""
    return [first_of_month(part.start) for part in period.by_month()]


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """What a period is made of, as far as records are counted: whole months, whole years, and days at its edges."""

    months: frozenset[date]
    """First days of the months that lie wholly in the period."""
    years: frozenset[int]
    """Years that lie wholly in the period: only they can hold records of which no more than the year is known."""
    partial_years: frozenset[int]
    edges: tuple[Period, ...]
    """Parts of months at the beginning and end."""


def pieces(period: Period) -> Pieces:
    parts = list(period.by_month())
    whole = {part.start for part in parts if part.start.day == 1 and part.end == last_of_month(part.end)}
    edges = tuple(replace(part, precisions="d") for part in parts if part.start not in whole)
    all_years = {part.start.year for part in parts}
    years = {year for year in all_years if period.start <= date(year, 1, 1) and date(year, 12, 31) <= period.end}
    return Pieces(
        months=frozenset(whole),
        years=frozenset(years),
        partial_years=frozenset(all_years - years),
        edges=edges,
    )


def last_day_so_far(period: Period, *, today: date) -> date:
    return min(period.end, max(today, period.start))
