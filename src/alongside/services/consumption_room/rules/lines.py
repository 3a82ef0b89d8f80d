"""What a line of the room's record says: its kind, its value, when it happened and when it was written down.

The record only grows. A correction is a line that names the number of the one it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Kind(StrEnum):
    """Kinds are stored for ever and never renamed."""

    ARRIVED = "arrived"
    MOVED = "moved"
    USING = "using"
    LOOKED = "looked"
    LEFT = "left"
    EMERGENCY = "emergency"
    TYPE = "type"
    STIMULATION = "stimulation"
    POSITION = "position"
    BREATHS = "breaths"
    OXYGEN_ON = "oxygen_on"
    OXYGEN_OFF = "oxygen_off"
    SATURATION = "saturation"
    BREATHING = "breathing"
    NALOXONE = "naloxone"
    AMBULANCE = "ambulance"
    OTHERS = "others"
    OUTCOME = "outcome"
    WITHDRAWN = "withdrawn"
    OFFERED = "offered"
    TAKEN = "taken"
    KEPT = "kept"
    PLACES = "places"
    PROTOCOL = "protocol"


STEPS = frozenset(
    {
        Kind.TYPE,
        Kind.STIMULATION,
        Kind.POSITION,
        Kind.BREATHS,
        Kind.OXYGEN_ON,
        Kind.OXYGEN_OFF,
        Kind.SATURATION,
        Kind.BREATHING,
        Kind.NALOXONE,
        Kind.AMBULANCE,
        Kind.OTHERS,
        Kind.OUTCOME,
    }
)
"""Lines that belong to an emergency."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line. `number` counts up in each room, without gaps."""

    number: int
    kind: str
    value: Mapping[str, Any] = field(default_factory=dict)
    happened_at: datetime
    entered_at: datetime
    by_id: int
    visit_id: UUID | None = None
    emergency_id: UUID | None = None
    corrects: int | None = None
    """The number of the line that this one stands for, or takes out if it is WITHDRAWN."""


def standing(lines: Iterable[Line]) -> list[Line]:
    """The lines that count: without those that a later line stands for, in the order in which things happened."""
    every = list(lines)
    replaced = {line.corrects for line in every if line.corrects is not None}
    left = (line for line in every if line.number not in replaced and line.kind != Kind.WITHDRAWN)
    return sorted(left, key=lambda line: (line.happened_at, line.number))


def by_visit(lines: Iterable[Line]) -> dict[UUID, list[Line]]:
    found: dict[UUID, list[Line]] = {}
    for line in lines:
        if line.visit_id is not None:
            found.setdefault(line.visit_id, []).append(line)
    return found


def of_kind(lines: Sequence[Line], *kinds: Kind) -> list[Line]:
    return [line for line in lines if line.kind in kinds]
