"""Spreadsheets that were brought in, and how a program's columns are read."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.kernel.ids import uuid7
from alongside.sites.models import Scoped


class Import(Scoped):
    """A spreadsheet on its way in, or brought in. Its id is the batch of the contacts that came with it.

    Holds how its lines were read and how many, never what stands in them.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("columns to be matched")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, not imported")
        RUNNING = "running", _("being imported")
        DONE = "done", _("imported")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        RETURNING = "returning", _("being brought back")

    id = models.UUIDField(primary_key=True, default=uuid7)
    file_name = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    """SHA-256 of the file, to know it again."""
    size_bytes = models.PositiveBigIntegerField()
    mapping = models.JSONField(default=dict)
    mapping_name = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    trouble = models.CharField(max_length=400, blank=True)
    """A sentence, if the last step could not be done."""
    lines_done = models.PositiveIntegerField(default=0)
    lines_total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    """Lines by word: new, duplicate, refused …; see outcomes.py."""
    report = models.JSONField(default=dict)
    """Totals by year, sites to be made, and the first lines that can't be taken, with reasons but without content."""
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["program", "-at"], name="import_at"),
            models.Index(fields=["program", "content_hash"], name="import_content"),
        ]

    @property
    def is_moving(self) -> bool:
        """True while a step is under way."""
        return self.state in {self.State.CHECKING, self.State.RUNNING, self.State.UNDOING, self.State.RETURNING}


class SavedMapping(Scoped):
    """How the columns of one of the program's spreadsheets are read, kept for the next file."""

    name = models.CharField(_("name"), max_length=80)
    mapping = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "name"], name="mapping_name_once")]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
