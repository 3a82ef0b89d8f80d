"""Forms about staff, sites, shifts and the program."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from alongside.accounts.models import User
from alongside.accounts.roles import Role
from alongside.sites.models import Site

ROLES = (
    (Role.WORKER, _("Worker: records contacts, moves stock")),
    (Role.COORDINATOR, _("Coordinator: also stock, sites, imports, reports, changes to codes")),
    (Role.RESPONDER, _("Responder: records contacts, answers check-ins")),
    (Role.TECHNICIAN, _("Technician: drug checking, sees the stock")),
    (Role.PLANNER, _("Planner: sees reports and stock, no contacts")),
    (Role.ADMINISTRATOR, _("Administrator: everything, also staff")),
)
MOST_IDLE_MINUTES = 240


class RolesForm(forms.Form):
    """What somebody does here."""

    roles = forms.MultipleChoiceField(label=_("Roles"), choices=ROLES, widget=forms.CheckboxSelectMultiple)

    @property
    def chosen(self) -> list[Role]:
        return [Role(value) for value in self.cleaned_data["roles"]]


class WorkerForm(RolesForm):
    """Somebody new."""

    name = forms.CharField(
        label=_("Name shown to colleagues"),
        help_text=_("What they want to be called. It need not be a legal name."),
        max_length=80,
    )
    username = forms.CharField(
        label=_("User name"),
        help_text=_("For signing in: small letters, digits, dots and hyphens."),
        max_length=60,
        min_length=2,
        validators=[RegexValidator(r"^[a-zA-Z0-9.\-]+$", _("Use letters, digits, dots and hyphens only."))],
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("name", "username", "roles")


class SiteForm(forms.Form):
    """A place supplies go out from."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Site.Kind.choices, initial=Site.Kind.DESK)


class ShiftForm(forms.Form):
    """Who works from a site now."""

    workers = forms.MultipleChoiceField(label=_("Who is working?"), widget=forms.CheckboxSelectMultiple, required=False)
    note = forms.CharField(
        label=_("Note for the team"),
        help_text=_("Never a name, and nothing that points to a person."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: object, colleagues: Iterable[User], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        workers = self.fields["workers"]
        workers.choices = [(str(each.pk), str(each)) for each in colleagues]  # type: ignore[attr-defined]

    @property
    def worker_ids(self) -> set[int]:
        return {int(value) for value in self.cleaned_data["workers"]}


class StartShiftForm(ShiftForm):
    """A new shift also says where."""

    site = forms.ChoiceField(label=_("Site"))
    field_order = ("site", "workers", "note")

    def __init__(self, *args: object, sites: Iterable[Site], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        site = self.fields["site"]
        site.choices = [(str(each.pk), str(each)) for each in sites]  # type: ignore[attr-defined]


class ProgramForm(forms.Form):
    """What holds for the whole program."""

    name = forms.CharField(label=_("Name of the program"), max_length=120)
    name_es = forms.CharField(
        label=_("Its name in Spanish"),
        help_text=_("For participants who read Spanish, on public pages and cards. Leave it empty if it is the same."),
        max_length=120,
        required=False,
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Decides which day a contact belongs to. Contacts that are stored keep their day."),
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
    )
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("For everybody who has not chosen another."),
        choices=settings.LANGUAGES,
    )
    idle_minutes = forms.IntegerField(
        label=_("Lock a computer that nobody uses, after how many minutes?"),
        help_text=_("0 means never. Nothing that was entered is lost by the lock."),
        min_value=0,
        max_value=MOST_IDLE_MINUTES,
        widget=forms.NumberInput(attrs={"data-stepper": ""}),
    )
