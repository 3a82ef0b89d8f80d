"""Contacts of long ago and of today, with codes, details, and something that could not be taken."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from alongside.encounters.ingest import ingest
from alongside.encounters.models import Attempt
from alongside.encounters.submissions import Said
from alongside.kernel import clock
from alongside.kernel.clock import now
from alongside.participants.models import Participant
from tests.places import Place, desk, place, supplies
from tests.platform.conftest import plain_assets
from tests.sync.conftest import phone, send

__all__ = ["desk", "phone", "place", "plain_assets", "send"]

LONG_AGO = timedelta(days=900)
REVERSAL = Said("naloxone.reversal_reported", 1, {"doses": 2, "area": "97201", "happened_on": "2024-01-02"})


def somebody(place: Place, *, ago: timedelta, **fields: object) -> UUID:
    with clock.set_to(now() - ago):
        person = Participant.objects.create(program=place.program, made_on=clock.now().date())
        said = place.submission(supplies(cooker=2), REVERSAL, participant_id=person.pk, **fields)
        ingest([said], sender=place.sender)
    return UUID(str(person.pk))


@pytest.fixture
def old_and_new(place: Place) -> tuple[UUID, UUID]:
    """Two people: one not seen for years, one seen today."""
    found = somebody(place, ago=LONG_AGO), somebody(place, ago=timedelta())
    for ago in (LONG_AGO, timedelta()):
        Attempt.objects.create(
            program=place.program,
            word=Attempt.Word.REFUSED,
            content="{}",
            reason="",
            door="desk",
            by=place.worker,
            at=now() - ago,
            settled_at=now() - ago,
        )
    return found
