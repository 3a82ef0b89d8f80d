"""What a program's peers call things."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.sites.models import Scoped
from alongside.supplies.models import Bag, Item


class TextWord(Scoped):
    """A word in texts that stands for an item, or for a usual bag, at this program. Goes before the usual meaning."""

    phrase = models.CharField(_("word"), max_length=40)
    plain = models.CharField(max_length=40)
    """Without case, accents and plural: two that are alike here are the same word."""
    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, related_name="+")
    bag = models.ForeignKey(Bag, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "plain"], name="text_word_once"),
            models.CheckConstraint(
                condition=models.Q(item__isnull=True) ^ models.Q(bag__isnull=True),
                name="text_word_stands_for_one_thing",
            ),
        ]
        ordering: ClassVar = ["plain"]
