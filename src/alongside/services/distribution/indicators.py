"""What distribution reports."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from alongside.encounters.counting import sums_by_month
from alongside.kernel.indicators import Cell, Indicator, Period, Unit
from alongside.services.distribution.models import Given


def _items(period: Period) -> Iterator[Cell]:
    return sums_by_month(Given.objects.all(), period, value="quantity", detail=F("item__name"))


def _barrels(period: Period) -> Iterator[Cell]:
    return sums_by_month(Given.objects.filter(barrels__gt=0), period, value="barrels", detail=F("item__name"))


INDICATORS = (
    Indicator(
        name="distribution.items_given",
        version=1,
        title=_("Items given"),
        definition=_("Units handed out, each counted in its own unit. Kits are counted as the items they hold."),
        unit=Unit.ITEMS,
        detail_title=_("Item"),
        count=_items,
    ),
    Indicator(
        name="distribution.syringes_given",
        version=1,
        title=_("Syringes given"),
        definition=_("Syringe barrels handed out. A needle by itself is not a syringe and is not counted here."),
        unit=Unit.SYRINGES,
        detail_title=_("Item"),
        count=_barrels,
    ),
)
