"""Stock that comes in, goes from site to site, is counted, put right or disposed of.

Each verb asks whether the member may, writes its moves under one `source` and one line of audit, in one transaction.
A second call with the same `source` changes nothing: a form that was sent twice is one delivery.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.kernel.clock import now, today
from alongside.kernel.errors import Refusal
from alongside.sites.audit import record_audit
from alongside.sites.members import Member
from alongside.sites.models import Site
from alongside.sites.stopped import again_if_stopped
from alongside.supplies.models import Item, Lot, StockLevel, StockMove
from alongside.supplies.rules import LotStock, Pick, allocate, lot_code, reconcile

Reason = StockMove.Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """Units of one lot that arrived. `lot` is "" if nobody read it."""

    item: Item
    quantity: int
    lot: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """Who writes under which source, when it happened, and what they noted."""

    member: Member
    source: UUID
    at: datetime | None = None
    """None is now."""
    note: str = ""

    @property
    def program_id(self) -> int:
        return self.member.program.pk

    @property
    def today(self) -> date:
        return today(self.member.program.timezone)

    def move(
        self, site: Site, lot: Lot | tuple[int, int], quantity: int, reason: str, *, is_shortfall: bool = False
    ) -> StockMove:
        """An unsaved move; `lot` is a lot, or its (item id, lot id)."""
        item_id, lot_id = (lot.item_id, lot.pk) if isinstance(lot, Lot) else lot
        return StockMove(
            program_id=self.program_id,
            site=site,
            item_id=item_id,
            lot_id=lot_id,
            quantity=quantity,
            reason=reason,
            at=self.at or now(),
            by_id=self.member.user_id,
            source=self.source,
            note=self.note,
            is_shortfall=is_shortfall,
        )


@again_if_stopped
def receive(lines: Sequence[Delivered], *, site: Site, ledger: Ledger, is_opening: bool = False) -> int:
    """Take a delivery into the books, or the stock a program starts with. Returns the moves written, 0 for a repeat.

    Raises Refusal if a lot is already known with another expiry date.
    """
    reason = Reason.OPENING if is_opening else Reason.RECEIVED
    with transaction.atomic():
        if _is_repeat(ledger, site):
            return 0
        _locked([site], [line.item for line in lines])
        moves = [ledger.move(site, _lot_for(line, ledger.program_id), line.quantity, reason) for line in lines]
        return _write(moves, ledger, "stock.received")


@again_if_stopped
def transfer(quantities: Mapping[Item, int], *, origin: Site, destination: Site, ledger: Ledger) -> int:
    """Move units between two sites, lot by lot, first expiry first. Returns the units the origin's books lacked.

    What the books lack still moves, flagged as a shortfall: the boxes are in the van whatever the books say.
    """
    if origin == destination:
        raise Refusal(_("Choose two different sites: stock can't move from a site to itself."))
    with transaction.atomic():
        if _is_repeat(ledger, origin):
            return 0
        shelf = _locked([origin, destination], quantities)
        moves: list[StockMove] = []
        lacking = 0
        for item, quantity in quantities.items():
            picks, short = allocate(quantity, shelf[origin.pk, item.pk], today=ledger.today)
            lacking += short
            moves += _from_to(item, picks, short, origin=origin, destination=destination, ledger=ledger)
        _write(moves, ledger, "stock.transferred")
        return lacking


def _from_to(
    item: Item, picks: Sequence[Pick], short: int, *, origin: Site, destination: Site, ledger: Ledger
) -> Iterable[StockMove]:
    for pick in picks:
        lot = (item.pk, pick.lot_id)
        yield ledger.move(origin, lot, -pick.quantity, Reason.TRANSFER)
        yield ledger.move(destination, lot, pick.quantity, Reason.TRANSFER)
    if short:
        lot = (item.pk, _unnamed_lot(item, ledger.program_id).pk)
        yield ledger.move(origin, lot, -short, Reason.TRANSFER, is_shortfall=True)
        yield ledger.move(destination, lot, short, Reason.TRANSFER)


@again_if_stopped
def count(
    counted: Mapping[Item, int], *, site: Site, ledger: Ledger, surplus_to: Mapping[Item, Lot] | None = None
) -> int:
    """Make the books say what is on the shelf. Returns how many items differed.

    Units that the books did not know go to the lot that `surplus_to` names, or to "no lot recorded".
    """
    with transaction.atomic():
        if _is_repeat(ledger, site):
            return 0
        shelf = _locked([site], counted)
        moves: list[StockMove] = []
        differed = 0
        for item, units in counted.items():
            surplus_lot = (surplus_to or {}).get(item) or _unnamed_lot(item, ledger.program_id)
            lots = shelf[site.pk, item.pk]
            changes = reconcile(units, lots, surplus_lot=surplus_lot.pk, today=ledger.today)
            differed += units != sum(lot.quantity for lot in lots)
            moves += [ledger.move(site, (item.pk, lot), change, Reason.COUNT) for lot, change in changes.items()]
        _write(moves, ledger, "stock.counted")
        return differed


def adjust(lot: Lot, change: int, *, site: Site, ledger: Ledger) -> None:
    """Put one lot right by `change` units, for the reason in the note. Raises Refusal below zero or without a note."""
    if not ledger.note.strip():
        raise Refusal(_("Write why the books were wrong, so that somebody else can follow it later."))
    _change_lot(lot, change, site=site, ledger=ledger, reason=Reason.ADJUSTMENT, action="stock.adjusted")


def dispose(lot: Lot, quantity: int, *, site: Site, ledger: Ledger) -> None:
    """Take units that were thrown away or given back off the books. Raises Refusal for more than the books hold."""
    _change_lot(lot, -quantity, site=site, ledger=ledger, reason=Reason.DISPOSAL, action="stock.disposed")


@again_if_stopped
def _change_lot(lot: Lot, change: int, *, site: Site, ledger: Ledger, reason: str, action: str) -> None:
    with transaction.atomic():
        if _is_repeat(ledger, site):
            return
        shelf = _locked([site], [lot.item])[site.pk, lot.item_id]
        held = sum(each.quantity for each in shelf if each.lot_id == lot.pk)
        if change < 0 and held + change < 0:
            raise Refusal(
                _("The books hold only %(held)s of this lot here. Count the shelf first if there are more.")
                % {"held": max(0, held)}
            )
        _write([ledger.move(site, lot, change, reason)], ledger, action)


def _is_repeat(ledger: Ledger, site: Site) -> bool:
    """True if this source is in the books. A member without the right is stopped here, and whoever moves stock of
    the same site at the same moment waits here, so that a form sent twice at once is still one delivery."""
    if not ledger.member.can("stock.move"):
        raise PermissionDenied
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    return bool(StockMove.objects.filter(source=ledger.source).exists())


def _write(moves: Sequence[StockMove], ledger: Ledger, action: str) -> int:
    StockMove.objects.bulk_create(sorted(moves, key=lambda move: (move.site_id, move.lot_id)))
    record_audit(
        action,
        program_id=ledger.program_id,
        by_id=ledger.member.user_id,
        target=str(ledger.source),
        moves=len(moves),
        units=sum(move.quantity for move in moves),
    )
    return len(moves)


def _locked(sites: Iterable[Site], items: Iterable[Item]) -> dict[tuple[int, int], list[LotStock]]:
    """By (site, item), every lot the books know, also those below zero. Locked until the transaction ends, in the
    order that contacts lock them in."""
    rows = StockLevel.objects.filter(site__in=list(sites), item__in=list(items))
    locked = rows.order_by("pk").select_for_update(of=("self",))
    shelf: dict[tuple[int, int], list[LotStock]] = defaultdict(list)
    for site_id, item_id, lot_id, quantity, expires_on in locked.values_list(
        "site_id", "item_id", "lot_id", "quantity", "lot__expires_on"
    ):
        shelf[site_id, item_id].append(LotStock(lot_id=lot_id, quantity=quantity, expires_on=expires_on))
    return shelf


def _unnamed_lot(item: Item, program_id: int) -> Lot:
    lot: Lot = Lot.objects.get_or_create(item=item, code="", defaults={"program_id": program_id})[0]
    return lot


def _lot_for(line: Delivered, program_id: int) -> Lot:
    """The lot of a delivered line. Units without a lot code but with a date are a lot named after that date."""
    code = lot_code(line.lot) or (f"EXP {line.expires_on:%Y-%m-%d}" if line.expires_on else "")
    defaults = {"program_id": program_id, "expires_on": line.expires_on}
    lot: Lot = Lot.objects.get_or_create(item=line.item, code=code, defaults=defaults)[0]
    if line.expires_on and lot.expires_on is None:
        lot.expires_on = line.expires_on
        lot.save(update_fields=["expires_on"])
    elif line.expires_on and lot.expires_on and lot.expires_on != line.expires_on:
        raise Refusal(
            _(
                "Lot %(lot)s of %(item)s is on the books with the expiry date %(date)s. Read the box again, or "
                "correct the date on the item's page first."
            )
            % {"lot": code, "item": line.item, "date": date_format(lot.expires_on)}
        )
    return lot


def correct_expiry(lot: Lot, expires_on: date | None, *, member: Member) -> None:
    """Set the date of a lot that was read wrong. Raises Refusal for "no lot recorded", which mixes many boxes."""
    if not member.can("stock.move"):
        raise PermissionDenied
    if not lot.code:
        raise Refusal(_("Units without a lot can't have a date. Receive them with their lot instead."))
    with transaction.atomic():
        Lot.objects.filter(pk=lot.pk).update(expires_on=expires_on)
        record_audit(
            "stock.expiry_corrected", program_id=member.program.pk, by_id=member.user_id, target=f"lot {lot.pk}"
        )
