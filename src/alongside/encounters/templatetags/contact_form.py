"""What a recording form holds, by field name. Names have dots, which templates can't look up."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from typing import Any

from django import template
from django.http import QueryDict
from django.utils.translation import gettext as _

from alongside.kernel.catalogue import items_in_words
from alongside.kernel.services import Catalogue, ItemFacts

register = template.Library()
MOST_SYRINGES = 3


@register.filter
def typed(form: QueryDict, name: str) -> str:
    """What was entered in a field."""
    return str(form.get(name, ""))


@register.filter
def all_typed(form: QueryDict, name: str) -> list[str]:
    """Every answer chosen in a field that takes several."""
    return [str(value) for value in form.getlist(name)]


@register.filter
def people_shown(form: QueryDict) -> str:
    """One person unless something else was said; nothing where a correction is of people whom nobody counted."""
    return str(form.get("people", "")) or ("" if form.get("uncounted") else "1")


@register.filter
def problem(errors: dict[str, str], name: str) -> str:
    """The sentence about a field, if there is one."""
    return errors.get(name, "")


@register.filter
def as_json(items: Mapping[str, object]) -> str:
    """For a data attribute; the template escapes it."""
    return json.dumps(dict(items), separators=(",", ":"))


@register.filter
def named(items: Mapping[str, int], by_key: Mapping[str, ItemFacts]) -> str:
    """Items with their quantities, in words."""
    return items_in_words(items, Catalogue(by_key=by_key, by_id={}), most=4)


@register.filter
def syringes_in(bags: Iterable[Any], by_key: Mapping[str, ItemFacts]) -> list[tuple[str, str]]:
    """The syringes to offer beside a suggestion: those of the usual bags, else the first of the catalogue."""
    syringes = {key: item for key, item in by_key.items() if item.barrels and item.is_active and not item.parts}
    usual = dict.fromkeys(key for bag in bags for key in bag.items if key in syringes)
    return [(key, syringes[key].local_name) for key in islice(usual or syringes, MOST_SYRINGES)]


@register.filter
def any_typed(form: QueryDict, start: str) -> bool:
    """True if a field whose name starts so holds anything: then its part of the form opens."""
    return any(name.startswith(start) and str(value).strip() for name, value in form.items())


@register.filter
def in_words(shown: object) -> str:
    """A stored contact's entries, in one line."""
    lines = getattr(shown, "lines", ())
    return "; ".join(line.words or line.title for line in lines) or _("a contact")


@register.filter
def asks(removed: Collection[str], name: str) -> bool:
    """Whether a question is on the form, or was taken out of it."""
    return name not in removed
