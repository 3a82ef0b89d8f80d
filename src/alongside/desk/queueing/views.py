"""The drop-in queue: arrived, stepped out, back, seen, left."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from alongside.accounts.doors import needs
from alongside.desk.context import SiteChoice
from alongside.desk.models import Ticket
from alongside.desk.queueing.actions import arrive, move
from alongside.desk.queueing.rules import NEXT
from alongside.kernel.clock import today
from alongside.kernel.errors import Refusal
from alongside.sites.middleware import MemberRequest

MOVES = {
    Ticket.State.WITH: _("Call"),
    Ticket.State.AWAY: _("Stepped out"),
    Ticket.State.WAITING: _("Back"),
    Ticket.State.LEFT: _("Left"),
}
WANTS = (_("Supplies"), _("Nurse"), _("Testing"), _("Talk"), _("Drug checking"))


@needs("contacts.record")
def queue(request: MemberRequest) -> HttpResponse:
    site = SiteChoice(request).current
    tickets = Ticket.objects.filter(site=site, day=today(request.member.program.timezone)) if site else []
    rows = [(ticket, [(to, MOVES[Ticket.State(to)]) for to in NEXT[ticket.state]]) for ticket in tickets]
    context = {
        "site": site,
        "rows": [row for row in rows if row[0].state != Ticket.State.LEFT],
        "left": [row for row in rows if row[0].state == Ticket.State.LEFT],
        "wants": WANTS,
    }
    template = "desk/queueing/board.html" if request.headers.get("HX-Request") else "desk/queueing/queue.html"
    return render(request, template, context)


@needs("contacts.record")
@require_POST
def join(request: MemberRequest) -> HttpResponse:
    site = SiteChoice(request).current
    if site is None:
        messages.error(request, _("Add a site first."))
    else:
        arrive(site, program=request.member.program, wants=request.POST.get("wants", ""))
    return redirect("desk:queue")


@needs("contacts.record")
@require_POST
def change(request: MemberRequest, pk: int) -> HttpResponse:
    ticket = get_object_or_404(Ticket.objects, pk=pk)
    try:
        move(ticket, to=request.POST.get("to", ""))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("desk:queue")
