"""Questions about the catalogue and the stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection

from alongside.kernel.services import Catalogue
from alongside.sites.languages import in_spanish
from alongside.sites.models import Program
from alongside.sites.plain_sql import places, select
from alongside.supplies.models import Item, KitPart
from alongside.supplies.rules import LotStock


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueItem:
    """One row of the catalogue, as the rest of the program reads it."""

    id: int
    key: str
    name: str
    name_es: str
    search: str
    group: str
    unit: str
    unit_es: str
    barrels: int
    doses: int
    recorded_as: str
    is_active: bool
    parts: tuple[tuple[int, int], ...]

    @property
    def local_name(self) -> str:
        return self.name_es if self.name_es and in_spanish() else self.name

    @property
    def local_unit(self) -> str:
        return self.unit_es if self.unit_es and in_spanish() else self.unit

    @property
    def is_kit(self) -> bool:
        return bool(self.parts)


def catalogue(program: Program) -> Catalogue:
    """Every item of the program. Kept in memory until `catalogue_stamp` moves on."""
    return _catalogue(program.pk, program.catalogue_stamp)


@lru_cache(maxsize=64)
def _catalogue(program_id: int, stamp: int) -> Catalogue:
    parts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for kit_id, part_id, quantity in KitPart._base_manager.filter(program_id=program_id).values_list(
        "kit_id", "part_id", "quantity"
    ):
        parts[kit_id].append((part_id, quantity))
    items = [_catalogue_item(item, parts[item.pk]) for item in Item._base_manager.filter(program_id=program_id)]
    return Catalogue(by_key={item.key: item for item in items}, by_id={item.id: item for item in items})


def _catalogue_item(item: Item, parts: list[tuple[int, int]]) -> CatalogueItem:
    return CatalogueItem(
        id=item.pk,
        key=item.key,
        name=item.name,
        name_es=item.name_es,
        search=item.search,
        group=item.group,
        unit=item.unit,
        unit_es=item.unit_es,
        barrels=item.barrels,
        doses=item.doses,
        recorded_as=item.recorded_as,
        is_active=item.is_active,
        parts=tuple(parts),
    )


LEVELS = """
SELECT level.site_id, level.item_id, level.lot_id, level.quantity, lot.expires_on
FROM supplies_stocklevel level JOIN supplies_lot lot ON lot.id = level.lot_id
WHERE level.program_id = %s AND level.site_id IN ({sites}) AND level.item_id IN ({items})
ORDER BY level.id
"""


def lots_in_stock(program_id: int, site_items: Iterable[tuple[int, int]]) -> dict[tuple[int, int], list[LotStock]]:
    """Lots by (site, item), locked until the transaction ends, in an order that can't deadlock."""
    pairs = set(site_items)
    if not pairs:
        return {}
    sites, items = sorted({site for site, _ in pairs}), sorted({item for _, item in pairs})
    statement = LEVELS.format(sites=places(len(sites)), items=places(len(items)))
    if connection.features.has_select_for_update:
        statement += " FOR UPDATE OF level"
    found: dict[tuple[int, int], list[LotStock]] = defaultdict(list)
    for site_id, item_id, lot_id, quantity, expires_on in select(statement, [program_id, *sites, *items]):
        if quantity > 0 and (site_id, item_id) in pairs:
            found[site_id, item_id].append(LotStock(lot_id=lot_id, quantity=quantity, expires_on=expires_on))
    return found
