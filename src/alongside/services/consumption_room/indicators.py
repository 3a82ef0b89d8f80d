"""What the room reports, in words that can be laid beside what other rooms publish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from alongside.encounters.counting import fact_rows
from alongside.kernel.answers import NOT_ASKED
from alongside.kernel.indicators import Beside, Facts, Indicator, PeopleIndicator, Unit
from alongside.services.consumption_room.models import EmergencyCounted, VisitCounted
from alongside.services.consumption_room.queries.wording import RESPONSES, ROUTES, SUBSTANCES, TYPES

VISITS_SAID = _("Visits to the room that have ended. Each becomes one contact when the person leaves.")
EMERGENCIES_SAID = _("Emergencies in the room's own record, of visits that have ended. False alarms are not counted.")


def _visit_rows() -> QuerySet[Any]:
    return fact_rows(VisitCounted)


def _emergency_rows() -> QuerySet[Any]:
    return fact_rows(EmergencyCounted)


VISITS = Facts(
    name="room_visits",
    columns={"uses": "int64", "minutes": "int64", "substances": "string", "route": "string"},
    rows=_visit_rows,
)
EMERGENCIES = Facts(
    name="room_emergencies",
    columns={
        "type": "string",
        "response": "string",
        "naloxone_doses": "int64",
        "ambulance": "string",
        "outcome": "string",
    },
    rows=_emergency_rows,
)


def _each_substance() -> Callable[[Any], tuple[str, ...]]:
    return lambda stored: tuple(str(stored).split(",")) if stored else (NOT_ASKED,)


def _substance_names() -> Mapping[str, Any]:
    return SUBSTANCES | {NOT_ASKED: _("Not asked")}


def _type_names() -> Mapping[str, Any]:
    return TYPES


def _response_names() -> Mapping[str, Any]:
    return RESPONSES


def _route_names() -> Mapping[str, Any]:
    return ROUTES


INDICATORS = (
    Indicator(
        name="consumption_room.visits",
        version=1,
        title=_("Visits to the room"),
        definition=_(
            "Each time somebody came into the supervised room and left again, whether they used or not. Health Canada "
            "publishes this as “visits”, The Thistle as “times accessed”."
        ),
        source=VISITS_SAID,
        unit=Unit.VISITS,
        facts=VISITS,
        value=lambda visits: visits.count(),
        details_from="consumption_room.visits_by_substance",
        shown_with="consumption_room.visits",
    ),
    Indicator(
        name="consumption_room.visits_by_substance",
        version=1,
        title=_("Visits by substance"),
        definition=_(
            "Visits at which a substance was named. A visit with two substances stands under both, so the substances "
            "add up to more than all visits."
        ),
        source=VISITS_SAID,
        unit=Unit.VISITS,
        detail_title=_("Substance, as people said"),
        detail_names=_substance_names,
        facts=VISITS,
        value=lambda visits: visits.count(),
        detail="substances",
        details_of=_each_substance,
        only_beside=True,
    ),
    Indicator(
        name="consumption_room.uses",
        version=1,
        title=_("Uses in the room"),
        definition=_(
            "Each time somebody used during a visit. Somebody who uses twice in one visit is two. OnPoint publishes "
            "this as “utilizations”, The Thistle as “injecting episodes”, which counts only what was injected."
        ),
        source=VISITS_SAID,
        unit=Unit.USES,
        detail_title=_("How, at the last use of the visit"),
        detail_names=_route_names,
        facts=VISITS,
        value=lambda visits: visits.uses.sum(),
        detail="route",
        shown_with="consumption_room.visits",
    ),
    PeopleIndicator(
        name="consumption_room.people",
        version=1,
        title=_("People who visited the room"),
        definition=_(
            "Different people among the visits with a code, each counted once in the period. Months can't be added "
            "up: somebody who comes in two months is one person in each of them and one in both together. Health "
            "Canada publishes this figure by month for the same reason."
        ),
        source=_("Visits to the room, and the codes that people gave with them."),
        unit=Unit.PEOPLE,
        facts=VISITS,
        estimate_reason=_("Two people can share a code, so the number of codes is not quite the number of people."),
        denominator=Beside(
            indicator="consumption_room.visits",
            sentence=ngettext_lazy(
                "%(count)s visit to the room, with and without a code",
                "%(count)s visits to the room, with and without a code",
                "count",
            ),
        ),
        shown_with="consumption_room.visits",
    ),
    Indicator(
        name="consumption_room.emergencies",
        version=1,
        title=_("Overdoses and other emergencies attended"),
        definition=_(
            "Times the staff of the room came to somebody's help because of what they had used, or for another "
            "medical reason. Two episodes of one person are two. Health Canada publishes “overdoses and drug "
            "emergencies”, OnPoint “interventions”, The Thistle “medical emergencies”."
        ),
        source=EMERGENCIES_SAID,
        unit=Unit.EMERGENCIES,
        detail_title=_("What it was"),
        detail_names=_type_names,
        facts=EMERGENCIES,
        value=lambda emergencies: emergencies.count(),
        detail="type",
        shown_with="consumption_room.visits",
    ),
    Indicator(
        name="consumption_room.naloxone_emergencies",
        version=1,
        title=_("Emergencies answered with naloxone"),
        definition=_(
            "Emergencies in the room at which at least one dose of naloxone was given. Health Canada publishes this "
            "as emergencies that needed naloxone."
        ),
        source=EMERGENCIES_SAID,
        unit=Unit.EMERGENCIES,
        facts=EMERGENCIES,
        value=lambda emergencies: emergencies.count(where=emergencies.naloxone_doses > 0),
        shown_with="consumption_room.visits",
    ),
    Indicator(
        name="consumption_room.oxygen_only",
        version=1,
        title=_("Emergencies answered with oxygen and no naloxone"),
        definition=_(
            "Emergencies in the room at which oxygen was given and naloxone was not. OnPoint publishes oxygen, "
            "naloxone and monitoring apart in the same way."
        ),
        source=EMERGENCIES_SAID,
        unit=Unit.EMERGENCIES,
        facts=EMERGENCIES,
        value=lambda emergencies: emergencies.count(where=emergencies.response == "oxygen"),
        shown_with="consumption_room.visits",
    ),
    Indicator(
        name="consumption_room.emergencies_by_response",
        version=1,
        title=_("Emergencies by what was given"),
        definition=_("Emergencies in the room, by whether oxygen, naloxone, both or neither was given."),
        source=EMERGENCIES_SAID,
        unit=Unit.EMERGENCIES,
        detail_title=_("What was given"),
        detail_names=_response_names,
        facts=EMERGENCIES,
        value=lambda emergencies: emergencies.count(),
        detail="response",
        for_funders=True,
    ),
    Indicator(
        name="consumption_room.naloxone_doses",
        version=1,
        title=_("Naloxone doses used in the room"),
        definition=_(
            "Single doses of naloxone that staff gave to people in the room. Naloxone that people took along is not "
            "counted here."
        ),
        source=EMERGENCIES_SAID,
        unit=Unit.DOSES,
        facts=EMERGENCIES,
        value=lambda emergencies: emergencies.naloxone_doses.sum(),
        shown_with="consumption_room.visits",
    ),
    Indicator(
        name="consumption_room.ambulance_calls",
        version=1,
        title=_("Ambulances called to the room"),
        definition=_(
            "Emergencies in the room for which an ambulance was called, whether it took the person along or not. "
            "Health Canada and OnPoint publish this as calls to emergency medical services (EMS)."
        ),
        source=EMERGENCIES_SAID,
        unit=Unit.EMERGENCIES,
        facts=EMERGENCIES,
        value=lambda emergencies: emergencies.count(where=emergencies.ambulance != "none"),
        shown_with="consumption_room.visits",
    ),
    Indicator(
        name="consumption_room.deaths",
        version=1,
        title=_("Deaths in the room"),
        definition=_(
            "Emergencies in the room at which the person died there. What happened later in a hospital is not known "
            "to the program."
        ),
        source=EMERGENCIES_SAID,
        unit=Unit.EMERGENCIES,
        facts=EMERGENCIES,
        value=lambda emergencies: emergencies.count(where=emergencies.outcome == "died"),
        shown_with="consumption_room.visits",
    ),
)
