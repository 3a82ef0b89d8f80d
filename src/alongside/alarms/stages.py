"""What happens after a deadline, as plain values. Loaded by the runner, so without Django."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Who is told how long after the deadline. The next stage comes unless a person has taken the incident."""

    after_seconds: int
    target_ids: tuple[UUID, ...]
    repeat_seconds: int = 0
    """Of the last stage: how often it is told again. 0 is every `REPEAT_SECONDS`, for an alarm never falls silent."""


REPEAT_SECONDS = 120


def as_text(stages: Sequence[Stage]) -> str:
    return json.dumps(
        [[stage.after_seconds, stage.repeat_seconds, [each.hex for each in stage.target_ids]] for stage in stages]
    )


@lru_cache(maxsize=512)
def from_text(text: str) -> tuple[Stage, ...]:
    """None for what can't be read: the alarm is raised all the same, and the auditor finds that nobody was told.

    Remembered, since alarms that were set under the same plan hold the same text.
    """
    try:
        return tuple(
            Stage(after_seconds=after, repeat_seconds=repeat, target_ids=tuple(UUID(each) for each in targets))
            for after, repeat, targets in json.loads(text)
        )
    except (ValueError, TypeError):
        return ()


def stage_at(stages: Sequence[Stage], step: int) -> Stage | None:
    """The stage that the step with this number (0 is the first) tells. Steps past the last stage repeat it."""
    return stages[min(step, len(stages) - 1)] if stages else None


def next_after(stages: Sequence[Stage], step: int, *, due_ms: int, now_ms: int) -> int:
    """When the step after `step` is due. An alarm that was found late makes up for it: its stages follow at once."""
    if step + 1 < len(stages):
        return due_ms + stages[step + 1].after_seconds * 1000
    repeat_seconds = (stages[-1].repeat_seconds if stages else 0) or REPEAT_SECONDS
    return now_ms + repeat_seconds * 1000


def incident_code(incident: UUID) -> str:
    """The end of an id, whose beginning is a time: eight digits that people can read to each other."""
    digits = incident.hex.upper()
    return f"{digits[-8:-4]}-{digits[-4:]}"
