"""Counting facts and contacts by month and site, for the services' indicators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import ExtractMonth, ExtractYear

from alongside.kernel.indicators import Cell, Period

NOTHING = Value("")


def in_period(period: Period) -> Q:
    return Q(day__gte=period.start, day__lte=period.end)


def by_month(rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
    """Rows of the period with `year` and `month`; month is empty where only the year was recorded."""
    month = Case(When(precision="y", then=None), default=ExtractMonth("day"), output_field=IntegerField())
    return rows.filter(in_period(period)).annotate(year=ExtractYear("day"), month=month)


def sums_by_month(
    rows: QuerySet[Any], period: Period, *, value: str, detail: Combinable | Value = NOTHING
) -> Iterator[Cell]:
    """One cell for each year, month, site and detail with the sum of `value`."""
    groups = (
        by_month(rows, period)
        .annotate(detail=detail)
        .values("year", "month", "site_id", "detail")
        .annotate(total=Sum(F(value)))
        .order_by("year", "month", "site_id", "detail")
    )
    for row in groups.iterator():
        yield Cell(row["year"], row["month"], row["site_id"], row["total"] or 0, row["detail"] or "")
