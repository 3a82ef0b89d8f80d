"""Signs of life, for `doctor`."""

from __future__ import annotations

from datetime import datetime

from alongside.jobs.models import Pulse
from alongside.kernel.clock import now


def beat(name: str) -> None:
    Pulse.objects.bulk_create(
        [Pulse(name=name, at=now())], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
    )


def last_beat(name: str) -> datetime | None:
    return Pulse.objects.filter(name=name).values_list("at", flat=True).first()
