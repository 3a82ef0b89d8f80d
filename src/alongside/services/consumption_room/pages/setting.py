"""Setting a room up: its places, its sheets for paper, and the program's minutes of observation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.kernel.errors import Refusal
from alongside.services.consumption_room.actions.book import Hand
from alongside.services.consumption_room.actions.setting_up import (
    add_place,
    confirm_protocol,
    proposed_protocol,
    set_paper,
    switch_place,
)
from alongside.services.consumption_room.models import ConfirmedProtocol, Place
from alongside.services.consumption_room.pages.board import room_or_404
from alongside.services.consumption_room.pages.forms import PaperMinutesForm, PlaceForm, ProtocolForm
from alongside.services.consumption_room.queries.reading import current_protocol
from alongside.services.consumption_room.queries.wording import GROUPS, ROUTES
from alongside.sites.middleware import MemberRequest


@needs("room.manage")
def set_up(request: MemberRequest, pk: int) -> HttpResponse:
    room = room_or_404(pk)
    which = request.POST.get("form", "")
    place_form = PlaceForm(request.POST if which == "place" else None)
    paper_form = PaperMinutesForm(
        request.POST if which == "paper" else None, initial={"paper_minutes": room.paper_minutes}
    )
    if place_form.is_valid():
        hand = Hand(member=request.member, source=place_form.cleaned_data["source"])
        try:
            add_place(room, name=place_form.cleaned_data["name"], hand=hand)
            return redirect("room:set_up", pk=pk)
        except Refusal as refusal:
            place_form.add_error("name", str(refusal))
    if paper_form.is_valid():
        set_paper(room, minutes=paper_form.cleaned_data["paper_minutes"], member=request.member)
        messages.success(request, _("Saved."))
        return redirect("room:set_up", pk=pk)
    context = {
        "room": room,
        "places": Place.objects.filter(room=room),
        "place_form": place_form,
        "paper_form": paper_form,
        "protocol": current_protocol(),
    }
    is_wrong = bool(place_form.errors or paper_form.errors)
    return render(request, "consumption_room/set_up.html", context, status=422 if is_wrong else 200)


@needs("room.manage")
@require_POST
def place(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Place.objects.select_related("room__site"), pk=pk)
    try:
        switch_place(found, is_active="open" in request.POST, hand=Hand(member=request.member))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("room:set_up", pk=found.room.site_id)


@needs("room.manage")
def minutes(request: MemberRequest) -> HttpResponse:
    """The minutes in force, and the form that confirms the next version of them."""
    current = current_protocol()
    form = ProtocolForm(request.POST or None, start=current or proposed_protocol())
    if request.method == "POST" and form.is_valid():
        confirm_protocol(form.protocol(), member=request.member)
        messages.success(request, _("These minutes hold from now on, for everybody who uses from now on."))
        return redirect("room:minutes")
    context = {
        "form": form,
        "rows": [(GROUPS[group], ROUTES[route], fields) for group, route, fields in form.rows()],
        "current": ConfirmedProtocol.objects.order_by("-version").select_related("confirmed_by").first(),
        "proposed": proposed_protocol(),
    }
    return render(request, "consumption_room/minutes.html", context, status=422 if form.errors else 200)
