"""The page that shows every part of the look in every state, and the renderer that gives forms that look."""

from __future__ import annotations

from datetime import time
from typing import Any

import segno
from django import forms
from django.core.paginator import Paginator
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from alongside.accounts.doors import open_to_all
from alongside.desk.context import THEMES

SAMPLE_CODE = "K7QD-M2XW-3"


class FormRenderer(DjangoTemplates):
    """`{{ form }}` and `{{ form.field.as_field_group }}` with our labels, hints, errors, chips and steppers."""

    form_template_name = "desk/parts/form.html"
    field_template_name = "desk/parts/field.html"


class SampleForm(forms.Form):
    """One field of every kind."""

    day = forms.DateField(
        label="Day",
        help_text="Leave it as it is for today.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    back = forms.IntegerField(
        label="Used syringes back",
        min_value=0,
        max_value=9999,
        initial=12,
        widget=forms.NumberInput(attrs={"data-stepper": ""}),
    )
    reason = forms.ChoiceField(
        label="First kit or a refill",
        choices=[("first", "First kit"), ("refill", "Refill"), ("not_asked", "Not asked")],
        widget=forms.RadioSelect,
        initial="refill",
    )
    topics = forms.MultipleChoiceField(
        label="Talked about",
        choices=[("safer", "Safer use"), ("testing", "Testing"), ("wounds", "Wound care")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=["safer"],
    )
    site = forms.ChoiceField(label="Site", choices=[("1", "Front desk"), ("2", "Van")])
    lot = forms.CharField(label="Lot", max_length=20, required=False)
    is_training = forms.BooleanField(label="Training was part of it", required=False)
    file = forms.FileField(label="Spreadsheet", help_text="A CSV or XLSX file.", required=False)
    note = forms.CharField(
        label="Note",
        help_text="Never a name, and nothing that points to a person.",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


@open_to_all
def look(request: HttpRequest) -> HttpResponse:
    """Made-up figures, in English only; nothing here comes from a program."""
    chosen = request.GET.get("theme", "")
    theme = {"theme": chosen} if chosen in THEMES else {}
    return render(request, "desk/look.html", {**_samples(), **theme})


def _samples() -> dict[str, Any]:
    posted = {"wrong-back": "-3", "wrong-site": "1", "wrong-lot": "A1729, and a lot more than fits"}
    wrong = SampleForm(posted, prefix="wrong")
    return {
        "form": SampleForm(),
        "wrong_form": wrong,
        "page": Paginator(range(60), 20).page(2),
        "code": SAMPLE_CODE,
        "qr": _qr(SAMPLE_CODE),
        "steps": ["Choose a file", "Match columns", "Check", "Import"],
        "choices": [("1", "Self"), ("2", "One more"), ("3", "Two more")],
        "chosen": ["1"],
        "since": time(10, 42),
        "items": _items(),
        "months": [("2025-06", 212), ("2025-07", 248), ("2025-08", 231), ("2025-09", 274), ("2025-10", 296)],
    }


def _items() -> list[dict[str, Any]]:
    """Name, other words it is found by, what is on the shelf, state."""
    rows = [
        ("Syringe 1 ml, 29 G", "insulin bd needle", 1840, "ok", "In stock"),
        ("Syringe 1 ml, 31 G", "insulin short needle", 90, "low", "Low stock"),
        ("Cooker with handle", "spoon", 0, "short", "Short"),
        ("Naloxone nasal spray 4 mg", "narcan kit", 36, "expired", "Expired lot"),
        ("Sterile water 5 ml", "ampoule", 610, "ok", "In stock"),
    ]
    keys = ("name", "words", "quantity", "state", "state_text")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def _qr(text: str) -> str:
    """Black on white in both themes: a camera has to read it."""
    svg = segno.make(text, error="q", micro=False).svg_inline(border=0, omitsize=True, dark="#000")
    return mark_safe(svg)  # noqa: S308
