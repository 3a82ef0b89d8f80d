"""What naloxone reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from alongside.encounters.counting import fact_rows, item_keys, item_names
from alongside.kernel.answers import DECLINED, NOT_ASKED, UNKNOWN
from alongside.kernel.indicators import Beside, Facts, Indicator, Unit
from alongside.services.naloxone.models import KitGiven, Reversal, Trained
from alongside.services.naloxone.rules import KIT_GIVEN
from alongside.supplies.models import Item

SAID = _("Naloxone recorded with contacts. It is recorded in one place and counted everywhere from there.")


def _kit_rows() -> QuerySet[Any]:
    """What else a naloxone kit holds (gloves, a shield) is not naloxone; a product without known doses is."""
    products = list(Item.objects.filter(recorded_as=KIT_GIVEN).values_list("pk", flat=True))
    is_naloxone = When(item_id__in=products, then=Value(1))
    return fact_rows(KitGiven, is_naloxone=Case(is_naloxone, default=Value(0), output_field=IntegerField()))


def _trained_rows() -> QuerySet[Any]:
    return fact_rows(Trained)


def _reversal_rows() -> QuerySet[Any]:
    return fact_rows(Reversal)


KITS = Facts(
    name="naloxone_kits",
    columns={"item_id": "int64", "quantity": "int64", "doses": "int64", "is_naloxone": "int64", "first": "string"},
    rows=_kit_rows,
)
TRAINED = Facts(name="trainings", columns={"people": "int64"}, rows=_trained_rows)
REVERSALS = Facts(name="reversals", columns={"doses": "int64", "survived": "string"}, rows=_reversal_rows)


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
        source=SAID,
        unit=Unit.ITEMS,
        detail_title=_("Product"),
        detail_names=item_names,
        facts=KITS,
        value=lambda kits: kits.quantity.sum(where=kits.is_naloxone == 1),
        detail="item_id",
        details_of=item_keys,
    ),
    Indicator(
        name="naloxone.items_given",
        version=1,
        title=_("Items given with naloxone"),
        definition=_("Naloxone and whatever else a naloxone kit holds, each counted in its own unit."),
        source=SAID,
        unit=Unit.ITEMS,
        detail_title=_("Item"),
        detail_names=item_names,
        facts=KITS,
        value=lambda kits: kits.quantity.sum(),
        detail="item_id",
        details_of=item_keys,
        part_of="supplies.items_given",
    ),
    Indicator(
        name="naloxone.doses_given",
        version=1,
        title=_("Naloxone doses given"),
        definition=_("Single doses of naloxone handed out: units times the doses in one unit."),
        source=SAID,
        unit=Unit.DOSES,
        detail_title=_("Product"),
        detail_names=item_names,
        facts=KITS,
        value=lambda kits: kits.doses.sum(),
        detail="item_id",
        details_of=item_keys,
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
        source=SAID,
        unit=Unit.ITEMS,
        facts=KITS,
        value=lambda kits: kits.quantity.sum(where=(kits.is_naloxone == 1) & (kits.doses == 0)),
        detail="item_id",
        details_of=item_keys,
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
        facts=TRAINED,
        value=lambda trained: trained.people.sum(),
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
        facts=REVERSALS,
        value=lambda reversals: reversals.count(),
        detail="survived",
    ),
)
