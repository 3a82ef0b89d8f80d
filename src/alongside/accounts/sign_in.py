"""How staff sign in: accounts are made by an administrator, never by the public."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from time import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import truncate_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac

from alongside.accounts.actions import forgive_wrong_pins, is_start_password_over
from alongside.accounts.models import User
from alongside.accounts.sentences import SECOND_STEP_SENTENCES, SENTENCES, WAYS_TO_CONFIRM

OPENED_AT = "opened_at"
"""Session: when somebody last gave a password or a passkey on this device (seconds)."""
BY_PIN = "by_pin"
"""Session: it began with a PIN on a shared device."""
WHO_COOKIE = "alongside_who"
STILL_FRESH_SECONDS = 300
"""Seconds for which a password or a passkey that was given counts for changing how one signs in."""
_SALT = secrets.token_bytes(32)


class StaffAdapter(DefaultAccountAdapter):
    """What this program changes about allauth's sign-in."""

    error_messages = DefaultAccountAdapter.error_messages | SENTENCES

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """What rate limits count by: a digest that only this process can make, so no address is held even in memory."""
        address = truncate_ip(str(super().get_client_ip(request)))
        return hashlib.blake2b(address.encode(), key=_SALT, digest_size=16).hexdigest()

    def get_http_user_agent(self, request: HttpRequest) -> str:
        return ""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """The program has no e-mail addresses to write to."""

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        if is_start_password_over(user):
            return redirect("account_start_password_over")
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        request.session.pop(BY_PIN, None)
        request.session[OPENED_AT] = int(time())
        forgive_wrong_pins(user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        speak_language_of(user, response)
        remember_who(user, response, is_secure=request.is_secure())
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Nobody is asked again for what they gave a moment ago. Who came by a PIN gave neither."""
        session = self.request.session
        age = int(time()) - int(session.get(OPENED_AT, 0))
        return bool(session.get(BY_PIN)) or age > STILL_FRESH_SECONDS

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        ways = super().get_reauthentication_methods(user)
        return [way | {"description": WAYS_TO_CONFIRM.get(way["id"], way["description"])} for way in ways]

    def set_password(self, user: User, password: str) -> None:
        user.start_password_until = None
        super().set_password(user, password)


class SecondStepAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps are stored encrypted: the database alone is no second step."""

    error_messages = DefaultMFAAdapter.error_messages | SECOND_STEP_SENTENCES

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()


def _cipher() -> Fernet:
    return Fernet(urlsafe_b64encode(salted_hmac("alongside.second-step", "", algorithm="sha256").digest()))


def speak_language_of(user: User, response: HttpResponse) -> None:
    """The next pages come in the language this person chose, if they did; the last one's choice was not theirs."""
    if user.language:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")


def remember_who(user: User, response: HttpResponse, *, is_secure: bool) -> None:
    """A form that is posted after the session has ended is kept for this person. It signs nobody in."""
    response.set_cookie(
        WHO_COOKIE,
        signing.dumps(user.pk, salt=WHO_COOKIE),
        max_age=2 * settings.SESSION_COOKIE_AGE,
        secure=is_secure,
        httponly=True,
        samesite="Lax",
    )


def who_was_here(request: HttpRequest) -> int | None:
    """Who signed in at this browser last, whether or not they still are."""
    try:
        user_id = signing.loads(request.COOKIES.get(WHO_COOKIE, ""), salt=WHO_COOKIE)
    except signing.BadSignature:
        return None
    return int(user_id)
