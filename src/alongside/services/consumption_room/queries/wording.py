"""What the stored words are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from alongside.services.consumption_room.rules.lines import Kind, Line

SUBSTANCES: dict[str, Any] = {
    "fentanyl": lazy("Fentanyl"),
    "heroin": lazy("Heroin"),
    "hydromorphone": lazy("Hydromorphone"),
    "other_opioid": lazy("Another opioid"),
    "methamphetamine": lazy("Methamphetamine"),
    "cocaine": lazy("Cocaine"),
    "crack": lazy("Crack cocaine"),
    "other_stimulant": lazy("Another stimulant"),
    "benzodiazepine": lazy("Benzodiazepine"),
    "ketamine": lazy("Ketamine"),
    "other": lazy("Something else"),
    "unknown": lazy("Don't know"),
    "declined": lazy("Prefers not to say"),
}
ROUTES: dict[str, Any] = {
    "injected": lazy("Injected"),
    "smoked": lazy("Smoked"),
    "snorted": lazy("Snorted"),
    "swallowed": lazy("Swallowed"),
    "rectal": lazy("Rectal"),
    "unknown": lazy("Don't know"),
    "declined": lazy("Prefers not to say"),
    "any": lazy("Any other way"),
    "not_asked": lazy("Not asked"),
}
GROUPS: dict[str, Any] = {
    "opioids": lazy("Opioids"),
    "stimulants": lazy("Stimulants"),
    "other": lazy("Anything else, or nobody said"),
}
LOOKS: dict[str, Any] = {"awake": lazy("Awake"), "drowsy": lazy("Drowsy, wakes up when spoken to")}
TYPES: dict[str, Any] = {
    "opioid": lazy("Opioid overdose"),
    "stimulant": lazy("Overamping (stimulants)"),
    "other": lazy("Another emergency"),
    "unknown": lazy("Not known yet"),
}
AMBULANCE: dict[str, Any] = {
    "called": lazy("Called"),
    "arrived": lazy("Arrived"),
    "took": lazy("Took the person along"),
    "declined": lazy("The person declined to go"),
    "sent_away": lazy("Not needed any more"),
}
OUTCOMES: dict[str, Any] = {
    "recovered": lazy("Recovered, still here"),
    "left": lazy("Recovered and left"),
    "hospital": lazy("Taken to a hospital"),
    "died": lazy("Died"),
    "false_alarm": lazy("No emergency after all"),
    "unknown": lazy("Not known"),
}
RESPONSES: dict[str, Any] = {
    "none": lazy("Neither oxygen nor naloxone"),
    "oxygen": lazy("Oxygen, no naloxone"),
    "naloxone": lazy("Naloxone, no oxygen"),
    "both": lazy("Oxygen and naloxone"),
}
KINDS: dict[str, Any] = {
    Kind.ARRIVED: lazy("Arrived"),
    Kind.MOVED: lazy("Moved"),
    Kind.USING: lazy("Used"),
    Kind.LOOKED: lazy("Looked in"),
    Kind.LEFT: lazy("Left"),
    Kind.EMERGENCY: lazy("Emergency"),
    Kind.TYPE: lazy("What it is"),
    Kind.STIMULATION: lazy("Spoken to, shaken, rubbed"),
    Kind.POSITION: lazy("Recovery position"),
    Kind.BREATHS: lazy("Rescue breaths"),
    Kind.OXYGEN_ON: lazy("Oxygen on"),
    Kind.OXYGEN_OFF: lazy("Oxygen off"),
    Kind.SATURATION: lazy("Oxygen in the blood (SpO₂)"),
    Kind.BREATHING: lazy("Breaths a minute"),
    Kind.NALOXONE: lazy("Naloxone"),
    Kind.AMBULANCE: lazy("Ambulance"),
    Kind.OTHERS: lazy("Somebody is with the others"),
    Kind.OUTCOME: lazy("How it ended"),
    Kind.WITHDRAWN: lazy("Taken back"),
    Kind.OFFERED: lazy("Hand-over offered"),
    Kind.TAKEN: lazy("Room taken over"),
    Kind.KEPT: lazy("Room kept after all"),
    Kind.PLACES: lazy("Places changed"),
    Kind.PROTOCOL: lazy("Minutes of observation confirmed"),
}


def listed(keys: Iterable[str], names: dict[str, Any]) -> str:
    return ", ".join(str(names.get(key, key)) for key in keys)


def value_in_words(line: Line, *, items: dict[str, str]) -> str:
    """What a line says besides its kind. `items` are names by key of the catalogue."""
    value = line.value
    tell = {
        Kind.ARRIVED: lambda: _place(value),
        Kind.MOVED: lambda: _place(value),
        Kind.USING: lambda: " · ".join(
            filter(None, [listed(value["substances"], SUBSTANCES), str(ROUTES.get(value["route"], ""))])
        ),
        Kind.LOOKED: lambda: str(LOOKS[value["state"]]),
        Kind.TYPE: lambda: str(TYPES[value["type"]]),
        Kind.OXYGEN_ON: lambda: _("%(litres)s litres a minute") % {"litres": value["litres_per_minute"]},
        Kind.SATURATION: lambda: f"{value['percent']} %",
        Kind.BREATHING: lambda: str(value["per_minute"]),
        Kind.NALOXONE: lambda: _doses(value, items),
        Kind.AMBULANCE: lambda: str(AMBULANCE[value["state"]]),
        Kind.OUTCOME: lambda: str(OUTCOMES[value["outcome"]]),
        Kind.OFFERED: lambda: _people(value),
        Kind.TAKEN: lambda: _people(value),
        Kind.PROTOCOL: lambda: _("Version %(version)s") % {"version": value["version"]},
    }.get(Kind(line.kind))
    return tell() if tell else ""


def _place(value: Any) -> str:
    return str(value["place"]) or _("Waiting")


def _doses(value: Any, items: dict[str, str]) -> str:
    said = ngettext("%(doses)s dose, %(item)s", "%(doses)s doses, %(item)s", value["doses"])
    return said % {"doses": value["doses"], "item": items.get(value["item"], value["item"])}


def _people(value: Any) -> str:
    said = ngettext("%(people)s person in the room", "%(people)s people in the room", value["people"])
    return said % {"people": value["people"]}
