"""Changing the catalogue: what a program stocks, what its kits are made of, its usual bags.

Nothing is deleted, because records are kept by key: what is no longer given out is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from alongside.kernel.errors import Refusal
from alongside.sites.audit import record_audit
from alongside.sites.members import Member
from alongside.supplies.catalogue import KIT_GIVEN, SUPPLIES_GIVEN
from alongside.supplies.models import Bag, BagLine, Item, KitPart, Lot, StockMove
from alongside.supplies.setting_up import note_catalogue_changed

COUNTED_WITH_EVERY_RECORD = ("barrels", "doses")
"""What records already made relied on: said when an item is added, not changed afterwards."""


def add_item(fields: Mapping[str, Any], *, member: Member) -> Item:
    """A new item, last in its list, with a key that is never used again. Naloxone is what has doses."""
    _must_manage(member)
    with transaction.atomic():
        item: Item = Item.objects.create(
            program=member.program,
            key=_free_key(fields["name"], Item.objects.values_list("key", flat=True)),
            recorded_as=KIT_GIVEN if fields.get("doses") else SUPPLIES_GIVEN,
            position=Item.objects.count(),
            **fields,
        )
        Lot.objects.create(program=member.program, item=item)
        _changed(member, "catalogue.item_added", f"item {item.pk}")
    return item


def change_item(item: Item, fields: Mapping[str, Any], *, member: Member) -> None:
    """Set the named fields. Raises ValueError for what is fixed once records rely on it."""
    _must_manage(member)
    if fixed := set(fields) & {*COUNTED_WITH_EVERY_RECORD, "key", "recorded_as"}:
        raise ValueError(f"fixed when an item is added: {sorted(fixed)}")
    with transaction.atomic():
        Item.objects.filter(pk=item.pk).update(**fields)
        _changed(member, "catalogue.item_changed", f"item {item.pk}", fields=sorted(fields))


def set_kit_parts(kit: Item, parts: Mapping[Item, int], *, member: Member) -> None:
    """Say what one kit holds. Raises Refusal if the kit would hold itself, or has stock of its own."""
    _must_manage(member)
    with transaction.atomic():
        _refuse_odd_kits(kit, parts)
        KitPart.objects.filter(kit=kit).delete()
        KitPart.objects.bulk_create(
            KitPart(program=member.program, kit=kit, part=part, quantity=units) for part, units in parts.items()
        )
        is_naloxone = any(part.recorded_as == KIT_GIVEN for part in parts)
        Item.objects.filter(pk=kit.pk).update(recorded_as=KIT_GIVEN if is_naloxone or kit.doses else SUPPLIES_GIVEN)
        _changed(member, "catalogue.kit_changed", f"item {kit.pk}", parts=len(parts))


def _refuse_odd_kits(kit: Item, parts: Mapping[Item, int]) -> None:
    if kit in parts or any(kit.pk in _inside(part.pk) for part in parts):
        raise Refusal(_("A kit can't be a part of itself. Choose other parts."))
    if parts and not kit.parts.exists() and StockMove.objects.filter(item=kit).exists():
        raise Refusal(
            _("%(item)s has stock of its own, so it can't become a kit. Add a new item for the kit.") % {"item": kit}
        )


def _inside(item_id: int) -> set[int]:
    """Ids of everything a kit holds, kits in kits too."""
    found: set[int] = set()
    ahead = [item_id]
    while ahead:
        parts = set(KitPart.objects.filter(kit_id=ahead.pop()).values_list("part_id", flat=True)) - found
        found |= parts
        ahead += parts
    return found


def save_bag(bag: Bag | None, fields: Mapping[str, Any], lines: Mapping[Item, int], *, member: Member) -> Bag:
    """Change a usual bag, or add one where `bag` is None."""
    _must_manage(member)
    with transaction.atomic():
        if bag is None:
            key = _free_key(f"bag {fields['name']}", Bag.objects.values_list("key", flat=True))
            bag = Bag(program=member.program, key=key, position=Bag.objects.count())
        for name, value in fields.items():
            setattr(bag, name, value)
        bag.save()
        BagLine.objects.filter(bag=bag).delete()
        BagLine.objects.bulk_create(
            BagLine(program=member.program, bag=bag, item=item, quantity=units) for item, units in lines.items()
        )
        _changed(member, "catalogue.bag_changed", f"bag {bag.pk}", lines=len(lines))
    return bag


def _must_manage(member: Member) -> None:
    if not member.can("stock.manage"):
        raise PermissionDenied


def _changed(member: Member, action: str, target: str, **detail: Any) -> None:
    note_catalogue_changed(member.program)
    record_audit(action, program_id=member.program.pk, by_id=member.user_id, target=target, **detail)


def _free_key(name: str, taken: Iterable[str]) -> str:
    """A key made from the name, numbered if a key like it is in use."""
    used = set(taken)
    stem = slugify(name)[:50].strip("-") or "item"
    numbered = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(used) + 2))
    return next(key for key in numbered if key not in used)
