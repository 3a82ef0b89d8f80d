"""What returned syringes report, and what was told about the need for new ones."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from alongside.encounters.counting import fact_rows
from alongside.kernel.indicators import Facts, Indicator, Unit
from alongside.services.syringes.models import NeedTold, Returned


def _rows() -> QuerySet[Any]:
    estimated = Case(When(is_estimated=True, then=Value(1)), default=Value(0), output_field=IntegerField())
    return fact_rows(Returned, estimated=estimated)


def _needs() -> QuerySet[Any]:
    return fact_rows(NeedTold)


NEEDS = Facts(name="needs_told", columns={"injections": "int64", "people": "int64"}, rows=_needs)
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
    Indicator(
        name="syringes.needs_told",
        version=1,
        title=_("Needs told at the desk"),
        definition=_(
            "Contacts at which somebody said how often they inject and agreed that it is kept. Coverage by need is "
            "worked out from these; who was not asked or did not agree is named beside it."
        ),
        source=_("How often and for how many, recorded with contacts."),
        unit=Unit.RECORDS,
        facts=NEEDS,
        value=lambda needs: needs.count(),
        for_funders=True,
    ),
)
