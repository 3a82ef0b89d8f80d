"""The ledger of contacts."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.participants.models import Participant
from alongside.sites.models import Scoped, Site


class Encounter(Scoped):
    """One contact, or one entry for many people. What it said is never edited: a correction is a new encounter."""

    class State(models.TextChoices):
        LIVE = "live", _("counted")
        CORRECTED = "corrected", _("corrected")
        UNDONE = "undone", _("undone")

    class Precision(models.TextChoices):
        DAY = "d", _("day")
        MONTH = "m", _("month")
        YEAR = "y", _("year")

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    day = models.DateField()
    """The local day at the program; the first of the period when `precision` is month or year."""
    precision = models.CharField(max_length=1, choices=Precision.choices, default=Precision.DAY)
    participant = models.ForeignKey(Participant, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    people = models.PositiveIntegerField(null=True, default=1)
    """People in this entry, each of them one contact; None if nobody counted them."""
    is_each = models.BooleanField(default=False)
    """Quantities are for each of the people, not altogether."""
    reached = models.PositiveIntegerField(null=True)
    """How many others they said they collect for (secondary distribution); None if not asked."""
    door = models.CharField(max_length=10)
    digest = models.BinaryField(max_length=32)
    state = models.CharField(max_length=10, choices=State.choices, default=State.LIVE)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections", db_index=False
    )
    batch = models.UUIDField(null=True)
    """The import it came with."""
    moves_stock = models.BooleanField(default=True)
    """False for history that was brought in: today's shelves know nothing of it."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["program", "day", "occurred_at"], name="encounter_time"),
            models.Index(fields=["batch"], name="encounter_batch", condition=models.Q(batch__isnull=False)),
            models.Index(
                fields=["participant"], name="encounter_participant", condition=models.Q(participant__isnull=False)
            ),
            models.Index(fields=["corrects"], name="encounter_corrects", condition=models.Q(corrects__isnull=False)),
        ]


class Entry(Scoped):
    """One thing that happened at a contact, as it was said, and what became of it."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        HELD = "held", _("waiting")
        REFUSED = "refused", _("refused")

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    payload = models.JSONField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.ACCEPTED)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["program", "outcome"], name="entry_waiting", condition=~models.Q(outcome="accepted"))
        ]


class Fact(Scoped):
    """What a live entry did, in a service's own columns. Undo deletes it; the entry keeps what was said."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    precision = models.CharField(max_length=1, default=Encounter.Precision.DAY)

    class Meta:
        abstract = True
        indexes: ClassVar = [models.Index(fields=["program", "day"], name="%(class)s_day")]


class Attempt(Scoped):
    """A submission that was not taken as it stands, kept whole for a person to look at."""

    class Word(models.TextChoices):
        REFUSED = "refused", _("refused")
        HELD = "held", _("waiting")
        CONFLICT = "conflict", _("conflict")

    encounter_id = models.UUIDField(null=True)
    word = models.CharField(max_length=8, choices=Word.choices)
    content = models.TextField()
    reason = models.CharField(max_length=400)
    door = models.CharField(max_length=10)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["program", "at"], name="attempt_open", condition=models.Q(settled_at__isnull=True)),
            models.Index(fields=["program", "encounter_id"], name="attempt_contact"),
        ]


class QuestionTime(Scoped):
    """How often a question took so many seconds, whoever was asked and whenever: a counter, joined to no contact."""

    question = models.CharField(max_length=120)
    seconds = models.PositiveSmallIntegerField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "question", "seconds"], name="question_time_once")
        ]


class Retention(Scoped):
    """After how many months a program shreds by itself; None keeps it until somebody decides."""

    people_months = models.PositiveSmallIntegerField(null=True)
    """Since somebody with a code was last seen: code and links go, contacts stay with nobody."""
    details_months = models.PositiveSmallIntegerField(null=True)
    """Since the contact: answers that could point to a person go (see the kinds' `redact`)."""
    attempts_months = models.PositiveSmallIntegerField(null=True, default=12)
    """Since somebody dealt with what could not be taken."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program"], name="retention_once")]


class Purge(Scoped):
    """A receipt: what was shredded, when, by which rules. `by` is empty where the schedule did it."""

    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    rules = models.JSONField(default=dict)
    """Months by rule, as they were."""
    people = models.PositiveIntegerField(default=0)
    contacts = models.PositiveIntegerField(default=0)
    """Contacts that lost the person they belonged to."""
    details = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    backup_at = models.DateTimeField(null=True)
    """The last backup before: it holds what it held."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "at"], name="purge_at")]
