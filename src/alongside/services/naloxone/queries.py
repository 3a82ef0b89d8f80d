"""What the naloxone part of the form offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

FIRST = (("first", _("First kit")), ("refill", _("Refill")), ("declined", _("Prefers not to say")))
WHY = (
    ("used", _("Used it")),
    ("given_away", _("Gave it to someone")),
    ("lost", _("Lost")),
    ("stolen", _("Stolen")),
    ("taken", _("Taken by police")),
    ("expired", _("Expired")),
    ("another_place", _("Wants one more to keep elsewhere")),
    ("other", _("Something else")),
)
DOSES = (("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5"), ("6", "6"), ("unknown", _("Don't know")))
YES_NO = (("yes", _("Yes")), ("no", _("No")), ("unknown", _("Don't know")), ("declined", _("Prefers not to say")))
TOLD_BY = (
    ("self", _("The person who overdosed")),
    ("someone", _("Someone who was there")),
    ("staff", _("Staff")),
    ("unknown", _("Don't know")),
    ("declined", _("Prefers not to say")),
)
QUESTIONS = (
    ("survived", _("Did they survive?"), YES_NO),
    ("told_by", _("Who tells you?"), TOLD_BY),
    ("ambulance", _("Was an ambulance called?"), YES_NO),
    ("stayed", _("Did someone stay with them?"), YES_NO),
    ("rescue_breathing", _("Rescue breaths or oxygen?"), YES_NO),
)


def choices_on_form() -> Mapping[str, Any]:
    """No queries: every choice is fixed, so that phones can show the same form without a network."""
    return {
        "first_choices": FIRST,
        "why_choices": WHY,
        "doses_choices": DOSES,
        "reversal_questions": [
            (f"naloxone.reversal_reported.{name}", title, choices) for name, title, choices in QUESTIONS
        ],
    }
