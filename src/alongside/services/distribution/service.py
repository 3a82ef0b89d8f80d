"""Distribution: any supplies out."""

from django.utils.translation import gettext_lazy as _

from alongside.kernel.catalogue import items_in_words
from alongside.kernel.services import EntryKind, ServiceSpec
from alongside.services.distribution.actions import give_supplies
from alongside.services.distribution.indicators import INDICATORS
from alongside.services.distribution.models import Given
from alongside.services.distribution.questions import QUESTIONS
from alongside.services.distribution.rules import KIND, SuppliesGiven

SERVICE = ServiceSpec(
    name="distribution",
    title=_("Supplies"),
    kinds=(
        EntryKind(
            name=KIND,
            version=1,
            title=_("Supplies given"),
            payload=SuppliesGiven,
            gives_items=True,
            upgrades={},
            apply=give_supplies,
            describe=lambda payload, catalogue: items_in_words(payload.items, catalogue),
            redact=lambda payload: payload,
            permission="contacts.record",
            beside_form=frozenset(),
            questions=QUESTIONS,
        ),
    ),
    facts=(Given,),
    indicators=INDICATORS,
    form_template=None,
    form_context=dict,
    set_up=lambda program_id: None,
)
