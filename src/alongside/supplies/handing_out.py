"""Stock that leaves with a contact, and comes back when the contact is undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Sum

from alongside.sites.plain_sql import insert_all, unsaved
from alongside.supplies.models import Lot, StockMove
from alongside.supplies.queries import lots_in_stock
from alongside.supplies.rules import LotStock, Pick, allocate, lot_code


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Units of an item that were given out at a site."""

    source: UUID
    site_id: int
    item_id: int
    quantity: int
    by_id: int
    lot_code: str = ""


Stock = dict[tuple[int, int], list[LotStock]]
"""Lots by (site, item)."""


def stock_for(wanted: Sequence[Wanted], *, program_id: int) -> Stock:
    """What there is of these items, locked until the transaction ends."""
    return lots_in_stock(program_id, ((each.site_id, each.item_id) for each in wanted))


def hand_out(
    wanted: Sequence[Wanted], *, program_id: int, at: datetime, today: date, stock: Stock | None = None
) -> list[StockMove]:
    """Write the moves: first expiry first, and whatever the books lack as a flagged shortfall. Never refuses.

    `stock` is what `stock_for` found, where it was asked for already.
    """
    if not wanted:
        return []
    stock = stock_for(wanted, program_id=program_id) if stock is None else stock
    lots = _Lots(program_id, {each.item_id for each in wanted}, {lot_code(each.lot_code) for each in wanted})
    moves = []
    for each in wanted:
        for pick, is_shortfall in _picks(each, stock, lots, today):
            moves.append(
                unsaved(
                    StockMove,
                    program_id=program_id,
                    site_id=each.site_id,
                    item_id=each.item_id,
                    lot_id=pick.lot_id,
                    quantity=-pick.quantity,
                    reason=StockMove.Reason.HANDED_OUT,
                    at=at,
                    by_id=each.by_id,
                    source=each.source,
                    is_shortfall=is_shortfall,
                )
            )
    moves.sort(key=_turn)
    insert_all(moves)
    return moves


def _turn(move: StockMove) -> tuple[int, int]:
    """The database adds to the levels in the order of the rows: the same order for everybody."""
    return (move.site_id, move.lot_id)


def _picks(each: Wanted, stock: Stock, lots: _Lots, today: date) -> Iterable[tuple[Pick, bool]]:
    place = (each.site_id, each.item_id)
    if each.lot_code:
        lot_id = lots.named(each.item_id, lot_code(each.lot_code))
        held = [lot for lot in stock.get(place, []) if lot.lot_id == lot_id]
        picks, short = allocate(each.quantity, held, today=today)
        short_lot = lot_id
    else:
        picks, short = allocate(each.quantity, stock.get(place, []), today=today)
        short_lot = lots.unnamed(each.item_id) if short else 0
    stock[place] = _what_is_left(stock.get(place, []), picks)
    yield from ((pick, False) for pick in picks)
    if short:
        yield Pick(lot_id=short_lot, quantity=short, is_expired=False), True


def _what_is_left(lots: list[LotStock], picks: list[Pick]) -> list[LotStock]:
    taken = {pick.lot_id: pick.quantity for pick in picks}
    left = (
        LotStock(lot_id=lot.lot_id, quantity=lot.quantity - taken.get(lot.lot_id, 0), expires_on=lot.expires_on)
        for lot in lots
    )
    return [lot for lot in left if lot.quantity > 0]


class _Lots:
    """Looks lots up only when one is needed: the usual contact names none and is short of nothing."""

    def __init__(self, program_id: int, item_ids: set[int], codes: set[str]) -> None:
        self._program_id, self._item_ids, self._codes = program_id, item_ids, codes | {""}
        self._found: dict[tuple[int, str], int] | None = None

    def unnamed(self, item_id: int) -> int:
        return self.named(item_id, "")

    def named(self, item_id: int, code: str) -> int:
        if self._found is None:
            rows = Lot._base_manager.filter(item_id__in=self._item_ids, code__in=self._codes)
            self._found = {(lot.item_id, lot.code): lot.pk for lot in rows}
        if (item_id, code) not in self._found:
            lot, _ = Lot._base_manager.get_or_create(program_id=self._program_id, item_id=item_id, code=code)
            self._found[item_id, code] = lot.pk
        return self._found[item_id, code]


def lock_levels(sources: Sequence[UUID], needs: Iterable[tuple[int, int]], *, program_id: int) -> None:
    """Hold every level that `put_back(sources)` and then `hand_out` of these (site, item) will touch, in one order.

    Taken bit by bit, two corrections could each wait for what the other one holds.
    """
    moved = StockMove._base_manager.filter(program_id=program_id, source__in=sources)
    lots_in_stock(program_id, {*needs, *moved.values_list("site_id", "item_id")})


def put_back(sources: Sequence[UUID], *, program_id: int, by_id: int, at: datetime) -> list[StockMove]:
    """Return to each lot what these contacts took out of it. Twice is harmless: only what is still out returns."""
    lock_levels(sources, (), program_id=program_id)
    rows = (
        StockMove._base_manager.filter(program_id=program_id, source__in=sources)
        .values("source", "site_id", "item_id", "lot_id")
        .annotate(out=Sum("quantity"))
        .order_by("site_id", "lot_id")
    )
    moves = [
        StockMove(
            program_id=program_id,
            site_id=row["site_id"],
            item_id=row["item_id"],
            lot_id=row["lot_id"],
            quantity=-row["out"],
            reason=StockMove.Reason.PUT_BACK,
            at=at,
            by_id=by_id,
            source=row["source"],
        )
        for row in rows
        if row["out"]
    ]
    insert_all(moves)
    return moves
