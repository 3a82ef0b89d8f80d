"""After how many months a program shreds by itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.kernel.exposure import Rule

MOST_MONTHS = 600


def _months(label: Any, hint: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=hint, required=False, min_value=1, max_value=MOST_MONTHS)


class RulesForm(forms.Form):
    """Empty: kept until somebody shreds it by hand."""

    people = _months(
        _("People with a code, months after they were last seen"),
        _("Code and links go for good; their contacts stay counted, with nobody. Empty: never by itself."),
    )
    details = _months(
        _("Details of contacts, months after the contact"),
        _("Lots, days and areas of reversals, and what was typed in words. Empty: never by itself."),
    )
    attempts = _months(_("What could not be taken, months after it was dealt with"), _("Empty: never by itself."))

    @property
    def months(self) -> dict[Rule, int | None]:
        return {rule: self.cleaned_data[str(rule)] for rule in Rule}
