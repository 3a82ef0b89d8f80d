"""What naloxone reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from alongside.encounters.counting import Tally, item_names, tallies, tallies_by_item
from alongside.kernel.answers import DECLINED, NOT_ASKED, UNKNOWN
from alongside.kernel.indicators import Beside, Cell, Indicator, Period, Unit
from alongside.services.naloxone.models import KitGiven, Reversal, Trained
from alongside.services.naloxone.rules import KIT_GIVEN
from alongside.supplies.models import Item

KITS = _("Naloxone recorded with contacts. It is recorded in one place and counted everywhere from there.")


def _kits(period: Period) -> Iterator[tuple[str, Cell]]:
    """What else a naloxone kit holds (gloves, a shield) is not naloxone; a product without known doses is."""
    products = Q(item_id__in=list(Item.objects.filter(recorded_as=KIT_GIVEN).values_list("pk", flat=True)))
    return tallies_by_item(
        KitGiven.objects.all(),
        period,
        Tally("naloxone.items_given", Sum("quantity")),
        Tally("naloxone.units_given", Sum("quantity", filter=products)),
        Tally("naloxone.units_without_doses", Sum("quantity", filter=products & Q(doses=0))),
        Tally("naloxone.doses_given", Sum("doses")),
    )


def _trained(period: Period) -> Iterator[tuple[str, Cell]]:
    return tallies(Trained.objects.all(), period, Tally("naloxone.people_trained", Sum("people")))


def _reversals(period: Period) -> Iterator[tuple[str, Cell]]:
    return tallies(Reversal.objects.all(), period, Tally("naloxone.reversals", Count("pk")), detail="survived")


def _outcomes() -> Mapping[str, Any]:
    return {
        "yes": _("The person survived"),
        "no": _("The person died"),
        UNKNOWN: _("Nobody knows"),
        DECLINED: _("Prefers not to say"),
        NOT_ASKED: _("Not asked"),
    }


INDICATORS = (
    Indicator(
        name="naloxone.units_given",
        version=1,
        title=_("Naloxone kits given"),
        definition=_(
            "Boxes, vials or ready kits of naloxone handed out, in the unit the catalogue counts them in. A kit that "
            "the program puts together counts as the vials it holds."
        ),
        source=KITS,
        unit=Unit.ITEMS,
        detail_title=_("Product"),
        detail_names=item_names,
        counter=_kits,
    ),
    Indicator(
        name="naloxone.items_given",
        version=1,
        title=_("Items given with naloxone"),
        definition=_("Naloxone and whatever else a naloxone kit holds, each counted in its own unit."),
        source=KITS,
        unit=Unit.ITEMS,
        detail_title=_("Item"),
        detail_names=item_names,
        counter=_kits,
        part_of="supplies.items_given",
    ),
    Indicator(
        name="naloxone.doses_given",
        version=1,
        title=_("Naloxone doses given"),
        definition=_("Single doses of naloxone handed out: units times the doses in one unit."),
        source=KITS,
        unit=Unit.DOSES,
        detail_title=_("Product"),
        detail_names=item_names,
        counter=_kits,
        beside=(
            Beside(
                indicator="naloxone.units_without_doses",
                sentence=ngettext_lazy(
                    "%(count)s kit adds no doses, because nobody recorded which product it was.",
                    "%(count)s kits add no doses, because nobody recorded which product they were.",
                    "count",
                ),
            ),
        ),
    ),
    Indicator(
        name="naloxone.units_without_doses",
        version=1,
        title=_("Naloxone kits whose doses nobody knows"),
        definition=_("Kits handed out whose product, and so the number of doses, was not recorded."),
        source=KITS,
        unit=Unit.ITEMS,
        counter=_kits,
        only_beside=True,
    ),
    Indicator(
        name="naloxone.people_trained",
        version=1,
        title=_("Overdose trainings"),
        definition=_(
            "One for each person shown how to respond to an overdose, each time. Somebody trained twice is counted "
            "twice, so this is not a number of people."
        ),
        source=_("Trainings recorded with contacts."),
        unit=Unit.TRAININGS,
        counter=_trained,
    ),
    Indicator(
        name="naloxone.reversals",
        version=1,
        title=_("Reversals reported"),
        definition=_("Overdoses that somebody answered with naloxone, as told to the program. Many are never told."),
        source=_("Reversals that people told the program about."),
        unit=Unit.REPORTS,
        detail_title=_("What happened"),
        detail_names=_outcomes,
        counter=_reversals,
    ),
)
