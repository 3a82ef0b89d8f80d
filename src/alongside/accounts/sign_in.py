"""How staff sign in: accounts are made by an administrator, never by the public."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Used in memory for rate limits only; nothing stores or logs it."""
        return str(super().get_client_ip(request))

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """The program has no e-mail addresses to write to."""
