"""What returned syringes report."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from alongside.encounters.counting import Tally, tallies
from alongside.kernel.indicators import Cell, Indicator, Period, Unit
from alongside.services.syringes.models import Returned


def _returned(period: Period) -> Iterator[tuple[str, Cell]]:
    return tallies(
        Returned.objects.all(),
        period,
        Tally("syringes.returned_counted", Sum("quantity", filter=Q(is_estimated=False))),
        Tally("syringes.returned_estimated", Sum("quantity", filter=Q(is_estimated=True))),
    )


INDICATORS = (
    Indicator(
        name="syringes.returned_counted",
        version=1,
        title=_("Syringes back, counted"),
        definition=_(
            "Used syringes that came back and were counted, or told as a number. Bringing them back is never a "
            "condition for supplies."
        ),
        source=_("Syringes back, recorded with contacts as a number."),
        unit=Unit.SYRINGES,
        counter=_returned,
    ),
    Indicator(
        name="syringes.returned_estimated",
        version=1,
        title=_("Syringes back, estimated"),
        definition=_(
            "Used syringes that came back in containers: how full each one was, times what the program reckons it "
            "holds when full. Kept apart from those that were counted."
        ),
        source=_("Syringes back, recorded with contacts as containers."),
        unit=Unit.SYRINGES,
        counter=_returned,
        estimate_reason=_("Nobody counted the syringes in the containers. How far off the figure may be is not known."),
    ),
)
