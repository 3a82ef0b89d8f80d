"""Syringes: back, never as a condition."""

from django.utils.translation import gettext_lazy as _

from alongside.kernel.services import EntryKind, ServiceSpec
from alongside.services.syringes.actions import (
    RETURNED_BY_TEXT,
    RETURNED_ON_SHEETS,
    add_starter_containers,
    describe,
    take_back_syringes,
)
from alongside.services.syringes.indicators import INDICATORS
from alongside.services.syringes.models import Returned
from alongside.services.syringes.queries import containers_on_form
from alongside.services.syringes.questions import QUESTIONS
from alongside.services.syringes.rules import SyringesReturned

SERVICE = ServiceSpec(
    name="syringes",
    title=_("Syringes back"),
    kinds=(
        EntryKind(
            name="syringes.returned",
            version=1,
            title=_("Syringes back"),
            payload=SyringesReturned,
            gives_items=False,
            upgrades={},
            apply=take_back_syringes,
            describe=describe,
            redact=lambda payload: payload,
            permission="contacts.record",
            beside_form=frozenset({"estimate"}),
            questions=QUESTIONS,
            sheet=RETURNED_ON_SHEETS,
            text=RETURNED_BY_TEXT,
        ),
    ),
    facts=(Returned,),
    indicators=INDICATORS,
    form_template="syringes/form.html",
    form_context=containers_on_form,
    set_up=add_starter_containers,
)
