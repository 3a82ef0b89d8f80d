"""The forms of the stock pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.desk.stock.fields import (
    MOST_UNITS,
    DayField,
    ExpiryField,
    ItemChoices,
    ItemField,
    text_field,
    units_field,
)
from alongside.kernel.clock import today
from alongside.kernel.ids import uuid7
from alongside.sites.members import Member
from alongside.sites.models import Site
from alongside.supplies.models import Bag, Item, Lot
from alongside.supplies.moving import Ledger
from alongside.supplies.shelf import LotRow

MOST_LINES = 60
MORE_LINES = 5
MOST_IN_A_KIT = 1000


def site_field(label: Any, sites: QuerySet[Site]) -> forms.ModelChoiceField[Site]:
    return forms.ModelChoiceField(
        queryset=sites,
        label=label,
        empty_label=None,
        error_messages={
            "required": _("Choose a site."),
            "invalid_choice": _("This site is not one of yours. Choose one from the list."),
        },
    )


class LedgerForm(forms.Form):
    """What every change of stock has: an id, so that a form sent twice counts once, a day and a note."""

    source = forms.UUIDField(widget=forms.HiddenInput)
    day = DayField(label=_("Day"), required=False)
    note = text_field(_("Note"), most=300, required=False)

    def __init__(self, member: Member, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None) -> None:
        self.member = member
        self.this_day = today(member.program.timezone)
        super().__init__(data, initial={"source": uuid7(), "day": self.this_day} | (initial or {}))
        if "day" in self.fields:
            self.fields["day"].today = self.this_day  # type: ignore[attr-defined]

    def ledger(self) -> Ledger:
        source: UUID = self.cleaned_data["source"]
        return Ledger(member=self.member, source=source, at=self._moment(), note=self.cleaned_data.get("note", ""))

    def _moment(self) -> datetime | None:
        """Noon of an earlier day; now for today, so that it comes after what was given out before."""
        day: date | None = self.cleaned_data.get("day")
        if day is None or day == self.this_day:
            return None
        return datetime.combine(day, time(12), tzinfo=ZoneInfo(self.member.program.timezone))


class ReceiveForm(LedgerForm):
    """A delivery, or what was on the shelf at the start."""

    is_opening = forms.BooleanField(label=_("This is what we had when we started to use Alongside"), required=False)

    field_order = ("site", "day", "note")

    def __init__(self, member: Member, sites: QuerySet[Site], data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(member, data, **options)
        self.fields["note"].label = _("From whom, or delivery number")
        self.fields["site"] = site_field(_("Site"), sites)
        self.order_fields(self.field_order)


class TransferForm(LedgerForm):
    """Stock that goes from one site to another."""

    field_order = ("origin", "destination", "day", "note")

    def __init__(self, member: Member, sites: QuerySet[Site], data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(member, data, **options)
        self.fields["origin"] = site_field(_("From"), sites)
        self.fields["destination"] = site_field(_("To"), sites)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("origin") and found.get("origin") == found.get("destination"):
            self.add_error("destination", _("Choose another site than the one it comes from."))
        return found


class CountForm(LedgerForm):
    """How many of each item are on a site's shelf. An item left blank was not counted."""

    def __init__(self, member: Member, items: Iterable[Item], data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(member, data, **options)
        del self.fields["day"]
        self.items = {f"item-{item.pk}": item for item in items}
        for name, item in self.items.items():
            self.fields[name] = units_field(item.local_name, least=0, required=False)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.counted():
            raise forms.ValidationError(_("Write how many there are of at least one item."))
        return found

    def counted(self) -> dict[Item, int]:
        typed = ((item, self.cleaned_data.get(name)) for name, item in self.items.items())
        return {item: units for item, units in typed if units is not None}


class SurplusForm(forms.Form):
    """Which lot the units are of that the books did not know. Asked after a count that found some."""

    NO_LOT = "none"

    def __init__(self, surplus: Mapping[Item, Sequence[Lot]], data: QueryDict | None = None) -> None:
        names = {item: f"lot-{item.pk}" for item in surplus}
        is_answered = data is not None and any(name in data for name in names.values())
        super().__init__(data if is_answered else None)
        self._lots = {item: {str(lot.pk): lot for lot in lots} for item, lots in surplus.items()}
        self._names = names
        for item, lots in surplus.items():
            self.fields[names[item]] = forms.ChoiceField(
                label=item.local_name,
                widget=forms.RadioSelect,
                choices=[*((lot.pk, lot_in_words(lot)) for lot in lots), (self.NO_LOT, _("no lot recorded"))],
                error_messages={
                    "required": _("Choose which lot the additional units are of."),
                    "invalid_choice": _("This lot is not one of this item. Choose one from the list."),
                },
            )

    def chosen(self) -> dict[Item, Lot]:
        """Without the items whose units stay without a lot."""
        said = {item: self._lots[item].get(self.cleaned_data[name]) for item, name in self._names.items()}
        return {item: lot for item, lot in said.items() if lot is not None}


def lot_in_words(lot: Lot) -> str:
    if lot.expires_on is None:
        return lot.code
    return gettext("%(lot)s, good until %(day)s") % {"lot": lot.code, "day": date_format(lot.expires_on)}


class ChangeForm(LedgerForm):
    """Units of one lot that were found, missed, thrown away or sent back."""

    MORE, FEWER, DISPOSED = "more", "fewer", "disposed"

    def __init__(
        self, member: Member, places: Sequence[tuple[str, str]], data: QueryDict | None = None, **options: Any
    ) -> None:
        super().__init__(member, data, **options)
        self.fields["place"] = forms.ChoiceField(
            label=_("Which"),
            choices=places,
            error_messages={"invalid_choice": _("This lot is not on a shelf of yours. Choose one from the list.")},
        )
        self.fields["what"] = forms.ChoiceField(
            label=_("What happened"),
            widget=forms.RadioSelect,
            choices=[
                (self.FEWER, _("Fewer than the books say")),
                (self.MORE, _("More than the books say")),
                (self.DISPOSED, _("Thrown away or sent back")),
            ],
            error_messages={"required": _("Choose what happened.")},
        )
        self.fields["quantity"] = units_field(_("How many"))
        self.fields["note"].label = _("Why")
        self.order_fields(("place", "what", "quantity", "note", "day"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("what") in (self.MORE, self.FEWER) and not found.get("note", "").strip():
            self.add_error("note", _("Write why the books were wrong, so that somebody else can follow it later."))
        return found


def places_of(rows: Iterable[LotRow], unnamed: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choices of (site, lot), and of "no lot" at every site."""
    named = [
        (f"{row.site.pk}:{row.lot.pk}", f"{row.site} · {row.lot.code or _('no lot recorded')} ({row.quantity:,})")
        for row in rows
    ]
    seen = {value for value, _label in named}
    return named + [(value, label) for value, label in unnamed if value not in seen]


class LotForm(forms.Form):
    """The date of a lot that was read wrong."""

    expires_on = ExpiryField(label=_("Expires"), required=False, help_text=_("As on the pack: 2027-05 or 2027-05-31."))


class QuantityLine(forms.Form):
    """So many of an item."""

    def __init__(self, *args: Any, choices: ItemChoices, most: int = MOST_UNITS, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["item"] = ItemField(choices, label=_("Item"))
        self.fields["quantity"] = units_field(_("How many"), most=most)
        self.order_fields(("item", "quantity"))


class DeliveredLine(QuantityLine):
    """Units of one lot that arrived."""

    lot = text_field(_("Lot"), most=60, required=False)
    expires_on = ExpiryField(label=_("Expires"), required=False)


class Lines(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of items. Empty ones are left out; one is needed unless `may_be_empty`."""

    may_be_empty = False

    def initial_form_count(self) -> int:
        """None once it is sent: a row that was emptied is left out like one that was never filled."""
        return 0 if self.is_bound else super().initial_form_count()

    def clean(self) -> None:
        if not any(self.errors) and not self.may_be_empty and not self.filled():
            raise forms.ValidationError(_("Choose an item and write how many in at least one line."))

    def filled(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("item")]

    def totals(self) -> dict[Item, int]:
        """Units by item: the same item on two lines is added up."""
        found: dict[Item, int] = {}
        for row in self.filled():
            found[row["item"]] = found.get(row["item"], 0) + row["quantity"]
        return found


class PossiblyNoLines(Lines):
    may_be_empty = True


def lines(
    line: type[QuantityLine],
    items: Iterable[Item],
    data: QueryDict | None,
    *,
    formset: type[Lines] = Lines,
    initial: Sequence[dict[str, Any]] = (),
    blank: int = MORE_LINES,
    most: int = MOST_UNITS,
) -> Lines:
    """Rows for `line`, with `blank` empty ones. A form sent with the button "more" comes back with more of them."""
    made = forms.formset_factory(
        line, formset=formset, extra=blank, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
    )
    choices = ItemChoices(items)
    found = made(
        _with_more(data) if data is not None else None,
        initial=list(initial) if data is None else None,
        prefix="line",
        form_kwargs={"choices": choices, "most": most},
        error_messages={
            "missing_management_form": str(_("The lines did not arrive whole. Go back, and send the form again.")),
            "too_many_forms": str(_("Save at most %(num)s lines at once.")),
        },
    )
    return cast("Lines", found)


def _with_more(data: QueryDict) -> QueryDict:
    total = data.get("line-TOTAL_FORMS", "")
    if "more" not in data or not total.isdecimal() or len(total) > 3:
        return data
    longer = data.copy()
    longer["line-TOTAL_FORMS"] = str(min(int(total) + MORE_LINES, MOST_LINES))
    return longer


class OrderForm(forms.Form):
    """How far ahead an order has to reach."""

    lead_days = units_field(_("Days until a delivery arrives"), least=0, most=365, initial=14)
    review_days = units_field(_("Days until the next order"), least=1, most=365, initial=28)


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a program may change about an item at any time."""

    reorder_point = units_field(_("Order when below"), least=0, help_text=_("Below this the item shows as low."))
    gauge = units_field(_("Needle gauge"), least=10, most=40, required=False)

    class Meta:
        model = Item
        fields = (
            "name", "name_es", "group", "unit", "unit_es", "reorder_point", "search",
            "gauge", "length_mm", "volume_ml", "low_dead_space", "is_active",
        )  # fmt: skip
        help_texts = {
            "name": _("As your staff say it."),
            "unit": _("each, box, pair, sachet …"),
            "search": _("Brands and everyday words, in any language."),
            "is_active": _("Hidden items keep their history and are not offered."),
        }


class NewItemForm(ItemForm):
    """An item, with what its records will rely on."""

    barrels = units_field(
        _("Syringes in one"),
        least=0,
        most=100,
        initial=0,
        help_text=_("1 for a syringe with or without its needle, 0 for anything else. Can't be changed later."),
    )
    doses = units_field(
        _("Naloxone doses in one"),
        least=0,
        most=100,
        initial=0,
        help_text=_("2 for a box of two sprays, 0 for anything else. Can't be changed later."),
    )

    class Meta(ItemForm.Meta):
        fields = (*ItemForm.Meta.fields[:-1], "barrels", "doses")  # type: ignore[assignment]


class BagForm(forms.ModelForm):  # type: ignore[type-arg]
    """A usual bag's names."""

    class Meta:
        model = Bag
        fields = ("name", "name_es", "is_active")
