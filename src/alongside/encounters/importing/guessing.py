"""Guessing from a header what its columns hold. A person sees every guess before anything is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.conf import settings
from django.utils.translation import override

from alongside.encounters.importing.cells import Cell, DateOrder, orders_that_fit, plain, says_order
from alongside.encounters.importing.headers import Header
from alongside.encounters.importing.mapping import (
    CODE,
    DATE,
    FIGURE_COLUMN,
    ITEM,
    ITEM_COLUMN,
    ONCE,
    QUANTITY,
    ColumnMapping,
    figures_on_sheets,
)
from alongside.encounters.importing.tables import Row
from alongside.kernel.services import Catalogue
from alongside.supplies.queries import CatalogueItem

_UNRECORDED = "-unrecorded"
_ENOUGH = 0.75


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A mapping to start from. Sure: every column with a name is read, and each by a name that is known exactly."""

    mapping: ColumnMapping
    is_sure: bool


@dataclass(frozen=True, kw_only=True)
class _Words:
    columns: Mapping[str, frozenset[str]]
    filler: frozenset[str]
    returned: frozenset[str]


def guess(header: Header, rows: Sequence[Row], *, catalogue: Catalogue, sheet: str = "") -> Guess:
    """What the columns seem to hold, and the order of day and month if the first rows show it."""
    columns: dict[str, str] = {}
    exact = True
    for name in header.names:
        reading, is_exact = _reading(name, catalogue)
        if reading and not (reading in columns.values() and _is_once(reading)):
            columns[name] = reading
        exact = exact and (is_exact or not name) and (not name or name in columns)
    columns = _without_half_of_a_pair(columns)
    order = _order(header, rows, columns)
    mapping = ColumnMapping(sheet=sheet, columns=columns, date_order=order)
    return Guess(mapping=mapping, is_sure=exact and bool(columns) and not needs_order(header, rows, mapping))


def _is_once(reading: str) -> bool:
    return reading in ONCE or reading.startswith(FIGURE_COLUMN)


def _reading(name: str, catalogue: Catalogue) -> tuple[str | None, bool]:
    """What a column of that name holds, and whether the name is known as it stands."""
    said = _bare(name)
    for reading, words in _words().columns.items():
        if said in words:
            return reading, True
    if figure := _figures_by_words().get(said):
        return figure, True
    if exact := item_called(name, catalogue):
        return f"{ITEM_COLUMN}{exact}", True
    key = _likely_item(said, catalogue)
    return (f"{ITEM_COLUMN}{key}" if key else None), False


def item_called(name: str, catalogue: Catalogue) -> str | None:
    """The key of the item whose name or key this is, in English or Spanish."""
    return _items_by_name(tuple(_items(catalogue))).get(plain(name))


def item_like(word: str, catalogue: Catalogue) -> str | None:
    """The key of the item that a word of a sheet seems to mean."""
    return item_called(word, catalogue) or _likely_item(plain(word), catalogue)


def _items(catalogue: Catalogue) -> Iterable[CatalogueItem]:
    return (item for item in catalogue.by_key.values() if isinstance(item, CatalogueItem))


@cache
def _items_by_name(items: tuple[CatalogueItem, ...]) -> dict[str, str]:
    names: dict[str, str] = {}
    for item in items:
        for name in (item.key, item.name, item.name_es):
            if name:
                names.setdefault(plain(name), item.key)
    return names


@cache
def _figures_by_words() -> dict[str, str]:
    """Every figure by its title in each language and by the words that its service knows for it."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for key, figure in figures_on_sheets().items():
                found |= {_bare(word): key for word in (str(figure.title), *figure.words)}
    return found


def _bare(name: str) -> str:
    """A column's name without punctuation, case and accents."""
    return " ".join(re.sub(r"[_\-–/.,:#()\[\]]+", " ", plain(name)).split())


def _likely_item(said: str, catalogue: Catalogue) -> str | None:
    """The one item whose name and search words hold most of what the column is called.

    Where several fit alike, the one that stands for "not recorded which" is meant; without it there is no guess.
    """
    wanted = _stems(said) - _words().filler
    if not wanted or wanted & _words().returned:
        return None
    scores = {
        item.key: len(wanted & _stems(f"{item.name} {item.name_es} {item.search}")) / len(wanted)
        for item in _items(catalogue)
    }
    best = max(scores.values(), default=0.0)
    keys = [key for key, score in scores.items() if score == best]
    if best < _ENOUGH:
        return None
    return keys[0] if len(keys) == 1 else next((key for key in keys if key.endswith(_UNRECORDED)), None)


def _stems(text: str) -> frozenset[str]:
    """Words without plural endings, so that "syringes" finds "syringe"."""
    words = re.findall(r"[a-z0-9½]+", plain(text))
    return frozenset(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words)


def _without_half_of_a_pair(columns: dict[str, str]) -> dict[str, str]:
    """Items without quantities, or the reverse, are not a guess worth showing."""
    if (ITEM in columns.values()) == (QUANTITY in columns.values()):
        return columns
    return {name: reading for name, reading in columns.items() if reading not in (ITEM, QUANTITY)}


def _order(header: Header, rows: Sequence[Row], columns: Mapping[str, str]) -> DateOrder | None:
    """The order of day and month, if the dates allow only one."""
    cells = _dates(header, rows, columns)
    fits = orders_that_fit(cells)
    return next(iter(fits)) if len(fits) == 1 else None


def needs_order(header: Header, rows: Sequence[Row], mapping: ColumnMapping) -> bool:
    """True if dates are written as 3/4/2026 and nobody said yet which number is the day."""
    return mapping.date_order is None and any(says_order(cell) for cell in _dates(header, rows, mapping.columns))


def _dates(header: Header, rows: Sequence[Row], columns: Mapping[str, str]) -> list[Cell]:
    places = [header.column(name) for name, reading in columns.items() if reading == DATE]
    return [row.label(place) for place in places if place is not None for row in rows]


def is_code(name: str, mapping: ColumnMapping) -> bool:
    """True for the column whose cells must not be shown or kept."""
    return mapping.columns.get(name) == CODE


@cache
def _words() -> _Words:
    data = tomllib.loads((files(__package__) / "templates_data" / "words.toml").read_text(encoding="utf-8"))
    stems = {
        name: frozenset(stem for word in data[name]["words"] for stem in _stems(word))
        for name in ("filler", "returned")
    }
    return _Words(
        columns={reading: frozenset(words) for reading, words in data["columns"].items()},
        filler=stems["filler"],
        returned=stems["returned"],
    )
