"""Giving a new program the catalogue that ships."""

from __future__ import annotations

import secrets
from decimal import Decimal

from django.db import transaction

from alongside.sites.models import Program
from alongside.supplies.catalogue import StarterItem, starter_catalogue
from alongside.supplies.models import Bag, BagLine, Item, KitPart, Lot


def add_starter_catalogue(program: Program) -> None:
    """Items, kits, usual bags and each item's "no lot recorded"."""
    shipped = starter_catalogue()
    with transaction.atomic():
        items = Item._base_manager.bulk_create(
            _item(program, row, position) for position, row in enumerate(shipped.items)
        )
        by_key = {item.key: item for item in items}
        Lot._base_manager.bulk_create(Lot(program=program, item=item) for item in items)
        KitPart._base_manager.bulk_create(
            KitPart(program=program, kit=by_key[kit.key], part=by_key[key], quantity=quantity)
            for kit in shipped.items
            for key, quantity in kit.parts.items()
        )
        bags = Bag._base_manager.bulk_create(
            Bag(program=program, key=row.key, name=row.name, name_es=row.name_es, position=position)
            for position, row in enumerate(shipped.bags)
        )
        BagLine._base_manager.bulk_create(
            BagLine(program=program, bag=bag, item=by_key[key], quantity=quantity)
            for bag, row in zip(bags, shipped.bags, strict=True)
            for key, quantity in row.lines.items()
        )
        note_catalogue_changed(program)


def _item(program: Program, row: StarterItem, position: int) -> Item:
    return Item(
        program=program,
        key=row.key,
        name=row.name,
        name_es=row.name_es,
        search=row.search,
        group=row.group,
        unit=row.unit,
        unit_es=row.unit_es,
        gauge=row.gauge,
        length_mm=_decimal(row.length_mm),
        volume_ml=_decimal(row.volume_ml),
        low_dead_space=row.low_dead_space,
        barrels=row.barrels,
        doses=row.doses,
        recorded_as=row.recorded_as,
        reorder_point=row.reorder_point,
        is_active=row.is_active,
        position=position,
    )


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))


def note_catalogue_changed(program: Program) -> None:
    """Tell every process that its copy of the catalogue is old. Random, so that a rolled-back change can't collide."""
    program.catalogue_stamp = secrets.randbelow(2**31 - 1)
    program.save(update_fields=["catalogue_stamp"])
