"""Forms about codes. None of them lets a browser remember what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.participants.actions import MOST_CARDS
from alongside.participants.models import CodeScheme
from alongside.participants.recipes import MOST_PARTS, Recipe, recipe_of, shipped_parts
from alongside.sites.languages import in_spanish

CARDS_ON_A_SHEET = 10
FORGETFUL = {
    "autocomplete": "off",
    "autocapitalize": "characters",
    "autocorrect": "off",
    "spellcheck": "false",
    "data-1p-ignore": "",
    "data-lpignore": "true",
}


class CodeForm(forms.Form):
    """A code, typed or scanned."""

    code = forms.CharField(label=_("Code"), max_length=60, widget=forms.TextInput(attrs=FORGETFUL))


class OtherCodeForm(forms.Form):
    """The second code of the same person."""

    other = forms.CharField(label=_("Their other code"), max_length=60, widget=forms.TextInput(attrs=FORGETFUL))


class CardsForm(forms.Form):
    """How many cards to print."""

    cards = forms.IntegerField(
        label=_("How many cards?"),
        help_text=_("Ten fit on a sheet. Nothing is stored until a card is first used."),
        min_value=CARDS_ON_A_SHEET,
        max_value=MOST_CARDS,
        step_size=CARDS_ON_A_SHEET,
        initial=CARDS_ON_A_SHEET,
        widget=forms.NumberInput(attrs={"data-stepper": ""}),
    )
    with_name = forms.BooleanField(
        label=_("Print the program’s name on them"),
        help_text=_("Leave it off where a card that is found could get somebody into trouble."),
        required=False,
    )


class SchemeForm(forms.Form):
    """How codes are made from now on; a recipe's parts in the order they are written."""

    kind = forms.ChoiceField(
        label=_("How are codes made?"),
        choices=[
            (CodeScheme.Kind.RANDOM, _("Random card")),
            (CodeScheme.Kind.RECIPE, _("Recipe from what people remember")),
            (CodeScheme.Kind.NONE, _("No codes")),
        ],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("Name of the recipe"), max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [(part.key, part.ask_es if in_spanish() else part.ask) for part in shipped_parts().values()]
        for number in range(1, MOST_PARTS + 1):
            self.fields[f"part_{number}"] = forms.ChoiceField(
                label=_("Part %(number)s") % {"number": number},
                choices=[("", _("Nothing more")), *asked],
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == CodeScheme.Kind.RECIPE and len(self.keys) < 2:
            self.add_error("part_1", _("A recipe has two parts at least."))
        if cleaned.get("kind") == CodeScheme.Kind.RECIPE and len(self.keys) != len(set(self.keys)):
            self.add_error("part_1", _("Each part can be used once."))
        return cleaned

    @property
    def keys(self) -> list[str]:
        parts = (self.cleaned_data.get(f"part_{number}", "") for number in range(1, MOST_PARTS + 1))
        return [key for key in parts if key]

    @property
    def recipe(self) -> Recipe | None:
        if self.cleaned_data["kind"] != CodeScheme.Kind.RECIPE:
            return None
        return recipe_of(self.cleaned_data["name"] or str(_("Our recipe")), self.keys)


def filled_in(kind: str, recipe: Recipe | None) -> dict[str, str]:
    """A scheme as the form's starting values."""
    parts = {f"part_{number}": part.key for number, part in enumerate(recipe.parts, start=1)} if recipe else {}
    return {"kind": kind, "name": recipe.name if recipe else "", **parts}
