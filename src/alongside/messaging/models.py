"""Texts that come in and go out, the line they use, and the peers who may report by it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.kernel.ids import uuid7
from alongside.messaging.sealing import seal, unseal
from alongside.sites.models import Scoped, Site


class SealedColumns(models.Model):
    """A row some of whose columns are encrypted and bound to it."""

    class Meta:
        abstract = True

    def keep_sealed(self, column: str, text: str) -> None:
        setattr(self, column, seal(text, place=self._place(column)))

    def opened(self, column: str) -> str:
        """What was sealed; nothing if there is nothing any more. Raises sealing.Unreadable."""
        sealed = getattr(self, column)
        return unseal(bytes(sealed), place=self._place(column)) if sealed else ""

    def _place(self, column: str) -> str:
        return f"{self._meta.label_lower}.{column}.{self.pk}"


class TextLine(SealedColumns, Scoped):
    """A program's number for texts: how a gateway proves itself, and how answers go back."""

    class Answer(models.TextChoices):
        XML = "xml", _("In the answer to the gateway, as XML (Twilio and alike)")
        PLAIN = "plain", _("In the answer to the gateway, as plain text")
        JSON = "json", _("In the answer to the gateway, as JSON")
        GATEWAY = "gateway", _("By a request to the gateway")
        NONE = "none", _("Not at all")

    class Body(models.TextChoices):
        JSON = "json", _("JSON")
        FORM = "form", _("form fields")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    """Part of the address that gateways call. It opens nothing."""
    is_on = models.BooleanField(_("the line is on"), default=True)
    region = models.CharField(_("country of numbers without a country code"), max_length=2, default="US")
    secret = models.BinaryField(null=True)
    answer = models.CharField(_("how answers go back"), max_length=8, choices=Answer.choices, default=Answer.XML)
    number_field = models.CharField(max_length=80, blank=True)
    """Where a gateway puts the sender's number, if it is none of the usual places; likewise the two below."""
    text_field = models.CharField(max_length=80, blank=True)
    id_field = models.CharField(max_length=80, blank=True)
    gateway_url = models.CharField(max_length=300, blank=True)
    gateway_body = models.CharField(max_length=4, choices=Body.choices, default=Body.JSON)
    gateway_template = models.TextField(blank=True)
    gateway_header = models.BinaryField(null=True)
    """Sealed "Name: value" that tells the gateway who asks."""
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    """An account nobody can sign in to: in its name texts from unknown numbers are kept."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program"], name="text_line_once")]


class Peer(Scoped):
    """Somebody who reports by text. The number is a keyed digest, and nothing at all once they stop."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(_("name in texts"), max_length=30)
    number_digest = models.BinaryField(max_length=32, null=True)
    language = models.CharField(_("language of answers"), max_length=8, default="en")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    """Where their supplies come from."""
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    """An account nobody can sign in to: what they text is recorded in its name."""
    wants_answers = models.BooleanField(default=True)
    """False from STOP until START."""
    enrolled_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "number_digest"], name="peer_number_once")]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class InboundText(SealedColumns, Scoped):
    """A text that came in. Its words are kept, encrypted, only while a person has to read them."""

    class Outcome(models.TextChoices):
        COUNTED = "counted", _("counted")
        UNDONE = "undone", _("undid the last one")
        ASKED = "asked", _("asked for help, or about answers")
        PERSON = "person", _("needs a person")
        SILENT = "silent", _("not answered")

    id = models.UUIDField(primary_key=True, default=uuid7)
    """Also the id of the contact it told of."""
    message_digest = models.BinaryField(max_length=32)
    """Keyed digest of the gateway's id for it, so that a repeat is known."""
    number_digest = models.BinaryField(max_length=32)
    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    text = models.BinaryField(null=True)
    answer = models.BinaryField(null=True)
    """What was answered, to answer a repeat the same."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "message_digest"], name="text_once")]
        indexes: ClassVar = [
            models.Index(fields=["program", "number_digest", "at"], name="text_number_at"),
            models.Index(fields=["program", "at"], name="text_at"),
        ]


class OutgoingText(SealedColumns, Scoped):
    """An answer on its way to a gateway. Number and words are forgotten as soon as it is sent or given up."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.BinaryField(null=True)
    text = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "made_at"], name="outgoing_made_at")]
