"""Naloxone that went out, people trained, and reversals reported."""

from django.db import models

from alongside.encounters.models import Fact
from alongside.supplies.models import Item


class KitGiven(Fact):
    """Units of a naloxone product, or of a part of a naloxone kit, that a contact took along."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    kit = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    quantity = models.PositiveIntegerField()
    doses = models.PositiveIntegerField()
    first = models.CharField(max_length=10)
    """first, refill, declined, unknown or not_asked."""


class Trained(Fact):
    """People shown how to respond to an overdose."""

    people = models.PositiveIntegerField()


class Reversal(Fact):
    """An overdose that somebody answered with naloxone, as told. Holds nothing about who it was."""

    doses = models.PositiveSmallIntegerField(null=True)
    """None: they did not know."""
    survived = models.CharField(max_length=10)
    """yes, no, declined, unknown or not_asked."""
