"""A program edits its items, kits and usual bags."""

from __future__ import annotations

import pytest
from django_scopes import scope

from alongside.desk.stock.tests.asking import lines, page
from alongside.supplies.models import Bag, Item, Lot
from tests.programs import item_of, make_program

pytestmark = pytest.mark.django_db


def test_an_item_is_added_and_can_be_received(desk, program):
    sent = {"name": "Tent", "group": "other", "unit": "each", "reorder_point": 3, "barrels": 0, "doses": 0}
    assert desk.post(page("stock_item_add"), sent).status_code == 302
    assert item_of(program, "tent").reorder_point == 3
    assert "Tent" in desk.get(page("stock_receive")).text


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 1_000_000},
        {"group": "nothing"},
        {"reorder_point": "-1"},
        {"reorder_point": "99999999999"},
        {"barrels": "40000"},
        {"doses": "x"},
        {"gauge": "-4"},
        {"length_mm": "1e999999"},
    ],
)
def test_an_item_that_can_t_be_gets_a_sentence(desk, program, changes):
    sent = {"name": "Tent", "group": "other", "unit": "each", "reorder_point": 3, "barrels": 0, "doses": 0}
    response = desk.post(page("stock_item_add"), sent | changes)
    assert response.status_code == 422
    assert "field-error" in response.text
    with scope(program=program):
        assert not Item.objects.filter(key__startswith="tent").exists()


def test_an_item_is_renamed_and_hidden(desk, program):
    item = item_of(program, "cooker")
    sent = {"name": "Spoon", "group": "injecting", "unit": "each", "reorder_point": 5}
    response = desk.post(page("stock_item_edit", item.pk), sent, follow=True)
    assert "still a part of" in response.text
    assert "Needle kit" in response.text
    changed = item_of(program, "cooker")
    assert (changed.name, changed.is_active) == ("Spoon", False)
    assert "Spoon" not in desk.get(page("stock_receive")).text


def test_the_parts_of_a_kit_are_changed(desk, program):
    kit, water = item_of(program, "kit-needle"), item_of(program, "water")
    url = page("stock_kit", kit.pk)
    assert desk.get(url).text.count("selected") >= 9
    assert desk.post(url, lines((water.pk, 3), ("", ""))).status_code == 302
    with scope(program=program):
        assert list(kit.parts.values_list("part__key", "quantity")) == [("water", 3)]


def test_a_kit_of_itself_is_explained(desk, program):
    outer, inner = item_of(program, "kit-needle"), item_of(program, "kit-hygiene")
    desk.post(page("stock_kit", outer.pk), lines((inner.pk, 1)))
    response = desk.post(page("stock_kit", inner.pk), lines((outer.pk, 1)))
    assert response.status_code == 422
    assert "part of itself" in response.text


def test_a_usual_bag_is_added_and_changed(desk, program):
    water, kit = item_of(program, "water"), item_of(program, "kit-needle")
    assert (
        desk.post(page("stock_bag_add"), lines((water.pk, 3), (kit.pk, 1), name="Small", is_active="on")).status_code
        == 302
    )
    with scope(program=program):
        bag = Bag.objects.get(key="bag-small")
        assert bag.lines.count() == 2
    assert "Small" in desk.get(page("stock_bag", bag.pk)).text
    assert desk.post(page("stock_bag", bag.pk), lines(name="Small", is_active="on")).status_code == 422
    assert desk.post(page("stock_bag", bag.pk), lines((water.pk, 9), name="Tiny")).status_code == 302
    with scope(program=program):
        bag.refresh_from_db()
        assert (bag.name, bag.is_active, bag.lines.get().quantity) == ("Tiny", False, 9)


def test_another_programs_things_are_not_found(desk):
    elsewhere = make_program("Elsewhere")
    item = item_of(elsewhere, "kit-needle")
    with scope(program=elsewhere):
        bag, lot = Bag.objects.first(), Lot.objects.create(program=elsewhere, item=item, code="A1")
    for name, pk in (
        ("stock_item", item.pk),
        ("stock_change", item.pk),
        ("stock_lot", lot.pk),
        ("stock_item_edit", item.pk),
        ("stock_kit", item.pk),
        ("stock_bag", bag.pk),
    ):
        assert desk.get(page(name, pk)).status_code == 404, name
        assert desk.post(page(name, pk), {}).status_code == 404, name
