"""What a visit to the room asks, and what for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alongside.kernel.questions import Question

QUESTIONS = {
    "minutes": Question(
        title=_("How long somebody was in the room"),
        why=_("So that there are enough places and staff at the hours when people come."),
        basis="",
        feeds=(),
        could_identify=False,
    ),
    "uses": Question(
        title=_("How often somebody used during the visit"),
        why=_("So that the room can say how many uses it watched over."),
        basis="",
        feeds=("consumption_room.uses",),
        could_identify=False,
    ),
    "substances": Question(
        title=_("What somebody uses, as they say"),
        why=_("It decides how closely you are watched over. You may prefer not to say: then you are watched closely."),
        basis="",
        feeds=("consumption_room.visits_by_substance",),
        could_identify=False,
    ),
    "route": Question(
        title=_("How somebody uses"),
        why=_("It decides how closely you are watched over. You may prefer not to say: then you are watched closely."),
        basis="",
        feeds=("consumption_room.uses",),
        could_identify=False,
    ),
    "emergencies": Question(
        title=_("Emergencies during the visit, and what was done"),
        why=_("Staff write down what they did, so that the next emergency goes better. Nobody asks you."),
        basis="",
        feeds=(
            "consumption_room.emergencies",
            "consumption_room.naloxone_emergencies",
            "consumption_room.oxygen_only",
            "consumption_room.naloxone_doses",
            "consumption_room.ambulance_calls",
            "consumption_room.deaths",
        ),
        could_identify=False,
    ),
}
