"""The catalogue on the recording form. A hundred rows, nearly all of them empty: those are rendered once and kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.http import QueryDict
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from alongside.encounters.registry import registry
from alongside.kernel.services import ItemFacts
from alongside.sites.models import Program
from alongside.supplies.models import Item
from alongside.supplies.queries import catalogue

_SHELVES = {group: position for position, group in enumerate(Item.Group.values)}


def item_rows(program: Program, form: QueryDict, errors: Mapping[str, str]) -> SafeString:
    """A row for each item in use, shelf by shelf, and for whatever else the form already holds."""
    blank = _blank_rows(program, program.catalogue_stamp, get_language() or "en")
    items = sorted(catalogue(program).by_key.values(), key=lambda item: _SHELVES[item.group])
    rows = []
    for item in items:
        typed, error = form.get(f"items.{item.key}", ""), errors.get(f"items.{item.key}", "")
        if typed or error:
            rows.append(_row(item, typed, error))
        elif item.key in blank:
            rows.append(blank[item.key])
    return mark_safe("".join(rows))  # noqa: S308 - each row comes from a template, which escapes


@lru_cache(maxsize=64)
def _blank_rows(program: Program, _stamp: int, _language: str) -> dict[str, SafeString]:
    return {key: _row(item, "", "") for key, item in catalogue(program).by_key.items() if _is_offered(item)}


def _is_offered(item: ItemFacts) -> bool:
    """What a service uses up itself, such as a room's oxygen, is nobody's to take along."""
    kind = registry.kinds.get(item.recorded_as)
    return item.is_active and (kind is None or kind.gives_items)


def _row(item: ItemFacts, typed: str, error: str) -> SafeString:
    context = {
        "item": item,
        "name": f"items.{item.key}",
        "quantity": typed,
        "error": error,
        "group": Item.Group(item.group).label,
    }
    return SafeString(get_template("desk/recording/item.html").render(context))
