"""Forms about one's own account."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alongside.accounts.pins import LENGTH


class OwnForm(forms.Form):
    """How somebody is shown and spoken to."""

    name = forms.CharField(label=_("Name shown to colleagues"), max_length=80)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("As the program")), *settings.LANGUAGES],
        required=False,
    )


class PinForm(forms.Form):
    """A new PIN, with the password: whoever finds an open computer must not make a PIN of their own."""

    pin = forms.CharField(
        label=_("New PIN"),
        help_text=_("Four digits. Not 1234, not a year you are known for."),
        max_length=LENGTH,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9]*"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class DeviceForm(forms.Form):
    """A name by which an administrator knows the computer again."""

    name = forms.CharField(label=_("Name of this computer"), max_length=80)
