"""Rows of the ledger as indicators see them; see `kernel.indicators.Facts`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Case, CharField, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast

from alongside.encounters.models import Fact
from alongside.supplies.models import Item


def with_precision(rows: QuerySet[Any], **more: Any) -> QuerySet[Any]:
    """What every row says, and more of its own."""
    year_only = Case(When(precision="y", then=Value(1)), default=Value(0), output_field=IntegerField())
    found: QuerySet[Any] = rows.annotate(is_year_only=year_only, **more)
    return found


def fact_rows(model: type[Fact], **more: Any) -> QuerySet[Any]:
    """A service's facts, all of which count today. Who they were with is looked up only where it is asked for."""
    return with_precision(model.objects.all(), person=as_text("entry__encounter__participant_id"), **more)


def as_text(field: str) -> Cast:
    """An id as text, which is much quicker to read than a UUID object."""
    return Cast(field, CharField())


def person_number(participant_id: str) -> int:
    """The last 64 bits of a participant's id: they are random, so two people never share them."""
    return int(participant_id.replace("-", "")[-16:], 16)


def item_names() -> Mapping[str, str]:
    return {item.key: item.local_name for item in Item.objects.only("key", "name", "name_es")}


def item_keys() -> Callable[[Any], tuple[str, ...]]:
    """Looked up once for all, so that the database need not find a name for every row."""
    keys = dict(Item.objects.values_list("pk", "key"))
    return lambda item_id: (keys[item_id],)
