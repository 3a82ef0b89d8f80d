"""Surveys and what was answered in them. No answer can be linked to a contact, a code, a phone or a worker."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.sites.models import Scoped, Site


class Survey(Scoped):
    """Some weeks in which everybody who comes may answer the same questions, once."""

    questions = models.JSONField()
    """The questionnaire as it was when the survey was opened, so that its answers can be read in ten years."""
    token = models.CharField(max_length=24, unique=True)
    """Stands in the address that people open; says nothing."""
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    closed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="survey_ends_after_it_starts"
            )
        ]
        ordering: ClassVar = ["-starts_on", "-pk"]


class Sheet(Scoped):
    """One person's answers. Of when they were given only the week is kept, of where only the site.

    `key` is drawn at random by the empty form, so that a sheet sent twice counts once. Rows are shuffled as they come
    in (`actions.keep`): their order says nothing of who answered first.
    """

    class Door(models.TextChoices):
        PHONE = "phone", _("own phone")
        KIOSK = "kiosk", _("tablet at the site")
        PAPER = "paper", _("paper")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="sheets")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    week = models.DateField()
    """A Monday."""
    door = models.CharField(max_length=5, choices=Door.choices)
    key = models.UUIDField()
    answers = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["survey", "key"], name="sheet_once")]
