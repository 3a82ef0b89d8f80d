"""Work that waits in the database, so that nothing which stops the program can lose it."""

from __future__ import annotations

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from alongside.kernel.ids import uuid7


class Job(models.Model):
    """Something to do once, at or after a time. A runner holds it on lease; a lease that runs out is taken over."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=100)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    key = models.CharField(max_length=200, null=True, unique=True)
    due = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    steps_done = models.PositiveIntegerField(default=0)
    steps_total = models.PositiveIntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    gave_up_at = models.DateTimeField(null=True)
    #: Where it failed last, never what it was working on.
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(gave_up_at__isnull=True), name="job_done_or_given_up"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due"], name="job_open", condition=Q(done_at__isnull=True) & Q(gave_up_at__isnull=True)
            )
        ]

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.gave_up_at is None


class Pulse(models.Model):
    """When something that should happen again and again happened last."""

    name = models.CharField(primary_key=True, max_length=60)
    at = models.DateTimeField()


class Mark(models.Model):
    """Something that every computer working on this database has to agree on."""

    name = models.CharField(primary_key=True, max_length=60)
    value = models.CharField(max_length=100)
