"""Write docs/reference/catalogue.md from the shipped catalogue.

python tools/catalogue_page.py           write the page
python tools/catalogue_page.py --check   say whether it is current
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from alongside.supplies.catalogue import KIT_GIVEN, StarterCatalogue, StarterItem, starter_catalogue

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "catalogue.md"

TITLES = {
    "syringes": "Syringes and needles",
    "injecting": "Injecting supplies",
    "disposal": "Disposal",
    "smoking": "Smoking supplies",
    "snorting": "Snorting supplies",
    "overdose": "Overdose response",
    "checking": "Drug checking",
    "wound": "Wound care",
    "sex": "Safer sex",
    "hygiene": "Hygiene",
    "other": "Other",
}

INTRODUCTION = """\
# Catalogue

The {items} items, {kits} kits and {bags} usual bags that a new program starts with. Hide what you do not carry, rename
what you call something else, and add what is missing under **Stock › Catalogue**. Keys never change: records are kept
by them, so reports stay right when a name changes.

Three rules decide what counts as what:

- **Syringes are counted by barrel.** A syringe with its needle is one, a barrel alone is one, a needle alone is none.
- **What reverses an overdose is recorded once**, as naloxone, and counted in doses. The syringes of an injectable kit
  are not counted as injecting equipment.
- **A kit is counted by its parts.** Stock leaves part by part, so kits need no stock of their own.

The order levels are starting values for a small program. Each program sets its own.
"""


def page() -> str:
    catalogue = starter_catalogue()
    kits = [item for item in catalogue.items if item.is_kit]
    things = [item for item in catalogue.items if not item.is_kit]
    head = INTRODUCTION.format(items=len(things), kits=len(kits), bags=len(catalogue.bags))
    groups = (_group(title, [item for item in things if item.group == group]) for group, title in TITLES.items())
    return "\n".join([head, *groups, _kits(kits, catalogue), _bags(catalogue)])


def _group(title: str, items: Iterable[StarterItem]) -> str:
    rows = [
        (
            item.name if item.is_active else f"{item.name} (hidden: for imports)",
            item.name_es,
            item.unit,
            _counts(item),
            f"{item.reorder_point:,}" if item.reorder_point else "",
            f"`{item.key}`",
        )
        for item in items
    ]
    return f"## {title}\n\n" + _table(("Name", "Spanish", "Counted in", "Counts as", "Order below", "Key"), rows)


def _counts(item: StarterItem) -> str:
    if item.recorded_as == KIT_GIVEN:
        return "1 dose" if item.doses == 1 else f"{item.doses} doses"
    parts = ["1 syringe"] if item.barrels else []
    return ", ".join([*parts, "low dead space"] if item.low_dead_space else parts)


def _kits(kits: Iterable[StarterItem], catalogue: StarterCatalogue) -> str:
    rows = [(kit.name, kit.name_es, _contents(kit.parts, catalogue), _kit_counts(kit), f"`{kit.key}`") for kit in kits]
    return "## Kits\n\n" + _table(("Name", "Spanish", "Parts", "Counts as", "Key"), rows)


def _kit_counts(kit: StarterItem) -> str:
    counted = [(kit.barrels, "syringes"), (kit.doses, "doses")]
    return ", ".join(f"{number} {word}" for number, word in counted if number)


def _bags(catalogue: StarterCatalogue) -> str:
    rows = [(bag.name, bag.name_es, _contents(bag.lines, catalogue), f"`{bag.key}`") for bag in catalogue.bags]
    return "## Usual bags\n\n" + _table(("Name", "Spanish", "Holds", "Key"), rows)


def _contents(parts: Mapping[str, int], catalogue: StarterCatalogue) -> str:
    names = {item.key: item.name for item in catalogue.items}
    return "; ".join(f"{units} × {names[key]}" for key, units in parts.items())


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), ["---"] * len(list(head)), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    if "--check" not in sys.argv:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        sys.exit("docs/reference/catalogue.md is behind the catalogue. Run: python tools/catalogue_page.py")


if __name__ == "__main__":
    main()
