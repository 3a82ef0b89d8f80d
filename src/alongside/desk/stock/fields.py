"""Form fields for stock: what people read off a box, with sentences that say what to write instead."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alongside.supplies.models import Item

MOST_UNITS = 1_000_000
FIRST_DAY = date(2000, 1, 1)
LAST_EXPIRY_YEARS = 25
MONTH = re.compile(r"\s*(\d{4})[-/. ](\d{1,2})\s*|\s*(\d{1,2})[-/. ](\d{4})\s*")


def units_field(label: Any, *, least: int = 1, most: int = MOST_UNITS, **options: Any) -> forms.IntegerField:
    """A whole number of units."""
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        error_messages={
            "required": _("Write how many."),
            "invalid": _("Write a whole number, for example 200."),
            "min_value": _("Write %(limit_value)s or more."),
            "max_value": _("Write %(limit_value)s or less. For more, save twice."),
        },
        **options,
    )


def text_field(label: Any, *, most: int, **options: Any) -> forms.CharField:
    too_long = _("Write at most %(limit_value)s characters. This has %(show_value)s.")
    return forms.CharField(label=label, max_length=most, error_messages={"max_length": too_long}, **options)


class DayField(forms.DateField):
    """A day on which something happened: not after `today`, which the form sets."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_error_messages = {"invalid": _("Write the day as year-month-day, for example 2026-03-31.")}
    today: date | None = None

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and self.today and not FIRST_DAY <= day <= self.today:
            raise ValidationError(_("Choose a day that is not in the future and not before the year 2000."))
        return day


class ExpiryField(forms.DateField):
    """The date on a pack. Many packs show a month only: good until its last day."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"placeholder": "2027-05"})
    default_error_messages = {
        "invalid": _("Write the date as on the pack, year first: 2027-05 or 2027-05-31."),
    }

    def to_python(self, value: Any) -> date | None:
        month = MONTH.fullmatch(value) if isinstance(value, str) and len(value) < 20 else None
        if month:
            year, number = int(month[1] or month[4]), int(month[2] or month[3])
            if 1 <= number <= 12 and year:
                value = date(year, number, monthrange(year, number)[1])
        day: date | None = super().to_python(value)
        if day and not FIRST_DAY.year <= day.year <= date.today().year + LAST_EXPIRY_YEARS:  # noqa: DTZ011 - a year will do
            raise ValidationError(_("This expiry date can't be right. Read the pack again: the year comes first."))
        return day


class ItemField(forms.TypedChoiceField):
    """One of the catalogue's items, by group. Give every field of a page the same `ItemChoices`: it asks once."""

    def __init__(self, choices: ItemChoices, **options: Any) -> None:
        super().__init__(
            choices=choices.groups,
            coerce=choices.item,
            empty_value=None,
            error_messages={
                "required": _("Choose an item."),
                "invalid_choice": _("This item is not in the catalogue. Choose one from the list."),
            },
            **options,
        )


class ItemChoices:
    """Items for a list to choose from, grouped as on the shelf."""

    def __init__(self, items: Iterable[Item]) -> None:
        rows = sorted(items, key=lambda item: (Item.Group.values.index(item.group), item.position, item.name))
        self.by_key = {str(item.pk): item for item in rows}
        self.groups: list[tuple[Any, Any]] = [("", "")]
        for group, members in groupby(rows, key=lambda item: str(item.group)):
            self.groups.append((Item.Group(group).label, [(str(item.pk), item.local_name) for item in members]))

    def item(self, key: str) -> Item:
        """Raises ValueError for one that is not offered, as a form field expects of it."""
        if key not in self.by_key:
            raise ValueError(key)
        return self.by_key[key]
