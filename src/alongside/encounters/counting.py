"""Counting facts and contacts by month and site, for the services' indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Case, IntegerField, Q, QuerySet, Value, When

from alongside.kernel.indicators import ALL_PRECISIONS, Cell, Period
from alongside.supplies.models import Item

GROUP = ("is_year_only", "site_id")


def month_by_month(rows: QuerySet[Any], period: Period) -> Iterator[tuple[Period, QuerySet[Any]]]:
    """The rows of each month, with `is_year_only`.

    One question a month is quicker than one that tells months apart: SQLite has to call Python to take a date apart.
    """
    year_only = Case(When(precision="y", then=Value(1)), default=Value(0), output_field=IntegerField())
    for part in period.by_month():
        inside = Q(day__gte=part.start, day__lte=part.end)
        if set(part.precisions) != set(ALL_PRECISIONS):
            inside &= Q(precision__in=list(part.precisions))
        yield part, rows.filter(inside).annotate(is_year_only=year_only)


@dataclass(frozen=True, slots=True)
class Tally:
    """What to add up for an indicator. `detail` is for all of it; a detail that differs by row comes from `tallies`."""

    indicator: str
    total: Aggregate
    detail: str = ""


def tallies(
    rows: QuerySet[Any],
    period: Period,
    *wanted: Tally,
    detail: str = "",
    keys: Mapping[Any, str] | None = None,
) -> Iterator[tuple[str, Cell]]:
    """Reads the rows once: a cell for each tally, month, site and value of the field `detail`.

    `keys` turns a value as stored into a detail's key, so that the database need not look up a name for every row.
    """
    totals = {f"total_{number}": tally.total for number, tally in enumerate(wanted)}
    for part, month in month_by_month(rows, period):
        groups = month.values(*GROUP, *([detail] if detail else [])).annotate(**totals).order_by()
        for row in groups.iterator():
            own = row[detail] if detail else ""
            for name, tally in zip(totals, wanted, strict=True):
                if row[name]:
                    found = (keys[own] if keys else str(own)) if detail else tally.detail
                    number = None if row["is_year_only"] else part.start.month
                    yield tally.indicator, Cell(part.start.year, number, row["site_id"], row[name], found)


def tallies_by_item(rows: QuerySet[Any], period: Period, *wanted: Tally) -> Iterator[tuple[str, Cell]]:
    """The detail is the item's key."""
    return tallies(rows, period, *wanted, detail="item_id", keys=dict(Item.objects.values_list("pk", "key")))


def item_names() -> Mapping[str, str]:
    return {item.key: item.local_name for item in Item.objects.only("key", "name", "name_es")}
