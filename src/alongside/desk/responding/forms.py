"""Forms of those who answer alarms."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.alarms.duties import LONGEST_HOURS
from alongside.alarms.models import Incident
from alongside.messaging.alerting.models import Channel

HOURS = tuple((hours, hours) for hours in (1, 2, 4, 6, 8, 10, 12, LONGEST_HOURS))
_ADDRESSED = [choice for choice in Channel.choices if choice[0] not in {Channel.PUSH, Channel.SOUNDER, Channel.CANARY}]


class DutyForm(forms.Form):
    """Until when somebody answers."""

    hours = forms.TypedChoiceField(label=_("For how many hours"), choices=HOURS, coerce=int, initial=8)


class NoteForm(forms.Form):
    """A line in the story."""

    note = forms.CharField(label=_("Note"), help_text=_("No names, no address."), max_length=300)


class EndForm(forms.Form):
    """How it ended."""

    outcome = forms.ChoiceField(label=_("How it ended"), choices=Incident.Outcome.choices, widget=forms.RadioSelect)
    about = forms.CharField(label=_("Note"), required=False, max_length=300, help_text=_("No names, no address."))


class TargetForm(forms.Form):
    """A phone, mailbox, room or program that alarms go to."""

    name = forms.CharField(label=_("Name"), help_text=_("So that colleagues know which one it is."), max_length=60)
    channel = forms.ChoiceField(label=_("How"), choices=_ADDRESSED)
    written = forms.CharField(label=_("Number or address"), max_length=400)
    whose = forms.ChoiceField(label=_("Whose"), choices=(("me", _("Mine: told while I am on duty")),))
    is_backup = forms.BooleanField(
        label=_("Also when I am off duty, if nobody has answered for a minute"), required=False, initial=True
    )


class SharedTargetForm(TargetForm):
    """Coordinators also set up what belongs to nobody."""

    whose = forms.ChoiceField(
        label=_("Whose"),
        choices=(("me", _("Mine: told while I am on duty")), ("all", _("The program’s: always told"))),
    )


class MailServerForm(forms.Form):
    """The program's mail server."""

    host = forms.CharField(label=_("Mail server"), max_length=200)
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=587)
    security = forms.ChoiceField(
        label=_("Encryption"),
        choices=(("starttls", "STARTTLS"), ("tls", "TLS"), ("plain", _("none: only on your own network"))),
    )
    sender = forms.EmailField(label=_("From which address"))
    user = forms.CharField(label=_("User name"), required=False, max_length=200)
    password = forms.CharField(label=_("Password"), required=False, max_length=200, widget=forms.PasswordInput)

    def settings(self) -> dict[str, str]:
        said = self.cleaned_data
        return {key: str(said[key]) for key in ("host", "port", "security", "user", "password")} | {
            "from": said["sender"]
        }


class GatewayForm(forms.Form):
    """A service that sends texts or makes calls."""

    url = forms.CharField(label=_("Address of the gateway"), max_length=300)
    body = forms.ChoiceField(label=_("What it wants"), choices=(("json", _("JSON")), ("form", _("form fields"))))
    template = forms.CharField(
        label=_("Template"), help_text=_("With {number} and {text} where they belong."), widget=forms.Textarea
    )
    header = forms.CharField(
        label=_("Header that says who you are"), required=False, max_length=400, help_text=_("Name: value")
    )

    def settings(self) -> dict[str, str]:
        return {key: str(self.cleaned_data[key]) for key in ("url", "body", "template", "header")}


class MatrixForm(forms.Form):
    """An account on a Matrix server."""

    server = forms.URLField(label=_("Server"), assume_scheme="https")
    token = forms.CharField(label=_("Access token"), max_length=400, widget=forms.PasswordInput)

    def settings(self) -> dict[str, str]:
        return {key: str(self.cleaned_data[key]) for key in ("server", "token")}
