"""PINs: how colleagues take turns at one computer that one of them opened with a password."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password, make_password
from django.utils.crypto import salted_hmac

LENGTH = 4
MOST_WRONG = 5
_ROW = "01234567890"


def hashed(pin: str) -> str:
    """Argon2 over a keyed digest: ten thousand PINs are soon tried by whoever has the database without the key."""
    return make_password(_keyed(pin))


def matches(pin: str, stored: str) -> bool:
    return bool(stored) and check_password(_keyed(pin), stored)


def _keyed(pin: str) -> str:
    return salted_hmac("alongside.pin", pin, algorithm="sha256").hexdigest()


def is_easily_guessed(pin: str) -> bool:
    """One digit repeated, digits in a row up or down, or two digits repeated."""
    return len(set(pin)) == 1 or pin in _ROW or pin in _ROW[::-1] or pin[:2] == pin[2:]
