"""Questions about what is on the shelves, how it got there and where it went. Never about people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncWeek

from alongside.sites.models import Site
from alongside.supplies.models import Item, Lot, StockLevel, StockMove
from alongside.supplies.rules import StockStatus, expires_soon, is_expired, lot_code, status_of

SOON_DAYS = 60
OUT = (StockMove.Reason.HANDED_OUT, StockMove.Reason.PUT_BACK)
WITHOUT_CONTACT = "NOT supplies_stockmove.reason IN ('handed_out', 'put_back')"
ASK_FOR_ATTENTION = (StockStatus.SHORT, StockStatus.OUT, StockStatus.LOW, StockStatus.OK)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShelfRow:
    """An item at one site, or at all sites together."""

    item: Item
    on_hand: int
    status: StockStatus
    next_expiry: date | None
    """Of the units that are there."""
    is_expired: bool
    expires_soon: bool

    @property
    def needs_attention(self) -> bool:
        return self.status is not StockStatus.OK or self.is_expired or self.expires_soon


@dataclass(frozen=True, kw_only=True, slots=True)
class LotRow:
    """Units of one lot at one site."""

    lot: Lot
    site: Site
    quantity: int
    is_expired: bool
    expires_soon: bool


def stock_sites() -> QuerySet[Site]:
    """Places that have shelves: the areas of an import have none."""
    found: QuerySet[Site] = Site.objects.filter(is_active=True).exclude(kind=Site.Kind.AREA)
    return found


def shelf(*, site: Site | None, today: date, low_below: Mapping[int, int] | None = None) -> list[ShelfRow]:
    """Items that ever were at the site (None: at any), what needs attention first. Kits are counted by their parts.

    `low_below` are units by item id; without it an item is low below its own reorder point, which is meant for the
    whole program.
    """
    levels = StockLevel.objects.filter(site=site) if site else StockLevel.objects.filter(site__in=stock_sites())
    sums = levels.values("item_id").annotate(
        on_hand=Sum("quantity"), next_expiry=Min("lot__expires_on", filter=Q(quantity__gt=0))
    )
    items = {item.pk: item for item in Item.objects.all()}
    rows = [_shelf_row(items[row["item_id"]], row, today, low_below) for row in sums]
    return sorted(rows, key=lambda row: (ASK_FOR_ATTENTION.index(row.status), row.item.position, row.item.name))


def _shelf_row(item: Item, row: Mapping[str, Any], today: date, low_below: Mapping[int, int] | None) -> ShelfRow:
    low = item.reorder_point if low_below is None else low_below.get(item.pk, 0)
    return ShelfRow(
        item=item,
        on_hand=row["on_hand"],
        status=status_of(row["on_hand"], reorder_point=low),
        next_expiry=row["next_expiry"],
        is_expired=is_expired(row["next_expiry"], today=today),
        expires_soon=expires_soon(row["next_expiry"], today=today, days=SOON_DAYS),
    )


def on_hand(*, site: Site | None) -> dict[int, int]:
    """Units by item id at the site, or at all sites together."""
    levels = StockLevel.objects.filter(site=site) if site else StockLevel.objects.filter(site__in=stock_sites())
    return dict(levels.values("item_id").annotate(units=Sum("quantity")).values_list("item_id", "units"))


def single_items() -> QuerySet[Item]:
    """Items that are counted themselves: kits are counted by their parts."""
    found: QuerySet[Item] = Item.objects.filter(is_active=True, parts__isnull=True)
    return found


def lots_of(item: Item, *, today: date) -> list[LotRow]:
    """Where units of the item are, by site and lot; also lots that the books have below zero."""
    levels = StockLevel.objects.filter(item=item).exclude(quantity=0).select_related("lot", "site")
    return [
        _lot_row(level, today) for level in levels.order_by("site__name", F("lot__expires_on").asc(nulls_last=True))
    ]


def surplus_of(counted: Mapping[Item, int], *, site: Site) -> dict[Item, list[Lot]]:
    """Items of which there is more at the site than the books say, each with the lots that those units may be of.

    An item without any lot is left out: there is nothing to choose.
    """
    held = StockLevel.objects.filter(site=site, quantity__gt=0).values("item_id").annotate(units=Sum("quantity"))
    known = dict(held.values_list("item_id", "units"))
    more = [item for item, units in counted.items() if units > known.get(item.pk, 0)]
    lots: dict[int, list[Lot]] = defaultdict(list)
    known_lots = StockLevel.objects.filter(Q(site=site) | Q(quantity__gt=0), item__in=more).values("lot_id")
    for lot in (
        Lot.objects.filter(pk__in=known_lots).exclude(code="").order_by(F("expires_on").asc(nulls_last=True), "code")
    ):
        lots[lot.item_id].append(lot)
    return {item: lots[item.pk] for item in more if item.pk in lots}


def expiring(*, site: Site | None, today: date, days: int) -> list[LotRow]:
    """Lots on a shelf whose date has passed or is within `days` days, first expiry first."""
    levels = StockLevel.objects.filter(quantity__gt=0, lot__expires_on__lte=today + timedelta(days=days))
    levels = levels.filter(site=site) if site else levels.filter(site__in=stock_sites())
    found = levels.select_related("lot__item", "site").order_by("lot__expires_on", "lot__item__name", "site__name")
    return [_lot_row(level, today) for level in found]


def _lot_row(level: StockLevel, today: date) -> LotRow:
    expires_on = level.lot.expires_on
    return LotRow(
        lot=level.lot,
        site=level.site,
        quantity=level.quantity,
        is_expired=is_expired(expires_on, today=today),
        expires_soon=expires_soon(expires_on, today=today, days=SOON_DAYS),
    )


def changes_of(item: Item) -> QuerySet[StockMove]:
    """Every move of the item but those with a contact, newest first. What was handed out is shown by the week."""
    moves: QuerySet[StockMove] = StockMove.objects.filter(item=item).select_related("lot", "site")
    # Written out, so that SQLite sees while it plans that the partial index "move_without_contact" has the rows.
    return moves.extra(where=[WITHOUT_CONTACT]).order_by("-at", "-pk")  # noqa: S610 (our own words)


def handed_out_by_week(item: Item, *, since: datetime, zone: ZoneInfo) -> list[tuple[date, int]]:
    """Monday of the week and units, newest first; weeks without any are left out."""
    moves = StockMove.objects.filter(item=item, site__in=list(stock_sites()), reason__in=OUT, at__gte=since)
    weeks = moves.annotate(week=TruncWeek("at", tzinfo=zone)).values("week").annotate(units=Sum("quantity"))
    return [(row["week"].date(), -row["units"]) for row in weeks.order_by("-week")]


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteTrail:
    """What became of a lot at one site: units received, moved away (negative) and so on, by reason; days it left on."""

    site: str
    on_hand: int
    handed_out: int
    other: list[tuple[str, int]]
    days: list[tuple[date, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recall:
    """A lot, and what became of it at each site."""

    lot: Lot
    sites: list[SiteTrail]


def recall(typed: str, *, zone: ZoneInfo) -> list[Recall]:
    """Every lot with that code, whichever items it is of. Empty for no code. Days are the program's own."""
    code = lot_code(typed)
    if not code:
        return []
    lots = Lot.objects.filter(code__iexact=code).select_related("item").order_by("item__name")
    return [Recall(lot=lot, sites=_trails(lot, zone)) for lot in lots]


def _trails(lot: Lot, zone: ZoneInfo) -> list[SiteTrail]:
    moves = StockMove.objects.filter(lot=lot)
    by_reason: dict[str, dict[str, int]] = defaultdict(dict)
    for row in moves.values("site__name", "reason").annotate(units=Sum("quantity")).order_by("site__name", "reason"):
        by_reason[row["site__name"]][row["reason"]] = row["units"]
    by_day: dict[str, list[tuple[date, int]]] = defaultdict(list)
    out = moves.filter(reason__in=OUT).annotate(day=TruncDate("at", tzinfo=zone))
    for left in out.values("site__name", "day").annotate(units=Sum("quantity")).order_by("day"):
        if left["units"]:
            by_day[left["site__name"]].append((left["day"], -left["units"]))
    return [_trail(site, units, by_day[site]) for site, units in by_reason.items()]


def _trail(site: str, units: Mapping[str, int], days: list[tuple[date, int]]) -> SiteTrail:
    return SiteTrail(
        site=site,
        on_hand=sum(units.values()),
        handed_out=-sum(units.get(reason, 0) for reason in OUT),
        other=[(str(StockMove.Reason(reason).label), each) for reason, each in units.items() if reason not in OUT],
        days=days,
    )
