"""The story of an incident: rows that are only ever added."""

from __future__ import annotations

from uuid import UUID

from alongside.alarms.models import IncidentEvent
from alongside.jobs.django_store import DjangoStore


def tell_story(incident_id: UUID, *, program_id: int, action: str, by_id: int | None, note: str = "") -> None:
    IncidentEvent._base_manager.create(
        incident_id=incident_id,
        program_id=program_id,
        at_ms=DjangoStore().now_ms(),
        action=action,
        by_id=by_id,
        note=note,
    )
