"""What naloxone entries do."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alongside.kernel.answers import NOT_ASKED
from alongside.kernel.catalogue import items_in_words, parts_given
from alongside.kernel.services import Catalogue, Effects, Placed, StockIssue
from alongside.kernel.sheets import SheetFigure, SheetFigures
from alongside.services.naloxone.models import KitGiven as KitGivenFact
from alongside.services.naloxone.models import Reversal, Trained
from alongside.services.naloxone.rules import (
    KIT_GIVEN,
    KitGiven,
    PeopleTrained,
    ReversalReported,
    doses_known,
    reversals_of_line,
)
from alongside.sites.plain_sql import unsaved

TRAINED_ON_SHEETS = SheetFigures(
    figures=(
        SheetFigure(
            name="people",
            title=gettext_lazy("People trained"),
            words=("people trained", "trained", "trainings", "personas capacitadas", "capacitadas"),
        ),
    ),
    payloads=lambda figures: [{"people": people} for people in figures.values() if people],
)
REVERSALS_ON_SHEETS = SheetFigures(
    figures=(
        SheetFigure(
            name="count",
            title=gettext_lazy("Reversals reported"),
            words=(
                "reversals reported",
                "reversals",
                "overdose reversals",
                "overdoses reversed",
                "reversiones",
                "reversiones informadas",
                "sobredosis revertidas",
            ),
        ),
        SheetFigure(
            name="doses",
            title=gettext_lazy("Naloxone doses used in the reversal"),
            words=(
                "naloxone doses used in the reversal",
                "doses used",
                "naloxone doses used",
                "dosis de naloxona usadas en la reversión",
                "dosis usadas",
            ),
        ),
    ),
    payloads=reversals_of_line,
)

TRAINED_BY_TEXT = SheetFigures(
    figures=(
        SheetFigure(
            name="people",
            title=gettext_lazy("People trained"),
            words=("trained", "people trained", "capacitadas", "personas capacitadas", "capacitados"),
        ),
    ),
    payloads=TRAINED_ON_SHEETS.payloads,
)
REVERSALS_BY_TEXT = SheetFigures(
    figures=(
        SheetFigure(
            name="count",
            title=gettext_lazy("Reversals reported"),
            words=(
                "reversals",
                "overdose reversals",
                "od reversals",
                "overdoses reversed",
                "reversiones",
                "revertidas",
            ),
        ),
    ),
    payloads=reversals_of_line,
)


def give_kit(payload: KitGiven, placed: Placed) -> Effects:
    """Naloxone is recorded here and nowhere else, so that it is counted once."""
    parts = list(
        parts_given(
            payload.items,
            placed.catalogue,
            kind=KIT_GIVEN,
            multiplier=placed.multiplier,
            unknown=gettext_lazy("“%(item)s” is not in the catalogue. Ask a coordinator to add it."),
            elsewhere=gettext_lazy("%(item)s is not a naloxone product. Enter it under supplies."),
        )
    )
    return Effects(
        rows=[
            unsaved(
                KitGivenFact,
                item_id=part.item.id,
                kit_id=part.kit_id,
                quantity=part.quantity,
                doses=part.quantity * part.item.doses,
                first=payload.first or NOT_ASKED,
            )
            for part in parts
        ],
        issues=[StockIssue(part.item.id, part.quantity, payload.lot if part.item.doses else "") for part in parts],
    )


def train_people(payload: PeopleTrained, placed: Placed) -> Effects:
    return Effects(rows=[unsaved(Trained, people=payload.people)] if payload.people else [])


def report_reversal(payload: ReversalReported, placed: Placed) -> Effects:
    return Effects(rows=[unsaved(Reversal, doses=doses_known(payload), survived=payload.survived or NOT_ASKED)])


def describe_kit(payload: KitGiven, catalogue: Catalogue) -> str:
    words = items_in_words(payload.items, catalogue)
    return _("%(items)s, lot %(lot)s") % {"items": words, "lot": payload.lot} if payload.lot else words


def describe_training(payload: PeopleTrained, _catalogue: Catalogue) -> str:
    return ngettext("%(people)s person trained", "%(people)s people trained", payload.people) % {
        "people": payload.people
    }


def describe_reversal(payload: ReversalReported, _catalogue: Catalogue) -> str:
    doses = doses_known(payload)
    if doses is None:
        return _("Overdose reversed, doses not known")
    return ngettext("Overdose reversed with %(doses)s dose", "Overdose reversed with %(doses)s doses", doses) % {
        "doses": doses
    }
