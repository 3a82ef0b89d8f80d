"""What returned syringes report."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from alongside.encounters.counting import fact_rows
from alongside.kernel.indicators import Facts, Indicator, Unit
from alongside.services.syringes.models import Returned


def _rows() -> QuerySet[Any]:
    estimated = Case(When(is_estimated=True, then=Value(1)), default=Value(0), output_field=IntegerField())
    return fact_rows(Returned, estimated=estimated)


RETURNED = Facts(name="syringes_back", columns={"quantity": "int64", "estimated": "int64"}, rows=_rows)

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
        facts=RETURNED,
        value=lambda back: back.quantity.sum(where=back.estimated == 0),
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
        facts=RETURNED,
        value=lambda back: back.quantity.sum(where=back.estimated == 1),
        estimate_reason=_("Nobody counted the syringes in the containers. How far off the figure may be is not known."),
    ),
)
