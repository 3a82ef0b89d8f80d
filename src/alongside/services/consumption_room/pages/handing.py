"""Handing the room over, and reading its record."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from alongside.accounts.doors import needs
from alongside.kernel.errors import Refusal
from alongside.kernel.ids import uuid7
from alongside.services.consumption_room.actions import handing_over
from alongside.services.consumption_room.models import RecordLine, Room
from alongside.services.consumption_room.pages.board import room_or_404
from alongside.services.consumption_room.pages.forms import Timed
from alongside.services.consumption_room.queries.board import Board
from alongside.services.consumption_room.queries.history import told
from alongside.services.consumption_room.queries.reading import check_chain
from alongside.services.consumption_room.rules.chain import short
from alongside.sites.middleware import MemberRequest

LINES_PER_PAGE = 100


@needs("room.work")
@never_cache
def hand_over(request: MemberRequest, pk: int) -> HttpResponse:
    """One person offers the room, another takes it over. Both are signed in as themselves."""
    room = room_or_404(pk)
    if request.method == "POST":
        return _handed(request, room)
    board = Board(room)
    context = {
        "room": room,
        "board": board,
        "mark": handing_over.mark_of([card.visit for card in board.cards]),
        "is_own": board.offer is not None and board.offer.by_id == request.member.user_id,
        "source": uuid7,
    }
    return render(request, "consumption_room/hand_over.html", context)


def _handed(request: MemberRequest, room: Room) -> HttpResponse:
    form = Timed(request.POST, program=request.member.program)
    form.full_clean()
    hand = form.hand(request.member)
    try:
        if "take" in request.POST:
            handing_over.take_over(room, mark=request.POST.get("mark", ""), hand=hand)
            messages.success(request, _("The room is yours. Your shift has begun."))
            return redirect("room:board", pk=room.site_id)
        if "keep" in request.POST:
            handing_over.keep(room, hand=hand)
        else:
            handing_over.offer(room, hand=hand)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("room:hand_over", pk=room.site_id)


@needs("room.work")
@never_cache
def record(request: MemberRequest, pk: int) -> HttpResponse:
    """Every line, newest first, and whether the chain holds from the first to the last."""
    room = room_or_404(pk)
    rows = RecordLine.objects.filter(room=room).order_by("-number").select_related("by")
    page = Paginator(rows, LINES_PER_PAGE).get_page(request.GET.get("page"))
    checked = check_chain(room)
    context = {"room": room, "page": page, "lines": told(page.object_list), "checked": checked}
    return render(request, "consumption_room/record.html", context | {"head": short(checked.head)})
