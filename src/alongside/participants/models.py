"""People who chose to be counted once, by a code. Never a name; the code itself is never stored."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.sites.models import Scoped


class CodeScheme(Scoped):
    """How a program makes codes: random cards, a recipe, or none. Data, in `recipe`."""

    class Kind(models.TextChoices):
        RANDOM = "random", _("random card")
        RECIPE = "recipe", _("recipe")
        NONE = "none", _("no codes")

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.RANDOM)
    recipe = models.JSONField(default=dict, blank=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program"], condition=models.Q(is_current=True), name="one_current_scheme")
        ]


class Participant(Scoped):
    """Somebody a program can recognise again. `counted_as` is set while they are one person with another code.

    The id is random, unlike the time-ordered ids elsewhere: it must not tell the moment of a first contact.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    counted_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    made_on = models.DateField()
    """A day, not a moment: it must not single out a contact."""


class Code(Scoped):
    """The keyed digest of a code. `suffix` tells apart people who share a recipe's code."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="codes")
    scheme = models.ForeignKey(CodeScheme, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32)
    suffix = models.CharField(max_length=1, blank=True)
    is_lost = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "digest", "suffix"], name="code_once")]


class Change(Scoped):
    """A merge, split or lost card, with what is needed to undo it."""

    class Kind(models.TextChoices):
        MERGE = "merge", _("merged")
        SPLIT = "split", _("split")
        LOST = "lost", _("lost card")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    kept = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+", null=True)
    before = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
