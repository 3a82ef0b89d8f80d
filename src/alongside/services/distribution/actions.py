"""What a supplies entry does."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alongside.kernel.catalogue import parts_given
from alongside.kernel.services import Effects, Placed, StockIssue
from alongside.services.distribution.models import Given
from alongside.services.distribution.rules import KIND, SuppliesGiven
from alongside.sites.plain_sql import unsaved


def give_supplies(payload: SuppliesGiven, placed: Placed) -> Effects:
    parts = list(
        parts_given(
            payload.items,
            placed.catalogue,
            kind=KIND,
            multiplier=placed.multiplier,
            unknown=_("“%(item)s” is not in the catalogue. Ask a coordinator to add it."),
            elsewhere=_("%(item)s is recorded under naloxone. Enter it there."),
        )
    )
    return Effects(
        rows=[
            unsaved(
                Given,
                item_id=part.item.id,
                kit_id=part.kit_id,
                quantity=part.quantity,
                barrels=part.quantity * part.item.barrels,
            )
            for part in parts
        ],
        issues=[StockIssue(part.item.id, part.quantity) for part in parts],
    )
