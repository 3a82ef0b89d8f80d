"""Verbs on staff accounts: PINs, and the password that an administrator hands to somebody new."""

from __future__ import annotations

import secrets
from datetime import timedelta
from enum import StrEnum

from django.db.models import F
from django.utils.translation import gettext as _

from alongside.accounts.models import User
from alongside.accounts.pins import LENGTH, MOST_WRONG, is_easily_guessed
from alongside.kernel.clock import now
from alongside.kernel.errors import Refusal

START_PASSWORD_DAYS = 7
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 4


class Answer(StrEnum):
    """What became of a PIN that somebody typed."""

    RIGHT = "right"
    WRONG = "wrong"
    STOPPED = "stopped"


def choose_pin(user: User, pin: str) -> None:
    """Give the user a new PIN. Raises Refusal with a sentence for one that others would try first."""
    if len(pin) != LENGTH or not (pin.isascii() and pin.isdecimal()):
        raise Refusal(_("A PIN has %(length)s digits.") % {"length": LENGTH})
    if is_easily_guessed(pin):
        raise Refusal(_("This PIN is one of the first that anybody would try. Choose another."))
    user.set_pin(pin)
    user.save(update_fields=["pin", "wrong_pins"])


def try_pin(user: User, pin: str) -> Answer:
    """Check a PIN. The try is counted before it is checked, so that many at once are no way around the limit."""
    rows = User.objects.filter(pk=user.pk)
    if not rows.filter(wrong_pins__lt=MOST_WRONG).update(wrong_pins=F("wrong_pins") + 1):
        return Answer.STOPPED
    if user.has_pin(pin):
        rows.update(wrong_pins=0)
        return Answer.RIGHT
    is_last = rows.filter(wrong_pins__gte=MOST_WRONG).exists()
    return Answer.STOPPED if is_last else Answer.WRONG


def forgive_wrong_pins(user: User) -> None:
    """After a sign-in with a password or a passkey."""
    User.objects.filter(pk=user.pk, wrong_pins__gt=0).update(wrong_pins=0)


def give_start_password(user: User) -> str:
    """Set a new start password and answer it: this is the only time anybody can read it. 79 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    password = "-".join(groups)
    user.set_password(password)
    user.start_password_until = now() + timedelta(days=START_PASSWORD_DAYS)
    user.save(update_fields=["password", "start_password_until"])
    return password


def is_start_password_over(user: User) -> bool:
    return user.start_password_until is not None and user.start_password_until < now()
