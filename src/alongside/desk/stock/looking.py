"""What is on the shelves, what runs out of time, and where a lot went."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from alongside.accounts.doors import needs
from alongside.desk.stock.sites import chosen_site
from alongside.kernel.clock import now, today
from alongside.sites.middleware import MemberRequest
from alongside.supplies.models import Item
from alongside.supplies.ordering import expected_use
from alongside.supplies.rules import days_of_cover
from alongside.supplies.shelf import SOON_DAYS, ShelfRow, changes_of, handed_out_by_week, lots_of, on_hand
from alongside.supplies.shelf import expiring as lots_expiring
from alongside.supplies.shelf import recall as trails_of
from alongside.supplies.shelf import shelf as shelf_rows

MOVES_PER_PAGE = 50
WINDOWS_DAYS = (30, SOON_DAYS, 90, 180, 365)
WEEK_DAYS = 7
WEEKS_KEPT_AT_A_SITE = 2
WEEKS_SHOWN = 12


@needs("stock.see")
def stock(request: MemberRequest) -> HttpResponse:
    program = request.member.program
    chosen = chosen_site(request)
    expected = expected_use(program, site=chosen.site).by_item
    weekly = {item_id: forecast.mean[0] for item_id, forecast in expected.items()}
    is_one_of_several = chosen.site is not None and chosen.sites.count() > 1
    low_below = {item_id: ceil(WEEKS_KEPT_AT_A_SITE * units) for item_id, units in weekly.items()}
    rows = shelf_rows(
        site=chosen.site, today=today(program.timezone), low_below=low_below if is_one_of_several else None
    )
    context = {
        "chosen": chosen,
        "is_one_of_several": is_one_of_several,
        "rows": [(row, _cover(row, weekly.get(row.item.pk, 0.0))) for row in rows if row.item.is_active or row.on_hand],
        "attention": sum(row.needs_attention for row in rows if row.item.is_active),
        "can_move": request.member.can("stock.move"),
        "can_manage": request.member.can("stock.manage"),
    }
    return render(request, "desk/stock/stock.html", context)


def _cover(row: ShelfRow, weekly_use: float) -> int | None:
    cover = days_of_cover(row.on_hand, weekly_use / WEEK_DAYS)
    return None if cover is None else int(cover)


@needs("stock.see")
def item(request: MemberRequest, pk: int) -> HttpResponse:
    found: Item = get_object_or_404(Item.objects, pk=pk)
    zone = request.member.program.timezone
    context = {
        "item": found,
        "lots": lots_of(found, today=today(zone)),
        "on_hand": on_hand(site=None).get(found.pk, 0),
        "parts": found.parts.select_related("part").order_by("part__position"),
        "weeks": handed_out_by_week(found, since=now() - timedelta(weeks=WEEKS_SHOWN), zone=ZoneInfo(zone)),
        "page": Paginator(changes_of(found), MOVES_PER_PAGE).get_page(request.GET.get("page")),
        "can_move": request.member.can("stock.move"),
        "can_manage": request.member.can("stock.manage"),
    }
    return render(request, "desk/stock/item.html", context)


@needs("stock.see")
def expiring(request: MemberRequest) -> HttpResponse:
    said = request.GET.get("days", "")
    days = next((days for days in WINDOWS_DAYS if str(days) == said), SOON_DAYS)
    chosen = chosen_site(request)
    lots = lots_expiring(site=chosen.site, today=today(request.member.program.timezone), days=days)
    context = {
        "chosen": chosen,
        "days": days,
        "windows": WINDOWS_DAYS,
        "lots": lots,
        "has_expired_naloxone": any(lot.is_expired and lot.lot.item.doses for lot in lots),
        "can_move": request.member.can("stock.move"),
    }
    return render(request, "desk/stock/expiring.html", context)


@needs("stock.see")
def recall(request: MemberRequest) -> HttpResponse:
    typed = request.GET.get("lot", "")
    asked = typed.strip()[:60]
    found = trails_of(asked, zone=ZoneInfo(request.member.program.timezone))
    return render(request, "desk/stock/recall.html", {"asked": asked, "found": found})
