"""Rules about stock hold for any numbers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alongside.supplies.rules import (
    LotStock,
    Need,
    StockStatus,
    allocate,
    days_of_cover,
    expires_soon,
    is_expired,
    lot_code,
    order_list,
    reconcile,
    reorder_quantity,
    safety_stock,
    status_of,
    use_over,
)

pytestmark = pytest.mark.once

TODAY = date(2026, 3, 15)
# A busy machine is no fault of the rules.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

expiries = st.none() | st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 1, 1))
shelves = st.lists(
    st.builds(LotStock, lot_id=st.integers(1, 10**6), quantity=st.integers(-50, 500), expires_on=expiries),
    max_size=8,
    unique_by=lambda lot: lot.lot_id,
)
amounts = st.floats(min_value=0, max_value=1e5, allow_nan=False)


def lot(lot_id: int, quantity: int, expires_on: date | None = None) -> LotStock:
    return LotStock(lot_id=lot_id, quantity=quantity, expires_on=expires_on)


@PATIENT
@given(quantity=st.integers(0, 5000), lots=shelves)
def test_picks_and_shortfall_add_up_and_take_only_what_is_there(quantity, lots):
    picks, shortfall = allocate(quantity, lots, today=TODAY)
    held = {each.lot_id: each.quantity for each in lots}
    assert sum(pick.quantity for pick in picks) + shortfall == quantity
    assert all(0 < pick.quantity <= held[pick.lot_id] for pick in picks)
    assert len({pick.lot_id for pick in picks}) == len(picks)
    assert shortfall == max(0, quantity - sum(max(0, each.quantity) for each in lots))


@PATIENT
@given(quantity=st.integers(0, 5000), lots=shelves)
def test_every_lot_but_the_last_is_emptied_in_order_of_expiry(quantity, lots):
    picks, _ = allocate(quantity, lots, today=TODAY)
    held = {each.lot_id: each for each in lots}
    for pick in picks[:-1]:
        assert pick.quantity == held[pick.lot_id].quantity
    good_days = [held[pick.lot_id].expires_on for pick in picks if not pick.is_expired]
    dated = [day for day in good_days if day is not None]
    assert dated == sorted(dated)
    assert good_days[: len(dated)] == dated, "undated lots come after dated ones"
    flags = [pick.is_expired for pick in picks]
    assert flags == sorted(flags), "expired lots come last"


@PATIENT
@given(lots=shelves, quantity=st.integers(0, 5000), order=st.randoms(use_true_random=False))
def test_the_order_lots_come_in_changes_nothing(lots, quantity, order):
    shuffled = list(lots)
    order.shuffle(shuffled)
    assert allocate(quantity, lots, today=TODAY) == allocate(quantity, shuffled, today=TODAY)


def test_the_lot_that_expires_first_goes_first_and_expired_stock_goes_last_but_goes():
    lots = [
        lot(1, 5, TODAY - timedelta(days=1)),
        lot(2, 5),
        lot(3, 5, TODAY + timedelta(days=300)),
        lot(4, 5, TODAY),
        lot(5, 5, TODAY - timedelta(days=900)),
    ]
    picks, shortfall = allocate(27, lots, today=TODAY)
    assert [pick.lot_id for pick in picks] == [4, 3, 2, 1, 5]
    assert [pick.is_expired for pick in picks] == [False, False, False, True, True]
    assert shortfall == 2


def test_a_negative_quantity_is_a_programming_error():
    with pytest.raises(ValueError, match="-1"):
        allocate(-1, [], today=TODAY)


def test_a_pack_is_good_on_the_day_printed_on_it():
    assert not is_expired(TODAY, today=TODAY)
    assert is_expired(TODAY - timedelta(days=1), today=TODAY)
    assert not is_expired(None, today=TODAY)
    assert expires_soon(TODAY, today=TODAY)
    assert expires_soon(TODAY + timedelta(days=60), today=TODAY)
    assert not expires_soon(TODAY + timedelta(days=61), today=TODAY)
    assert not expires_soon(TODAY - timedelta(days=1), today=TODAY)


@pytest.mark.parametrize(
    ("on_hand", "status"),
    [(-1, StockStatus.SHORT), (0, StockStatus.OUT), (9, StockStatus.LOW), (10, StockStatus.OK), (11, StockStatus.OK)],
)
def test_status_words(on_hand, status):
    assert status_of(on_hand, reorder_point=10) is status


@PATIENT
@given(on_hand=st.integers(-100, 10**6), daily=amounts)
def test_cover_is_never_negative_and_unknown_only_without_use(on_hand, daily):
    cover = days_of_cover(on_hand, daily)
    assert (cover is None) == (daily == 0)
    assert cover is None or cover >= 0


@PATIENT
@given(on_hand=st.integers(-1000, 10**6), use=amounts, safety=amounts, pack=st.integers(1, 1000))
def test_an_order_covers_the_need_in_whole_packs_and_not_a_pack_more(on_hand, use, safety, pack):
    ordered = reorder_quantity(on_hand=on_hand, expected_use=use, safety=safety, pack_size=pack)
    assert ordered >= 0
    assert ordered % pack == 0
    assert on_hand + ordered >= use + safety - 1e-6
    assert ordered == 0 or on_hand + ordered - pack < use + safety


@PATIENT
@given(weekly=st.lists(amounts, min_size=1, max_size=12), days=st.integers(0, 200))
def test_use_over_more_days_is_never_less(weekly, days):
    assert use_over(weekly, days=days + 1) >= use_over(weekly, days=days) - 1e-6


def test_use_over_counts_part_weeks_and_goes_on_after_the_forecast():
    assert use_over([70, 140], days=7) == 70
    assert use_over([70, 140], days=10.5) == 140
    assert use_over([70, 140], days=21) == 350
    assert use_over([], days=21) == 0


def test_safety_stock_follows_the_error_of_the_sum():
    assert safety_stock([10, 30], days=7, factor=2) == pytest.approx(20)
    assert safety_stock([10, 30], days=3.5, factor=2) == pytest.approx(10)
    assert safety_stock([10, 30], days=10.5, factor=2) == pytest.approx(40)
    assert safety_stock([10, 30], days=14, factor=2) == pytest.approx(60)
    assert safety_stock([10, 30], days=28, factor=2) == pytest.approx(120)
    assert safety_stock([10, 30], days=0) == 0
    assert safety_stock([], days=28) == 0


@PATIENT
@given(steps=st.lists(amounts, min_size=1, max_size=13), days=st.integers(0, 150))
def test_more_days_never_need_less_in_case(steps, days):
    errors = [sum(steps[: week + 1]) for week in range(len(steps))]
    assert safety_stock(errors, days=days + 1) >= safety_stock(errors, days=days) - 1e-6


def need(**changes) -> Need:
    facts = {"item_id": 1, "on_hand": 100, "reorder_point": 0, "weekly_use": (70.0,) * 8, "total_error": (0.0,) * 8}
    return Need(**facts | changes)


def test_an_order_lasts_until_the_next_one_arrives():
    (line,) = order_list([need()], lead_days=14, review_days=28)
    assert line.expected_use == pytest.approx(420)
    assert line.suggested == 320
    assert line.days_of_cover == pytest.approx(10)


def test_an_uncertain_forecast_orders_more():
    (sure, unsure) = order_list([need(), need(total_error=(50.0,) * 8)], lead_days=14, review_days=28)
    assert unsure.suggested > sure.suggested


def test_what_is_below_its_reorder_point_is_topped_up_though_nobody_asked_for_it_lately():
    (line,) = order_list([need(on_hand=2, reorder_point=20, weekly_use=(0.0,) * 4)], lead_days=7, review_days=7)
    assert line.status is StockStatus.LOW
    assert line.suggested == 18
    assert line.days_of_cover is None


@PATIENT
@given(on_hand=st.integers(-1000, 10**5), weekly=st.lists(amounts, max_size=8), error=amounts)
def test_order_lines_are_sane_for_any_numbers(on_hand, weekly, error):
    each = need(on_hand=on_hand, weekly_use=weekly, total_error=[error] * len(weekly))
    (line,) = order_list([each], lead_days=14, review_days=28)
    assert line.suggested >= 0
    assert line.safety_stock >= 0
    assert on_hand + line.suggested >= line.expected_use - 1e-6


@PATIENT
@given(lots=shelves, counted=st.integers(0, 5000))
def test_after_a_count_the_books_hold_what_was_counted_and_no_lot_is_below_nothing(lots, counted):
    left = {each.lot_id: each.quantity for each in lots} | {0: 0}
    changes = reconcile(counted, lots, surplus_lot=0, today=TODAY)
    for lot_id, change in changes.items():
        left[lot_id] += change
    assert sum(left.values()) == counted
    assert min(left.values()) >= 0
    assert 0 not in changes.values()


def test_what_is_missing_is_taken_from_the_lots_that_go_out_first_and_what_is_too_much_has_no_lot():
    lots = [lot(1, 60, TODAY + timedelta(days=30)), lot(2, 60, TODAY + timedelta(days=300)), lot(9, -20)]
    assert reconcile(100, lots, surplus_lot=9, today=TODAY) == {9: 20, 1: -20}
    assert reconcile(130, lots, surplus_lot=9, today=TODAY) == {9: 30}
    assert reconcile(120, lots, surplus_lot=9, today=TODAY) == {9: 20}


@pytest.mark.parametrize(("typed", "kept"), [(" ab 12 ", "AB 12"), ("a\t 1", "A 1"), ("", ""), ("ß-1", "SS-1")])
def test_lot_codes_are_kept_in_one_spelling(typed, kept):
    assert lot_code(typed) == kept
