"""What a kind of job says about itself. The list of them stands in `config/jobs.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID


class Lane(StrEnum):
    """Each lane has a thread of its own, so that an import of an hour holds up nothing that is due now."""

    QUICK = "quick"
    SLOW = "slow"


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a job's function is given. It may run twice, so it must do no harm the second time."""

    job_id: UUID
    payload: dict[str, Any]
    attempt: int
    #: `report_progress(steps_done, steps_total)`: what pages show while they wait.
    report_progress: Callable[[int, int], None] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class JobSpec:
    """A kind of job: its name in the database, never renamed, and the function that does it."""

    kind: str
    run: Callable[[Work], None]
    lane: Lane = Lane.QUICK
    #: Set for what happens by itself, again and again.
    every: timedelta | None = None
    #: How long after its turn began it may wait: what is heavy lets a program start first.
    wait: timedelta = timedelta(0)
    max_attempts: int = 8
