"""The recording form: what it shows, and how a stored contact becomes a form again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from alongside.desk.recording.item_rows import item_rows
from alongside.encounters.correcting import said_on_form
from alongside.encounters.models import Encounter, Entry
from alongside.encounters.registry import registry
from alongside.encounters.submissions import Said
from alongside.kernel.ids import uuid7
from alongside.kernel.services import Catalogue, ItemFacts
from alongside.participants.queries import current_scheme
from alongside.sites.members import Member
from alongside.supplies.models import Bag
from alongside.supplies.queries import catalogue


@dataclass(frozen=True, kw_only=True, slots=True)
class BagButton:
    """A usual bag: `items` by key, to fill in."""

    key: str
    name: str
    contents: str
    items: Mapping[str, int]


def form_context(member: Member, form: QueryDict, errors: Mapping[str, str]) -> dict[str, Any]:
    """Everything the recording form shows. Eight queries at most, however many contacts are stored."""
    items = catalogue(member.program)
    return {
        "form": form,
        "errors": errors,
        "problems": list(errors.items()),
        "item_rows": item_rows(member.program, form, errors),
        "bags": bag_buttons(items.by_key),
        "services": [(service.form_template, service.form_context()) for service in registry if service.form_template],
        "by_key": items.by_key,
        "who_open": any(form.get(name) for name in ("code", "reached", "day", "time", "visit", "each", "corrects"))
        or form.get("people", "1") not in ("", "1")
        or any(name in errors for name in ("code", "people", "reached", "day", "time", "site")),
        "precisions": Encounter.Precision.choices,
        "scheme": current_scheme(member.program),
        "removed": member.program.questions_removed,
    }


def bag_buttons(by_key: Mapping[str, ItemFacts]) -> list[BagButton]:
    names = {item.id: (key, item.local_name) for key, item in by_key.items()}
    buttons = []
    for bag in Bag.objects.filter(is_active=True).prefetch_related("lines"):
        lines = [(*names[line.item_id], line.quantity) for line in bag.lines.all()]
        buttons.append(
            BagButton(
                key=bag.key,
                name=bag.local_name,
                contents=", ".join(f"{quantity} × {name}" for _key, name, quantity in lines),
                items={key: quantity for key, _name, quantity in lines},
            )
        )
    return buttons


def blank_form(*, site_id: int | None) -> QueryDict:
    form = QueryDict(mutable=True)
    form["id"], form["site"] = str(uuid7()), str(site_id or "")
    return form


def add_items(form: QueryDict, items: Mapping[str, int]) -> None:
    """Put a bag into a form, on top of what is entered already."""
    for key, quantity in items.items():
        typed = form.get(f"items.{key}", "").strip()
        form[f"items.{key}"] = str(quantity + (int(typed) if typed.isdecimal() and len(typed) < 12 else 0))


def raise_to(form: QueryDict, key: str, quantity: int) -> None:
    """At least so many of an item: a suggestion takes nothing away from what is entered already."""
    typed = form.get(f"items.{key}", "").strip()
    before = int(typed) if typed.isdecimal() and len(typed) < 12 else 0
    form[f"items.{key}"] = str(max(before, quantity))


def items_given(entries: Iterable[Entry], catalogue: Catalogue) -> dict[str, int]:
    """Items that these entries handed out and that are still in use, by key."""
    given = (
        entry.payload["items"]
        for entry in entries
        if entry.outcome == Entry.Outcome.ACCEPTED and "items" in entry.payload
    )
    return {
        key: int(quantity)
        for items in given
        for key, quantity in items.items()
        if key in catalogue.by_key and catalogue.by_key[key].is_active
    }


def form_of(encounter: Encounter, entries: Iterable[Entry]) -> QueryDict:
    """A stored contact as the form that would say it again."""
    listed = list(entries)
    form = blank_form(site_id=encounter.site_id)
    form["people"] = str(encounter.people or "")
    if encounter.people is None:
        form["uncounted"] = "on"
    if encounter.precision != Encounter.Precision.DAY:
        form["precision"] = encounter.precision
    form["reached"] = "" if encounter.reached is None else str(encounter.reached)
    if encounter.is_each:
        form["each"] = "on"
    if not listed:
        form["visit"] = "on"
    for said in said_on_form(listed).values():
        _add_answers(form, said)
    return form


def _add_answers(form: QueryDict, said: Said) -> None:
    for name, value in said.payload.items():
        place = "items" if name == "items" else f"{said.kind}.{name}"
        if isinstance(value, dict):
            for key, inner in value.items():
                form[f"{place}.{key}"] = str(inner)
        elif isinstance(value, list | tuple):
            form.setlist(place, [str(each) for each in value])
        elif value is not None:
            form[place] = str(value)
