"""A supervised consumption room: who is in it, when to look, and what was done in an emergency."""

from django.utils.translation import gettext_lazy as _

from alongside.kernel.services import EntryKind, ServiceSpec
from alongside.services.consumption_room.actions.counting import count_visit, describe_visit
from alongside.services.consumption_room.actions.handing_over import why_shift_goes_on
from alongside.services.consumption_room.indicators import INDICATORS
from alongside.services.consumption_room.models import EmergencyCounted, VisitCounted
from alongside.services.consumption_room.questions import QUESTIONS
from alongside.services.consumption_room.rules.visit import KIND, RoomVisit

SERVICE = ServiceSpec(
    name="consumption_room",
    title=_("Supervised room"),
    kinds=(
        EntryKind(
            name=KIND,
            version=1,
            title=_("Visit to the room"),
            payload=RoomVisit,
            gives_items=False,
            upgrades={},
            apply=count_visit,
            describe=describe_visit,
            redact=lambda payload: payload,
            permission="room.work",
            beside_form=frozenset(RoomVisit.model_fields),
            questions=QUESTIONS,
        ),
    ),
    facts=(VisitCounted, EmergencyCounted),
    indicators=INDICATORS,
    form_template=None,
    form_context=dict,
    set_up=lambda program_id: None,
    why_shift_goes_on=why_shift_goes_on,
)
