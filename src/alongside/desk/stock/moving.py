"""Receiving, moving, counting and putting stock right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alongside.accounts.doors import needs
from alongside.desk.stock.forms import (
    ChangeForm,
    CountForm,
    DeliveredLine,
    Lines,
    LotForm,
    QuantityLine,
    ReceiveForm,
    SurplusForm,
    TransferForm,
    lines,
    places_of,
)
from alongside.desk.stock.sites import ChosenSite, chosen_site
from alongside.kernel.clock import today
from alongside.kernel.errors import Refusal
from alongside.sites.middleware import MemberRequest
from alongside.sites.models import Site
from alongside.supplies import moving
from alongside.supplies.models import Item, Lot, StockLevel
from alongside.supplies.moving import Delivered
from alongside.supplies.shelf import lots_of, on_hand, single_items, stock_sites, surplus_of


@needs("stock.move")
def receive(request: MemberRequest) -> HttpResponse:
    chosen = chosen_site(request)
    form = ReceiveForm(request.member, chosen.sites, _posted(request), initial={"site": chosen.site})
    rows = lines(DeliveredLine, single_items(), _posted(request), initial=_asked_for(request))
    if _is_ready(request, form, rows):
        delivered = [Delivered(**row) for row in rows.filled()]
        data = form.cleaned_data
        try:
            written = moving.receive(delivered, site=data["site"], ledger=form.ledger(), is_opening=data["is_opening"])
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            _say_received(request, written)
            return _to_stock(data["site"])
    return _show(request, "receive", form, rows)


def _say_received(request: MemberRequest, written: int) -> None:
    if written:
        messages.success(
            request,
            ngettext("%(count)s line is in the books.", "%(count)s lines are in the books.", written)
            % {"count": written},
        )
    else:
        messages.info(request, _("This delivery was in the books already. Nothing was added."))


@needs("stock.move")
def transfer(request: MemberRequest) -> HttpResponse:
    chosen = chosen_site(request)
    form = TransferForm(request.member, chosen.sites, _posted(request), initial=_two_sites(chosen))
    rows = lines(QuantityLine, single_items(), _posted(request), initial=_asked_for(request))
    if _is_ready(request, form, rows):
        data = form.cleaned_data
        lacking = moving.transfer(
            rows.totals(), origin=data["origin"], destination=data["destination"], ledger=form.ledger()
        )
        if lacking:
            messages.warning(
                request,
                _("Moved. The books of %(site)s had %(count)s fewer than you moved: count that shelf when you can.")
                % {"site": data["origin"], "count": lacking},
            )
        else:
            messages.success(request, _("Moved to %(site)s.") % {"site": data["destination"]})
        return _to_stock(data["destination"])
    return _show(request, "transfer", form, rows)


def _two_sites(chosen: ChosenSite) -> dict[str, Any]:
    """From the chosen site to the first other one."""
    origin = chosen.site or chosen.sites.first()
    return {"origin": origin, "destination": chosen.sites.exclude(pk=origin.pk).first() if origin else None}


@needs("stock.move")
def count(request: MemberRequest) -> HttpResponse:
    """What is on a shelf, item by item. `?all=1` offers what the books have never seen there, too."""
    chosen = chosen_site(request)
    site = chosen.site or chosen.sites.first()
    if site is None:
        return _show(request, "count", None, None)
    books = on_hand(site=site)
    items = single_items() if request.GET.get("all") else single_items().filter(pk__in=books)
    form = CountForm(request.member, items.order_by("position", "name"), _posted(request))
    surplus = None
    if _is_ready(request, form, None):
        surplus = SurplusForm(surplus_of(form.counted(), site=site), request.POST)
        if not surplus.fields or surplus.is_valid():
            _count(request, form, surplus, site)
            return _to_stock(site)
    shown = [(form[name], item, books.get(item.pk, 0)) for name, item in form.items.items()]
    is_all = bool(request.GET.get("all"))
    return _show(
        request, "count", form, None, site=site, sites=chosen.sites, shown=shown, is_all=is_all, surplus=surplus
    )


def _count(request: MemberRequest, form: CountForm, surplus: SurplusForm, site: Site) -> None:
    lots = surplus.chosen() if surplus.fields else {}
    differed = moving.count(form.counted(), site=site, ledger=form.ledger(), surplus_to=lots)
    _say_counted(request, differed)


def _say_counted(request: MemberRequest, differed: int) -> None:
    if differed:
        said = ngettext(
            "Counted. %(count)s item differed, and the books are right again.",
            "Counted. %(count)s items differed, and the books are right again.",
            differed,
        )
        messages.success(request, said % {"count": differed})
    else:
        messages.success(request, _("Counted. The books were right."))


@needs("stock.move")
def change(request: MemberRequest, pk: int) -> HttpResponse:
    """Units of one lot found, missed or disposed of."""
    item: Item = get_object_or_404(Item.objects, pk=pk)
    chosen = chosen_site(request)
    places = _places(item, request)
    form = ChangeForm(request.member, places, _posted(request), initial=_place_asked_for(request, places))
    if _is_ready(request, form, None):
        site_id, lot_id = form.cleaned_data["place"].split(":")
        try:
            _change(form, chosen.sites.get(pk=site_id), Lot.objects.select_related("item").get(pk=lot_id))
        except Refusal as refusal:
            form.add_error("quantity", str(refusal))
        else:
            messages.success(request, _("The books of %(item)s are changed.") % {"item": item})
            return redirect("desk:stock_item", pk=pk)
    return _show(request, "change", form, None, item=item)


def _change(form: ChangeForm, site: Site, lot: Lot) -> None:
    what, quantity = form.cleaned_data["what"], form.cleaned_data["quantity"]
    if what == ChangeForm.DISPOSED:
        moving.dispose(lot, quantity, site=site, ledger=form.ledger())
    else:
        moving.adjust(lot, quantity if what == ChangeForm.MORE else -quantity, site=site, ledger=form.ledger())


def _places(item: Item, request: MemberRequest) -> list[tuple[str, str]]:
    sites = list(stock_sites())
    known = {site.pk for site in sites}
    rows = [row for row in lots_of(item, today=today(request.member.program.timezone)) if row.site.pk in known]
    unnamed = Lot.objects.filter(item=item, code="").first()
    without_lot = [(f"{site.pk}:{unnamed.pk}", f"{site} · {_('no lot recorded')}") for site in sites] if unnamed else []
    return places_of(rows, without_lot)


def _place_asked_for(request: MemberRequest, places: list[tuple[str, str]]) -> dict[str, Any]:
    asked = request.GET.get("place", "")
    return {"place": asked if asked in dict(places) else None, "what": request.GET.get("what")}


@needs("stock.move")
def lot(request: MemberRequest, pk: int) -> HttpResponse:
    """The date of a lot."""
    found: Lot = get_object_or_404(Lot.objects.select_related("item").exclude(code=""), pk=pk)
    form = LotForm(_posted(request), initial={"expires_on": found.expires_on})
    if _is_ready(request, form, None):
        moving.correct_expiry(found, form.cleaned_data["expires_on"], member=request.member)
        messages.success(request, _("The date of lot %(lot)s is corrected.") % {"lot": found.code})
        return redirect("desk:stock_item", pk=found.item_id)
    sites = StockLevel.objects.filter(lot=found).exclude(quantity=0).select_related("site").order_by("site__name")
    return _show(request, "lot", form, None, lot=found, levels=sites)


def _posted(request: MemberRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _is_ready(request: MemberRequest, form: forms.Form, rows: Lines | None) -> bool:
    """True if everything was said right and is meant to be saved, not to grow by some lines."""
    if request.method != "POST" or "more" in request.POST:
        return False
    return form.is_valid() and (rows is None or rows.is_valid())


def _asked_for(request: MemberRequest) -> list[dict[str, Any]]:
    """The item that a link to a form named."""
    asked = request.GET.get("item", "")
    return [{"item": asked}] if asked.isdecimal() else []


def _show(
    request: MemberRequest, page: str, form: forms.Form | None, rows: Lines | None, **context: Any
) -> HttpResponse:
    wants_more = "more" in request.POST
    status = 422 if request.method == "POST" and not wants_more else 200
    return render(request, f"desk/stock/{page}.html", {"form": form, "lines": rows, **context}, status=status)


def _to_stock(site: Site) -> HttpResponse:
    return redirect(f"{reverse('desk:stock')}?site={site.pk}")
