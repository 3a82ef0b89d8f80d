"""What is entered in the room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.kernel.clock import now
from alongside.kernel.ids import uuid7
from alongside.services.consumption_room.actions.book import Hand
from alongside.services.consumption_room.models import Place
from alongside.services.consumption_room.queries.reading import naloxone_items
from alongside.services.consumption_room.queries.wording import (
    AMBULANCE,
    OUTCOMES,
    ROUTES,
    SUBSTANCES,
    TYPES,
)
from alongside.services.consumption_room.rules.lines import Kind
from alongside.services.consumption_room.rules.protocol import MOST_MINUTES, Minutes, Protocol
from alongside.services.consumption_room.rules.substances import NOT_SAID
from alongside.services.consumption_room.rules.substances import ROUTES as ROUTE_KEYS
from alongside.services.consumption_room.rules.times import moment_of
from alongside.sites.members import Member
from alongside.sites.models import Program

FLOWS = (2, 4, 6, 8, 10, 15)


def _choices(names: Mapping[str, Any], keys: Iterable[str] | None = None) -> list[tuple[str, Any]]:
    return [(key, names[key]) for key in (keys or names)]


def whole(label: Any, *, least: int, most: int, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        error_messages={
            "required": _("Write a number."),
            "invalid": _("Write a whole number."),
            "min_value": _("Write %(limit_value)s or more."),
            "max_value": _("Write %(limit_value)s or less."),
        },
        **options,
    )


class Timed(forms.Form):
    """Anything that is written down: now, or at a time that somebody noted on paper."""

    source = forms.UUIDField(required=False, widget=forms.HiddenInput)
    at = forms.TimeField(
        label=_("When, if not now"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": "1"}, format="%H:%M:%S"),
        error_messages={"invalid": _("Write a time, such as 14:30 or 14:30:15.")},
    )
    day = forms.DateField(
        label=_("Day, if not today"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a date, such as 2026-03-31.")},
    )

    def __init__(self, *arguments: Any, program: Program, **options: Any) -> None:
        self.program = program
        options["initial"] = {"source": uuid7()} | options.get("initial", {})
        super().__init__(*arguments, **options)

    def moment(self, name: str = "at") -> datetime | None:
        said, day = self.cleaned_data.get(name), self.cleaned_data.get("day")
        return moment_of(said, now=now(), zone=self.program.timezone, day=_day(day)) if said else None

    def hand(self, member: Member) -> Hand:
        source: UUID | None = self.cleaned_data.get("source")
        return Hand(member=member, source=source, at=self.moment())


def _day(day: Any) -> date | None:
    return day if isinstance(day, date) else None


def _substances(**options: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Substance, as they say"),
        choices=_choices(SUBSTANCES),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what they use. “Prefers not to say” is an answer too.")},
        **options,
    )


def _route(**options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("How"),
        choices=_choices(ROUTES, (*ROUTE_KEYS, *NOT_SAID)),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how they use. “Prefers not to say” is an answer too.")},
        **options,
    )


class UseForm(Timed):
    """What somebody uses now."""

    substances = _substances()
    route = _route()


class ArriveForm(Timed):
    """Somebody comes in. What they use may be said now or later."""

    place = forms.ChoiceField(label=_("Place"), required=False, widget=forms.RadioSelect)
    substances = _substances(required=False)
    route = _route(required=False)
    code = forms.CharField(
        label=_("Their code, if they offer it"),
        help_text=_("Nobody needs one. It only lets the reports count how many different people came."),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *arguments: Any, places: Iterable[Place], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._places = {str(place.pk): place for place in places}
        names = [(key, place.name) for key, place in self._places.items()]
        self.fields["place"].choices = [*names, ("", _("Waiting"))]  # type: ignore[attr-defined]

    @property
    def chosen_place(self) -> Place | None:
        return self._places.get(self.cleaned_data.get("place", ""))

    @property
    def begins_use(self) -> bool:
        return "use" in self.data

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.begins_use and not self.errors:
            for name in ("substances", "route"):
                if not cleaned.get(name):
                    self.add_error(name, self.fields[name].error_messages["required"])
        return cleaned


class PaperForm(ArriveForm):
    """A whole visit from a sheet of paper."""

    used = forms.TimeField(
        label=_("Used at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": "1"}, format="%H:%M:%S"),
        error_messages={"invalid": _("Write a time, such as 14:30 or 14:30:15.")},
    )
    is_gone = forms.BooleanField(label=_("They have left"), required=False)
    left = forms.TimeField(
        label=_("Left at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": "1"}, format="%H:%M:%S"),
        error_messages={"invalid": _("Write a time, such as 14:30 or 14:30:15.")},
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["at"].label = _("Arrived at")
        self.fields["at"].required = True
        self.fields["at"].error_messages["required"] = _("Write when they arrived, as it stands on the paper.")

    @property
    def begins_use(self) -> bool:
        return bool(self.cleaned_data.get("used"))


class MoveForm(Timed):
    """To another place, or back to waiting."""

    place = forms.ChoiceField(label=_("Place"), required=False)

    def __init__(self, *arguments: Any, places: Iterable[Place], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._places = {str(place.pk): place for place in places}
        names = [(key, place.name) for key, place in self._places.items()]
        self.fields["place"].choices = [("", _("Waiting")), *names]  # type: ignore[attr-defined]

    @property
    def chosen_place(self) -> Place | None:
        return self._places.get(self.cleaned_data.get("place", ""))


class StepForm(Timed):
    """One step of an emergency. Many buttons, one form: `kind` says which was pressed."""

    type = forms.ChoiceField(label=_("What it is"), choices=_choices(TYPES), required=False, widget=forms.RadioSelect)
    litres_per_minute = forms.TypedChoiceField(
        label=_("Litres a minute"), choices=[(each, each) for each in FLOWS], coerce=int, required=False, initial=10
    )
    mask = forms.BooleanField(label=_("A new mask"), required=False, initial=True)
    percent = whole(_("SpO₂, percent"), least=1, most=100, required=False)
    per_minute = whole(_("Breaths a minute"), least=0, most=80, required=False)
    item = forms.ChoiceField(label=_("Naloxone"), required=False)
    doses = whole(_("Doses"), least=1, most=20, required=False, initial=1)
    state = forms.ChoiceField(
        label=_("Ambulance"), choices=_choices(AMBULANCE), required=False, widget=forms.RadioSelect
    )
    outcome = forms.ChoiceField(
        label=_("How it ended"), choices=_choices(OUTCOMES), required=False, widget=forms.RadioSelect
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["item"].choices = [(item.key, item.local_name) for item in naloxone_items()]  # type: ignore[attr-defined]

    @property
    def kind(self) -> Kind | None:
        said = self.data.get("kind", "")
        return Kind(said) if said in FIELDS else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        kind = self.kind
        wanted = FIELDS[kind] if kind else ()
        for name in list(self.errors):
            if name not in {*wanted, "at", "day", "source"}:
                del self.errors[name]  # a number that another button would have sent
        for name in wanted:
            if name not in self.errors and name != "mask" and cleaned.get(name) in (None, ""):
                self.add_error(name, _("Say this first, then press the button."))
        return cleaned

    @property
    def value(self) -> dict[str, Any]:
        """What the record keeps of the step."""
        assert self.kind  # noqa: S101 - asked for after the form was found right
        return {name: self.cleaned_data[name] for name in FIELDS[self.kind]}


FIELDS: dict[str, tuple[str, ...]] = {
    Kind.TYPE: ("type",),
    Kind.STIMULATION: (),
    Kind.POSITION: (),
    Kind.BREATHS: (),
    Kind.OXYGEN_ON: ("litres_per_minute", "mask"),
    Kind.OXYGEN_OFF: (),
    Kind.SATURATION: ("percent",),
    Kind.BREATHING: ("per_minute",),
    Kind.NALOXONE: ("item", "doses"),
    Kind.AMBULANCE: ("state",),
    Kind.OTHERS: (),
    Kind.OUTCOME: ("outcome",),
}
"""What each kind of step says besides that it happened."""


class PlaceForm(forms.Form):
    """A place to add."""

    source = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid7)
    name = forms.CharField(
        label=_("Name of the place"),
        help_text=_("As it stands on the wall: 1, Booth 2, Armchair."),
        max_length=30,
        error_messages={"required": _("Write a name or a number.")},
    )


class PaperMinutesForm(forms.Form):
    """How often the state is written for paper."""

    paper_minutes = whole(
        _("Minutes between sheets for paper"),
        least=0,
        most=60,
        help_text=_("0 writes none. The newest sheet lies in the program's home folder while somebody is in the room."),
    )


class ProtocolForm(forms.Form):
    """Minutes of observation, a row for each group of substances and way of using."""

    source = forms.CharField(
        label=_("Where these minutes are from"),
        help_text=_("A guideline and its page, or who decided: “Agreed with Dr. Osei and the peers, 3 March”."),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write where these minutes are from. Whoever reads them later wants to know.")},
    )
    is_ours = forms.BooleanField(
        label=_("These are our own minutes. I stand for them."),
        error_messages={"required": _("Tick this once the minutes are your own.")},
    )

    def __init__(self, *arguments: Any, start: Protocol, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._keys = list(start.rows)
        for (group, route), minutes in start.rows.items():
            for name, label in COLUMNS:
                field = whole(label, least=1, most=MOST_MINUTES, initial=getattr(minutes, name))
                self.fields[f"{group}.{route}.{name}"] = field

    def rows(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        return [
            (group, route, [self[f"{group}.{route}.{name}"] for name, _label in COLUMNS]) for group, route in self._keys
        ]

    def protocol(self) -> Protocol:
        rows = {
            (group, route): Minutes(
                **{name: int(self.cleaned_data[f"{group}.{route}.{name}"]) for name, _label in COLUMNS}
            )
            for group, route in self._keys
        }
        return Protocol(version=0, source=self.cleaned_data["source"], rows=rows)


COLUMNS = (
    ("first", _("First look after, minutes")),
    ("every", _("Then every, minutes")),
    ("drowsy", _("While drowsy, every, minutes")),
    ("stay", _("Watch for at least, minutes")),
)
