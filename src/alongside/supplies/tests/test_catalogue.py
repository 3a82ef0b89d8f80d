"""The shipped catalogue is whole and sane."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from alongside.supplies.catalogue import KIT_GIVEN, SUPPLIES_GIVEN, starter_catalogue

pytestmark = pytest.mark.once

CATALOGUE = starter_catalogue()
ITEMS = [item for item in CATALOGUE.items if not item.is_kit]
KITS = [item for item in CATALOGUE.items if item.is_kit]
GROUPS = {
    "syringes",
    "injecting",
    "disposal",
    "smoking",
    "snorting",
    "overdose",
    "checking",
    "wound",
    "sex",
    "hygiene",
    "other",
}
# Keys are stored with records, so none may go missing. Add to this list; never take from it.
KEYS_RECORDS_RELY_ON = {
    "syringe-1ml-29g-half",
    "naloxone-nasal-4mg",
    "naloxone-vial",
    "kit-needle",
    "kit-naloxone-im",
    "strip-fentanyl",
    "bag-injecting-10",
}


def named(things):
    return pytest.mark.parametrize("thing", things, ids=lambda thing: thing.key)


def test_it_holds_what_programs_stock():
    assert 75 <= len(ITEMS) <= 110
    assert {item.group for item in CATALOGUE.items} == GROUPS
    assert len(KITS) >= 8
    assert 3 <= len(CATALOGUE.bags) <= 5


def test_keys_are_unique_and_stable():
    keys = [thing.key for thing in (*CATALOGUE.items, *CATALOGUE.bags)]
    assert [key for key, times in Counter(keys).items() if times > 1] == []
    assert set(keys) >= KEYS_RECORDS_RELY_ON
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) and len(key) <= 60 for key in keys)


def test_names_are_unique_in_each_language():
    for language in ("name", "name_es"):
        names = Counter(getattr(item, language).casefold() for item in CATALOGUE.items)
        assert [name for name, times in names.items() if times > 1] == []


@named(CATALOGUE.items)
def test_each_item_is_named_in_english_and_spanish_and_fits_its_columns(thing):
    assert thing.name.strip() == thing.name
    assert thing.name_es.strip() == thing.name_es
    assert 2 <= len(thing.name) <= 60
    assert 2 <= len(thing.name_es) <= 70
    assert thing.unit_es
    assert (thing.unit_es == "unidad") == (thing.unit == "each")
    assert max(len(thing.unit), len(thing.unit_es)) <= 30
    assert 3 <= len(thing.search) <= 300


@named(CATALOGUE.items)
def test_each_items_numbers_are_sane(thing):
    assert thing.gauge is None or 16 <= thing.gauge <= 33
    assert thing.length_mm is None or 4 <= thing.length_mm <= 40
    assert thing.volume_ml is None or 0 < thing.volume_ml <= 9999
    assert 0 <= thing.reorder_point <= 10_000
    assert thing.shelf_life_months is None or 6 <= thing.shelf_life_months <= 120
    assert list(thing.usual_quantities) == sorted(set(thing.usual_quantities))
    assert 1 <= len(thing.usual_quantities) <= 5
    assert all(0 < units <= 500 for units in thing.usual_quantities)


@named(ITEMS)
def test_barrels_are_counted_in_syringes_only_and_never_with_a_needle_alone(thing):
    if thing.group == "syringes":
        assert thing.barrels == (0 if thing.key.startswith("needle-") else 1)
        assert thing.key.startswith(("syringe-", "barrel-", "needle-"))
    else:
        assert thing.barrels == 0


@named([item for item in ITEMS if item.group == "syringes" and item.is_active])
def test_syringe_keys_say_what_the_numbers_say(thing):
    gauge = re.search(r"-(\d+)g-", thing.key)
    assert thing.gauge == (int(gauge[1]) if gauge else None)
    assert (thing.volume_ml is None) == thing.key.startswith("needle-")
    assert (thing.length_mm is None) == thing.key.startswith("barrel-")
    if thing.key.endswith("g-half"):
        assert thing.length_mm == 12.7
    if thing.key.endswith("-short"):
        assert thing.length_mm == 8


@named(CATALOGUE.items)
def test_what_reverses_an_overdose_is_recorded_as_naloxone_and_nothing_else_is(thing):
    assert thing.recorded_as in {SUPPLIES_GIVEN, KIT_GIVEN}
    assert (thing.recorded_as == KIT_GIVEN) == (thing.doses > 0 or thing.key == "naloxone-kit-unrecorded")
    if thing.recorded_as == KIT_GIVEN:
        assert thing.group == "overdose"


def test_what_only_history_needs_is_not_offered_at_the_desk():
    hidden = {item.key for item in CATALOGUE.items if not item.is_active}
    assert hidden == {"syringe-unrecorded", "naloxone-kit-unrecorded"}


def test_every_naloxone_product_has_doses():
    products = [item for item in ITEMS if re.search("mg", item.name) and item.group == "overdose"]
    assert len(products) >= 8
    assert all(item.doses for item in products)


@named(KITS)
def test_each_kit_is_made_of_items_that_exist_and_counts_what_they_count(thing):
    by_key = {item.key: item for item in ITEMS}
    assert set(thing.parts) <= set(by_key), "a kit holds items, not other kits"
    assert all(0 < units <= 50 for units in thing.parts.values())
    assert thing.barrels == sum(by_key[key].barrels * units for key, units in thing.parts.items())
    assert thing.doses == sum(by_key[key].doses * units for key, units in thing.parts.items())


def test_a_naloxone_kit_counts_doses_but_no_syringes():
    kit = CATALOGUE.by_key["kit-naloxone-im"]
    assert (kit.doses, kit.barrels) == (2, 0)


@named(CATALOGUE.bags)
def test_each_bag_is_made_of_items_that_exist(thing):
    assert set(thing.lines) <= set(CATALOGUE.by_key)
    assert all(0 < units <= 500 for units in thing.lines.values())
    assert thing.name
    assert thing.name_es
    assert len(thing.name) <= 80


def test_containers_are_assumptions_with_sane_factors():
    text = (files("alongside.services.syringes") / "data" / "containers.toml").read_text(encoding="utf-8")
    containers = tomllib.loads(text)["container"]
    assert len({row["key"] for row in containers}) == len(containers)
    assert [row["litres"] for row in containers] == sorted(row["litres"] for row in containers)
    for row in containers:
        assert row["name"]
        assert row["name_es"]
        assert 25 <= row["syringes_when_full"] / row["litres"] <= 75, "published figures lie between these"
