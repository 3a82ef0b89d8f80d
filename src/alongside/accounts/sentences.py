"""What sign-in says instead of allauth's own words: whole sentences that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WRONG_CODE = _("This code is not right. An app shows a new one every 30 seconds: enter the one it shows now.")

SENTENCES = {
    "account_inactive": _("This account is switched off. Ask an administrator of your program."),
    "enter_current_password": _("This is not the password you have now. Enter that one first."),
    "incorrect_code": _WRONG_CODE,
    "incorrect_password": _("This password is not right. Check for capital letters, then try again."),
    "invalid_login": _("That did not work. Try again, or sign in with your password."),
    "rate_limited": _("That was very often in a short time. Wait some minutes, then try again."),
    "same_as_current": _("This is what it is already. Choose another one."),
    "select_only_one": _("Choose only one of these."),
    "too_many_login_attempts": _("That was wrong too often. Wait five minutes, then try again."),
    "username_password_mismatch": _(
        "This user name and this password don't belong together. Check both, then try again."
    ),
}

SECOND_STEP_SENTENCES = {
    "cannot_delete_authenticator": _("This can't be removed: your program asks for a second step."),
    "cannot_generate_recovery_codes": _("Recovery codes are for a second step. Add a passkey or an app first."),
    "incorrect_code": _WRONG_CODE,
}

WAYS_TO_CONFIRM = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use the app or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}
