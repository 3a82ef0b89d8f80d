"""What returned syringes report."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Case, Value, When
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from alongside.encounters.counting import sums_by_month
from alongside.kernel.indicators import Cell, Indicator, Period, Unit
from alongside.services.syringes.models import Returned


def _returned(period: Period) -> Iterator[Cell]:
    how = Case(When(is_estimated=True, then=Value(now_("estimated"))), default=Value(now_("counted")))
    return sums_by_month(Returned.objects.all(), period, value="quantity", detail=how)


INDICATORS = (
    Indicator(
        name="syringes.returned",
        version=1,
        title=_("Syringes returned"),
        definition=_(
            "Used syringes that came back, counted or estimated from the containers. Never a condition for supplies."
        ),
        unit=Unit.SYRINGES,
        detail_title=_("How it is known"),
        count=_returned,
    ),
)
