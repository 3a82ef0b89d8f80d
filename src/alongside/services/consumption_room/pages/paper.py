"""The room's state to print."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from alongside.accounts.doors import needs
from alongside.services.consumption_room.actions.paper import as_pdf
from alongside.services.consumption_room.pages.board import room_or_404
from alongside.services.consumption_room.queries.paper import sheet_of
from alongside.sites.middleware import MemberRequest


@needs("room.work")
@never_cache
def sheet(request: MemberRequest, pk: int) -> HttpResponse:
    room = room_or_404(pk)
    said = sheet_of(room)
    empty = [[""] * len(said["heads"])] * said["empty_rows"]
    return render(
        request, "consumption_room/paper.html", {"room": room, "sheet": said, "rows": [*said["rows"], *empty]}
    )


@needs("room.work")
@never_cache
def pdf(request: MemberRequest, pk: int) -> HttpResponse:
    answer = HttpResponse(as_pdf(room_or_404(pk)), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="room.pdf"'
    return answer
