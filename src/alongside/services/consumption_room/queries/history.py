"""The record as people read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from alongside.services.consumption_room.models import RecordLine, Visit
from alongside.services.consumption_room.queries.wording import KINDS, value_in_words
from alongside.services.consumption_room.rules.lines import Kind, Line
from alongside.supplies.models import Item

AT_ONCE = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A line with its words."""

    pk: int
    line: Line
    by: str
    is_standing: bool
    """False for one that a later line stands for."""

    @property
    def title(self) -> Any:
        return KINDS[self.line.kind]

    @cached_property
    def words(self) -> str:
        return value_in_words(self.line, items=item_names() if self.line.kind == Kind.NALOXONE else {})

    @property
    def is_late(self) -> bool:
        """Written down well after it happened."""
        return self.line.entered_at - self.line.happened_at > AT_ONCE

    @property
    def is_step(self) -> bool:
        return self.line.emergency_id is not None

    @property
    def may_correct(self) -> bool:
        return self.is_standing and self.line.kind not in {Kind.EMERGENCY, Kind.WITHDRAWN}


def item_names() -> dict[str, str]:
    return {item.key: item.local_name for item in Item.objects.filter(doses__gt=0)}


def told(rows: Iterable[RecordLine]) -> list[Told]:
    listed = list(rows)
    numbers = [row.number for row in listed]
    corrected: set[int | None] = set()
    if listed:
        later = RecordLine.objects.filter(room=listed[0].room_id, corrects__in=numbers)
        corrected = set(later.values_list("corrects", flat=True))
    return [
        Told(pk=row.pk, line=row.plain(), by=str(row.by), is_standing=row.number not in corrected) for row in listed
    ]


def history_of(visit: Visit) -> list[Told]:
    """What happened, in that order; what was corrected stands where it was said to happen."""
    rows = RecordLine.objects.filter(visit_id=visit.pk).select_related("by").order_by("happened_at", "number")
    return told(rows)
