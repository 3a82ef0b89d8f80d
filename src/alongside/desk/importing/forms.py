"""Choosing a file, and saying what its columns hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.encounters.importing.cells import DateOrder
from alongside.encounters.importing.guessing import item_like, needs_order
from alongside.encounters.importing.mapping import CODE, ITEM, ColumnMapping, mapping_from, what_is_missing
from alongside.encounters.importing.previewing import Preview
from alongside.encounters.importing.sheets import MOST_BYTES, too_large
from alongside.encounters.importing.wording import choices_of_items, choices_of_readings
from alongside.kernel.errors import Refusal
from alongside.kernel.services import Catalogue
from alongside.sites.models import Site

TWO_WAYS = gettext_lazy("The dates in this sheet can be read in two ways. Choose one.")
ORDERS = (
    (DateOrder.DAY_FIRST.value, gettext_lazy("The first: 3/4 is 3 April")),
    (DateOrder.MONTH_FIRST.value, gettext_lazy("The second: 3/4 is 4 March")),
)
MISSING = (
    ("refuse", gettext_lazy("Leave those lines out and list them")),
    ("area", gettext_lazy("Make it, as an area that only figures know")),
    ("desk", gettext_lazy("Make it, as a desk to record at")),
)
PEOPLE = (
    ("one", gettext_lazy("The line is one person")),
    ("nobody", gettext_lazy("Nobody counted the people")),
)


class UploadForm(forms.Form):
    """A spreadsheet to take."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("XLSX or CSV, up to 100 MB. It waits here encrypted, and is deleted after the import."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm"}),
        max_length=200,
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose the spreadsheet first.")},
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(str(too_large(file.size or 0)))
        return file


class ColumnsForm(forms.Form):
    """One choice for each column of the sheet, and what the sheet itself does not say."""

    date_order = forms.ChoiceField(
        label=gettext_lazy("Which number of a date like 3/4/2026 is the day?"),
        choices=ORDERS,
        widget=forms.RadioSelect,
        error_messages={"required": TWO_WAYS},
    )
    site = forms.ChoiceField(
        label=gettext_lazy("Site of all lines"),
        help_text=gettext_lazy("Only if no column holds the site."),
        required=False,
    )
    missing_sites = forms.ChoiceField(
        label=gettext_lazy("If a line names a site that is not here yet"), choices=MISSING, widget=forms.RadioSelect
    )
    people = forms.ChoiceField(
        label=gettext_lazy("If no column says how many people, or the cell is empty"),
        choices=PEOPLE,
        widget=forms.RadioSelect,
    )
    date = forms.CharField(
        label=gettext_lazy("Date of all lines"),
        help_text=gettext_lazy("Only if no column holds it: 2026-03-31, 2026-03 or 2026."),
        required=False,
        max_length=40,
    )
    moves_stock = forms.BooleanField(
        label=gettext_lazy("Take what was given off today’s stock"),
        help_text=gettext_lazy("Leave it off for work of the past: today’s shelves know nothing of it."),
        required=False,
    )
    save_as = forms.CharField(
        label=gettext_lazy("Remember these choices as"),
        help_text=gettext_lazy("The next file with the same columns is then read by itself."),
        required=False,
        max_length=80,
    )

    def __init__(self, shown: Preview, *, mapping: ColumnMapping, name: str, catalogue: Catalogue, data: Any) -> None:
        super().__init__(data, initial=_initial(shown, mapping, name))
        self._shown, self._started_with, self._catalogue = shown, mapping, catalogue
        sites = [(site.name, site.name) for site in Site.objects.filter(is_active=True)]
        self.fields["site"].choices = [("", _("A column says it")), *sites]  # type: ignore[attr-defined]
        readings = choices_of_readings(catalogue)
        for place, column in enumerate(shown.header.names):
            if column:
                self.fields[f"column_{place}"] = forms.ChoiceField(label=column, choices=readings, required=False)
        items = [("", _("Choose the item")), *choices_of_items(catalogue)]
        self._words = shown.words(self._item_column())
        for place, word in enumerate(self._words):
            key = mapping.items.get(word) or item_like(word, catalogue)
            self.fields[f"word_{place}"] = forms.ChoiceField(label=word, choices=items, required=False, initial=key)
        self.fields["date_order"].required = needs_order(shown.header, shown.rows, mapping)
        if mapping.date_order is None and not self.fields["date_order"].required:
            self.fields["date_order"].widget = forms.HiddenInput()

    def columns(self) -> list[tuple[forms.BoundField, list[str]]]:
        """Each column's choice with its first values; a code's are not shown."""
        return [
            (self[name], [] if self[name].value() == CODE else self._shown.samples(int(name.removeprefix("column_"))))
            for name in self.fields
            if name.startswith("column_")
        ]

    def words(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("word_")]

    def clean(self) -> dict[str, Any]:
        """The mapping, in `self.mapping`, unless something is missing for it."""
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            self.mapping = mapping_from(self._as_json(data))
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from None
        for name, sentence in what_is_missing(self.mapping, self._shown.header, catalogue=self._catalogue).items():
            self.add_error(self._field(name), sentence)
        if needs_order(self._shown.header, self._shown.rows, self.mapping):
            self.fields["date_order"].widget = forms.RadioSelect(choices=ORDERS)
            self.add_error("date_order", TWO_WAYS)
        if self._asks_for_words():
            self.add_error(None, _("Now say which item each word of the sheet means, and go on."))
        return data

    def _as_json(self, data: Mapping[str, Any]) -> dict[str, Any]:
        names = self._shown.header.names
        return {
            "sheet": self._shown.sheet,
            "header_first": self._started_with.header_first,
            "header_last": self._started_with.header_last,
            "columns": {
                names[place]: data[f"column_{place}"] for place in range(len(names)) if data.get(f"column_{place}")
            },
            "items": {
                word: data[f"word_{place}"] for place, word in enumerate(self._words) if data.get(f"word_{place}")
            },
            "date_order": data["date_order"] or None,
            "date": data["date"],
            "site": data["site"],
            "missing_sites": data["missing_sites"],
            "people": data["people"],
            "moves_stock": data["moves_stock"],
        }

    def _field(self, name: str) -> str | None:
        if name in self.fields:
            return name
        names = self._shown.header.names
        return f"column_{names.index(name)}" if name in names else None

    def _item_column(self) -> str | None:
        """The column that holds items: as it is chosen now, or as the form started."""
        if not self.is_bound:
            return self._started_with.column_of(ITEM)
        names = enumerate(self._shown.header.names)
        return next((name for place, name in names if self.data.get(f"column_{place}") == ITEM), None)

    def _asks_for_words(self) -> bool:
        """True if the column of items was only chosen now, so that nobody was asked yet what its words mean."""
        return bool(self._words) and "word_0" not in self.data


def _initial(shown: Preview, mapping: ColumnMapping, name: str) -> dict[str, Any]:
    columns = {shown.header.column(column): reading for column, reading in mapping.columns.items()}
    return {
        **{f"column_{place}": reading for place, reading in columns.items() if place is not None},
        "date_order": mapping.date_order or "",
        "date": mapping.date,
        "site": mapping.site,
        "missing_sites": mapping.missing_sites,
        "people": mapping.people,
        "moves_stock": mapping.moves_stock,
        "save_as": name,
    }
