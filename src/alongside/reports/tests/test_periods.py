"""Periods by name, and what they are made of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.kernel.indicators import Period
from alongside.reports.periods import (
    NAMED,
    last_day_so_far,
    last_of_month,
    months_in,
    months_later,
    period_named,
    pieces,
)

pytestmark = pytest.mark.once
days = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("this_month", date(2026, 2, 1), date(2026, 2, 28)),
        ("last_month", date(2026, 1, 1), date(2026, 1, 31)),
        ("this_quarter", date(2026, 1, 1), date(2026, 3, 31)),
        ("last_quarter", date(2025, 10, 1), date(2025, 12, 31)),
        ("twelve_months", date(2025, 3, 1), date(2026, 2, 28)),
        ("this_year", date(2026, 1, 1), date(2026, 12, 31)),
        ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_named_periods(name: str, start: date, end: date) -> None:
    assert period_named(name, today=date(2026, 2, 20)) == Period(start=start, end=end)


@given(name=st.sampled_from(NAMED), today=days)
def test_named_periods_are_whole_months(name: str, today: date) -> None:
    parts = pieces(period_named(name, today=today))
    assert parts.edges == ()
    assert len(parts.months) in {1, 3, 12}


def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        period_named("next_year", today=date(2026, 1, 1))


@given(one=days, other=days)
def test_pieces_hold_every_day_once(one: date, other: date) -> None:
    period = Period(start=min(one, other), end=max(one, other))
    parts = pieces(period)
    in_months = sum((last_of_month(month) - month).days + 1 for month in parts.months)
    at_edges = sum((edge.end - edge.start).days + 1 for edge in parts.edges)
    assert in_months + at_edges == (period.end - period.start).days + 1
    assert len(parts.edges) <= 2
    assert {month.year for month in months_in(period)} == parts.years | parts.partial_years
    for year in parts.years:
        assert {date(year, month, 1) for month in range(1, 13)} <= parts.months


@given(day=days, months=st.integers(-30, 30))
def test_months_go_both_ways(day: date, months: int) -> None:
    first = day.replace(day=1)
    assert months_later(months_later(first, months), -months) == first


@given(day=days)
def test_the_last_day_of_a_month(day: date) -> None:
    assert (last_of_month(day) + timedelta(days=1)).day == 1


def test_a_period_that_is_not_over_ends_today_so_far() -> None:
    year = Period(start=date(2026, 1, 1), end=date(2026, 12, 31))
    assert last_day_so_far(year, today=date(2026, 2, 20)) == date(2026, 2, 20)
    assert last_day_so_far(year, today=date(2027, 2, 20)) == date(2026, 12, 31)
    assert last_day_so_far(year, today=date(2025, 2, 20)) == date(2026, 1, 1)
