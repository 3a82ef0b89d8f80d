"""Check-ins: somebody who uses alone says by when they will answer. No name, number or account.

Times are milliseconds of the database's clock.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from alongside.messaging.models import SealedColumns
from alongside.sites.models import Scoped


class Protocol(Scoped):
    """After how long somebody has to answer, why so, and who at the program confirmed it. Never edited: a change is
    a new version.
    """

    key = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    wait_seconds = models.PositiveIntegerField()
    grace_seconds = models.PositiveIntegerField()
    source = models.CharField(max_length=400)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_ms = models.BigIntegerField()
    retired_ms = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "key", "version"], name="protocol_version_once"),
            models.UniqueConstraint(
                fields=["program", "key"], name="protocol_in_use_once", condition=Q(retired_ms=None)
            ),
        ]


class CheckIn(SealedColumns, Scoped):
    """Somebody's time is running, or was. The row says nothing of who or where."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    word_digest = models.BinaryField(max_length=32)
    """Keyed digest of the word that the person was given."""
    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=8)
    started_ms = models.BigIntegerField()
    due_ms = models.BigIntegerField()
    """When the person should answer; their alarm is `protocol.grace_seconds` later."""
    ended_ms = models.BigIntegerField(null=True)
    release_ms = models.BigIntegerField(null=True)
    """When the plan opens unless the person says no."""
    released_ms = models.BigIntegerField(null=True)
    declined_ms = models.BigIntegerField(null=True)
    opened_plan = models.BinaryField(null=True)
    """The plan, once it was opened, for the responders' page; nothing again when the incident has ended."""
    is_canary = models.BooleanField(default=False)
    """Run by the program itself, to see that alarms arrive."""

    def opened_text(self) -> str:
        """The plan as responders read it; nothing if it is closed."""
        return self.opened("opened_plan")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["word_digest"], name="check_in_word_once")]
        indexes: ClassVar = [
            models.Index(fields=["release_ms"], name="check_in_release", condition=Q(release_ms__isnull=False)),
            models.Index(fields=["program", "started_ms"], name="check_in_started"),
        ]


class SealedPlan(Scoped):
    """Where somebody is and how to get in, sealed: the program that keeps it can't read it."""

    check_in = models.OneToOneField(CheckIn, on_delete=models.CASCADE, primary_key=True, related_name="plan")
    sealed = models.BinaryField()
    boxes = models.TextField()
    """JSON: for each key's id, what opens the plan with that key's private half."""


class PlanKey(models.Model):
    """The public half of a key that is used once. The private half is a file of one computer's alarm runner."""

    id = models.UUIDField(primary_key=True)
    host = models.CharField(max_length=80)
    public = models.BinaryField(max_length=32)
    check_in = models.UUIDField(null=True)
    made_ms = models.BigIntegerField()
    taken_ms = models.BigIntegerField(null=True)
    ending_ms = models.BigIntegerField(null=True)
    """When its destruction was asked for."""
    ended_ms = models.BigIntegerField(null=True)
    """When it was destroyed."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["host"], name="plan_key_free", condition=Q(taken_ms=None, ended_ms=None)),
            models.Index(fields=["check_in"], name="plan_key_of", condition=Q(check_in__isnull=False)),
        ]


class PlanEvent(Scoped):
    """Every time a plan was opened or read, for the person to see. The database refuses to change or delete it."""

    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="events")
    at_ms = models.BigIntegerField()
    action = models.CharField(max_length=12)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
