"""Rules about stock, over plain values. `allocate` runs on every contact, so nothing heavy is imported here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

SAFETY_FACTOR = 1.645
"""Standard deviations of forecast error kept in hand: enough for 19 order cycles in 20, if errors are normal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LotStock:
    """Units of one lot on a site's shelf. `expires_on` is the last good day, None if no date is known."""

    lot_id: int
    quantity: int
    expires_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """Units to take from a lot."""

    lot_id: int
    quantity: int
    is_expired: bool


class StockStatus(StrEnum):
    """OK; LOW: below the reorder point; OUT: none left; SHORT: more went out than the books had."""

    OK = "ok"
    LOW = "low"
    OUT = "out"
    SHORT = "short"


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What is on the shelf and what is expected to leave it."""

    item_id: int
    on_hand: int
    """Units; negative when the books are short."""
    reorder_point: int
    weekly_use: Sequence[float]
    """Expected units for each coming week, the first week first; the last one is taken to go on."""
    total_error: Sequence[float]
    """Units: standard deviation of the error in the sum of the first week, of the first two weeks, and so on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLine:
    """How much of an item to order, and why."""

    item_id: int
    on_hand: int
    status: StockStatus
    days_of_cover: float | None
    expected_use: float
    """Units expected to leave before the order after this one arrives."""
    safety_stock: float
    """Units kept for the weeks that ask for more than expected."""
    suggested: int


def allocate(quantity: int, lots: Sequence[LotStock], *, today: date) -> tuple[list[Pick], int]:
    """Choose lots for `quantity` units: first expiry first, undated lots next, expired ones last and flagged.

    Returns the picks and the shortfall: the units that no lot could give. Expired stock is never refused, since
    expired naloxone is far better than none. Raises ValueError on a negative quantity.
    """
    if quantity < 0:
        raise ValueError(f"a quantity to hand out is not negative: {quantity}")
    picks: list[Pick] = []
    left = quantity
    for lot in lots if len(lots) < 2 else sorted(lots, key=lambda lot: _turn(lot, today)):
        if not left:
            break
        taken = min(left, lot.quantity)
        if taken > 0:
            expired = is_expired(lot.expires_on, today=today)
            picks.append(Pick(lot_id=lot.lot_id, quantity=taken, is_expired=expired))
            left -= taken
    return picks, left


def _turn(lot: LotStock, today: date) -> tuple[int, int, int]:
    """When a lot's turn comes. The id settles ties, so that two desks choose alike."""
    if lot.expires_on is None:
        return (1, 0, lot.lot_id)
    day = lot.expires_on.toordinal()
    if lot.expires_on < today:
        return (2, -day, lot.lot_id)
    return (0, day, lot.lot_id)


def reconcile(counted: int, lots: Sequence[LotStock], *, surplus_lot: int, today: date) -> dict[int, int]:
    """Changes by lot after which the lots hold `counted` units, none of them less than nothing.

    What is missing is taken from the lots that go out first, since those left unrecorded; what is too much goes to
    `surplus_lot`. A lot that the books had below zero is brought back to zero.
    """
    changes = {lot.lot_id: -lot.quantity for lot in lots if lot.quantity < 0}
    held = sum(lot.quantity for lot in lots if lot.quantity > 0)
    if counted > held:
        changes[surplus_lot] = changes.get(surplus_lot, 0) + counted - held
    else:
        missing, _ = allocate(held - counted, lots, today=today)
        changes |= {pick.lot_id: -pick.quantity for pick in missing}
    return {lot_id: change for lot_id, change in changes.items() if change}


def lot_code(typed: str) -> str:
    """One spelling for each lot, however it was read off the box."""
    return " ".join(typed.split()).upper()


def is_expired(expires_on: date | None, *, today: date) -> bool:
    """True from the day after the date on the pack. A lot without a date never expires."""
    return expires_on is not None and expires_on < today


def expires_soon(expires_on: date | None, *, today: date, days: int = 60) -> bool:
    """True if the last good day is within `days` days from today, and has not passed."""
    return expires_on is not None and today <= expires_on <= today + timedelta(days=days)


def status_of(on_hand: int, *, reorder_point: int) -> StockStatus:
    if on_hand < 0:
        return StockStatus.SHORT
    if on_hand == 0:
        return StockStatus.OUT
    return StockStatus.LOW if on_hand < reorder_point else StockStatus.OK


def days_of_cover(on_hand: int, daily_use: float) -> float | None:
    """Days until the shelf is empty at `daily_use` units a day; None if none is used, 0 if none is left."""
    if daily_use <= 0:
        return None
    return max(0, on_hand) / daily_use


def use_over(weekly_use: Sequence[float], *, days: float) -> float:
    """Units used in the next `days` days. Past the end of the forecast, its last week goes on."""
    if not weekly_use:
        return 0.0
    weeks = days / 7
    whole = min(int(weeks), len(weekly_use))
    beyond = weekly_use[min(whole, len(weekly_use) - 1)] * (weeks - whole)
    return sum(weekly_use[:whole]) + beyond


def safety_stock(total_error: Sequence[float], *, days: float, factor: float = SAFETY_FACTOR) -> float:
    """Units to keep for `days` days, from the error of a forecast's sum over one week, two weeks and so on.

    Between whole weeks it is interpolated; past the end of the forecast it is taken to grow evenly with time.
    """
    if not total_error or days <= 0:
        return 0.0
    weeks = days / 7
    if weeks >= len(total_error):
        return factor * total_error[-1] * weeks / len(total_error)
    before = total_error[int(weeks) - 1] if weeks >= 1 else 0.0
    return factor * (before + (total_error[int(weeks)] - before) * (weeks % 1))


def reorder_quantity(*, on_hand: int, expected_use: float, safety: float, pack_size: int = 1) -> int:
    """Units to order now so that `expected_use + safety` is covered; 0 if it already is, else whole packs."""
    missing = ceil(expected_use + safety - on_hand)
    return 0 if missing <= 0 else ceil(missing / pack_size) * pack_size


def order_list(needs: Iterable[Need], *, lead_days: int, review_days: int) -> list[OrderLine]:
    """An order line per item. An order must last until the next one, made after `review_days`, arrives
    `lead_days` later. What is below its reorder point is topped up to it at least."""
    return [_order_line(need, days=lead_days + review_days) for need in needs]


def _order_line(need: Need, *, days: int) -> OrderLine:
    expected = use_over(need.weekly_use, days=days)
    safety = safety_stock(need.total_error, days=days)
    wanted = reorder_quantity(on_hand=need.on_hand, expected_use=expected, safety=safety)
    return OrderLine(
        item_id=need.item_id,
        on_hand=need.on_hand,
        status=status_of(need.on_hand, reorder_point=need.reorder_point),
        days_of_cover=days_of_cover(need.on_hand, expected / days if days else 0.0),
        expected_use=expected,
        safety_stock=safety,
        suggested=max(wanted, need.reorder_point - need.on_hand, 0),
    )
