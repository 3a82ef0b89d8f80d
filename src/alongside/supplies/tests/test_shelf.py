"""What is on the shelves, what runs out of time, and where a lot went."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django_scopes import scope

from alongside.sites.models import Site
from alongside.supplies import shelf
from alongside.supplies.handing_out import Wanted, hand_out, put_back
from alongside.supplies.models import Item, Lot, StockMove
from alongside.supplies.rules import StockStatus
from tests.programs import item_of, make_member, make_program, site_of

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 15)
NOON = datetime(2026, 3, 15, 17, tzinfo=UTC)


@pytest.fixture
def program():
    program = make_program()
    with scope(program=program):
        yield program


@pytest.fixture
def worker(program):
    return make_member(program)


def put(program, worker, key, units, *, site="Front desk", code="", expires_on=None, at=NOON, reason="received"):
    item = item_of(program, key)
    lot = Lot.objects.get_or_create(item=item, code=code, defaults={"program": program, "expires_on": expires_on})[0]
    StockMove.objects.create(
        program=program,
        site=site_of(program, site),
        item=item,
        lot=lot,
        quantity=units,
        reason=reason,
        at=at,
        by=worker,
    )


def give(program, worker, key, units, *, site="Front desk", at=NOON, code=""):
    source = uuid4()
    wanted = Wanted(
        source=source,
        site_id=site_of(program, site).pk,
        item_id=item_of(program, key).pk,
        quantity=units,
        by_id=worker.pk,
        lot_code=code,
    )
    hand_out([wanted], program_id=program.pk, at=at, today=TODAY)
    return source


def test_the_shelf_shows_what_needs_attention_first(program, worker):
    put(program, worker, "water", 5000)
    put(program, worker, "cooker", 3)
    put(program, worker, "cotton", 7)
    give(program, worker, "cotton", 7)
    give(program, worker, "foil", 20)
    put(program, worker, "condom", 900, site="Van")
    rows = shelf.shelf(site=site_of(program), today=TODAY)
    assert [(row.item.key, row.status, row.on_hand) for row in rows] == [
        ("foil", StockStatus.SHORT, -20),
        ("cotton", StockStatus.OUT, 0),
        ("cooker", StockStatus.LOW, 3),
        ("water", StockStatus.OK, 5000),
    ]
    everywhere = shelf.shelf(site=None, today=TODAY)
    assert {row.item.key for row in everywhere} == {"foil", "cotton", "cooker", "water", "condom"}


def test_areas_of_an_import_have_no_shelf(program, worker):
    Site.objects.create(program=program, name="Providence", kind=Site.Kind.AREA)
    give(program, worker, "naloxone-nasal-4mg", 900, site="Providence")
    assert shelf.shelf(site=None, today=TODAY) == []
    assert shelf.on_hand(site=None) == {}
    assert list(shelf.stock_sites().values_list("name", flat=True)) == ["Front desk", "Van"]


def test_dates_count_only_for_what_is_still_there(program, worker):
    gone, soon = TODAY - timedelta(days=1), TODAY + timedelta(days=60)
    put(program, worker, "naloxone-nasal-4mg", 10, code="OLD", expires_on=gone)
    put(program, worker, "naloxone-nasal-4mg", 200, code="NEW", expires_on=soon)
    give(program, worker, "naloxone-nasal-4mg", 10, code="OLD")
    (row,) = shelf.shelf(site=None, today=TODAY)
    assert (row.next_expiry, row.is_expired, row.expires_soon) == (soon, False, True)
    assert [lot.lot.code for lot in shelf.expiring(site=None, today=TODAY, days=60)] == ["NEW"]
    assert shelf.expiring(site=None, today=TODAY, days=59) == []
    assert [lot.quantity for lot in shelf.lots_of(item_of(program, "naloxone-nasal-4mg"), today=TODAY)] == [200]


def test_one_site_of_several_is_low_by_its_own_measure(program, worker):
    put(program, worker, "water", 90)
    water = item_of(program, "water").pk
    (row,) = shelf.shelf(site=site_of(program), today=TODAY)
    assert row.status is StockStatus.LOW
    for low_below, status in (({water: 90}, StockStatus.OK), ({water: 91}, StockStatus.LOW), ({}, StockStatus.OK)):
        (row,) = shelf.shelf(site=site_of(program), today=TODAY, low_below=low_below)
        assert row.status is status


def test_what_was_handed_out_is_shown_by_the_week_and_other_changes_one_by_one(program, worker):
    put(program, worker, "water", 500)
    for day, units in ((9, 5), (15, 7), (16, 11)):
        give(program, worker, "water", units, at=datetime(2026, 3, day, 17, tzinfo=UTC))
    water = item_of(program, "water")
    weeks = shelf.handed_out_by_week(water, since=NOON - timedelta(weeks=4), zone=ZoneInfo(program.timezone))
    assert weeks == [(date(2026, 3, 16), 11), (date(2026, 3, 9), 12)]
    assert [move.quantity for move in shelf.changes_of(water)] == [500]


def test_kits_are_not_counted_themselves(program):
    assert not shelf.single_items().filter(key__startswith="kit-").exists()
    assert shelf.single_items().count() == Item.objects.filter(is_active=True, parts=None).count()


def test_a_recall_says_where_and_when_but_never_who(program, worker):
    put(program, worker, "naloxone-vial", 40, code="N7", expires_on=date(2028, 1, 31))
    put(program, worker, "naloxone-vial", -10, code="N7", reason="transfer")
    put(program, worker, "naloxone-vial", 10, site="Van", code="N7", reason="transfer")
    give(program, worker, "naloxone-vial", 6, code="N7")
    undone = give(program, worker, "naloxone-vial", 3, code="N7", at=datetime(2026, 3, 17, 3, tzinfo=UTC))
    put_back([undone], program_id=program.pk, by_id=worker.pk, at=datetime(2026, 3, 17, 3, tzinfo=UTC))
    give(program, worker, "naloxone-vial", 4, site="Van", code="N7", at=datetime(2026, 3, 18, 3, tzinfo=UTC))
    (found,) = shelf.recall(" n7 ", zone=ZoneInfo(program.timezone))
    desk, van = found.sites
    assert (desk.site, desk.on_hand, desk.handed_out) == ("Front desk", 24, 6)
    assert desk.days == [(date(2026, 3, 15), 6)]
    assert dict(desk.other) == {"received": 40, "transfer": -10}
    assert (van.on_hand, van.handed_out, van.days) == (6, 4, [(date(2026, 3, 17), 4)])


@pytest.mark.parametrize("typed", ["", "   ", "NO SUCH LOT"])
def test_a_recall_of_nothing_finds_nothing(program, worker, typed):
    put(program, worker, "water", 40)
    assert shelf.recall(typed, zone=ZoneInfo("UTC")) == []
