"""The drop-in queue."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.sites.models import Scoped, Site


class Ticket(Scoped):
    """Somebody's place in today's queue: a number for the day, never a name or a code."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        AWAY = "away", _("Stepped out")
        WITH = "with", _("With a worker")
        LEFT = "left", _("Left")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    number = models.PositiveSmallIntegerField()
    wants = models.CharField(_("here for"), max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    arrived_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "day", "number"], name="ticket_number_once")]
        ordering: ClassVar = ["number"]
