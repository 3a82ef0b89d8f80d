"""Who can be told of an alarm and how, and every message that has to reach them.

`Dispatch` is the outbox of alarms: a row is written in the same transaction as the reason for it, and leaves only by
being accepted or given up in so many words. Its times are milliseconds of the database's clock.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alongside.kernel.ids import uuid7
from alongside.messaging.models import SealedColumns
from alongside.sites.models import Scoped, Site


class Channel(models.TextChoices):
    """A way to reach somebody. The names are stored and never change."""

    PUSH = "push", _("a notification on a phone or computer")
    TEXT = "text", _("a text message")
    CALL = "call", _("a call that reads the message out")
    EMAIL = "email", _("an e-mail")
    MATRIX = "matrix", _("a Matrix room")
    WEBHOOK = "webhook", _("a request to another program")
    SOUNDER = "sounder", _("a screen on site that sounds")
    CANARY = "canary", _("nobody: a try-out")


class Carrier(SealedColumns, Scoped):
    """What a program uses for a channel: its gateway, mail server or Matrix account. Its settings are sealed JSON."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    settings = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "channel"], name="carrier_once")]


class Target(SealedColumns, Scoped):
    """One phone, mailbox, room or screen that alarms go to."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.CharField(_("name"), max_length=60)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    lane = models.CharField(max_length=100)
    """Messages of one lane wait for one another, those of different lanes never: a channel and the server behind it."""
    address = models.BinaryField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    """Whose it is: told while they are on duty. Nobody's is told always."""
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+")
    """Where a sounder stands."""
    is_backup = models.BooleanField(_("also told off duty, when nobody has answered"), default=True)
    made_ms = models.BigIntegerField()
    proven_ms = models.BigIntegerField(null=True)
    """When a person last answered a message that came here, or a sounder was last heard of."""
    failed_ms = models.BigIntegerField(null=True)
    """Since when it is known to be dead: a channel said that there is no such address, or a person sent STOP."""
    failure = models.CharField(max_length=120, blank=True)
    ended_ms = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program"], name="target_program", condition=Q(ended_ms=None))]

    def __str__(self) -> str:
        return self.name


class Dispatch(SealedColumns, Scoped):
    """One message to one target. Accepted, delivered and seen are three facts; none of them stops an alarm."""

    id = models.UUIDField(primary_key=True)
    incident = models.UUIDField(null=True)
    target = models.ForeignKey(Target, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    lane = models.CharField(max_length=100)
    address = models.BinaryField(null=True)
    """Sealed; only for somebody who is no target, and only until the message is accepted."""
    words = models.CharField(max_length=300)
    urgency = models.SmallIntegerField()
    """0 an alarm, 1 a shift check, 2 anything else: what is more urgent overtakes."""
    made_ms = models.BigIntegerField()
    next_ms = models.BigIntegerField(null=True)
    """When it may next be tried: also how a sender holds it on lease. Nothing once it is over."""
    expires_ms = models.BigIntegerField()
    attempts = models.PositiveIntegerField(default=0)
    accepted_ms = models.BigIntegerField(null=True)
    delivered_ms = models.BigIntegerField(null=True)
    seen_ms = models.BigIntegerField(null=True)
    gave_up_ms = models.BigIntegerField(null=True)
    error = models.CharField(max_length=120, blank=True)
    receipt = models.CharField(max_length=120, blank=True)
    """What the channel calls this message, when it tells of delivery."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(next_ms__isnull=False) | Q(accepted_ms__isnull=False) | Q(gave_up_ms__isnull=False),
                name="dispatch_waits_or_is_over",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["lane", "urgency", "next_ms"], name="dispatch_waiting", condition=Q(next_ms__isnull=False)
            ),
            models.Index(fields=["incident"], name="dispatch_incident", condition=Q(incident__isnull=False)),
            models.Index(fields=["receipt"], name="dispatch_receipt", condition=~Q(receipt="")),
            models.Index(fields=["program", "made_ms"], name="dispatch_made"),
        ]
