"""What was used, what will be, and what to order."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django_scopes import scope

from alongside.jobs.specs import Work
from alongside.kernel.clock import now, today
from alongside.sites.models import Site
from alongside.supplies import ordering
from alongside.supplies.handing_out import Wanted, hand_out, put_back
from alongside.supplies.models import Lot, StockMove, UseForecast
from tests.programs import item_of, make_member, make_program, site_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    program = make_program()
    with scope(program=program):
        yield program


@pytest.fixture
def worker(program):
    return make_member(program)


def give(program, worker, units, *, key="water", weeks_ago=0.0, site="Front desk"):
    source = uuid4()
    wanted = Wanted(
        source=source,
        site_id=site_of(program, site).pk,
        item_id=item_of(program, key).pk,
        quantity=units,
        by_id=worker.pk,
    )
    at = now() - timedelta(weeks=weeks_ago)
    hand_out([wanted], program_id=program.pk, at=at, today=today("UTC"))
    return source


def deliver(program, worker, units, *, key="water"):
    item = item_of(program, key)
    StockMove.objects.create(
        program=program,
        site=site_of(program),
        item=item,
        lot=Lot.objects.get(item=item, code=""),
        quantity=units,
        by_id=worker.pk,
        reason="received",
        at=now(),
        by=worker,
    )


def test_use_is_counted_in_weeks_back_from_now_by_site_and_for_all(program, worker):
    water = item_of(program, "water").pk
    desk, van = site_of(program).pk, site_of(program, "Van").pk
    give(program, worker, 10, weeks_ago=0.01)
    give(program, worker, 20, weeks_ago=0.99)
    give(program, worker, 40, weeks_ago=1.01)
    give(program, worker, 5, weeks_ago=2.5, site="Van")
    give(program, worker, 999, weeks_ago=4.1)
    used = ordering.weekly_use(program, weeks=4, until=now())
    assert used[desk, water] == [0, 0, 40, 30]
    assert used[van, water] == [0, 5, 0, 0]
    assert used[None, water] == [0, 5, 40, 30]


def test_what_came_back_is_not_use_and_neither_is_a_delivery_or_an_import(program, worker):
    undone = give(program, worker, 10, weeks_ago=0.1)
    put_back([undone], program_id=program.pk, by_id=worker.pk, at=now() - timedelta(hours=1))
    deliver(program, worker, 500)
    Site.objects.create(program=program, name="Providence", kind=Site.Kind.AREA)
    give(program, worker, 80, site="Providence", weeks_ago=0.1)
    used = ordering.weekly_use(program, weeks=2, until=now())
    assert set(used) == {(site_of(program).pk, item_of(program, "water").pk), (None, item_of(program, "water").pk)}
    assert all(units == [0, 0] for units in used.values())


def test_other_programs_use_is_not_seen(program, worker):
    give(program, worker, 10, weeks_ago=0.5)
    assert ordering.weekly_use(make_program(), weeks=4, until=now()) == {}


def test_until_a_forecast_is_made_the_average_of_eight_weeks_stands_in(program, worker):
    for week in range(8):
        give(program, worker, 70, weeks_ago=week + 0.5)
    expected = ordering.expected_use(program, site=None)
    assert expected.made_at is None
    assert expected.by_item[item_of(program, "water").pk].mean[0] == 70


def test_the_daily_job_makes_forecasts_for_each_site_and_for_all(program, worker):
    for week in range(20):
        give(program, worker, 70 + week % 3, weeks_ago=week + 0.5)
        give(program, worker, 30, weeks_ago=week + 0.5, site="Van", key="cooker")
    progress = []
    work = Work(
        job_id=uuid4(),
        payload={"program": program.pk},
        attempt=1,
        report_progress=lambda *steps: progress.append(steps),
    )
    ordering.renew_every_forecast(work)
    ordering.renew_every_forecast(work)
    assert progress == [(1, 1), (1, 1)]
    assert UseForecast.objects.count() == 4
    everywhere = ordering.expected_use(program, site=None)
    assert everywhere.made_at is not None
    water, cooker = (everywhere.by_item[item_of(program, key).pk] for key in ("water", "cooker"))
    assert water.method == "smoothing"
    assert water.mean[0] == pytest.approx(71, abs=2)
    assert len(water.mean) == ordering.WEEKS_AHEAD
    assert cooker.mean[0] == 30
    assert set(ordering.expected_use(program, site=site_of(program, "Van")).by_item) == {item_of(program, "cooker").pk}


def test_the_order_list_starts_with_what_runs_out_first(program, worker):
    for week in range(8):
        give(program, worker, 70, weeks_ago=week + 0.5)
        give(program, worker, 70, key="cooker", weeks_ago=week + 0.5)
    deliver(program, worker, 8 * 70 + 100)
    deliver(program, worker, 8 * 70 + 20, key="cooker")
    deliver(program, worker, 9000, key="condom")
    expected = ordering.expected_use(program, site=None)
    rows = ordering.what_to_order(expected, site=None, lead_days=14, review_days=28)
    assert [row.item.key for row in rows] == ["cooker", "water", "condom"]
    cooker, water, condom = rows
    assert cooker.line.on_hand == 20
    assert cooker.line.days_of_cover == pytest.approx(2)
    assert cooker.line.suggested > water.line.suggested > 320
    assert condom.line.suggested == 0


def test_hidden_items_are_not_ordered(program, worker):
    give(program, worker, 70, weeks_ago=0.5)
    type(item_of(program, "water")).objects.filter(key="water").update(is_active=False)
    expected = ordering.expected_use(program, site=None)
    assert ordering.what_to_order(expected, site=None, lead_days=14, review_days=28) == []
