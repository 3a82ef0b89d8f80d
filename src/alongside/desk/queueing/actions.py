"""Joining the queue and moving along it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from alongside.desk.models import Ticket
from alongside.desk.queueing.rules import NEXT
from alongside.kernel.clock import now, today
from alongside.kernel.errors import Refusal
from alongside.sites.models import Program, Site

TRIES = 5


def arrive(site: Site, *, program: Program, wants: str = "") -> Ticket:
    """The next number of the day. Two desks taking the same number at once both get one of their own."""
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return _next_ticket(site, program, wants[:60])
        except IntegrityError:
            continue
    raise Refusal(_("The queue is very busy. Try again."))


def _next_ticket(site: Site, program: Program, wants: str) -> Ticket:
    day, moment = today(program.timezone), now()
    last = Ticket.objects.filter(site=site, day=day).aggregate(last=Max("number"))["last"] or 0
    return Ticket.objects.create(
        program=program, site=site, day=day, number=last + 1, wants=wants, arrived_at=moment, changed_at=moment
    )


def move(ticket: Ticket, *, to: str) -> None:
    """Stepped out, back, with a worker, left. Two workers calling the same ticket: the second is told."""
    if to not in NEXT[ticket.state]:
        raise Refusal(_("Somebody already changed this ticket. Look at the queue again."))
    if not Ticket.objects.filter(pk=ticket.pk, state=ticket.state).update(state=to, changed_at=now()):
        raise Refusal(_("Somebody already changed this ticket. Look at the queue again."))
