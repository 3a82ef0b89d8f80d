"""What pages say differently on a phone that is set up. A cookie says that it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from alongside.field.words import words_for
from alongside.field.worker import app_version

COOKIE = "alongside_phone"


def is_phone(request: HttpRequest) -> bool:
    return COOKIE in request.COOKIES


def phone(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `phone` is empty unless this browser is a phone that was set up."""
    if not is_phone(request):
        return {"phone": None}
    return {"phone": {"version": app_version(), "words": words_for(request.path)}}
