"""What distribution reports."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from alongside.encounters.counting import Tally, item_names, tallies_by_item
from alongside.kernel.indicators import Cell, Indicator, Period, Unit
from alongside.services.distribution.models import Given


def _given(period: Period) -> Iterator[tuple[str, Cell]]:
    return tallies_by_item(
        Given.objects.all(),
        period,
        Tally("distribution.items_given", Sum("quantity")),
        Tally("distribution.syringes_given", Sum("barrels")),
    )


INDICATORS = (
    Indicator(
        name="distribution.items_given",
        version=1,
        title=_("Supplies given"),
        definition=_("Units handed out, without naloxone. Kits are counted as the items they hold."),
        source=_("The supplies recorded with contacts."),
        unit=Unit.ITEMS,
        detail_title=_("Item"),
        detail_names=item_names,
        counter=_given,
        part_of="supplies.items_given",
    ),
    Indicator(
        name="distribution.syringes_given",
        version=1,
        title=_("Syringes given"),
        definition=_(
            "Syringe barrels handed out, those in kits included. A needle by itself is not a syringe and is not "
            "counted here, nor are the syringes of naloxone kits."
        ),
        source=_("The supplies recorded with contacts."),
        unit=Unit.SYRINGES,
        detail_title=_("Item"),
        detail_names=item_names,
        counter=_given,
    ),
)
