"""Phones that record away from the server, and contacts that were taken back there."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from alongside.sites.models import Scoped


class Phone(Scoped):
    """A phone that a worker set up. Its id is in every contact it sends; a phone nobody has heard of has no row."""

    id = models.UUIDField(primary_key=True)
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    set_up_on = models.DateField()
    first_heard_at = models.DateTimeField()
    last_heard_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    """Contacts that it recorded from then on are not counted until a person has looked at them."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "last_heard_at"], name="phone_last_heard")]


class TakenBack(Scoped):
    """An undo that came from a phone. Its own id makes a repeat harmless, also after the contact was brought back."""

    id = models.UUIDField(primary_key=True)
    contact_id = models.UUIDField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    """None while the contact itself has not arrived: undone and contact may overtake each other on the way."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["program", "contact_id"], name="taken_back_waiting", condition=models.Q(done_at=None))
        ]
