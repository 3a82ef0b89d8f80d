"""What the entry of a visit does in the ledger: facts for the figures. The stock has moved in the room already."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alongside.kernel.answers import NOT_ASKED
from alongside.kernel.services import Catalogue, Effects, Placed
from alongside.services.consumption_room.models import EmergencyCounted, VisitCounted
from alongside.services.consumption_room.queries.wording import SUBSTANCES, listed
from alongside.services.consumption_room.rules.visit import EmergencySaid, RoomVisit


def count_visit(payload: RoomVisit, placed: Placed) -> Effects:
    visit = VisitCounted(
        uses=payload.uses,
        minutes=payload.minutes,
        substances=",".join(dict.fromkeys(payload.substances)),
        route=payload.route or NOT_ASKED,
    )
    return Effects(rows=[visit, *(_counted(each) for each in payload.emergencies)])


def _counted(said: EmergencySaid) -> EmergencyCounted:
    given, oxygen = said.naloxone_doses > 0, said.oxygen
    return EmergencyCounted(
        type=said.type,
        response="both" if given and oxygen else "naloxone" if given else "oxygen" if oxygen else "none",
        naloxone_doses=said.naloxone_doses,
        ambulance=said.ambulance,
        outcome=said.outcome,
    )


def describe_visit(payload: RoomVisit, catalogue: Catalogue) -> str:
    """One line for today's list."""
    parts = [listed(payload.substances, SUBSTANCES)]
    if payload.minutes is not None:
        parts.append(_("%(minutes)s minutes") % {"minutes": payload.minutes})
    if count := len(payload.emergencies):
        parts.append(ngettext("%(count)s emergency", "%(count)s emergencies", count) % {"count": count})
    return ", ".join(filter(None, parts)) or _("A visit to the room")
