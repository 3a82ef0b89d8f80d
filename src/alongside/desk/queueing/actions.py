"""Joining the queue and moving along it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from alongside.desk.models import Ticket
from alongside.desk.queueing.rules import NEXT
from alongside.kernel.clock import now, today
from alongside.kernel.errors import Refusal
from alongside.sites.models import Program, Site

MOST_LETTERS = 60


def arrive(site: Site, *, program: Program, wants: str = "") -> Ticket:
    """The next number of the day. Two desks at once wait for each other, so that each gets a number of its own."""
    day, moment = today(program.timezone), now()
    with transaction.atomic():
        Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        last = Ticket.objects.filter(site=site, day=day).aggregate(last=Max("number"))["last"] or 0
        return Ticket.objects.create(
            program=program,
            site=site,
            day=day,
            number=last + 1,
            wants=wants.replace("\x00", "")[:MOST_LETTERS],
            arrived_at=moment,
            changed_at=moment,
        )


def move(ticket: Ticket, *, to: str) -> None:
    """Stepped out, back, with a worker, left. Two workers calling the same ticket: the second is told."""
    if to not in NEXT[ticket.state]:
        raise Refusal(_("Somebody already changed this ticket. Look at the queue again."))
    if not Ticket.objects.filter(pk=ticket.pk, state=ticket.state).update(state=to, changed_at=now()):
        raise Refusal(_("Somebody already changed this ticket. Look at the queue again."))
