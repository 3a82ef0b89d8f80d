"""What distribution reports."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from alongside.encounters.counting import fact_rows, item_keys, item_names
from alongside.kernel.indicators import Beside, Facts, Indicator, PeopleIndicator, Unit
from alongside.services.distribution.models import Given


def _rows() -> QuerySet[Any]:
    return fact_rows(Given)


GIVEN = Facts(
    name="supplies_given",
    columns={"item_id": "int64", "quantity": "int64", "barrels": "int64"},
    rows=_rows,
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
        facts=GIVEN,
        value=lambda given: given.quantity.sum(),
        detail="item_id",
        details_of=item_keys,
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
        facts=GIVEN,
        value=lambda given: given.barrels.sum(),
        detail="item_id",
        details_of=item_keys,
    ),
    PeopleIndicator(
        name="distribution.people_given_syringes",
        version=1,
        title=_("People given syringes"),
        definition=_(
            "Different people among the contacts with a code who were handed syringes, each counted once in the "
            "period. Who came for something else is not in this figure, nor who got syringes through somebody else."
        ),
        source=_("The supplies recorded with contacts, and the codes given with them."),
        unit=Unit.PEOPLE,
        facts=GIVEN,
        among=lambda given: given.filter(given.barrels > 0),
        for_funders=True,
        estimate_reason=_("Two people can share a code, so the number of codes is not quite the number of people."),
        denominator=Beside(
            indicator="contacts.with_code",
            sentence=ngettext_lazy("%(count)s contact with a code", "%(count)s contacts with a code", "count"),
        ),
    ),
)
