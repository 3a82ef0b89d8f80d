"""The program's own catalogue: items, kits and usual bags."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from alongside.accounts.doors import needs
from alongside.desk.stock.forms import (
    MOST_IN_A_KIT,
    BagForm,
    ItemForm,
    NewItemForm,
    PossiblyNoLines,
    QuantityLine,
    lines,
)
from alongside.kernel.errors import Refusal
from alongside.sites.middleware import MemberRequest
from alongside.supplies import editing
from alongside.supplies.models import Bag, Item, KitPart


@needs("stock.see")
def catalogue(request: MemberRequest) -> HttpResponse:
    items = Item.objects.prefetch_related("parts__part").order_by("position", "name")
    groups: dict[str, list[Item]] = {group: [] for group in Item.Group.values}
    for item in items:
        groups[item.group].append(item)
    context = {
        "groups": [(Item.Group(group).label, members) for group, members in groups.items() if members],
        "bags": Bag.objects.prefetch_related("lines__item"),
        "can_manage": request.member.can("stock.manage"),
    }
    return render(request, "desk/stock/catalogue.html", context)


@needs("stock.manage")
def add(request: MemberRequest) -> HttpResponse:
    form = NewItemForm(_posted(request))
    if form.is_valid():
        item = editing.add_item(form.cleaned_data, member=request.member)
        messages.success(request, _("%(item)s is in the catalogue.") % {"item": item})
        return redirect("desk:stock_item", pk=item.pk)
    return _show(request, "item_form", form)


@needs("stock.manage")
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    item: Item = get_object_or_404(Item.objects, pk=pk)
    form = ItemForm(_posted(request), instance=get_object_or_404(Item.objects, pk=pk))
    if form.is_valid():
        editing.change_item(item, form.cleaned_data, member=request.member)
        _say_changed(request, item, is_hidden=not form.cleaned_data["is_active"])
        return redirect("desk:stock_item", pk=pk)
    return _show(request, "item_form", form, item=item)


def _say_changed(request: MemberRequest, item: Item, *, is_hidden: bool) -> None:
    """A hidden item that kits or bags still hold goes on being given out with them: say so."""
    messages.success(request, _("The change is saved."))
    kits = KitPart.objects.filter(part=item, kit__is_active=True).values_list("kit__name", flat=True)
    bags = Bag.objects.filter(lines__item=item, is_active=True).values_list("name", flat=True)
    holders = [*kits, *bags]
    if is_hidden and holders:
        messages.warning(
            request, _("It is hidden, but still a part of: %(kits)s. Change those too.") % {"kits": ", ".join(holders)}
        )


@needs("stock.manage")
def parts(request: MemberRequest, pk: int) -> HttpResponse:
    kit: Item = get_object_or_404(Item.objects, pk=pk)
    held = kit.parts.select_related("part").order_by("part__position")
    rows = lines(
        QuantityLine,
        Item.objects.filter(is_active=True).exclude(pk=pk) | Item.objects.filter(pk__in=held.values("part")),
        _posted(request),
        formset=PossiblyNoLines,
        initial=[{"item": str(part.part_id), "quantity": part.quantity} for part in held],
        most=MOST_IN_A_KIT,
    )
    problem = ""
    if _is_meant(request) and rows.is_valid():
        try:
            editing.set_kit_parts(kit, rows.totals(), member=request.member)
        except Refusal as refusal:
            problem = str(refusal)
        else:
            messages.success(request, _("The parts of %(item)s are saved.") % {"item": kit})
            return redirect("desk:stock_item", pk=pk)
    return _show(request, "kit", None, kit=kit, lines=rows, problem=problem)


@needs("stock.manage")
def add_bag(request: MemberRequest) -> HttpResponse:
    return _bag(request, None)


@needs("stock.manage")
def edit_bag(request: MemberRequest, pk: int) -> HttpResponse:
    return _bag(request, get_object_or_404(Bag.objects, pk=pk))


def _bag(request: MemberRequest, bag: Bag | None) -> HttpResponse:
    held = list(bag.lines.select_related("item").order_by("item__position")) if bag else []
    form = BagForm(_posted(request), instance=bag)
    rows = lines(
        QuantityLine,
        Item.objects.filter(is_active=True) | Item.objects.filter(pk__in=[line.item_id for line in held]),
        _posted(request),
        initial=[{"item": str(line.item_id), "quantity": line.quantity} for line in held],
        most=MOST_IN_A_KIT,
    )
    if _is_meant(request) and form.is_valid() and rows.is_valid():
        editing.save_bag(bag, form.cleaned_data, rows.totals(), member=request.member)
        messages.success(request, _("The usual bag is saved."))
        return redirect("desk:stock_catalogue")
    return _show(request, "bag", form, bag=bag, lines=rows)


def _posted(request: MemberRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _is_meant(request: MemberRequest) -> bool:
    return request.method == "POST" and "more" not in request.POST


def _show(request: MemberRequest, page: str, form: forms.BaseForm | None, **context: Any) -> HttpResponse:
    status = 422 if _is_meant(request) else 200
    return render(request, f"desk/stock/{page}.html", {"form": form, **context}, status=status)
