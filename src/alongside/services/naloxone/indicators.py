"""What naloxone reports."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F
from django.utils.translation import gettext_lazy as _

from alongside.encounters.counting import by_month, sums_by_month
from alongside.kernel.indicators import Cell, Indicator, Period, Unit
from alongside.services.naloxone.models import KitGiven, Reversal, Trained
from alongside.services.naloxone.rules import KIT_GIVEN


def _doses(period: Period) -> Iterator[Cell]:
    return sums_by_month(KitGiven.objects.filter(doses__gt=0), period, value="doses", detail=F("item__name"))


def _units(period: Period) -> Iterator[Cell]:
    """What else a naloxone kit holds (gloves, a shield) is not naloxone; a product without known doses is."""
    products = KitGiven.objects.filter(item__recorded_as=KIT_GIVEN)
    return sums_by_month(products, period, value="quantity", detail=F("item__name"))


def _trained(period: Period) -> Iterator[Cell]:
    return sums_by_month(Trained.objects.all(), period, value="people")


def _reversals(period: Period) -> Iterator[Cell]:
    groups = (
        by_month(Reversal.objects.all(), period)
        .values("year", "month", "site_id")
        .annotate(total=Count("pk"))
        .order_by("year", "month", "site_id")
    )
    for row in groups.iterator():
        yield Cell(row["year"], row["month"], row["site_id"], row["total"])


INDICATORS = (
    Indicator(
        name="naloxone.units_given",
        version=1,
        title=_("Naloxone units given"),
        definition=_("Boxes, vials or kits of naloxone handed out, in the unit the catalogue counts them in."),
        unit=Unit.ITEMS,
        detail_title=_("Product"),
        count=_units,
    ),
    Indicator(
        name="naloxone.doses_given",
        version=1,
        title=_("Naloxone doses given"),
        definition=_(
            "Single doses of naloxone handed out: units times the doses in one unit. "
            "Kits whose product was not recorded are left out, because nobody knows their doses."
        ),
        unit=Unit.DOSES,
        detail_title=_("Product"),
        count=_doses,
    ),
    Indicator(
        name="naloxone.people_trained",
        version=1,
        title=_("People trained"),
        definition=_("People shown how to respond to an overdose. Someone trained twice is counted twice."),
        unit=Unit.CONTACTS,
        detail_title="",
        count=_trained,
    ),
    Indicator(
        name="naloxone.reversals",
        version=1,
        title=_("Reversals reported"),
        definition=_("Overdoses that somebody answered with naloxone, as told to the program. Many are never told."),
        unit=Unit.REPORTS,
        detail_title="",
        count=_reversals,
    ),
)
