"""What the things that a sheet can hold are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as _

from alongside.encounters.importing.mapping import (
    CODE,
    DATE,
    DAY,
    ITEM,
    ITEM_COLUMN,
    MONTH,
    NUMBER,
    PEOPLE,
    QUANTITY,
    REACHED,
    SITE,
    TIME,
    figures_on_sheets,
)
from alongside.kernel.services import Catalogue
from alongside.supplies.models import Item
from alongside.supplies.queries import CatalogueItem

TITLES: Mapping[str, Any] = {
    DATE: _("Date, month or year"),
    MONTH: _("Month, beside a column of years"),
    DAY: _("Day of the month"),
    TIME: _("Time of day"),
    SITE: _("Site or area"),
    PEOPLE: _("People in this line"),
    REACHED: _("Others they collect for"),
    CODE: _("Participant code"),
    NUMBER: _("The line’s own number"),
    ITEM: _("Which item (one line for each item)"),
    QUANTITY: _("How many of that item"),
}

SUMS: Mapping[str, Any] = {PEOPLE: _("Contacts"), REACHED: _("People reached through others")}
"""What the sums of those columns are called."""

Choices = list[tuple[Any, Any]]


def title_of(reading: str, catalogue: Catalogue) -> str:
    """An item's name, a figure's title, or what a column is called; the reading itself if it is unknown."""
    if reading.startswith(ITEM_COLUMN):
        item = catalogue.by_key.get(reading.removeprefix(ITEM_COLUMN))
        return item.local_name if item else reading
    figure = figures_on_sheets().get(reading)
    return str(figure.title if figure else TITLES.get(reading, reading))


def choices_of_readings(catalogue: Catalogue) -> Choices:
    """What a column can be read as, in groups, for a list to choose from."""
    return [
        ("", _("Not imported")),
        (_("About the line"), list(TITLES.items())),
        (_("Also counted"), [(reading, figure.title) for reading, figure in figures_on_sheets().items()]),
        *choices_of_items(catalogue, prefix=ITEM_COLUMN),
    ]


def choices_of_items(catalogue: Catalogue, *, prefix: str = "") -> Choices:
    """Items by their group, as the catalogue has them."""
    shelves = {group: place for place, group in enumerate(Item.Group.values)}
    ordered = sorted(_items(catalogue), key=lambda item: shelves[item.group])
    return [
        (Item.Group(group).label, [(f"{prefix}{item.key}", item.local_name) for item in items])
        for group, items in groupby(ordered, key=lambda item: item.group)
    ]


def _items(catalogue: Catalogue) -> Iterable[CatalogueItem]:
    return (item for item in catalogue.by_key.values() if isinstance(item, CatalogueItem))
