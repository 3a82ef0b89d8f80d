"""Where people reach the public page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    """The address that the poster's square leads to."""

    address = forms.URLField(
        label=_("Address that people reach this server at"),
        help_text=_("For the square on the poster, such as https://give.example.org. Empty: the address you see now."),
        required=False,
        max_length=200,
        assume_scheme="https",
        error_messages={"invalid": _("Write a whole address, such as https://give.example.org.")},
    )

    def clean_address(self) -> str:
        address: Any = self.cleaned_data["address"]
        return str(address).rstrip("/")
