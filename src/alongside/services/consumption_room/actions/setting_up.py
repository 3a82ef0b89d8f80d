"""Opening a room: its places, its minutes of observation, and what the stock has to know."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal
from alongside.services.consumption_room.actions.book import Hand, open_book
from alongside.services.consumption_room.models import ConfirmedProtocol, Place, Room, Visit
from alongside.services.consumption_room.queries.reading import MASK, OXYGEN
from alongside.services.consumption_room.rules.lines import Kind
from alongside.services.consumption_room.rules.protocol import Protocol, as_rows, from_rows
from alongside.sites.audit import record_audit
from alongside.sites.members import Member
from alongside.sites.models import Program, Site
from alongside.supplies.models import Item, Lot
from alongside.supplies.setting_up import note_catalogue_changed

ITEMS = (
    (OXYGEN, "Oxygen, litres", "Oxígeno, litros", "litre", "litro"),
    (MASK, "Oxygen mask, single use", "Mascarilla de oxígeno, de un solo uso", "each", "unidad"),
)
KIND_OF_ITEM = "consumption_room.visit"


@cache
def proposed_protocol() -> Protocol:
    """What ships: a starting point that watches over nobody until somebody at the program confirms it."""
    text = files("alongside.services.consumption_room").joinpath("data/protocol.toml").read_text(encoding="utf-8")
    shipped = tomllib.loads(text)
    return from_rows(shipped["row"], version=0, source=shipped["source"])


def room_at(site: Site) -> Room:
    """The room of a site of that kind; made when it is asked for first."""
    room = Room.objects.filter(site=site).select_related("site", "program").first()
    if room is None:
        with transaction.atomic():
            Room.objects.get_or_create(site=site, defaults={"program_id": site.program_id})
            add_items(site.program)
        room = Room.objects.select_related("site", "program").get(site=site)
    return room


def add_items(program: Program) -> None:
    """Oxygen and masks, where the catalogue has none."""
    position = Item.objects.aggregate(last=Max("position"))["last"] or 0
    for place, (key, name, name_es, unit, unit_es) in enumerate(ITEMS, start=1):
        item, is_new = Item.objects.get_or_create(
            key=key,
            defaults={
                "program": program,
                "name": name,
                "name_es": name_es,
                "unit": unit,
                "unit_es": unit_es,
                "group": Item.Group.OVERDOSE,
                "recorded_as": KIND_OF_ITEM,
                "position": position + place,
            },
        )
        if is_new:
            Lot.objects.create(program=program, item=item)
            note_catalogue_changed(program)


def add_place(room: Room, *, name: str, hand: Hand) -> None:
    with open_book(room, hand) as book:
        if book.is_repeat:
            return
        if Place.objects.filter(room=room, name=name).exists():
            raise Refusal(_("Another place has this name. Choose a different one."))
        last = Place.objects.filter(room=room).aggregate(last=Max("position"))["last"] or 0
        Place.objects.create(program_id=book.program_id, room=room, name=name, position=last + 1)
        book.write(Kind.PLACES)


def switch_place(place: Place, *, is_active: bool, hand: Hand) -> None:
    """Take a place out of use, or back. Raises Refusal while somebody is there."""
    with open_book(place.room, hand) as book:
        if not is_active and Visit.objects.filter(place=place, left_at=None).exists():
            raise Refusal(_("Somebody is at “%(place)s” now. Move them first.") % {"place": place.name})
        Place.objects.filter(pk=place.pk).update(is_active=is_active)
        book.write(Kind.PLACES)


def set_paper(room: Room, *, minutes: int, member: Member) -> None:
    with transaction.atomic():
        Room.objects.filter(pk=room.pk).update(paper_minutes=minutes)
        record_audit("room.changed", program_id=room.program_id, by_id=member.user_id, target=str(room.pk))


def confirm_protocol(protocol: Protocol, *, member: Member) -> ConfirmedProtocol:
    """The program's own minutes, from now on. Whoever confirms them stands for them; the old version stays readable."""
    program_id = member.program.pk
    with transaction.atomic():
        Program.objects.select_for_update(no_key=True).get(pk=program_id)
        last = ConfirmedProtocol.objects.aggregate(last=Max("version"))["last"] or 0
        confirmed: ConfirmedProtocol = ConfirmedProtocol.objects.create(
            program_id=program_id,
            version=last + 1,
            rows=as_rows(protocol),
            source=protocol.source,
            confirmed_by_id=member.user_id,
            confirmed_at=now(),
        )
        _note_in_every_room(confirmed, member)
        record_audit("room.protocol", program_id=program_id, by_id=member.user_id, target=str(confirmed.version))
    return confirmed


def _note_in_every_room(confirmed: ConfirmedProtocol, member: Member) -> None:
    for room in Room.objects.order_by("pk"):
        with open_book(room, Hand(member=member)) as book:
            book.write(Kind.PROTOCOL, {"version": confirmed.version})
