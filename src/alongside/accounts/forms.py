"""allauth's forms in our words."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.forms import ChangePasswordForm
from django.utils.translation import gettext_lazy as _


class NewPasswordForm(ChangePasswordForm):
    """The password one has, and twice the new one."""

    LABELS: ClassVar = {
        "oldpassword": _("The password you have now"),
        "password1": _("A new password"),
        "password2": _("The new password once more"),
    }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in self.LABELS.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)
