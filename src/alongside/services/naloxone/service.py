"""Naloxone: recorded here, counted everywhere from here."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from alongside.kernel.services import EntryKind, ServiceSpec
from alongside.services.naloxone.actions import (
    REVERSALS_BY_TEXT,
    REVERSALS_ON_SHEETS,
    TRAINED_BY_TEXT,
    TRAINED_ON_SHEETS,
    describe_kit,
    describe_reversal,
    describe_training,
    give_kit,
    report_reversal,
    train_people,
)
from alongside.services.naloxone.indicators import INDICATORS
from alongside.services.naloxone.models import KitGiven as KitGivenFact
from alongside.services.naloxone.models import Reversal, Trained
from alongside.services.naloxone.queries import choices_on_form
from alongside.services.naloxone.questions import QUESTIONS_OF_KIT, QUESTIONS_OF_REVERSAL, QUESTIONS_OF_TRAINING
from alongside.services.naloxone.rules import KIT_GIVEN, KitGiven, PeopleTrained, ReversalReported


def without_lot(payload: dict[str, Any]) -> dict[str, Any]:
    """Anything can be typed as a lot. Which lot left the shelf is in the stock's own books."""
    return {key: value for key, value in payload.items() if key != "lot"}


def without_place_and_day(payload: dict[str, Any]) -> dict[str, Any]:
    """A reversal's area and day could point to one person, and anything can be typed as a product."""
    return {key: value for key, value in payload.items() if key not in {"area", "happened_on", "product"}}


SERVICE = ServiceSpec(
    name="naloxone",
    title=_("Naloxone"),
    kinds=(
        EntryKind(
            name=KIT_GIVEN,
            version=1,
            title=_("Naloxone given"),
            payload=KitGiven,
            gives_items=True,
            upgrades={},
            apply=give_kit,
            describe=describe_kit,
            redact=without_lot,
            permission="contacts.record",
            beside_form=frozenset(),
            questions=QUESTIONS_OF_KIT,
        ),
        EntryKind(
            name="naloxone.people_trained",
            version=1,
            title=_("Overdose training"),
            payload=PeopleTrained,
            gives_items=False,
            upgrades={},
            apply=train_people,
            describe=describe_training,
            redact=lambda payload: payload,
            permission="contacts.record",
            beside_form=frozenset(),
            questions=QUESTIONS_OF_TRAINING,
            sheet=TRAINED_ON_SHEETS,
            text=TRAINED_BY_TEXT,
        ),
        EntryKind(
            name="naloxone.reversal_reported",
            version=1,
            title=_("Reversal reported"),
            payload=ReversalReported,
            gives_items=False,
            upgrades={},
            apply=report_reversal,
            describe=describe_reversal,
            redact=without_place_and_day,
            permission="contacts.record",
            beside_form=frozenset({"product", "breathing_before", "police"}),
            questions=QUESTIONS_OF_REVERSAL,
            sheet=REVERSALS_ON_SHEETS,
            text=REVERSALS_BY_TEXT,
        ),
    ),
    facts=(KitGivenFact, Trained, Reversal),
    indicators=INDICATORS,
    form_template="naloxone/form.html",
    form_context=choices_on_form,
    set_up=lambda program_id: None,
)
