"""Figures recounted the slow way: one contact after the other, from what was said, without facts or sums in SQL."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from alongside.encounters.models import Encounter
from alongside.kernel.indicators import Period
from alongside.participants.models import Participant
from alongside.services.syringes.models import Container
from alongside.supplies.models import Item, KitPart

Key = tuple[int, int | None, int, str]
"""Year, month, site, detail."""


@dataclass
class Recount:
    """Sums by figure, and people as sets of participants' ids."""

    sums: dict[str, dict[Key, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    left_out: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    people: dict[str, dict[tuple[int, int | None, int], set[Any]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    people_left_out: dict[str, set[Any]] = field(default_factory=lambda: defaultdict(set))

    def total(self, name: str) -> int:
        return sum(self.sums[name].values())

    def by(self, name: str, key: Any) -> dict[Any, int]:
        found: dict[Any, int] = defaultdict(int)
        for place, value in self.sums[name].items():
            found[key(place)] += value
        return dict(found)

    def people_by(self, name: str, key: Any) -> dict[Any, set[Any]]:
        found: dict[Any, set[Any]] = defaultdict(set)
        for place, people in self.people[name].items():
            found[key(place)] |= people
        return dict(found)


class Catalogue:
    """Items and what kits hold."""

    def __init__(self) -> None:
        self.items = {item.key: item for item in Item.objects.all()}
        self.parts: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for part in KitPart.objects.select_related("kit", "part"):
            self.parts[part.kit.key].append((part.part.key, part.quantity))
        self.full = dict(Container.objects.values_list("key", "syringes_when_full"))

    def taken_apart(self, items: dict[str, Any]) -> Iterator[tuple[Item, int]]:
        for key, quantity in items.items():
            if key not in self.parts:
                yield self.items[key], int(quantity)
            for part, each in self.parts.get(key, ()):
                yield from self.taken_apart({part: each * int(quantity)})


def recount(period: Period, *, site_id: int | None = None) -> Recount:
    """Inside the program's scope."""
    found, catalogue = Recount(), Catalogue()
    for contact in Encounter.objects.filter(state="live").prefetch_related("entries"):
        if site_id not in {None, contact.site_id}:
            continue
        first, last = days_of(contact)
        if last < period.start or first > period.end:
            continue
        if first < period.start or last > period.end:
            _leave_out(found, contact, catalogue)
        else:
            _count(found, contact, catalogue)
    return found


def days_of(contact: Encounter) -> tuple[date, date]:
    """When it can have been."""
    if contact.precision == "y":
        return date(contact.day.year, 1, 1), date(contact.day.year, 12, 31)
    if contact.precision == "m":
        return contact.day.replace(day=1), contact.day.replace(day=monthrange(contact.day.year, contact.day.month)[1])
    return contact.day, contact.day


def _count(found: Recount, contact: Encounter, catalogue: Catalogue) -> None:
    month = None if contact.precision == "y" else contact.day.month
    for name, detail, value in said_by(contact, catalogue):
        if value:
            found.sums[name][contact.day.year, month, contact.site_id, detail] += value
    for name in figures_of_people(contact, catalogue):
        found.people[name][contact.day.year, month, contact.site_id].add(who(contact))


def _leave_out(found: Recount, contact: Encounter, catalogue: Catalogue) -> None:
    for name, _detail, value in said_by(contact, catalogue):
        found.left_out[name] += value
    for name in figures_of_people(contact, catalogue):
        found.people_left_out[name].add(who(contact))


def figures_of_people(contact: Encounter, catalogue: Catalogue) -> Iterator[str]:
    if contact.participant_id:
        yield "people.all"
        said = said_by(contact, catalogue)
        if any(name == "distribution.syringes_given" and value for name, _detail, value in said):
            yield "distribution.people_given_syringes"
        if any(name == "consumption_room.visits" for name, _detail, _value in said_by(contact, catalogue)):
            yield "consumption_room.people"


def who(contact: Encounter) -> Any:
    person = contact.participant
    seen = set()
    while person.counted_as_id:
        assert person.pk not in seen
        seen.add(person.pk)
        person = Participant.objects.get(pk=person.counted_as_id)
    return person.pk


def said_by(contact: Encounter, catalogue: Catalogue) -> Iterator[tuple[str, str, int]]:
    """(figure, detail, value) of everything in a contact."""
    yield from _about_people(contact)
    services = set()
    for entry in contact.entries.all():
        if entry.outcome == "accepted":
            services.add(entry.kind.split(".")[0])
            yield from _entry(entry.kind, entry.payload, _times(contact), catalogue)
    if contact.people is not None:
        for service in services or {"none"}:
            yield "contacts.by_service", service, contact.people


def _times(contact: Encounter) -> int:
    return (contact.people or 1) if contact.is_each else 1


def _about_people(contact: Encounter) -> Iterator[tuple[str, str, int]]:
    if contact.people is None:
        yield "contacts.uncounted", "", 1
    else:
        yield "contacts.all", "", contact.people
        yield "contacts.with_code", "", 1 if contact.participant_id else 0
        yield "contacts.without_code", "", contact.people - (1 if contact.participant_id else 0)
        asked = "contacts.not_asked_reached" if contact.reached is None else "contacts.asked_reached"
        yield asked, "", contact.people
    yield "people.reached", "", contact.reached or 0


def _entry(kind: str, payload: dict[str, Any], times: int, catalogue: Catalogue) -> Iterator[tuple[str, str, int]]:
    if kind == "distribution.supplies_given":
        for item, quantity in catalogue.taken_apart(payload["items"]):
            yield "supplies.items_given", item.key, quantity * times
            yield "distribution.syringes_given", item.key, quantity * times * item.barrels
    elif kind == "naloxone.kit_given":
        for item, quantity in catalogue.taken_apart(payload["items"]):
            yield "supplies.items_given", item.key, quantity * times
            if item.recorded_as == kind:
                yield "naloxone.units_given", item.key, quantity * times
                yield "naloxone.units_without_doses", "", 0 if item.doses else quantity * times
            yield "naloxone.doses_given", item.key, quantity * times * item.doses
    elif kind == "syringes.returned":
        yield "syringes.returned_counted", "", int(payload.get("count") or 0) * times
        filled = payload.get("containers", {}).items()
        yield (
            "syringes.returned_estimated",
            "",
            round(sum(Decimal(each) * catalogue.full[key] for key, each in filled)) * times,
        )
    elif kind == "naloxone.people_trained":
        yield "naloxone.people_trained", "", int(payload["people"])
    elif kind == "naloxone.reversal_reported":
        yield "naloxone.reversals", payload.get("survived") or "not_asked", 1
    elif kind == "consumption_room.visit":
        yield from _room_visit(payload)


def _room_visit(payload: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    yield "consumption_room.visits", "", 1
    yield "consumption_room.uses", payload.get("route") or "not_asked", payload.get("uses", 0)
    for substance in payload.get("substances") or ["not_asked"]:
        yield "consumption_room.visits_by_substance", substance, 1
    for each in payload.get("emergencies", ()):
        doses, oxygen = each.get("naloxone_doses", 0), each.get("oxygen", False)
        response = {(True, True): "both", (True, False): "naloxone", (False, True): "oxygen"}.get((doses > 0, oxygen))
        yield "consumption_room.emergencies", each["type"], 1
        yield "consumption_room.emergencies_by_response", response or "none", 1
        yield "consumption_room.naloxone_emergencies", "", int(doses > 0)
        yield "consumption_room.oxygen_only", "", int(response == "oxygen")
        yield "consumption_room.naloxone_doses", "", doses
        yield "consumption_room.ambulance_calls", "", int(each.get("ambulance", "none") != "none")
        yield "consumption_room.deaths", "", int(each["outcome"] == "died")
