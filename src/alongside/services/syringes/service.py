"""Syringes: back, never as a condition; and how many new ones are needed."""

from django.utils.translation import gettext_lazy as _

from alongside.kernel.services import EntryKind, ServiceSpec
from alongside.services.syringes import rules
from alongside.services.syringes.actions import (
    RETURNED_BY_TEXT,
    RETURNED_ON_SHEETS,
    add_starter_containers,
    describe,
    describe_need,
    note_need,
    suggested_on_form,
    take_back_syringes,
)
from alongside.services.syringes.indicators import INDICATORS
from alongside.services.syringes.models import NeedTold, Returned
from alongside.services.syringes.queries import choices_on_form
from alongside.services.syringes.questions import QUESTIONS, QUESTIONS_OF_NEED
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
        EntryKind(
            name=rules.NEED_KIND,
            version=1,
            title=_("Need told"),
            payload=rules.NeedTold,
            gives_items=False,
            upgrades={},
            apply=note_need,
            describe=describe_need,
            redact=lambda payload: payload,
            permission="contacts.record",
            beside_form=frozenset(),
            questions=QUESTIONS_OF_NEED,
            kept_if="agreed",
        ),
    ),
    facts=(Returned, NeedTold),
    indicators=INDICATORS,
    form_template="syringes/form.html",
    form_context=choices_on_form,
    set_up=add_starter_containers,
    suggest=suggested_on_form,
    suggest_field=f"{rules.NEED_KIND}.how_often",
)
