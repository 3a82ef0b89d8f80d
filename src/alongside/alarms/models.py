"""Deadlines by which somebody has to be heard of, and what is done when they are not.

Times are milliseconds of the database's clock (`jobs.database_clock`).
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alongside.alarms.stages import incident_code
from alongside.alarms.wording import LATE_MS, as_time
from alongside.kernel.ids import uuid7
from alongside.sites.models import Scoped, Site


class Alarm(Scoped):
    """A deadline and what happens after it, stage by stage. Whoever finds it due writes the next one with the first."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RAISED = "raised", _("raised")
        OWNED = "owned", _("somebody is on it")
        CLOSED = "closed", _("closed")

    id = models.UUIDField(primary_key=True, default=uuid7)
    """Also the id of its incident, if there is one: so there can't be two."""
    kind = models.CharField(max_length=60)
    subject = models.UUIDField()
    """What it watches over: a check-in, somebody in a room."""
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    words = models.CharField(max_length=300)
    stages = models.TextField()
    """JSON, as `alarms.stages` writes it."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    step = models.PositiveIntegerField(default=0)
    """How many times its targets were told."""
    set_ms = models.BigIntegerField()
    due_ms = models.BigIntegerField()
    next_ms = models.BigIntegerField(null=True)
    """When the next stage is due. Nothing once there is none."""
    closed_ms = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "subject"], name="alarm_once"),
            models.CheckConstraint(
                condition=Q(state="closed") | Q(next_ms__isnull=False), name="alarm_open_has_a_next_stage"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_ms"], name="alarm_next", condition=Q(next_ms__isnull=False)),
        ]


class Incident(Scoped):
    """Somebody was not heard of in time. Open until a person has written down how it ended."""

    class Outcome(models.TextChoices):
        OK = "ok", _("The person was all right")
        OVERDOSE = "overdose", _("It was an overdose")
        OTHER = "other", _("Something else had happened")
        UNKNOWN = "unknown", _("Nobody could find out")

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=60)
    subject = models.UUIDField()
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    words = models.CharField(max_length=300)
    due_ms = models.BigIntegerField()
    raised_ms = models.BigIntegerField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_ms = models.BigIntegerField(null=True)
    """When somebody first took it."""
    late_ok_ms = models.BigIntegerField(null=True)
    """When the person said that they are all right, after all."""
    closed_ms = models.BigIntegerField(null=True)
    outcome = models.CharField(_("how it ended"), max_length=8, choices=Outcome.choices, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["program", "raised_ms"], name="incident_raised"),
            models.Index(fields=["program"], name="incident_open", condition=Q(closed_ms__isnull=True)),
        ]

    @property
    def code(self) -> str:
        """What people call it by on the phone."""
        return incident_code(self.id)

    @property
    def late_ms(self) -> int:
        return self.raised_ms - self.due_ms

    @property
    def found_late(self) -> str:
        """How late, if it was so late that people have to know; else nothing."""
        return as_time(self.late_ms) if self.late_ms > LATE_MS else ""


class IncidentEvent(Scoped):
    """What happened with an incident, when, and who did it. The database refuses to change or delete it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="events")
    at_ms = models.BigIntegerField()
    action = models.CharField(max_length=20)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    note = models.CharField(max_length=300, blank=True)


class Duty(Scoped):
    """Somebody has said that they answer alarms, until when, and has been asked whether that is so."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField()
    asked_ms = models.BigIntegerField(null=True)
    """When they were last asked to show that messages reach them."""
    proven_ms = models.BigIntegerField(null=True)
    """When they last did."""
    ended_ms = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "program"], name="duty_once", condition=Q(ended_ms=None))
        ]


class Beat(models.Model):
    """When a part of the alarm was last alive on a computer, by the database's clock."""

    name = models.CharField(primary_key=True, max_length=120)
    part = models.CharField(max_length=20)
    at_ms = models.BigIntegerField()
    skew_ms = models.BigIntegerField(default=0)
    """How far that computer's own clock is from the database's."""


class Finding(models.Model):
    """Something the auditor found wrong with the alarm itself."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    what = models.CharField(max_length=60)
    detail = models.CharField(max_length=200)
    since_ms = models.BigIntegerField()
    last_ms = models.BigIntegerField()
    ended_ms = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["what"], name="finding_once", condition=Q(ended_ms=None))
        ]
