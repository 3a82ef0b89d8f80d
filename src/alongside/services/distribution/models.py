"""What was handed out, item by item."""

from django.db import models

from alongside.encounters.models import Fact
from alongside.supplies.models import Item


class Given(Fact):
    """Units of one item that a contact took along; kits are taken apart."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    kit = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    quantity = models.PositiveIntegerField()
    barrels = models.PositiveIntegerField()
    """Syringe barrels in these units: what coverage counts."""
