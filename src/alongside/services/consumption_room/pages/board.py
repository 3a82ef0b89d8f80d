"""The live board. It asks twice a second whether anything changed: see docs/decisions/0026."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from alongside.accounts.doors import needs, while_locked
from alongside.kernel.ids import uuid7
from alongside.services.consumption_room.actions.setting_up import room_at
from alongside.services.consumption_room.models import Room
from alongside.services.consumption_room.queries.board import Board
from alongside.services.consumption_room.queries.reading import current_protocol
from alongside.services.consumption_room.queries.wording import LOOKS
from alongside.sites.middleware import MemberRequest
from alongside.sites.models import Site


@needs("room.work")
def rooms(request: MemberRequest) -> HttpResponse:
    """Straight to the room where there is one."""
    found = list(Site.objects.filter(kind=Site.Kind.ROOM, is_active=True))
    if len(found) == 1:
        return redirect("room:board", pk=found[0].pk)
    return render(request, "consumption_room/rooms.html", {"sites": found})


def room_or_404(pk: int) -> Room:
    """By its site. A room that is closed can still be read."""
    return room_at(get_object_or_404(Site.objects.select_related("program"), pk=pk, kind=Site.Kind.ROOM))


@needs("room.work")
@while_locked
@never_cache
def board(request: MemberRequest, pk: int) -> HttpResponse:
    """Stays up while the computer is locked: somebody may need help there."""
    return render(request, "consumption_room/board.html", _context(Board(room_or_404(pk))))


@needs("room.work")
@while_locked
@never_cache
def state(request: MemberRequest, pk: int) -> HttpResponse:
    """The board's inside if it is not what the browser has; else only what time it is."""
    found = Board(room_or_404(pk))
    if request.GET.get("have") == found.stamp:
        answer = HttpResponse(status=204)
    else:
        answer = render(request, "consumption_room/parts/board.html", _context(found))
    answer["X-Room-Stamp"] = found.stamp
    answer["X-Room-Now"] = str(found.now_ms)
    return answer


def _context(found: Board) -> dict[str, object]:
    return {
        "room": found.room,
        "board": found,
        "looks": LOOKS.items(),
        "source": uuid7,
        "has_protocol": current_protocol() is not None,
    }
