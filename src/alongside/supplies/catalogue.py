"""The catalogue a new program starts with, read from data/catalogue.toml. Plain Python: no database."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

SUPPLIES_GIVEN = "distribution.supplies_given"
KIT_GIVEN = "naloxone.kit_given"


@dataclass(frozen=True, kw_only=True, slots=True)
class StarterItem:
    """Something a program gives out. `barrels` and `doses` are counted per unit; a kit's are those of its parts."""

    key: str
    name: str
    name_es: str
    group: str
    unit: str = "each"
    unit_es: str = "unidad"
    gauge: int | None = None
    length_mm: float | None = None
    volume_ml: float | None = None
    low_dead_space: bool = False
    barrels: int = 0
    doses: int = 0
    recorded_as: str = SUPPLIES_GIVEN
    reorder_point: int = 0
    shelf_life_months: int | None = None
    search: str
    usual_quantities: tuple[int, ...]
    is_active: bool = True
    parts: Mapping[str, int] = field(default_factory=dict)
    """Units of each part by key; empty for anything but a kit."""

    @property
    def is_kit(self) -> bool:
        return bool(self.parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class StarterBag:
    """What people usually take: units by item key."""

    key: str
    name: str
    name_es: str
    lines: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class StarterCatalogue:
    """Items in the order they are shown, then kits, and the usual bags."""

    items: tuple[StarterItem, ...]
    bags: tuple[StarterBag, ...]

    @property
    def by_key(self) -> dict[str, StarterItem]:
        return {item.key: item for item in self.items}


@cache
def starter_catalogue() -> StarterCatalogue:
    """The shipped catalogue. Raises TypeError on a field it does not know, KeyError on a part it does not list."""
    data = tomllib.loads((files(__package__) / "data" / "catalogue.toml").read_text(encoding="utf-8"))
    things = [_item(row) for row in data["item"]]
    by_key = {item.key: item for item in things}
    kits = [_kit(row, by_key) for row in data["kit"]]
    return StarterCatalogue(
        items=(*things, *kits),
        bags=tuple(StarterBag(**row) for row in data["bag"]),
    )


def _item(row: dict[str, Any]) -> StarterItem:
    return StarterItem(**row | {"usual_quantities": tuple(row["usual_quantities"])})


def _kit(row: dict[str, Any], by_key: Mapping[str, StarterItem]) -> StarterItem:
    """A kit's barrels and doses are worked out from its parts, so that the two can't disagree."""
    barrels = sum(by_key[key].barrels * units for key, units in row["parts"].items())
    doses = sum(by_key[key].doses * units for key, units in row["parts"].items())
    return _item(row | {"unit": "kit", "unit_es": "kit", "barrels": barrels, "doses": doses})
