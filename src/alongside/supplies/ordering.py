"""What will be needed, and how much to order now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db import connection, transaction
from django_scopes import scope

from alongside.jobs.specs import Work
from alongside.kernel.clock import now
from alongside.sites.models import Program, Site
from alongside.sites.plain_sql import select
from alongside.supplies.forecasting import Forecast, average, forecast_many
from alongside.supplies.models import Item, UseForecast
from alongside.supplies.rules import Need, OrderLine, StockStatus, order_list
from alongside.supplies.shelf import on_hand

JOB = "supplies.forecast_use"
WEEKS_BACK = 104
WEEKS_AHEAD = 13
WEEKS_OF_A_QUICK_AVERAGE = 8

Place: TypeAlias = tuple[int | None, int]
"""(site id, item id); no site is all sites together."""

SECONDS_AGO = {
    "sqlite": "(%s - CAST(strftime('%%s', at) AS INTEGER))",
    "postgresql": "(%s - EXTRACT(EPOCH FROM at)::bigint)",
}
# The plus signs keep SQLite from walking an index in an order of its own, which is ten times slower than the table.
WEEKLY_USE = """
SELECT +site_id, +item_id, {seconds_ago} / 604800, -SUM(quantity)
FROM supplies_stockmove
WHERE program_id = %s AND reason IN ('handed_out', 'put_back') AND at > %s AND at <= %s
  AND site_id NOT IN (SELECT id FROM sites_site WHERE kind = 'area')
GROUP BY 1, 2, 3
"""


def weekly_use(program: Program, *, weeks: int, until: datetime) -> dict[Place, list[int]]:
    """Units handed out in each of the last `weeks` times seven days, the oldest first, by site and for all together.

    What came back with an undone contact is taken off in the week it came back. A shortfall counts: it was needed.
    """
    used: dict[Place, list[int]] = defaultdict(lambda: [0] * weeks)
    statement = WEEKLY_USE.format(seconds_ago=SECONDS_AGO[connection.vendor])
    since = until - timedelta(weeks=weeks)
    prepare = connection.ops.adapt_datetimefield_value
    for site_id, item_id, weeks_ago, units in select(
        statement, [int(until.timestamp()), program.pk, prepare(since), prepare(until)]
    ):
        week = weeks - 1 - min(int(weeks_ago), weeks - 1)
        used[site_id, item_id][week] += int(units)
        used[None, item_id][week] += int(units)
    return dict(used)


def renew_forecasts(program: Program) -> int:
    """Work out every forecast of a program anew, in a process of its own. Returns how many there are."""
    moment = now()
    with scope(program=program):
        used = weekly_use(program, weeks=WEEKS_BACK, until=moment)
        series = {_name(place): units for place, units in used.items()}
        answers = forecast_many(series, weeks=WEEKS_AHEAD) if series else {}
        rows = [_row(program, place, answers[_name(place)], moment) for place in used]
        with transaction.atomic():
            UseForecast.objects.all().delete()
            UseForecast.objects.bulk_create(rows)
    return len(rows)


def renew_every_forecast(work: Work) -> None:
    """The daily job. A program named in the payload is worked out alone."""
    chosen = Program.objects.filter(pk=work.payload["program"]) if "program" in work.payload else Program.objects.all()
    programs = list(chosen.order_by("pk"))
    for done, program in enumerate(programs, start=1):
        renew_forecasts(program)
        work.report_progress(done, len(programs))


def _name(place: Place) -> str:
    return f"{place[0] or ''}:{place[1]}"


def _row(program: Program, place: Place, answer: Forecast, made_at: datetime) -> UseForecast:
    site_id, item_id = place
    return UseForecast(
        program=program,
        site_id=site_id,
        item_id=item_id,
        made_at=made_at,
        method=answer.method,
        weekly_mean=[round(units, 3) for units in answer.mean],
        weekly_low=[round(units, 3) for units in answer.low],
        weekly_high=[round(units, 3) for units in answer.high],
        total_error=[round(units, 3) for units in answer.total_error],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What is expected of each item, and since when that is known."""

    by_item: Mapping[int, Forecast]
    made_at: datetime | None
    """None: no forecast yet, so these are averages of the last 8 weeks."""


def expected_use(program: Program, *, site: Site | None) -> Expected:
    """The forecast for a site, or for all together; until the first one is made, the average of 8 weeks."""
    rows = list(UseForecast.objects.filter(site=site))
    if rows:
        return Expected(by_item={row.item_id: _forecast(row) for row in rows}, made_at=rows[0].made_at)
    used = weekly_use(program, weeks=WEEKS_OF_A_QUICK_AVERAGE, until=now())
    wanted = site.pk if site else None
    averages = {
        item_id: average([max(0, units) for units in history], weeks=WEEKS_AHEAD)
        for (site_id, item_id), history in used.items()
        if site_id == wanted
    }
    return Expected(by_item=averages, made_at=None)


def _forecast(row: UseForecast) -> Forecast:
    return Forecast(
        mean=row.weekly_mean,
        low=row.weekly_low,
        high=row.weekly_high,
        method=row.method,
        total_error=row.total_error,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ToOrder:
    """A line of the order list, with its item and how its use was foreseen."""

    item: Item
    line: OrderLine
    weekly_mean: float
    weekly_low: float
    weekly_high: float


def what_to_order(expected: Expected, *, site: Site | None, lead_days: int, review_days: int) -> list[ToOrder]:
    """Items in stock or in use, what runs out first at the top."""
    held = on_hand(site=site)
    items = {item.pk: item for item in Item.objects.filter(is_active=True, pk__in={*held, *expected.by_item})}
    needs = [_need(item, held.get(item.pk, 0), expected.by_item.get(item.pk)) for item in items.values()]
    lines = order_list(needs, lead_days=lead_days, review_days=review_days)
    found = [_to_order(items[line.item_id], line, expected.by_item.get(line.item_id)) for line in lines]
    return sorted(found, key=_urgency)


def _need(item: Item, units: int, foreseen: Forecast | None) -> Need:
    return Need(
        item_id=item.pk,
        on_hand=units,
        reorder_point=item.reorder_point,
        weekly_use=foreseen.mean if foreseen else (),
        total_error=foreseen.total_error if foreseen else (),
    )


def _to_order(item: Item, line: OrderLine, foreseen: Forecast | None) -> ToOrder:
    mean, low, high = (foreseen.mean[0], foreseen.low[0], foreseen.high[0]) if foreseen else (0.0, 0.0, 0.0)
    return ToOrder(item=item, line=line, weekly_mean=mean, weekly_low=low, weekly_high=high)


def _urgency(row: ToOrder) -> tuple[bool, bool, float, int]:
    """What has to be ordered comes first, and of that what runs out first."""
    cover = row.line.days_of_cover
    is_empty = row.line.status in (StockStatus.OUT, StockStatus.SHORT)
    return (row.line.suggested == 0, not is_empty, cover if cover is not None else float("inf"), row.item.position)
