"""A program makes the catalogue its own, and records keep their meaning."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django_scopes import scope

from alongside.accounts.roles import Role
from alongside.kernel.errors import Refusal
from alongside.sites.members import Member
from alongside.supplies import editing
from alongside.supplies.models import Bag, Item, Lot
from alongside.supplies.queries import catalogue
from tests.programs import item_of, make_member, make_program

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    program = make_program()
    with scope(program=program):
        yield program


@pytest.fixture
def coordinator(program):
    user = make_member(program, Role.COORDINATOR)
    return Member(user_id=user.pk, name=user.name, program=program, roles=frozenset({Role.COORDINATOR}))


def test_a_new_item_has_a_key_of_its_own_and_a_lot_for_what_nobody_read(program, coordinator):
    first = editing.add_item({"name": "Tent", "group": "other"}, member=coordinator)
    second = editing.add_item({"name": "Tent", "group": "other"}, member=coordinator)
    assert (first.key, second.key) == ("tent", "tent-2")
    assert Lot.objects.filter(item=first, code="").exists()
    assert first.position > item_of(program, "water").position
    assert "tent" in catalogue(program).by_key


def test_a_name_without_letters_still_gets_a_key(coordinator):
    assert editing.add_item({"name": "½ ⅜", "group": "other"}, member=coordinator).key


def test_a_new_item_with_doses_is_recorded_as_naloxone(coordinator):
    item = editing.add_item({"name": "Naloxone film", "group": "overdose", "doses": 2}, member=coordinator)
    assert item.recorded_as == "naloxone.kit_given"


def test_a_changed_name_is_seen_at_once_and_the_key_stays(program, coordinator):
    catalogue(program)
    item = item_of(program, "cooker")
    editing.change_item(item, {"name": "Spoon", "reorder_point": 12, "is_active": False}, member=coordinator)
    found = catalogue(program).by_key["cooker"]
    assert (found.name, found.is_active) == ("Spoon", False)


@pytest.mark.parametrize("field", ["barrels", "doses", "key", "recorded_as"])
def test_what_records_rely_on_is_fixed(program, coordinator, field):
    with pytest.raises(ValueError, match=field):
        editing.change_item(item_of(program, "cooker"), {field: 3}, member=coordinator)


def test_the_parts_of_a_kit_are_replaced(program, coordinator):
    kit, water = item_of(program, "kit-needle"), item_of(program, "water")
    editing.set_kit_parts(kit, {water: 7}, member=coordinator)
    assert catalogue(program).by_key["kit-needle"].parts == ((water.pk, 7),)


def test_a_kit_with_naloxone_in_it_is_recorded_as_naloxone(program, coordinator):
    kit = editing.add_item({"name": "Festival kit", "group": "other"}, member=coordinator)
    parts = {item_of(program, "naloxone-nasal-4mg"): 1, item_of(program, "condom"): 3}
    editing.set_kit_parts(kit, parts, member=coordinator)
    assert Item.objects.get(pk=kit.pk).recorded_as == "naloxone.kit_given"


def test_a_kit_never_holds_itself(program, coordinator):
    kit, needle_kit = item_of(program, "kit-hygiene"), item_of(program, "kit-needle")
    editing.set_kit_parts(needle_kit, {kit: 1}, member=coordinator)
    for parts in ({kit: 1}, {needle_kit: 1}):
        with pytest.raises(Refusal, match="part of itself"):
            editing.set_kit_parts(kit, parts, member=coordinator)


def test_a_bag_is_added_and_changed(program, coordinator):
    water, cooker = item_of(program, "water"), item_of(program, "cooker")
    bag = editing.save_bag(None, {"name": "Small"}, {water: 5}, member=coordinator)
    assert bag.key == "bag-small"
    editing.save_bag(bag, {"name": "Little", "is_active": False}, {water: 5, cooker: 2}, member=coordinator)
    kept = Bag.objects.get(pk=bag.pk)
    assert (kept.name, kept.is_active, kept.lines.count()) == ("Little", False, 2)


def test_a_worker_changes_nothing(program):
    user = make_member(program, Role.WORKER)
    worker = Member(user_id=user.pk, name=user.name, program=program, roles=frozenset({Role.WORKER}))
    item = item_of(program, "water")
    for attempt in (
        lambda: editing.add_item({"name": "Tent", "group": "other"}, member=worker),
        lambda: editing.change_item(item, {"name": "W"}, member=worker),
        lambda: editing.set_kit_parts(item_of(program, "kit-needle"), {item: 1}, member=worker),
        lambda: editing.save_bag(None, {"name": "Small"}, {item: 5}, member=worker),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
